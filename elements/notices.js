// Notifications. They close when there is nothing more to them: their message was read, here or elsewhere, or deleted,
// or its room left; and with their page, since nobody could close them any more.
import {when} from "./context.js";
import {open} from "./opening.js";
import {view} from "./transcript.js";
const notices = new Map();  // of which messages they are
export const notify = ({title, room, id, text}) => {
  const notice = new Notification(title, {body: text, tag: `chatroom.${id}`});
  notices.set(notice, {room, id});
  notice.addEventListener("click", () => { window.focus(); open(room, {at: id}); notice.close(); });
  notice.addEventListener("close", () => notices.delete(notice));
};
const closeNotices = (isOver) => {
  for (const [notice, message] of notices) if (isOver(message)) { notice.close(); notices.delete(notice); }
};
const closeRead = (room, read) => closeNotices((message) => message.room === room && message.id <= read);
when("read", (room) => closeRead(room, view.read));
when("changed", ({id, last_read_id: read}) => closeRead(id, read));
when("deleted", (id) => closeNotices((message) => message.id === id));
when("gone", (room) => closeRead(room, Infinity));
addEventListener("pagehide", () => closeNotices(() => true));
