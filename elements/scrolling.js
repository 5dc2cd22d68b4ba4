// Where the reader is: at the end, which is kept, or further up, which is kept, too. What stands at the end of an open
// room, in a tab that is looked at, is read; a button tells of what is below.
import {get, log, socket, tell} from "./context.js";
import {idOf, last, view} from "./view.js";
const newer = document.getElementById("newer");
let readTimer = 0, told = 0;  // told: what the server was told last
export const fromEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight;
export const atEnd = () => fromEnd() < 40;
export const topOf = (node) => node.getBoundingClientRect().top - log.getBoundingClientRect().top;
export const lookWhere = () => { view.stuck = view.tail && atEnd(); view.lastTop = log.scrollTop; };
// What the reader scrolled; a new size scrolls, too, but never up and away from the end.
export const notice = () => {
  if (atEnd() || log.scrollTop < view.lastTop) lookWhere(); else view.lastTop = log.scrollTop;
};
export const toEnd = () => { log.scrollTop = log.scrollHeight; view.lastTop = log.scrollTop; view.stuck = true; };
export const forgetTold = () => { told = 0; };
export const tellRead = (number) => {
  const {room} = view;
  told = number;
  tell("read", room);
  get("read", {room, id: number}, (answer) => {
    if (room !== view.room) return;
    if (answer.error) told = 0; else view.read = answer.last_read_id;
  });
};
const isLooking = () =>
  socket.connected && !view.opening && !view.held && view.tail && view.stuck && !document.hidden;
const readNow = () => { if (isLooking() && view.known > Math.max(view.read, told)) tellRead(view.known); };
const markRead = () => {
  clearTimeout(readTimer);
  readTimer = setTimeout(readNow, 300 + 400 * Math.random());  // not everybody at once
};
const seeAll = () => {
  view.unseen.clear(); view.missed = false;
  if (last()) view.known = Math.max(view.known, idOf(last()));
};
const labelOf = ({missed, unseen: {size}}) => missed ? "New messages"
  : size > 1 ? `${size} new messages` : size ? "1 new message" : "Jump to newest";
export const show = () => {
  if (view.tail && view.stuck) seeAll();
  markRead();
  newer.hidden = !view.unseen.size && !view.missed && view.tail && fromEnd() <= log.clientHeight;
  newer.textContent = labelOf(view);
};
new ResizeObserver(() => { notice(); if (view.stuck) toEnd(); }).observe(log);
addEventListener("visibilitychange", markRead);
socket.on("connect", markRead);
