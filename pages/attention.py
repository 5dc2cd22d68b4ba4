"""What calls somebody who looks elsewhere: the tab's title and icon, notifications, a sound."""
import json

from .theme import FAVICON, TITLE

MARK = '<circle cx="25" cy="8" r="7" fill="#e5484d"/></svg>'
SCRIPT = f'''
const ICONS = {json.dumps([FAVICON, FAVICON.replace('</svg>', MARK)])}, TITLE = {json.dumps(TITLE)};
''' + '''
// The title, the icon and the badge of the app follow what calls me. A message that calls me while none of my pages
// shows its room is told by the server to one page of this browser.
addEventListener("DOMContentLoaded", () => {
  const {socket, rooms, key} = chatroom, MOST = 100;
  const bell = document.getElementById("bell"), speaker = document.getElementById("sound");
  const icon = document.querySelector("link[rel~=icon]") || document.head.appendChild(
    Object.assign(document.createElement("link"), {rel: "icon"}));
  let shown = -1;

  const follow = () => {
    const room = rooms.get(chatroom.room), calls = chatroom.calls();
    const count = calls >= MOST ? `${MOST - 1}+` : calls;
    if (room) document.title = (calls ? `(${count}) ` : "") + `${room.name} - ${TITLE}`;
    if (calls === shown) return;
    shown = calls;
    icon.href = "data:image/svg+xml," + encodeURIComponent(ICONS[+(calls > 0)]);
    (calls ? navigator.setAppBadge?.(calls) : navigator.clearAppBadge?.())?.catch(() => {});
  };
  let waiting = 0;
  chatroom.when("counted", () => { waiting ||= setTimeout(() => { waiting = 0; follow(); }); });
  chatroom.when("opened", follow);

  const isOn = (name, byDefault) => (localStorage.getItem(key(name)) || byDefault) === "on";
  const mayNotify = () => "Notification" in window && Notification.permission === "granted" && isOn("notify", "on");
  const showButtons = () => {
    bell.hidden = !("Notification" in window);
    bell.setAttribute("aria-pressed", mayNotify());
    speaker.setAttribute("aria-pressed", isOn("sound", "off"));
  };
  chatroom.askToNotify = async () => {
    const was = Notification.permission;
    if (was === "default") await Notification.requestPermission();
    if (Notification.permission === "denied")
      chatroom.say("This browser blocks notifications of this site: allow them in its settings.");
    else if (was === "granted") chatroom.store(localStorage, key("notify"), mayNotify() ? "off" : "on");
    showButtons();
    if (Notification.permission === "granted") chatroom.say(`Notifications are ${mayNotify() ? "on" : "off"}.`);
  };
  chatroom.toggleSound = () => {
    chatroom.store(localStorage, key("sound"), isOn("sound", "off") ? "off" : "on");
    showButtons();
    chatroom.say(`Sound is ${isOn("sound", "off") ? "on" : "off"}.`);
    if (isOn("sound", "off")) ring();
  };
  let audio;
  const ring = () => {
    audio ||= new AudioContext();
    const tone = audio.createOscillator(), volume = audio.createGain(), start = audio.currentTime;
    tone.frequency.setValueAtTime(660, start); tone.frequency.setValueAtTime(880, start + 0.09);
    volume.gain.setValueAtTime(0.12, start); volume.gain.exponentialRampToValueAtTime(0.001, start + 0.3);
    tone.connect(volume).connect(audio.destination);
    tone.start(start); tone.stop(start + 0.3);
  };
  socket.on("notice", ({room, id, username, text}) => {
    if (isOn("sound", "off")) ring();
    const info = rooms.get(room);
    if (!mayNotify() || !info) return;
    const title = info.kind === "direct" ? username : `${username} in ${info.name}`;
    try {
      const notification = new Notification(title, {body: text, tag: `chatroom.${id}`});
      notification.onclick = () => { window.focus(); chatroom.open(room, {at: id}); notification.close(); };
    } catch { /* browsers on phones have notifications for installed apps only */ }
  });
  addEventListener("storage", showButtons);
  showButtons();
});
'''
