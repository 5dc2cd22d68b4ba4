// What is written: in the composer, or in a message, which is edited where it stands. Enter sends, and the text is gone
// from the field in the same moment; it stands below the messages until its message is there, which its client_id makes
// arrive once. What is half typed outlives its page, and a draft its tab, too.
import {complain, composer, desk, keep, kept, log, rooms, socket, store, stored, takeView, tell} from "./context.js";
import {useField, when} from "./context.js";
import {textToSend} from "./suggesting.js";
import {element, grow, hasPointer, insert, onKeys} from "./dom.js";
import {pick} from "./emoji.js";
import {toComposer} from "./focus.js";
import {isUnfinished} from "./formatting.js";
import {open} from "./opening.js";
import {drop, enqueue, itemAbout, itemsNamed, whenAnswered} from "./outbox.js";
import {getMessage, offer} from "./runtime.js";
import {idOf, isDelivered, messageOf, view} from "./transcript.js";
const TYPING = 5e3, SIGNAL = 2100, NEAR_LIMIT = 200;  // SIGNAL: the server takes one every two seconds
const {most: MOST_TEXT} = composer.dataset, counter = document.querySelector(".counter");
const whom = document.querySelector(".replying .whom"), typing = document.querySelector(".typing");
const writers = new Map();  // who types, and until when that is taken for true
const pendingView = takeView(".pending"), editor = takeView(".editor"), says = editor.dataset;
const editField = editor.querySelector("textarea"), editHint = editor.querySelector(".hint");
let signalled = 0;
let edited = kept(sessionStorage, "edit");  // the message, as it was and as it is to be, and why that can't be saved
const excessOf = ([...text]) =>
  text.length > MOST_TEXT && `${text.length} characters, ${MOST_TEXT} are the most: shorten it.`;
// White space at the beginning is content, empty lines are not.
const trimmed = (text) => text.toWellFormed().replace(/^\s*\n|\s+$/g, "");
const showCount = ({length} = [...trimmed(composer.value)]) => {
  counter.textContent = length < MOST_TEXT - NEAR_LIMIT ? "" : `${length} / ${MOST_TEXT}`;
  counter.classList.toggle("above", length > MOST_TEXT);
};

// Drafts: in each room what is being written, and what it replies to, with the quote as it will be.
const keptText = (room) => stored(sessionStorage, `${room}.draft`) ?? stored(localStorage, `${room}.draft`) ?? "";
const replyOf = (room) => kept(sessionStorage, `${room}.reply to`);
const fields = new Map([[view.room, composer]]), isComposer = ({target}) => target === composer;
const fieldOf = (room) => fields.get(room)
  ?? fields.set(room, composer.parentNode.insertBefore(composer.cloneNode(), composer)).get(room);
const showText = (text) => {
  if (composer.value !== text) composer.value = text;
  grow(composer); showCount(); tell("written");
};
const showReply = () => { whom.innerHTML = replyOf(view.room)?.quote ?? ""; };
const write = (text, room = view.room) => {
  if (room === view.room) showText(text);
  for (const where of [sessionStorage, localStorage]) store(where, `${room}.draft`, text);
};
const setReply = (room, reply) => { keep(sessionStorage, `${room}.reply to`, reply); showReply(); };
const takeReply = () => { const reply = replyOf(view.room); setReply(view.room, null); return reply; };
const cancelReply = () => takeReply() ? composer.focus() : false;
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
when("renewed", (article) => {
  const id = idOf(article), quote = newQuote(article);
  if (!quote) return;
  for (const link of log.querySelectorAll(`.quote[data-to="${id}"]`)) link.innerHTML = quote;
  if (replyOf(view.room)?.id === id) setReply(view.room, {id, quote});
});
when("deleted", (id, room) => { if (replyOf(room)?.id === id) setReply(room, null); });
// A text that the server refused, above what was written since.
const giveBack = ({room, text, reply}, error) => {
  const later = room === view.room ? composer.value : keptText(room);
  if (rooms.size && !rooms.has(room))  // its draft could not be reached any more
    return complain(`You are no longer in that room. This was not sent: ${text}`);
  write(later ? `${text}\n${later}` : text, room);
  if (reply) setReply(room, reply);
  return complain(error);
};

// Sending. A message may overtake its acknowledgement; and one that was acknowledged may be far above what is here.
const pendingOf = (id) => log.querySelector(`.pending[data-sent="${id}"]`);
const hasArrived = ({id, dataset: {sent}}) =>
  log.querySelector(`article[data-sent="${sent}"]`) || id && isDelivered(+id.slice(4));
