// Notifications: a message that calls me while none of my pages shows its room is told by the server to one page of
// this browser. They close when there is nothing more to them: their message was read, here or elsewhere, or deleted,
// or its room left; and with their page, since nobody could close them any more.
import {offer, rooms, say, socket, store, stored, view, when} from "./context.js";
import {open} from "./opening.js";
import {makerOf} from "./sidebar.js";
const notices = new Map();  // of which messages they are
const notify = ({title, room, id, text}) => {
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

// Switches, which this browser keeps by person, and what they let through: notifications, and a sound. Or what is on is
// that a section of the sidebar is folded: then it shows only what is unread and what is open.
const bell = document.getElementById("bell"), speaker = document.getElementById("sound");
const permissionFor = (button) => button === bell ? window.Notification?.permission : "granted";
const isOn = (button) => permissionFor(button) === "granted"
  && (stored(localStorage, button.name) || button.value) === "on";
const showSwitches = () => {
  bell.hidden = !permissionFor(bell);
  for (const button of [bell, speaker]) button.ariaPressed = isOn(button);
  for (const button of document.querySelectorAll(".fold")) button.ariaExpanded = !isOn(button);
};
const ring = () => { if (isOn(speaker)) new Audio(TONE).play().catch(() => {}); };
socket.on("notice", (call) => {
  ring();
  const title = call.title + makerOf(rooms.get(call.room));
  try { if (isOn(bell)) notify({...call, title}); } catch { /* browsers on phones have them for installed apps only */ }
});
offer("flip", async (_, button) => {
  const {says, blocked} = button.dataset;
  if (permissionFor(button) !== "granted") await Notification.requestPermission();
  else store(localStorage, button.name, isOn(button) ? "off" : "on");
  showSwitches();
  if (button === speaker) ring();
  const sentence = {granted: says && `${says} ${isOn(button) ? "on" : "off"}.`, denied: blocked}[permissionFor(button)];
  if (sentence) say(sentence);
});
addEventListener("storage", showSwitches);
showSwitches();
