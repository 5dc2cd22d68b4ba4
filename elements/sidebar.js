// The sidebar: what others write in rooms that are not shown here, what was read elsewhere, rooms that come and go.
// What is heard of a message may come before or after the server's own count, of which it is a part.
import {LOBBY, chat, me, rooms, socket, takeView, tell, when} from "./context.js";
import {get} from "./asking.js";
import {fold, opensElsewhere, targetOf} from "./dom.js";
import {open} from "./opening.js";
import {stateOf} from "./presence.js";
import {view} from "./view.js";
const MOST_COUNTED = 100, MOVES = "[data-act], [data-panel]", emptyLink = takeView(".room").content.firstChild;
const nav = document.querySelector(".sidebar"), filter = document.getElementById("filter");
const heard = new Map();
const lost = new Set(), outdated = new Set();  // rooms: lost since I asked for all; to be counted anew
let isKnown = false;  // once the server has told of all rooms
const isDirect = (info) => info.kind === "direct";
const isQuiet = (info) => info.level === "nothing" || info.level === "hidden" && !isDirect(info);
// What calls me: my name, or any message of a direct conversation; less where I want less of a room.
const callsIn = (info) => isQuiet(info) ? 0
  : isDirect(info) && info.level !== "mentions" ? info.unread : info.mentions;
const isUnread = (info) => callsIn(info) > 0 || info.level === "all" && info.unread > 0;
export const allCalls = () => [...rooms.values()].reduce((sum, info) => sum + callsIn(info), 0);
export const badgeOf = (number) => number >= MOST_COUNTED ? `${MOST_COUNTED - 1}+` : number || "";
const countOne = (info, [message, isNaming]) => {
  if (message <= info.newest) return;
  info.newest = message;
  info.unread = Math.min(MOST_COUNTED, info.unread + 1);
  info.mentions = Math.min(MOST_COUNTED, info.mentions + isNaming);
};

const linkTo = (room) => nav.querySelector(`a[data-room="${room}"]`);
const sectionOf = (info) => nav.querySelector(`section[data-kind="${isDirect(info) ? "direct" : "rooms"}"]`);
const shownIn = (which) => [...nav.querySelectorAll(`${which}:not([hidden])`)].map((link) => +link.dataset.room);
export const unreadRooms = () => shownIn("a.unread");
export const listedRooms = () => shownIn("a[data-room]");
const isWanted = (info) => info.level !== "hidden" || info.id === view.room || isDirect(info) && info.unread > 0;
const isFiltered = (link) => !link.dataset.key.includes(fold(filter.value.trim()));
const drawUnread = (link, info) => {
  const calls = callsIn(info), isNew = isUnread(info);
  link.lastChild.textContent = badgeOf(calls);
  link.classList.toggle("unread", isNew);
  link.ariaDescription = isNew ? "unread" + (calls ? `, ${calls} for you` : "") : null;
};
const draw = (info) => {
  const link = linkTo(info.id), [person, another] = info.people;
  link.dataset.kind = info.kind; link.dataset.key = fold(info.name);
  link.firstChild.textContent = link.title = info.name;
  link.classList.toggle("archived", info.archived);
  link.hidden = !isWanted(info) || isFiltered(link);
  link.ariaCurrent = info.id === view.room ? "page" : null;
  if (person && !another) Object.assign(link.dataset, {person, state: stateOf(person)});
  drawUnread(link, info);
  tell("counted");
};
const drawAll = () => rooms.forEach(draw);
const compare = (a, b) => (b < a) - (a < b);
const before = (a, b) => isDirect(a) ? b.newest - a.newest
  : (b.id === LOBBY) - (a.id === LOBBY) || compare(a.order, b.order) || a.id - b.id;