const showPending = () => {
  for (const {id, of: {room, message}} of itemsNamed("send_message")) {
    if (room !== view.room || pendingOf(id)) continue;
    const node = log.appendChild(pendingView.cloneNode(true));
    Object.assign(node.dataset, {sent: id, room}); node.lastChild.textContent = message;
  }
  for (const node of log.querySelectorAll(".pending"))
    if (+node.dataset.room !== view.room || hasArrived(node)) node.remove();
};
const send = () => {
  const message = trimmed(textToSend(composer.value) || ""), excess = excessOf(message);
  if (!message) return undefined;
  if (excess) return complain(`The message has ${excess}`);
  const id = createRandomUUID(), {room} = view, reply = takeReply();
  complain(""); write("");
  enqueue({id, name: "send_message", key: `room ${room}`, about: {reply},
    of: {room, message, client_id: id, reply_to: reply?.id}});
  return tell("sent");
};
whenAnswered("send_message", ({id, of: {room, message: text}, about: {reply}}, {id: number, code, error}) => {
  const node = pendingOf(id);
  if (!error) { if (node) node.id = "sent" + number; return; }  // it stays until its message is there
  node?.remove();
  giveBack({room, text, reply: code === "not_found" ? null : reply}, error);  // it may be that one
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
  if (!composer.value.trim() || Date.now() - signalled < SIGNAL || !socket.connected) return;
  signalled = Date.now();
  socket.emit("typing", {room: view.room}, () => {});
};
const showRoom = () => {
  useField(fieldOf(view.room));
  writers.clear(); showText(keptText(view.room));
  showReply(); showWriters(); toComposer();
};
desk.addEventListener("input", (event) => {
  if (!isComposer(event)) return;
  write(composer.value); complain(""); tellTyping();
});

// Editing. There is one editor.
const hasChanged = () => edited && trimmed(edited.text) !== edited.was;
const waiting = () => edited && itemAbout(`edit ${edited.id}`);
const showHint = () => {
  editHint.textContent = edited?.problem || says[!waiting() ? "hint" : socket.connected ? "saving" : "offline"];
};
const changeEdit = (to) => { edited = to && {...edited, ...to}; keep(sessionStorage, "edit", edited); showHint(); };
const closeEditor = () => { drop(waiting()); editor.remove(); changeEdit(null); };
const loseEdit = (reason) => { const {room, text} = edited; closeEditor(); giveBack({room, text}, reason); };
const giveUp = () => { closeEditor(); toComposer(); };
const placeEditor = () => {
  const article = edited?.room === view.room && messageOf(edited.id);
  if (article?.hidden) return loseEdit(says.deleted);
  if (!article || editor.parentNode === article) return undefined;
  article.append(editor);
  editField.value = edited.text;
  return grow(editField);
};
export const edit = (number) => {
  if (edited?.id === number) return editField.focus();
  if (hasChanged()) { open(edited.room, {at: edited.id}); return complain(says.still); }
  if (edited) closeEditor();
  return getMessage(number, ({message}) => {
    changeEdit({id: number, room: view.room, was: message, text: message}); placeEditor();
    editField.focus({preventScroll: true});
    editField.setSelectionRange(message.length, message.length);
    editor.scrollIntoView({block: "nearest"});
  });
};
const editLast = () => {
  const mine = [...log.querySelectorAll("article[data-mine]:not([hidden], .leaving)")].at(-1);
  return composer.value || !mine ? false : edit(idOf(mine));
};
const save = () => {
  const message = trimmed(editField.value), problem = message ? excessOf(message) : says.empty;
  const {id, room} = edited;
  if (!hasChanged()) return giveUp();
  if (problem) return changeEdit({problem});
  return enqueue({name: "edit_message", of: {id, message}, key: `message ${id}`, subject: `edit ${id}`, about: {room}});
};
// The editor may be closed by now, or its page gone: then the text comes back below the messages. Who went on typing
// goes on.
whenAnswered("edit_message", ({of: {id, message}, about: {room}}, {code, error}) => {
  if (edited?.id !== id) return error && giveBack({room, text: message}, error);
  if (error) return code === "not_found" ? loseEdit(says.gone) : changeEdit({problem: error});
  changeEdit({was: message});
  return hasChanged() || giveUp();
});
editField.addEventListener("input", () => {
  grow(editField); drop(waiting());
  changeEdit({text: editField.value, problem: ""});
});
when("gone", (room) => { if (edited?.room === room) loseEdit(says.left); });

// Enter makes a line where no other key could, and in a block of code that is not finished.
if (!hasPointer()) { composer.enterKeyHint = "enter"; says.hint = ""; }
const ends = (does) => ({target}) => hasPointer() && !isUnfinished(target) && does();
const breakLine = ({target}) => insert(target, "\n");
const writes = (does) => (event) => isComposer(event) && does(event);
onKeys(desk, {Enter: writes(ends(send)), "Ctrl Enter": writes(send), "Alt Enter": writes(breakLine),
  ArrowUp: writes(editLast), Escape: writes(cancelReply)});
onKeys(editField, {Enter: ends(save), "Ctrl Enter": save, "Alt Enter": breakLine, Escape: giveUp});
offer("send", () => { send(); composer.focus(); });
offer("cancelReply", cancelReply);
offer("insertEmoji", (_, button) => pick(button, (emoji) => insert(composer, emoji)));
offer("giveUp", giveUp);
offer("saveEdit", save);
when("said", (name) => { writers.delete(name); showWriters(); });
when("opened", showRoom);
when("waiting", () => { showPending(); showHint(); });
when("arranged", () => { showPending(); placeEditor(); });
showRoom();
