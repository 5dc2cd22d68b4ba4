// The composer. Enter sends, and the text is gone from the field in the same moment; it stands below the messages until
// its message is there, which its client_id makes arrive once. Others see that somebody types.
import {MOST_TEXT, composer, log, socket, takeView, tell, when} from "./context.js";
import {complain} from "./asking.js";
import {hasPointer, insert, onKeys} from "./dom.js";
import {cancelReply, giveBack, takeReply, write} from "./drafts.js";
import {editLast} from "./editing.js";
import {pick} from "./emoji.js";
import {enqueue, itemsNamed, whenAnswered} from "./outbox.js";
import {offer} from "./runtime.js";
import {textToSend} from "./suggesting.js";
import {arrange} from "./transcript.js";
import {view} from "./view.js";
const FENCE = /^ {0,3}(```|~~~)/gm, TYPING = 5e3, SIGNAL = 2100;  // the server takes a signal every two seconds
const pendingView = takeView(".pending"), pasteOffer = document.querySelector(".offer");
const typing = document.querySelector(".typing"), writers = new Map();  // others who type, each with a timer
let pasted = "", signalled = 0;
const nodeOf = (id) => log.querySelector(`.pending[data-sent="${CSS.escape(id)}"]`);
const showPending = () => {
  for (const {id, of: {room, message}} of itemsNamed("send_message")) {
    if (room !== view.room || nodeOf(id)) continue;
    const node = log.appendChild(pendingView.cloneNode(true));
    node.dataset.sent = id; node.lastChild.textContent = message;
  }
};
const sendText = (message, reply) => {
  const id = createRandomUUID(), {room} = view, of = {room, message, client_id: id, ...(reply && {reply_to: reply.id})};
  enqueue({id, name: "send_message", key: `room ${room}`, of, about: {reply}});
  signalled = 0; showPending(); showOffer(); tell("sent");
};
const send = () => {
  const typed = composer.value.toWellFormed(), text = typed.trim() && textToSend(typed)?.trim();
  if (!text) return;
  const {length} = [...text];
  if (length > MOST_TEXT)
    return complain(`The message has ${length} characters, ${MOST_TEXT} are the most: shorten it.`);
  complain(""); write("");
  sendText(text, takeReply());
};
whenAnswered("send_message", ({id, of: {room, message}, about: {reply}}, {id: number, code, error}) => {
  const node = nodeOf(id);
  if (error) node?.remove(); else if (node) node.id = "sent" + number;  // until its message is there
  if (node) arrange();
  if (error) giveBack({room, text: message, reply: code === "not_found" ? null : reply}, error);  // it may be that one
});
// Several lines that were pasted may be code: a button makes them a block.
const showOffer = () => {
  if (!composer.value.includes(pasted)) pasted = "";
  pasteOffer.hidden = !pasted;
};
const isInBlock = () => (composer.value.slice(0, composer.selectionStart).match(FENCE) || []).length % 2 === 1;
const breakAt = (at) => (composer.value[at] ?? "\n") === "\n" ? "" : "\n";
const makeBlock = () => {
  const text = pasted, start = composer.value.lastIndexOf(text), end = start + text.length;
  pasted = "";
  insert(composer, `${breakAt(start - 1)}\`\`\`\n${text}\n\`\`\`${breakAt(end)}`, start, end);
};
composer.addEventListener("paste", ({clipboardData}) => {
  const text = clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n+$/, "");
  if (!isInBlock() && !text.includes("```") && text.trim().includes("\n")) pasted = text;
});
const sentenceOf = (names) => !names.length ? "" : names.length > 2 ? "Several people are typing ..."
  : names.join(" and ") + (names.length > 1 ? " are typing ..." : " is typing ...");
const showWriters = () => { typing.textContent = sentenceOf([...writers.keys()]); };
const stopped = (name) => { clearTimeout(writers.get(name)); writers.delete(name); showWriters(); };
socket.on("typing", ({room, username}) => {
  if (room !== view.room) return;
  clearTimeout(writers.get(username));
  writers.set(username, setTimeout(() => stopped(username), TYPING));
  showWriters();
});
const tellTyping = () => {
  if (!composer.value.trim() || Date.now() - signalled < SIGNAL || !socket.connected) return;
  signalled = Date.now();
  socket.emit("typing", {room: view.room}, () => {});
};
const showRoom = () => {
  for (const node of log.querySelectorAll(".pending")) node.remove();
  showPending(); showOffer();
  [...writers.keys()].forEach(stopped);
  if (hasPointer()) composer.focus({preventScroll: true});
};
composer.addEventListener("input", () => { write(composer.value); complain(""); showOffer(); tellTyping(); });
onKeys(composer, {Enter: send, ArrowUp: editLast, Escape: cancelReply});
offer("send", () => { send(); composer.focus(); });
offer("cancelReply", cancelReply);
offer("makeBlock", makeBlock);
offer("insertEmoji", (_, button) => pick(button, (emoji) => insert(composer, emoji)));
document.querySelector(".composer .send").before(takeView("#smiley"));
when("said", stopped);
when("opened", showRoom);
when("taken over", showPending);
showRoom();
