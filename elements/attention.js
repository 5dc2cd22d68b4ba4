// The title, the icon and the badge of the app follow what calls me. A message that calls me while none of my pages
// shows its room is told by the server to one page of this browser.
import {rooms, socket, store, stored, views, when} from "./context.js";
import {say} from "./asking.js";
import {open} from "./opening.js";
import {offer} from "./runtime.js";
import {allCalls, badgeOf} from "./sidebar.js";
import {view} from "./view.js";
const {title: TITLE, icon: QUIET, calling: CALLING} = views.dataset;
const bell = document.getElementById("bell"), speaker = document.getElementById("sound");
const canNotify = "Notification" in window;
let shownCalls = -1, waitingToFollow = 0, audio = null;
const showIcon = (svg) => {
  const icon = document.querySelector("link[rel~=icon]") || document.head.appendChild(document.createElement("link"));
  Object.assign(icon, {rel: "icon", href: "data:image/svg+xml," + encodeURIComponent(svg)});
};
const markApp = (calls) => (calls ? navigator.setAppBadge?.(calls) : navigator.clearAppBadge?.())?.catch(() => {});
const follow = () => {
  const room = rooms.get(view.room), calls = allCalls();
  waitingToFollow = 0;
  if (room) document.title = (calls ? `(${badgeOf(calls)}) ` : "") + `${room.name} - ${TITLE}`;
  if (calls === shownCalls) return;
  shownCalls = calls;
  showIcon(calls ? CALLING : QUIET); markApp(calls);
};
const isOn = (name, byDefault) => (stored(localStorage, name) || byDefault) === "on";
const flip = (name, isSet) => store(localStorage, name, isSet ? "off" : "on");
const hasSound = () => isOn("sound", "off");
const mayNotify = () => canNotify && Notification.permission === "granted" && isOn("notify", "on");
const showSwitches = () => {
  bell.hidden = !canNotify;
  bell.ariaPressed = mayNotify(); speaker.ariaPressed = hasSound();
};
const sentences = {granted: () => `Notifications are ${mayNotify() ? "on" : "off"}.`,
  denied: () => "This browser blocks notifications of this site: allow them in its settings."};
const ring = () => {
  audio ||= new AudioContext();
  const tone = audio.createOscillator(), volume = audio.createGain(), start = audio.currentTime;
  tone.frequency.setValueAtTime(660, start); tone.frequency.setValueAtTime(880, start + 0.09);
  volume.gain.setValueAtTime(0.12, start); volume.gain.exponentialRampToValueAtTime(0.001, start + 0.3);
  tone.connect(volume).connect(audio.destination);
  tone.start(start); tone.stop(start + 0.3);
};
const notify = (title, {room, id, text}) => {
  const notification = new Notification(title, {body: text, tag: `chatroom.${id}`});
  notification.addEventListener("click", () => { window.focus(); open(room, {at: id}); notification.close(); });
};
socket.on("notice", (call) => {
  const info = rooms.get(call.room), {username} = call;
  if (hasSound()) ring();
  if (!mayNotify() || !info) return;
  try { notify(info.kind === "direct" ? username : `${username} in ${info.name}`, call); }
  catch { /* browsers on phones have notifications for installed apps only */ }
});
offer("switchBell", async () => {
  const was = Notification.permission;
  if (was === "default") await Notification.requestPermission();
  if (was === "granted") flip("notify", mayNotify());
  showSwitches();
  const sentence = sentences[Notification.permission]?.();
  if (sentence) say(sentence);
});
offer("switchSound", () => {
  flip("sound", hasSound()); showSwitches();
  say(`Sound is ${hasSound() ? "on" : "off"}.`);
  if (hasSound()) ring();
});
when("counted", () => { waitingToFollow ||= setTimeout(follow); });
when("opened", follow);
addEventListener("storage", showSwitches);
showSwitches();
