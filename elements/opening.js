// Opens rooms without loading a page, and asks for what is missing of the one that is open: what is above and below,
// and what was missed while the connection was away. Each keeps the place where its reader was, if it was not the end.
import {LOBBY, ask, complain, get, keep, kept, log, rooms, socket, tell, when} from "./context.js";
import {placesShown} from "./fragments.js";
import {offer} from "./runtime.js";
import {arrange, fromEnd, keeping, lookWhere, newLine, put, replaceAll, show, tellRead, toEnd} from "./transcript.js";
import {MOST_SHOWN, all, first, idOf, last, messageOf, shownMessages, view} from "./transcript.js";
const NEAR = 600, AGAIN = 2e3, places = kept(sessionStorage, "places") || {};  // by room
const LATE = "This room opens as soon as the connection is back.", NO_MORE = "You are no longer in that room.";
const NOT_THERE = "This message is no longer there.";
let question = null;

// What is missing. One question at a time: the answer to one that was overtaken is not taken, for what is missing then
// is asked for again.
const askList = (event, of, take) => {
  const asked = {};
  question = asked;
  get(event, {room: view.room, ...of}, (answer) => {
    if (question !== asked) return;
    question = null;
    if (answer.error) takeRefusal(answer); else { take(answer); goOn(); }
  });
};
// As many as can be are here, and take no more place than that: what is folded is not scrolled through.
const isFolded = () => view.stuck && all().length >= MOST_SHOWN;
const goOn = () => {
  const {revision: since, epoch, seen, stuck, opening} = view;
  if (question || !socket.connected) return;
  if (opening) askList("open", opening.of, arrive);
  else if (seen > since) {
    view.seen = 0;  // of what comes from now on
    const from = stuck || !first() ? {} : {first: idOf(first()), limit: all().length};
    askList("resume", {since, epoch, ...from}, takeResumed);
  } else if (first() && view.more && log.scrollTop < NEAR && !isFolded()) load("before", first);
  else if (first() && !view.tail && fromEnd() < NEAR) load("after", last);
};
const takeRefusal = ({code, error}) => {
  const {room, opening} = view, isOther = opening && opening.room !== room;
  if (code === "not_found" && !isOther) return loseThisRoom();
  if (isOther) { history.replaceState({room}, "", address(room)); complain(error); }
  Object.assign(view, {opening: null, seen: Infinity});
  return void setTimeout(goOn, isOther ? 0 : AGAIN);
};
const load = (edge, endNow) => {
  const end = idOf(endNow());
  askList("scroll", {[edge]: end}, ({html, more, revision}) => {
    if (end !== idOf(endNow())) return;
    if (edge === "before") view.more = more; else view.tail = !more;
    keeping(() => put(html, edge), edge);
    if (revision < view.revision) Object.assign(view, {revision, seen: Infinity});  // older than what had come live
  });
};
// Too much may have been missed: then who is further up goes on reading there, what is shown being brought up to date.
const takeResumed = (answer) => {
  const {html, fresh, gap, revision} = answer;
  if (!fresh) {
    keeping(() => put(html));
    view.revision = Math.max(view.revision, revision);
  } else {
    replaceAll(answer);
    if (gap === undefined) { view.missed = true; show(); }  // what was here, in its latest form
    else { log.insertAdjacentHTML("afterbegin", gap); toNewest(); }
  }
};
const toNewest = () => {
  toEnd();
  if (!view.tail) { Object.assign(view, {epoch: "", seen: Infinity}); goOn(); }
  show();
};
// Read all of it, and go on at the end.
export const markAllRead = () => {
  Object.assign(view, {held: false, line: null, known: Math.max(view.known, ...view.unseen)});
  arrange(); toNewest(); tellRead(Number.MAX_SAFE_INTEGER);
};

