// What is being written in each room, and what it replies to: a line above the composer, with the quote as it will be.
// A draft outlives its tab, too.
import {complain, composer, keep, kept, log, rooms, store, stored, stores, when} from "./context.js";
import {element, grow} from "./dom.js";
import {idOf, view} from "./view.js";
const whom = document.querySelector(".replying .whom");
const keptText = (room) => stored(sessionStorage, `${room}.draft`) ?? stored(localStorage, `${room}.draft`) ?? "";
const replyOf = (room) => kept(sessionStorage, `${room}.reply to`);
const showText = (text) => { composer.value = text; grow(composer); };
const showReply = () => { whom.innerHTML = replyOf(view.room)?.quote ?? ""; };
export const write = (text, room = view.room) => {
  if (room === view.room) showText(text);
  for (const where of stores) store(where, `${room}.draft`, text);
};
const setReply = (room, reply) => { keep(sessionStorage, `${room}.reply to`, reply); showReply(); };
export const takeReply = () => { const reply = replyOf(view.room); setReply(view.room, null); return reply; };
export const cancelReply = () => takeReply() ? composer.focus() : false;
// The server writes it into what was edited or deleted; of other messages CSS cuts the text.
const newQuote = (article) => article.querySelector("template")?.innerHTML;
const quoteOf = (article) => {
  const text = article.querySelector(".text"), actor = text.querySelector(".actor")?.innerText || "";
  return newQuote(article) ?? article.querySelector(".by .name").outerHTML
    + element("span", {className: "start", dir: "auto", textContent: text.innerText.slice(actor.length)}).outerHTML;
};
export const replyTo = (article) => {
  setReply(view.room, {id: idOf(article), quote: quoteOf(article)}); composer.focus();
};
// A message came in another form: so do its quotes that are here.
export const requote = (article) => {
  const id = idOf(article), quote = newQuote(article);
  if (!quote) return;
  for (const link of log.querySelectorAll(`.quote[data-to="${id}"]`)) link.innerHTML = quote;
  if (replyOf(view.room)?.id === id) setReply(view.room, {id, quote});
};
// A text that the server refused, above what was written since.
export const giveBack = ({room, text, reply}, error) => {
  const later = room === view.room ? composer.value : keptText(room);
  if (rooms.size && !rooms.has(room))  // its draft could not be reached any more
    return complain(`You are no longer in that room. This was not sent: ${text}`);
  write(later ? `${text}\n${later}` : text, room);
  if (reply) setReply(room, reply);
  return complain(error);
};
const showDraft = () => { showText(keptText(view.room)); showReply(); };
when("opened", showDraft);
when("deleted", (id, room) => { if (replyOf(room)?.id === id) setReply(room, null); });
showDraft();
