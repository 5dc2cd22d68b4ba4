// How the server is asked: by the page itself, for somebody who waits, or until it has been done. And what the page
// says: a refusal above the composer, until something else is done, and what was done, for a moment.
import {chat, socket} from "./context.js";
import {element} from "./dom.js";
import {view} from "./view.js";
const UNCONNECTED = "There is no connection: try again when it is back.";
export const LATER = "There is no connection: this is done as soon as it is back.";
export const COMES_LATER = "This comes as soon as the connection is back.";
const note = document.getElementById("note"), said = element("div", {className: "said", hidden: true, role: "status"});
let saying = 0;
export const complain = (sentence, {onlyIfQuiet, onlyInsteadOf} = {}) => {
  if (onlyIfQuiet && !note.hidden || onlyInsteadOf && note.textContent !== onlyInsteadOf) return;
  note.textContent = sentence; note.hidden = !sentence;
};
export const say = (text) => {
  said.textContent = text; said.hidden = false;
  clearTimeout(saying);
  saying = setTimeout(() => { said.hidden = true; }, 2500);
};
export const copy = (text, what) => navigator.clipboard?.writeText(text).then(
  () => say(`${what} is copied.`), () => prompt(`${what}:`, text)) ?? prompt(`${what}:`, text);
chat.append(said);
socket.on("connect", () => { for (const sentence of [UNCONNECTED, LATER]) complain("", {onlyInsteadOf: sentence}); });
const WAIT = 10e3;
// What a page asks for by itself: again, if it was too fast, on the same connection.
export const get = (what, of, then, connection = socket.id) => {
  const again = () => { if (socket.id === connection) get(what, of, then, connection); };
  socket.emit(what, of, (answer) => {
    if (answer.retry_after) setTimeout(again, 1000 * (answer.retry_after + Math.random())); else then(answer);
  });
};
// For a button that was pressed: now, or not at all. Either way it has `ended`.
export const ask = (what, of, then, ended) => {
  if (!socket.connected) { ended?.(); return complain(UNCONNECTED); }
  socket.timeout(WAIT).emit(what, of, (lost, answer) => {
    ended?.();
    if (lost) complain("The server did not answer: try again in a moment.");
    else if (answer.error) complain(answer.error); else then?.(answer);
  });
};
// What is kept until it is done. There is no answer if it was not done this time, after the seconds to wait then.
export const attempt = (what, of) => new Promise((then) => socket.timeout(WAIT).emit(what, of, (lost, answer) => {
  const isLate = lost || ["too_fast", "unavailable"].includes(answer.code);
  if (isLate) setTimeout(then, 1000 * (answer?.retry_after || 1)); else then(answer);
}));
export const act = (what, of) => emitEvent("act", {what, room: view.room, ...of});  // the server has a dialog for it
export const getMessage = (number, then) =>
  ask("history", {room: view.room, before: number + 1, limit: 1}, ({messages: [found]}) => {
    if (found?.id === number) then(found);
  });
