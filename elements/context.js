// What all scripts of the chat page stand on: the socket, who I am, my rooms, the list of messages, the parts of the
// page, what happens here, what this browser keeps, what the page says, and how the server is asked.
await new Promise((ready) => addEventListener("DOMContentLoaded", ready));  // until then NiceGUI makes the page
export const socket = window.socket;
export const chat = document.querySelector(".chat"), log = chat.querySelector("[role=log]");
// What is written in a room stands in a field of its own, which stays in the page: so does what can be undone there.
export let composer = document.getElementById("composer");
export const desk = composer.parentNode;
export const useField = (field) => {  // there is one by its label, and by all else that it is found by
  if (field === composer) return;
  field.hidden = false;
  for (const name of composer.getAttributeNames()) {
    field.setAttribute(name, composer.getAttribute(name)); composer.removeAttribute(name);
  }
  composer.hidden = true; composer = field;
};
export const me = +log.dataset.me;
export const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
export const rooms = new Map();  // by id, as the server last told of them
export const isMade = (room) => room > 0;  // others are about to be (meeting.js)
// The list of messages as it is here, and what its reader has seen of it.
const {dataset: data} = log;
export const view = {
  room: +data.room,
  // Up to which `revision` nothing is missing; of which database (`epoch`, "" if it is another list that is wanted: the
  // newest page, which is not here); whether there are `more`, older ones; up to where I have `read` it, or am about to
  // tell so; and the `line`: after which message stands what is new, or null.
  ...JSON.parse(data.view),
  seen: Infinity,  // the highest revision heard of since it was asked for what is missing; on each connect nobody knows
  tail: true,  // the newest one is among these
  stuck: true,  // the reader is at the end
  places: [],  // or else there: the messages that are seen, and where they are
  lastTop: 0, frame: "", high: 0,  // where it was scrolled to, and its size outside and inside, when that was looked at
  known: 0,  // the newest message that was there to be read
  unseen: new Set(),  // later ones
  missed: false,  // more came than was counted
  held: false,  // it was marked as unread
  opening: null,  // the list that was asked for and has not come yet
  awaited: false,  // that is of this room, and nothing of it has come
};
// Views that Python wrote come with this script: whoever shows one takes it from there.
export const views = Object.assign(document.createElement("div"), {innerHTML: VIEWS}).firstChild;
export const takeView = (selector) => views.removeChild(views.querySelector(selector));
chat.append(...views.querySelector(".at-once").children);
// What happens on this page: one module tells, others listen.
const listeners = {};
export const when = (what, then) => { (listeners[what] ||= []).push(then); };
export const tell = (what, ...of) => { for (const then of listeners[what] || []) then(...of); };
// What controls and answers call here, by its name.
const calls = {};
export const offer = (name, does) => { calls[name] = does; };
export const callOffered = (name, ...of) => calls[name](...of);
// What this browser keeps, by person. A full storage stops nobody: until it is left, the page has it, too.
export const MINE = `chatroom.${data.me}.${data.name}.`;
export const store = (where, name, text) => {
  if ((stored(where, name) ?? "") === (text || "")) return;  // writing is slow
  try { if (text) where.setItem(MINE + name, text); else where.removeItem(MINE + name); } catch { /* full */ }
};
export const stored = (where, name) => where.getItem(MINE + name);
export const keep = (where, name, value) => store(where, name, value && JSON.stringify(value));
export const kept = (where, name) => JSON.parse(stored(where, name) || "null");
// A list that begins with what was used last.
export const promote = (name, value, most) =>
  keep(localStorage, name, [value, ...recentOf(name).filter((other) => other !== value)].slice(0, most));
export const recentOf = (name) => kept(localStorage, name) || [];
// What the page says: a refusal above the composer until something else is done (`isForNow`: or until there is a
// connection), and what was done, for a moment.
const note = document.getElementById("note"), said = document.querySelector(".said");
export const complain = (sentence, {onlyIfQuiet, isForNow} = {}) => {
  if (onlyIfQuiet && note.textContent) return;
  note.textContent = sentence; note.classList.toggle("for-now", !!isForNow);
};
export const say = (text) => { said.textContent = text; said.animate({visibility: ["visible", "visible"]}, 2500); };
socket.on("connect", () => { if (note.matches(".for-now")) complain(""); });
// The server is asked by the page itself: again, if it was too fast, on the same connection.
export const get = (what, of, then, connection = socket.id) => socket.emit(what, of, (answer) => {
  const again = () => { if (socket.id === connection) get(what, of, then, connection); };
  if (answer.retry_after) setTimeout(again, 1000 * (answer.retry_after + Math.random())); else then(answer);
});
const SILENT = {code: "lost", error: SAYS.silent}, UNCONNECTED = {error: SAYS.unconnected};
const emit = (what, of, then) =>
  void socket.timeout(10e3).emit(what, of, (lost, answer) => then(lost ? SILENT : answer));
export const isConnected = () => socket.connected || void complain(UNCONNECTED.error, {isForNow: true});
// For a button that was pressed: now, or not at all. Either way it has `ended`.
export const ask = (what, of, then, ended) => {
  const take = (answer) => {
    ended?.();
    if (answer.error) complain(answer.error, {isForNow: answer === UNCONNECTED}); else then?.(answer);
  };
  if (socket.connected) emit(what, of, take); else take(UNCONNECTED);
};
// What is kept until it is done. There is no answer if it was not done this time, after the seconds to wait then.
export const attempt = (what, of) => new Promise((then) => emit(what, of, (answer) => {
  const isLate = ["lost", "too_fast", "unavailable"].includes(answer.code);
  if (isLate) setTimeout(then, 1000 * (answer.retry_after || 1)); else then(answer);
}));
