// What calls me. The sidebar: what others write in rooms that are not shown here, what was read elsewhere, rooms that
// come and go, who is here. And what follows from it: the title, the icon and the badge of the app.
import {chat, me, offer, rooms, socket, takeView, tell, view, when} from "./context.js";
import {element, onKeys, soon} from "./dom.js";
import {applyFilter, renewIn} from "./runtime.js";
const emptyLink = takeView(".room").content.firstChild;
const nav = document.querySelector(".sidebar"), filter = document.getElementById("filter");
const star = document.getElementById("star"), icon = document.querySelector("link[rel~=icon]");
const heard = new Map();  // by room, messages and whether they name me
// Which of a room's counts these are the server says (chat/rooms.py).
const callsIn = (info) => info[info.calls] || 0;
const isUnread = (info) => info[info.marks] > 0;
const badgeOf = (number) => number >= MOST_COUNTED ? `${MOST_COUNTED - 1}+` : number || "";
// Rooms of one name, which come together by an invitation, are told apart by who made them, as in chat/rooms.py.
const isTwin = ({id, look}) => look && [...rooms.values()].some((other) => other.look === look && other.id !== id);
export const makerOf = (info) => info?.maker && isTwin(info) ? ` (by ${info.maker})` : "";
const titleOf = (info) => info.name + makerOf(info);
const nameAndMaker = (info) => {
  const maker = element("span", {className: "maker", textContent: makerOf(info)});
  return maker.textContent ? [element("span", {textContent: info.name}), maker] : [info.name];
};
const follow = () => {
  const room = rooms.get(view.room), calls = [...rooms.values()].reduce((sum, info) => sum + callsIn(info), 0);
  if (room) document.title = (calls ? `(${badgeOf(calls)}) ` : "") + `${titleOf(room)} - ${TITLE}`;
  if (icon.href !== (calls ? CALLING : QUIET)) icon.href = calls ? CALLING : QUIET;
  navigator.setAppBadge?.(calls).catch(() => {});
  showTotal(calls);
};

const linkTo = (room) => nav.querySelector(`a[data-room="${room}"]`);
const linksNow = () => [...nav.querySelectorAll("a[data-room]")];
export const listedLinks = () => linksNow().filter((link) => getComputedStyle(link).display !== "none");
// What is heard of a message may come before or after the server's own count, of which it is a part.
const countHeard = (info) => {
  const later = [...heard.get(info.id) || []].filter(([message]) => message > info.newest);
  info.unread = Math.min(MOST_COUNTED, info.unread + later.length);
  info.mentions = Math.min(MOST_COUNTED, info.mentions + later.filter(([, isNaming]) => isNaming).length);
  info.newest = Math.max(info.newest, ...later.map(([message]) => message));
};
const place = (link) => {
  const {parentNode: section, previousElementSibling: above, nextElementSibling: below} = link;
  const {order} = link.dataset, focused = document.activeElement;
  if (above.dataset.order > order || below?.dataset.order < order)
    section.insertBefore(link, [...section.children].find((other) => other.dataset.order > order) || null);
  if (focused !== document.activeElement) focused.focus();  // who is moved loses it
};
const sectionOf = ({section}) => nav.querySelector(`section[data-kind="${section}"]`);
const makeLink = ({id}) => Object.assign(emptyLink.cloneNode(true), {href: `/chat/${id}`});
const draw = (info) => {
  countHeard(info);
  const link = linkTo(info.id), calls = callsIn(info), isNew = isUnread(info);
  link.dataset.order = info.order ?? OLDEST - info.newest;
  link.lastChild.textContent = badgeOf(calls);
  link.classList.toggle("unread", isNew);
  link.ariaDescription = isNew ? "unread" + (calls ? `, ${calls} for you` : "") : null;
  place(link); soon(follow);
};
const head = (info) => {
  const {kind, favourite, topic = "", about = ""} = info, heading = chat.querySelector("h1");
  star.hidden = !linkTo(view.room);  // a conversation that is not made yet
  star.ariaPressed = !!favourite; star.dataset.with = JSON.stringify({on: !favourite});
  heading.dataset.kind = kind; heading.replaceChildren(...nameAndMaker(info));
  Object.assign(chat.querySelector(".topic > span"), {innerHTML: about, title: topic});
};
const callAnew = ({id}, title) => {  // in lists, and where messages are cited
  for (const node of chat.querySelectorAll(`[data-called="${id}"]`)) node.textContent = title;
};
const entitle = (info) => {
  const link = linkTo(info.id), title = titleOf(info), isNew = link.title && link.title !== title;
  link.firstChild.replaceChildren(...nameAndMaker(info)); link.title = title;
  if (isNew) callAnew(info, title);
  if (info.id === view.room) head(info);
};
const tellTwinsApart = ({look}) => {
  for (const info of rooms.values()) if (look && info.look === look) entitle(info);
};
const lose = (room) => {
  const info = rooms.get(room);
  rooms.delete(room); linkTo(room)?.remove(); soon(follow);
  if (info) tellTwinsApart(info);
  tell("gone", room);
};
const putRoom = (info) => {
  if (info.gone) return lose(info.id);
  const link = linkTo(info.id) || makeLink(info), section = sectionOf(info), before = rooms.get(info.id);
  Object.assign(link.dataset, info.says);
  if (link.parentNode !== section) section.append(link);
  rooms.set(info.id, info); draw(info); entitle(info);
  if (before?.look !== info.look) for (const one of [before, info]) if (one) tellTwinsApart(one);
  return tell("changed", info);
};
const raise = (room, message, isNaming) => {
  heard.set(room, new Map([...heard.get(room) || [], [message, isNaming]].slice(-MOST_COUNTED)));
  if (rooms.has(room)) draw(rooms.get(room));
};
socket.on("noticed", ({room, news}) => {
  for (const [message, author, people] of news) {
    const isNaming = people.includes(me) || people.includes(0);
    if (author !== me) raise(room, message, isNaming);
    if (author !== me && isNaming) tell("named");
  }
});
// Which of the unread ones called me is known to the server only; it is asked where that can be seen.
const isSeen = (info, message) => message > info?.last_read_id
  && (callsIn(info) || isUnread(info) && info.unread < MOST_COUNTED);
