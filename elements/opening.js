// Opens rooms without loading a page, and asks for what is missing of the one that is open: what is above and below,
// and what was missed while the connection was away. Each keeps the place where its reader was, if it was not the end.
import {LOBBY, keep, kept, log, rooms, socket, tell, when} from "./context.js";
import {ask, complain, get} from "./asking.js";
import {div} from "./dom.js";
import {placesShown, returnTo} from "./fragments.js";
import {offer} from "./runtime.js";
import {MOST_SHOWN, arrange, fromEnd, keeping, lookWhere, newLine} from "./transcript.js";
import {notice, put, replaceAll, show, tellRead, toEnd} from "./transcript.js";
import {first, idOf, last, messageOf, shownMessages, view} from "./view.js";
const NEAR = 600, AGAIN = 2e3, MUCH = "Much has happened while you were away: scroll up to read it";
const LATE = "This room opens as soon as the connection is back.", NO_MORE = "You are no longer in that room.";
const NOT_THERE = "This message is no longer there.", places = kept(sessionStorage, "places") || {};  // by room
let question = null;

// What is missing. One question at a time: the answer to one that was overtaken is not taken, for what is missing then
// is asked for again.
const askList = (event, of, take, refused = tryLater) => {
  const asked = {};
  question = asked;
  get(event, {room: view.room, ...of}, (answer) => {
    if (question !== asked) return;
    question = null;
    if (answer.error) refused(answer); else { take(answer); goOn(); }
  });
};
const tryLater = ({code}) => { if (code === "not_found") tell("lost"); else setTimeout(goOn, AGAIN); };
const goOn = () => {
  const {revision: since, wanted, behind, seen} = view;
  if (question || view.opening || !socket.connected) return;
  if (wanted || behind || seen > since) askList("resume", {since, epoch: wanted ? "" : view.epoch}, takeResumed);
  else if (first() && view.more && log.scrollTop < NEAR) load("before", first);
  else if (first() && !view.tail && fromEnd() < NEAR) load("after", last);
};
const askAnew = () => { question = null; goOn(); };
const load = (edge, endNow) => {
  const end = idOf(endNow());
  askList("scroll", {[edge]: end}, ({html, more, revision}) => {
    if (end !== idOf(endNow())) return;
    if (edge === "before") view.more = more; else view.tail = !more;
    keeping(() => put(html, edge), edge);
    view.stuck ||= view.tail && fromEnd() < 40; show();
    if (revision < view.revision) Object.assign(view, {revision, behind: true});  // older than what had come live
  });
};
const startOver = (answer, sentence) => {  // with the newest page
  replaceAll(answer);
  if (sentence && view.more) log.prepend(div("gap", sentence));
  toEnd(); show();
};
// Too much was missed, but the reader is further up: bring what is shown up to date, and leave it where it is.
const refreshFrom = ({html, revision, more}) => {
  const there = new Set(html.match(/(?<=<article id=")m\d+/g));
  keeping(() => {
    for (const article of log.querySelectorAll("article")) if (!there.has(article.id)) article.remove();
    put(html, "after");
  }, "after");
  Object.assign(view, {revision, tail: !more, missed: true, behind: false});
  show();
};
const takeMissed = ({html, revision}) => {
  keeping(() => put(html));
  Object.assign(view, {revision: Math.max(view.revision, revision), behind: false});
};
const takeResumed = (answer) => {
  if (!answer.fresh) takeMissed(answer);
  else if (view.wanted) startOver(answer);
  else if (answer.epoch !== view.epoch || view.stuck || !first()) startOver(answer, MUCH);
  else askList("scroll", {after: idOf(first()) - 1, limit: MOST_SHOWN}, refreshFrom);
};
const toNewest = () => {
  if (view.tail) toEnd(); else { log.scrollTop = log.scrollHeight; view.wanted = true; goOn(); }
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
const keepPlace = () => {
  places[view.room] = view.tail && view.stuck ? null : placesShown(log)[0];
  return places[view.room];
};
// The address says where I am.
const markPlace = ({room, at, push}) => {
  if (push && (at || room !== view.room)) history.pushState({}, "", address(room, at));
  addState({room, at});
};
const bring = (node, to) => {
  log.scrollTop += node.getBoundingClientRect().top - log.getBoundingClientRect().top - to;
};
// A message, and which one it is; or what is next to where it was.
const goTo = (wish) => {
  const shown = shownMessages(), article = shown.find((one) => idOf(one) >= wish.at) || shown.at(-1);
  if (!article || idOf(article) !== wish.at) wish.note = NOT_THERE;
  if (!article) return;
  article.classList.remove("found");
  bring(article, log.clientHeight / 3);
  article.classList.toggle("found", !wish.note);
};
const settle = (wish) => {
  const isBack = !wish.at && returnTo(log, [wish.place || {}]);
  if (wish.at) goTo(wish); else if (newLine.isConnected && !isBack) bring(newLine, 4);
  else if (view.tail && !isBack) toEnd();
  lookWhere();
};
const arrive = (wish, answer) => {
  const {room, seen} = wish, {unread, last_read_id: read, newest: known} = answer.room;
  markPlace(wish);
  if (room !== view.room || view.line === null) view.line = unread ? read : null;
  Object.assign(view, {room, seen, read, known, held: false, opening: null});
  socket.io.opts.query.room = room;
  replaceAll(answer);
  tell("opened", answer.room);
  arrange(); settle(wish); show();
  complain("", {onlyInsteadOf: LATE});
  if (wish.note) complain(wish.note, {onlyIfQuiet: true});
};
const stayHere = () => { view.opening = null; askAnew(); };
const refuse = ({room}, {error}) => {
  if (room === view.room) return loseThisRoom();
  history.replaceState({room: view.room}, "", address(view.room));
  complain(error);
  return stayHere();
};
const askFor = (wish) => {
  const {room, place} = wish, at = wish.at || +place?.id || undefined;
  view.opening = Object.assign(wish, {seen: 0});
  if (socket.connected)
    askList("open", {room, at}, (answer) => arrive(wish, answer), (answer) => refuse(wish, answer));
};
// Whether a wish is met by what is here.
const isHere = ({room, at, place}) => room === view.room && !view.opening
  && (!(at || place) || messageOf(at || place.id)?.checkVisibility());
export const open = (room, {at, push = true, place} = {}) => {
  const wish = {room, at, push, place};
  complain("");
  if (view.opening?.room === room && !at) return;
  if (push) addState({place: keepPlace()});
  view.wanted = false;
  if (!isHere(wish)) {
    if (!at && !rooms.get(room)?.unread) wish.place ||= places[room];
    askFor(wish);
    if (!socket.connected) complain(LATE);
  } else if (at || place) { markPlace(wish); settle(wish); show(); goOn(); } else toNewest();
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
  show(); goOn();
};

socket.on("connect", () => {
  view.behind = true; askAnew();
  if (view.opening) askFor(view.opening);
});
socket.on("changed", ({room, from, to, html}) => {
  for (const list of [view, view.opening]) if (list?.room === room) list.seen = Math.max(list.seen, to);
  if (room !== view.room) return;
  keeping(() => put(html));
  if (from <= view.revision + 1) view.revision = Math.max(view.revision, to);
  goOn();
});
socket.on("rewritten", ({deleted, id, room}) => tell(deleted ? "deleted" : "edited", id, room));  // in any of my rooms
when("changed", ({id, last_read_id: read, marked, unread}) => {  // in another tab, maybe
  const {line} = view;
  if (id !== view.room || view.opening) return;
  if (marked) view.line = read;
  if (marked || read > view.read) view.held = !!marked;
  view.read = read;
  if (document.hidden && !unread) view.line = null;
  if (view.line !== line) arrange();
});
when("sent", () => {
  if (!socket.connected) view.opening = null;  // who goes on writing here stays here
  Object.assign(view, {line: null, held: false}); toNewest();
});
when("lost", loseThisRoom);
when("gone", (room) => { if (view.opening?.room === room && room !== view.room) stayHere(); });
log.addEventListener("scroll", () => { notice(); show(); goOn(); }, {passive: true});
document.getElementById("newer").addEventListener("click", () => { toNewest(); log.focus({preventScroll: true}); });
// In the same room an entry of the history is a place, in another one it is where its reader was last.
addEventListener("popstate", ({state}) => {
  const {room, at, place} = state || {}, isSame = room === view.room;
  if (!room) return;
  if (!isSame) keepPlace();
  open(room, {at: (isSame ? place : places[room]) ? 0 : at, place: isSame ? place : null, push: false});
});
addEventListener("pagehide", () => { keepPlace(); keep(sessionStorage, "places", places); });
addEventListener("open-room", ({detail: {room, at}}) => open(room, {at}));  // from a dialog
offer("showQuoted", ({room}, {dataset: {to}}) => open(room, {at: +to}));
