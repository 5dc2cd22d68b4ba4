// What is written in the composer. Enter sends, and the text is gone from the field in the same moment; it stands below
// the messages until its message is there, which its client_id makes arrive once.
import {complain, composer, desk, isMade, log, offer, socket, takeView, tell, useField, view, when} from "./context.js";
import {keep, kept} from "./context.js";
import {textToSend} from "./suggesting.js";
import {element, grow, hasPointer, onKeys} from "./dom.js";
import {fieldOf, giveBack, sayWhyNot, write} from "./drafts.js";
import {editLast, excessOf, laterText, takeEdit, trimmed} from "./editing.js";
import {meetingIn} from "./meeting.js";
import {enqueue, itemsNamed, whenAnswered} from "./outbox.js";
import {goOnWriting} from "./focus.js";
import {breakLine, ends} from "./formatting.js";
import {idOf, isDelivered} from "./transcript.js";
const TYPING = 5e3, SIGNAL = 2100, NEAR_LIMIT = 200;  // SIGNAL: the server takes one every two seconds
const whom = document.querySelector(".replying .whom"), typing = document.querySelector(".typing");
const writers = new Map();  // who types, and until when that is taken for true
const pendingView = takeView(".pending"), isComposer = ({target}) => target === composer;
const counter = document.querySelector(".counter");
let signalled = 0;
const showCount = ({length} = [...trimmed(composer.value)]) => {
  counter.textContent = length < MOST_TEXT - NEAR_LIMIT ? "" : `${length} / ${MOST_TEXT}`;
  counter.classList.toggle("above", length > MOST_TEXT);
};

// What is replied to, by room, with the quote as it will be.
const replyOf = (room) => kept(sessionStorage, `${room}.reply to`);
const showReply = () => {
  whom.innerHTML = replyOf(view.room)?.quote ?? "";
  for (const name of ["role", "tabindex"]) whom.querySelector(".name")?.removeAttribute(name);  // it leads nowhere
};
const setReply = (room, reply) => { keep(sessionStorage, `${room}.reply to`, reply); showReply(); };
const takeReply = () => { const reply = replyOf(view.room); setReply(view.room, null); return reply; };
const cancelReply = () => takeReply() ? composer.focus() : false;
// The server writes it into what was edited or deleted; of other messages CSS cuts the text.
const newQuote = (article) => article.querySelector("template")?.innerHTML;
const nameOf = (article) => article.querySelector(".by .name").textContent;
const quoteOf = (article) => {
  const text = article.querySelector(".text"), actor = text.querySelector(".actor")?.innerText || "";
  return newQuote(article) ?? element("bdi", {className: "name", textContent: nameOf(article)}).outerHTML
    + element("span", {className: "start", dir: "auto", textContent: text.innerText.slice(actor.length)}).outerHTML;
};
export const replyTo = (article) => {
  setReply(view.room, {id: idOf(article), quote: quoteOf(article)}); composer.focus();
};
// A message came in another form: so do its quotes that are here.
when("renewed", (article) => {
  const id = idOf(article), quote = newQuote(article);
  if (!quote) return;
  for (const link of log.querySelectorAll(`.quote[data-to="${id}"]`)) link.innerHTML = quote;
  if (replyOf(view.room)?.id === id) setReply(view.room, {id, quote});
});
when("deleted", (id, room) => { if (replyOf(room)?.id === id) setReply(room, null); });

// Sending. A message may overtake its acknowledgement; and one that was acknowledged may be far above what is here.
const pendingOf = (id) => log.querySelector(`.pending[data-sent="${id}"]`);
const hasArrived = ({id, dataset: {sent}}) =>
  log.querySelector(`article[data-sent="${sent}"]`) || id && isDelivered(+id.slice(4));
const showPending = () => {
  for (const {id, of: {room, message}} of itemsNamed("send_message").filter(({of}) => of.room === view.room)) {
    const node = pendingOf(id) ?? log.appendChild(pendingView.cloneNode(true));
    Object.assign(node.dataset, {sent: id, room}); node.querySelector(".text").textContent = laterText(id) ?? message;
  }
  for (const node of log.querySelectorAll(".pending"))
    if (+node.dataset.room !== view.room || hasArrived(node)) node.remove();
};
const send = () => {
  const message = trimmed(textToSend(composer.value) || ""), excess = excessOf(message);
  if (!message) return undefined;
  if (excess) return complain(`The message has ${excess}`);
  const id = createRandomUUID(), {room} = view, reply = takeReply(), after = meetingIn(room);
  complain(""); write("");
  enqueue({id, name: "send_message", key: `room ${after ?? room}`, after, about: {reply},
    of: {room, message, client_id: id, reply_to: reply?.id}});
  return tell("sent");
};
whenAnswered("send_message", ({id, of: {room, message: text}, about: {reply}}, {id: number, code, error}) => {
  const node = pendingOf(id);
  if (!error) {
    if (node) node.id = "sent" + number;  // it stays until its message is there
    return tell("acknowledged", id, number, text);
  }
  const later = takeEdit(id);
  node?.remove();
  if (reply && code !== "not_found") setReply(room, reply);  // it may be that one
  return giveBack({room, text: later ?? text}, error);
});
// Others see that somebody types.
const showWriters = () => {
  for (const [name, until] of writers) if (until <= Date.now()) writers.delete(name);
  const names = [...writers.keys()];
  typing.textContent = names.length > 2 ? "Several people are typing ..."
    : names.join(" and ") + ["", " is typing ...", " are typing ..."][names.length];
};
socket.on("typing", ({room, username}) => {
  if (room !== view.room) return;
  writers.set(username, Date.now() + TYPING);
  showWriters(); setTimeout(showWriters, TYPING + 1);
});
const tellTyping = () => {
  if (!composer.value.trim() || Date.now() - signalled < SIGNAL || !socket.connected || !isMade(view.room)) return;
  signalled = Date.now();
  socket.emit("typing", {room: view.room}, () => {});
};
const showRoom = () => {
  useField(fieldOf(view.room));
  writers.clear(); grow(composer); tell("written");
  showReply(); showWriters(); sayWhyNot();
  if (hasPointer()) goOnWriting();
};
desk.addEventListener("input", (event) => {
  if (!isComposer(event)) return;
  write(composer.value); complain(""); tellTyping();
});

if (!hasPointer()) composer.enterKeyHint = "enter";
const writes = (does) => (event) => isComposer(event) && does(event);
onKeys(desk, {Enter: writes(ends(send)), "Ctrl Enter": writes(send), "Alt Enter": writes(breakLine),
  ArrowUp: writes(editLast), Escape: writes(cancelReply)});
offer("send", () => { send(); composer.focus(); });
offer("cancelReply", cancelReply);
when("said", (name) => { writers.delete(name); showWriters(); });
when("opened", showRoom);
when("written", showCount);
for (const news of ["waiting", "arranged"]) when(news, showPending);
showRoom();
