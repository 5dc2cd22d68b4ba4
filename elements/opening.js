// Opens rooms without loading a page. Each keeps the place where its reader was, if it was not the end.
import {LOBBY, ask, complain, get, keep, kept, log, rooms, socket, tell, when} from "./context.js";
import {opensElsewhere, targetOf} from "./dom.js";
import {fill, resume, toNewest, wantNothing} from "./paging.js";
import {forgetTold, lookWhere, show, toEnd, topOf} from "./scrolling.js";
import {arrange, newLine, replaceAll} from "./transcript.js";
import {first, idOf, messageOf, shownMessages, view} from "./view.js";
const LATE = "This room opens as soon as the connection is back.", NO_MORE = "You are no longer in that room.";
const NOT_THERE = "This message is no longer there.", places = kept(sessionStorage, "places") || {};  // by room
const address = (room, at) => `/chat/${room}` + (at ? `?at=${at}` : "");
const addState = (state) => history.replaceState({...history.state, room: view.room, ...state}, "");
const placeNow = () => {
  const top = view.tail && view.stuck ? null : shownMessages().find((article) => topOf(article) >= 0);
  return top ? {id: idOf(top), top: topOf(top)} : undefined;
};
const keepPlace = () => {
  places[view.room] = placeNow();
  return places[view.room];
};
const bring = (article) => { log.scrollTop += topOf(article) - log.clientHeight / 3; };
const highlight = (article) => {
  article.classList.remove("found"); void article.offsetWidth; article.classList.add("found");
};
const goTo = (at) => {  // show a message, and which one it is
  const article = messageOf(at);
  if (!article || article.hidden) return false;
  bring(article); lookWhere(); highlight(article);
  return true;
};
const neighbourOf = (at) => {
  const others = shownMessages().filter((article) => article.checkVisibility());
  return others.find((article) => idOf(article) > at) || others.at(-1);
};
const settleAt = ({at, place: {id, top} = {}}) => {
  const next = at && neighbourOf(at), there = id && messageOf(id);
  if (next) bring(next);
  else if (there && top !== undefined) log.scrollTop += topOf(there) - top;
  else if (newLine.isConnected) log.scrollTop += topOf(newLine) - 4;
  else if (view.tail) toEnd();
  lookWhere();
};
const settle = (wish) => {
  if (wish.at && goTo(wish.at)) return;
  if (wish.at) wish.note = NOT_THERE;
  settleAt(wish);
};
const refuse = (wish, {error}) => {
  if (wish.room === view.room) return loseThisRoom();
  history.replaceState({room: view.room}, "", address(view.room));
  complain(error);
  return resume();
};
const enterRoom = ({room, at, push}, {unread, last_read_id: read, newest: known}) => {
  const isOther = room !== view.room;
  if (isOther && push) history.pushState({}, "", address(room, at));
  if (isOther || view.line === null) view.line = unread ? read : null;
  if (isOther) view.seen = 0;
  Object.assign(view, {room, read, known, held: false});
  socket.io.opts.query.room = room;
  addState({at});
  forgetTold();
};
const arrive = (wish, answer) => {
  enterRoom(wish, answer.room);
  replaceAll(answer);
  tell("opened", answer.room);
  arrange(); settle(wish); show();
  if (wish.note) complain(wish.note, {onlyIfQuiet: true});
  view.seen = Math.max(view.seen, view.openingSeen);
  if (view.seen > view.revision) resume(); else fill();
};
const askFor = (wish) => {
  const at = wish.at || wish.place?.id;
  view.opening = wish; view.openingSeen = 0;
  if (socket.connected) get("open", {room: wish.room, ...(at ? {at} : {})}, (answer) => {
    if (view.opening !== wish) return;
    view.opening = null;
    if (answer.error) refuse(wish, answer); else arrive(wish, answer);
  });
};
// Whether a wish in the room that is open is met without asking.
const isHere = ({room, at, push, place}) => {
  if (room !== view.room || view.opening) return false;
  if (!at && !place) { toNewest(); return true; }
  if (at && push) history.pushState({room, at}, "", address(room, at));
  if (!at || !goTo(at)) return false;
  show(); fill();
  return true;
};
export const open = (room, {at, push = true, place} = {}) => {
  complain("");
  if (view.opening?.room === room && !at) return;
  if (push) addState({place: keepPlace()});
  wantNothing();
  if (isHere({room, at, push, place})) return;
  const last = at || rooms.get(room)?.unread ? undefined : places[room];
  askFor({room, at, push, place: place || last});
  if (!socket.connected) complain(LATE, {isForNow: true});
};
export const openDirect = (members) => ask("open_direct", {members}, (answer) => open(answer.room.id));
export const target = () => view.opening?.room ?? view.room;
// I am no longer in this room: nothing of it stays.
const loseThisRoom = () => {
  for (const node of log.querySelectorAll("article, .day, .gap, .new")) node.remove();
  delete places[view.room];
  if (view.opening && view.opening.room !== view.room) return;
  history.replaceState({}, "", address(LOBBY));
  askFor({room: LOBBY, push: false, note: NO_MORE});
};
export const beginAt = (asked) => {
  const isReload = !!history.state?.room, last = asked && !isReload ? null : places[view.room], at = last ? 0 : asked;
  const isAbove = view.line !== null && view.more && first() && idOf(first()) > view.line;
  addState({at});
  arrange(); toEnd();
  if (at || last && view.line === null || isAbove) open(view.room, {at, place: last || {}, push: false});
  else settle({});
  show(); fill();
};
when("lost", loseThisRoom);
when("sent", () => { if (!socket.connected) view.opening = null; });  // who goes on writing here stays here
when("gone", (room) => {  // also while it is on its way
  if (view.opening?.room !== room || room === view.room) return;
  view.opening = null;
  resume();
});
socket.on("connect", () => { if (view.opening) askFor(view.opening); });
// In the same room an entry of the history is a place, in another one it is where its reader was last.
addEventListener("popstate", ({state}) => {
  if (!state?.room) return;
  const isSame = state.room === view.room, place = isSame ? state.place : undefined;
  if (!isSame) keepPlace();
  open(state.room, {at: (isSame ? place : places[state.room]) ? 0 : state.at, place, push: false});
});
addEventListener("pagehide", () => { keepPlace(); keep(sessionStorage, "places", places); });
addEventListener("open-room", ({detail: {room, at}}) => open(room, {at}));  // from a dialog
log.addEventListener("click", (event) => {
  const quote = targetOf(event, ".quote");
  if (!quote || opensElsewhere(event)) return;
  event.preventDefault();
  open(view.room, {at: +quote.dataset.to});
});