// Rooms, and places in them
const address = (room, at) => `/chat/${room}` + (at ? `?at=${at}` : "");
const addState = (state) => history.replaceState({...history.state, ...state}, "");
const keepPlace = () => { places[view.room] = view.stuck ? null : placesShown(log)[0]; };
// The address says where I am.
const markPlace = ({room, at, push}) => {
  if (push && (at || room !== view.room)) history.pushState({}, "", address(room, at));
  addState({room, at});
};
const bring = (node, to) => {
  log.scrollTop += node.getBoundingClientRect().top - log.getBoundingClientRect().top - to;
};
// To a message, and shows which one it is, or to where I was; if that is gone, to what was next to it. Or else to what
// is new.
const settle = (wish) => {
  const {at, place} = wish, id = at || +place?.id, shown = id ? shownMessages() : [];
  const found = shown.find((one) => idOf(one) >= id) || shown.at(-1), isFound = !!found && idOf(found) === at;
  const article = shown.findLast((one) => !one.matches(".folded") && idOf(one) <= idOf(found));
  if (at && !isFound) wish.note = NOT_THERE;
  article?.classList.remove("found");
  if (article) bring(article, at ? log.clientHeight / 3 : place.top);
  else if (newLine.isConnected) bring(newLine, 4);
  else if (view.tail) toEnd();
  if (isFound) article.classList.add("found");
  lookWhere(); show(); goOn();
};
const arrive = (answer) => {
  const wish = view.opening, {room, seen} = wish, {unread, last_read_id: read, newest: known} = answer.room;
  markPlace(wish);
  if (room !== view.room || view.line === null) view.line = unread ? read : null;
  Object.assign(view, {room, seen, read, known, held: false, opening: null});
  socket.io.opts.query.room = room;
  replaceAll(answer);
  tell("opened", answer.room);
  arrange(); settle(wish);
  if (wish.note) complain(wish.note, {onlyIfQuiet: true});
};
const askFor = (wish) => {
  const {room, at, place} = wish;
  question = null;
  view.opening = {...wish, seen: 0, of: {room, at: at || +place?.id || undefined}};
  if (socket.connected) goOn(); else complain(LATE, {isForNow: true});
};
// Whether a wish is met by what is here.
const isHere = ({room, at, place}) => room === view.room && !view.opening
  && (!(at || place) || view.epoch && messageOf(at || place.id)?.checkVisibility());
export const open = (room, {at, push = true, place} = {}) => {
  const wish = {room, at, push, place};
  complain("");
  if (view.opening?.room === room && !at) return;
  keepPlace();
  if (push) addState({place: places[view.room]});
  if (!isHere(wish)) {
    if (!at && !rooms.get(room)?.unread) wish.place ||= places[room];
    askFor(wish);
  } else if (at || place) { markPlace(wish); settle(wish); } else toNewest();
};
export const openDirect = (members) => ask("open_direct", {members}, (answer) => open(answer.room.id));
export const target = () => view.opening?.room ?? view.room;
// I am no longer in this room: nothing of it stays.
const loseThisRoom = () => {
  log.replaceChildren();
  delete places[view.room];
  if (view.opening && view.opening.room !== view.room) return;
  history.replaceState({}, "", address(LOBBY));
  askFor({room: LOBBY, note: NO_MORE});
};
export const beginAt = (asked) => {
  const {room, line, more} = view, isAbove = line !== null && more && idOf(first()) > line;
  const was = asked && !history.state?.room ? null : places[room], at = was ? 0 : asked;  // a reload has a state
  const place = isAbove ? {} : line === null ? was : null;
  addState({room, at});
  arrange(); toEnd();
  if (at || place) open(room, {at, place, push: false}); else settle({});
};

socket.on("connect", () => { question = null; view.seen = Infinity; goOn(); });
socket.on("changed", ({room, from, to, html}) => {
  for (const list of [view, view.opening]) if (list?.room === room) list.seen = Math.max(list.seen, to);
  if (room !== view.room) return;
  keeping(() => put(html));
  if (from <= view.revision + 1) view.revision = Math.max(view.revision, to);
  goOn();
});
socket.on("rewritten", ({deleted, id, room}) => tell(deleted ? "deleted" : "edited", id, room));  // in any of my rooms
when("changed", ({id, last_read_id: read, marked, unread}) => {  // in another tab, maybe
  if (id !== view.room || view.opening) return;
  if (marked) view.line = read;
  if (marked || read > view.read) view.held = !!marked;
  view.read = read;
  if (document.hidden && !unread) view.line = null;
  arrange();
});
when("sent", () => {
  if (!socket.connected) view.opening = null;  // who goes on writing here stays here
  Object.assign(view, {line: null, held: false}); toNewest();
});
when("gone", (room) => { if (room === view.room) loseThisRoom(); });  // one that is on its way is refused
when("scrolled", goOn);
document.getElementById("newer").addEventListener("click", () => { toNewest(); log.focus({preventScroll: true}); });
// In the same room an entry of the history is a place, in another one it is where its reader was last.
addEventListener("popstate", ({state}) => {
  const {room, at, place} = state || {}, isSame = room === view.room, was = isSame ? place : places[room];
  if (room) open(room, {at: was ? 0 : at, place: isSame ? place : null, push: false});
});
addEventListener("pagehide", () => { keepPlace(); keep(sessionStorage, "places", places); });
addEventListener("open-room", ({detail: {room, at}}) => open(room, {at}));  // from a dialog
offer("showQuoted", ({room}, {dataset: {to}}) => open(room, {at: +to}));
