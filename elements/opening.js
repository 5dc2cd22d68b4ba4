// Opens rooms without loading a page, at once, though their messages come later; and asks for what is missing of the
// one that is open: what is above and below, and what was missed while the connection was away.
import {complain, composer, get, isMade, log, offer, rooms, socket, tell, view, views, when} from "./context.js";
import {itemsNamed} from "./outbox.js";
import {addState, keepPlace, markLeft, markPlace, places, readdress} from "./places.js";
import {isLooking} from "./presence.js";
import {arrange, fromEnd, keeping, lookWhere, newLine, put, replaceAll, show, tellRead, toEnd} from "./transcript.js";
import {MOST_SHOWN, all, countLeft, first, idOf, last, messageOf, readNow, shownMessages} from "./transcript.js";
const NEAR = 600, AGAIN = 2e3;
let question = null, left = {};  // left: the room that was shown before, and the newest message there

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
  if (question || !socket.connected || !isMade(target())) return;
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
  if (isOther) { readdress(room); complain(error); }
  stayHere();
  return void setTimeout(goOn, isOther ? 0 : AGAIN);
};
const stayHere = () => {
  const {awaited, opening, room} = view;
  Object.assign(view, {opening: null, seen: Infinity});
  if (awaited) awaitList(opening?.room === room ? opening : {room});
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
const goOnAtEnd = () => {
  Object.assign(view, {held: false, line: null, known: Math.max(view.known, ...view.unseen)});
  if (view.awaited) Object.assign(view.opening, {isForEnd: true}); else { arrange(); toNewest(); }
};
export const markAllRead = () => { goOnAtEnd(); tellRead(Number.MAX_SAFE_INTEGER); };

// Rooms, and places in them
const topOf = (node) => node.getBoundingClientRect().top;
const bring = (node, to) => log.scrollBy(0, topOf(node) - topOf(log) - to);
// To a message, and shows which one it is, or to where I was; if that is gone, to what was next to it. Or else to what
// is new.
const settle = (wish) => {
  const {at, place} = wish, id = at || +place?.id, shown = id ? shownMessages() : [];
  const found = shown.find((one) => idOf(one) >= id) || shown.at(-1), isFound = !!found && idOf(found) === at;
  const article = shown.findLast((one) => !one.matches(".folded") && idOf(one) <= idOf(found));
  if (at && !isFound) wish.note = SAYS.not_there;
  article?.classList.remove("found");
  if (article) bring(article, at ? log.clientHeight / 3 : place.top);
  else if (newLine.isConnected) bring(newLine, 4);
  else if (view.tail) toEnd();
  if (isFound) article.classList.add("found");
  lookWhere(); show(); goOn();
};
const awaits = (is) => { view.awaited = is; log.ariaBusy = is ? "true" : null; };
// Header, mark, field and draft are those of the room that was chosen; its messages come later.
const enter = (wish) => {
  const {room} = wish;
  if (isMade(room)) markPlace(wish);
  if (room === view.room) return;
  left = {room: view.room, known: view.known};
  Object.assign(view, {room, epoch: "", revision: 0, more: false, tail: true, stuck: true, known: 0, unseen: new Set(),
    missed: false, read: 0, line: null, held: false});
  if (isMade(room)) socket.io.opts.query.room = room;
  wish.from = left.room; awaits(true); log.replaceChildren();
  arrange(); tell("opened", room, wish); show();  // what is where is asked for last, and once
};
const arrive = (answer) => {
  const wish = view.opening, {room, seen} = wish, {unread, last_read_id: read, newest: known} = answer.room;
  tell("arrived", answer.room);
  if (room !== view.room) enter(wish);
  if (view.line === null) view.line = unread ? read : null;
  Object.assign(view, {seen, read, known, held: false, opening: null});
  awaits(false); replaceAll(answer);
  arrange(); settle(wish);
  if (wish.isForEnd) { goOnAtEnd(); readNow(); }  // it was asked before the server was told that all is read
  if (wish.note) complain(wish.note, {onlyIfQuiet: true});
};
const awaitList = (wish) => {
  const {room, at, place} = wish;
  question = null;
  view.opening = {...wish, seen: 0, of: {room, at: at || +place?.id || undefined}};
  if (!socket.connected) complain(SAYS.list_later, {isForNow: true});
};
const isListed = (room) => document.querySelector(`.sidebar a[data-room="${room}"]`);
const askFor = (wish) => {
  if (isListed(wish.room) || !isMade(wish.room)) enter(wish);  // a room that nobody told of yet may be refused
  awaitList(wish); goOn();
};
// Whether a wish is met by what is here.
const isHere = ({room, at, place}) => room === view.room && !view.opening
  && (!(at || place) || view.epoch && messageOf(at || place.id)?.checkVisibility());
export const open = (room, {at, push = true, place, name} = {}) => {
  const wish = {room, at, push, place, name};
  complain("");
  if (view.opening?.room === room && !at) return;
  keepPlace();
  if (push) markLeft();
  if (!isHere(wish)) {
    if (!at && !rooms.get(room)?.unread) wish.place ||= places[room];
    askFor(wish);
  } else if (at || place) { markPlace(wish); settle(wish); } else toNewest();
};
export const target = () => view.opening?.room ?? view.room;
// I am no longer in this room: nothing of it stays. But who has written something there finds it, and is not elsewhere
// in the middle of a word.
const hasText = () => composer.value.trim() || itemsNamed("send_message").some(({of: {room}}) => room === view.room);
const loseThisRoom = () => {
  const {room, opening} = view, to = rooms.has(opening?.from) ? opening.from : LOBBY;
  log.replaceChildren();
  delete places[room];
  if (opening && opening.room !== room) return;
  awaits(false); view.opening = null;
  if (!hasText()) {
    readdress(to);
    return askFor({room: to, note: SAYS.left});
  }
  log.append(views.querySelector(".gap").cloneNode(true)); arrange();
  Object.assign(view, {epoch: "", seen: 0});
  return complain(SAYS.left);
};
export const beginAt = (asked) => {
  const {room, line, more} = view, {note} = log.dataset, isAbove = line !== null && more && idOf(first()) > line;
  const was = asked && !history.state?.room ? null : places[room], at = was ? 0 : asked;  // a reload has a state
  const place = isAbove ? {} : line === null ? was : null;
  addState({room, at});
  arrange(); toEnd();
  if (at || place) open(room, {at, place, push: false}); else settle({});
  if (note) { complain(note); readdress(room); }
};

socket.on("connect", () => { question = null; view.seen = Infinity; goOn(); });
socket.on("changed", ({room, from, to, html}) => {
  for (const list of [view, view.opening]) if (list?.room === room) list.seen = Math.max(list.seen, to);
  if (room !== view.room) return countLeft(html, room, room === left.room ? left.known : Infinity);
  if (view.awaited) return;
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
  if (!isLooking() && !unread) view.line = null;
  keeping(() => {});
});
when("sent", () => {
  if (!socket.connected && view.opening?.room !== view.room) stayHere();  // who goes on writing here stays here
  goOnAtEnd();
});
when("gone", (room) => { if (room === view.room) loseThisRoom(); });  // one that is on its way is refused
when("scrolled", goOn);
document.getElementById("newer").addEventListener("click", toNewest);
// In the same room an entry of the history is a place, in another one it is where its reader was last.
addEventListener("popstate", ({state}) => {
  const {room, at, place} = state || {}, isSame = room === view.room, was = isSame ? place : places[room];
  if (room) open(room, {at: was ? 0 : at, place: isSame ? place : null, push: false});
});
addEventListener("open-room", ({detail: {room, at}}) => open(room, {at}));  // from a dialog
offer("goTo", ({room}) => open(room));
offer("showQuoted", ({room}, {dataset: {to}}) => open(room, {at: +to}));