const sort = (of) => {
  const section = sectionOf(of), focused = document.activeElement;
  const sorted = [...rooms.values()].filter((info) => sectionOf(info) === section).toSorted(before);
  if (isKnown) sorted.forEach(({id}, at) => {
    const link = linkTo(id), there = section.children[at + 1];  // after its heading
    if (there !== link) section.insertBefore(link, there || null);
  });
  if (focused !== document.activeElement) focused.focus();  // who is moved loses it
};
const head = (info) => {
  const title = chat.querySelector("h1"), topic = chat.querySelector(".topic");
  title.textContent = info.name; title.dataset.kind = info.kind;
  topic.textContent = topic.title = info.topic;
};
const loseRoom = (room) => {
  lost.add(room); rooms.delete(room); linkTo(room)?.remove();
  tell("gone", room); tell("counted");
};
const addLink = (info) => {
  const link = emptyLink.cloneNode(true);
  link.href = `/chat/${info.id}`; link.dataset.room = info.id;
  sectionOf(info).append(link);
};
const putRoom = (info) => {
  if (info.gone) return loseRoom(info.id);
  if (!linkTo(info.id)) addLink(info);
  for (const one of heard.get(info.id) || []) countOne(info, one);
  lost.delete(info.id); rooms.set(info.id, info); draw(info);
  if (info.id === view.room) head(info);
  return tell("changed", info);
};
const putAndSort = (info) => { putRoom(info); if (!info.gone) sort(info); };
const raise = (room, message, isNaming) => {
  const info = rooms.get(room), one = [message, +isNaming];
  heard.set(room, [...heard.get(room) || [], one].slice(-MOST_COUNTED));
  if (!info) return;
  countOne(info, one); draw(info);
  if (isDirect(info)) sort(info);
};
const hearNews = ({room, news}) => {
  for (const [message, author, people] of news) {
    const isNaming = people.includes(me) || people.includes(0);
    if (author !== me) raise(room, message, isNaming);
    if (author !== me && isNaming) tell("named");
  }
};
// Which of the unread ones called me is known to the server only; it is asked where that can be seen.
const isSeen = (info, message) => info && isUnread(info) && message > info.last_read_id
  && (callsIn(info) || info.unread < MOST_COUNTED);
const recount = (room) => {
  outdated.delete(room);
  get("counts", {room}, (answer) => { if (!answer.error) putAndSort(answer.room); });
};
const recountSoon = (message, room) => {
  if (outdated.has(room) || !isSeen(rooms.get(room), message)) return;
  outdated.add(room);
  setTimeout(() => recount(room), 200 + 800 * Math.random());  // not everybody at once
};
const putAll = (infos) => {
  const there = new Set(infos.map(({id}) => id));
  isKnown = true;
  for (const {dataset: {room}} of nav.querySelectorAll("a[data-room]")) if (!there.has(+room)) loseRoom(+room);
  infos.forEach(putRoom);
  sort({kind: "open"}); sort({kind: "direct"});
  linkTo(view.room)?.scrollIntoView({block: "nearest"});
};
const refreshRooms = () => {
  lost.clear();
  get("rooms", {}, (answer) => { if (!answer.error) putAll(answer.rooms.filter((info) => !lost.has(info.id))); });
};
socket.on("connect", refreshRooms);  // what changed between the page and now, or while the connection was gone
socket.on("room_changed", putAndSort);
socket.on("noticed", hearNews);
when("unread", raise);
when("deleted", recountSoon);
when("read", (room) => {
  const info = rooms.get(room);
  if (info) draw(Object.assign(info, {unread: 0, mentions: 0}));
});
when("opened", (info) => {
  const was = rooms.get(+nav.querySelector("[aria-current]")?.dataset.room);
  putAndSort(info);
  if (was) draw(was);
  linkTo(info.id).scrollIntoView({block: "nearest"});
});
filter.addEventListener("input", drawAll);
filter.addEventListener("keydown", (event) => {
  const isEscape = event.key === "Escape", topmost = nav.querySelector("a[data-room]:not([hidden])");
  const link = event.key === "Enter" && topmost;
  if (isEscape || link) { filter.value = ""; drawAll(); }
  if (link) { tell("going"); open(+link.dataset.room); }
  if (isEscape) event.stopPropagation();
});
nav.addEventListener("click", (event) => {
  const link = targetOf(event, "a[data-room]");
  if (link || targetOf(event, MOVES)) tell("going");
  if (!link || opensElsewhere(event)) return;
  event.preventDefault();
  open(+link.dataset.room);
});