socket.on("room_changed", putRoom);
when("unread", raise);
when("deleted", (message, room) => {
  if (isSeen(rooms.get(room), message)) renewIn(linkTo(room), 200 + 800 * Math.random());  // not everybody at once
});
offer("putRoom", ({room}) => putRoom(room));
when("read", (room) => { if (rooms.has(room)) draw(Object.assign(rooms.get(room), {unread: 0, mentions: 0})); });
const atBeginning = (link) => ({name: link.title || link.firstChild.textContent, kind: link.dataset.kind,
  favourite: link.matches("[data-kind=favourites] > a")});
when("opened", (room, {name} = {}) => {
  const here = linkTo(room);
  for (const link of nav.querySelectorAll("[aria-current]")) link.ariaCurrent = null;
  head(rooms.get(room) || (here ? atBeginning(here) : {name, kind: "direct"})); soon(follow);
  if (!here) return;
  here.ariaCurrent = "page";
  requestAnimationFrame(() => here.scrollIntoView({block: "nearest"}));  // when what is where is known anyway
});
when("arrived", putRoom);
// All of them, in their order: on a connect, and when one was lost, which an answer that is on its way may still have.
offer("putRooms", ({rooms: infos}) => {
  const there = new Set(infos.map(({id}) => id));
  linksNow().map(({dataset: {room}}) => +room).filter((room) => !there.has(room)).forEach(lose);
  infos.forEach(putRoom); infos.forEach(({id}) => place(linkTo(id)));
  linkTo(view.room)?.scrollIntoView({block: "nearest"});
});
const clearFilter = () => { filter.value = ""; applyFilter(filter); };
const openTopmost = () => {
  const [topmost] = listedLinks();
  if (topmost) { clearFilter(); topmost.click(); }
};
onKeys(filter, {Enter: openTopmost, Escape: clearFilter});

// What is unread and out of sight: a button at the edge says so, and leads to the nearest one, or rather to what calls
// me. And how much calls me in all, on Mentions, and on a phone on the button of the sidebar.
const lists = nav.querySelector(".lists"), edges = document.querySelectorAll(".edge");
const heading = lists.querySelector("section:last-child h2");  // each stays at the upper edge
const totals = document.querySelectorAll(".entry-line .badge, #rooms .badge");
let total = 0;
const callsOf = ({dataset: {room}}) => callsIn(rooms.get(+room) || {});
const middleOf = (row) => {
  const {top, bottom, height} = row.getBoundingClientRect();
  return height ? (top + bottom) / 2 : NaN;  // one that is filtered out is nowhere
};
const beyond = ({dataset: {edge}}) => {
  const {top, bottom} = lists.getBoundingClientRect(), start = top + heading.offsetHeight;
  const unread = [...lists.querySelectorAll(".unread")];
  return edge === "below" ? unread.filter((row) => middleOf(row) > bottom)
    : unread.filter((row) => middleOf(row) < start).toReversed();
};
const showEdges = () => {
  for (const edge of edges) {
    const rows = beyond(edge);
    edge.hidden = !rows.length;
    edge.querySelector(".badge").textContent = badgeOf(rows.reduce((sum, row) => sum + callsOf(row), 0));
  }
};
offer("toUnread", (_, edge) => {
  const rows = beyond(edge), row = rows.find(callsOf) || rows[0];
  row.scrollIntoView({block: "center"}); row.focus({preventScroll: true});
});
const showTotal = (calls) => {
  if (rooms.size < linksNow().length) return;  // a page begins with what the server counted
  for (const badge of totals) badge.textContent = badgeOf(calls);
  if (calls !== total) tell("called");
  total = calls; showEdges();
};
const listSizes = new ResizeObserver(showEdges);  // filtering changes them, and opening on a phone
for (const node of [lists, ...lists.children]) listSizes.observe(node);
lists.addEventListener("scroll", showEdges, {passive: true});

// Who is here, as dots at names and avatars.
let states = {};  // of people, by id
const showStates = () => {
  for (const node of document.querySelectorAll("[data-person], .transcript article"))
    node.dataset.state = states[node.dataset.person || node.dataset.author] || "offline";
};
const learnStates = (news) => { Object.assign(states, news); showStates(); };
socket.on("states", learnStates);
offer("learnStates", ({states: all}) => { states = {}; learnStates(all); });
when("arranged", showStates);
