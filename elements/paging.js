// Asks for what is missing: what was missed while the connection was away, and what is above and below. And the line
// above what is new, by which a reader goes on.
import {get, log, socket, tell, when} from "./context.js";
import {div} from "./dom.js";
import {atEnd, forgetTold, fromEnd, notice, show, tellRead, toEnd} from "./scrolling.js";
import {MOST_SHOWN, arrange, keeping, put, replaceAll} from "./transcript.js";
import {first, idOf, last, view} from "./view.js";
const NEAR = 600, AGAIN = 2e3, MUCH = "Much has happened while you were away: scroll up to read it";
let loading = false, wanted = false, resuming = false;  // wanted: the newest page, once that is possible
export const wantNothing = () => { wanted = false; };
const fresh = (answer, sentence) => {  // start over with the newest page
  replaceAll(answer);
  if (sentence && view.more) log.prepend(div("gap", sentence));
  toEnd(); show(); fill();
};
const reach = (revision) => { view.seen = Math.max(view.seen, revision); };

// Too much was missed, but the reader is further up: bring what is shown up to date, and leave it where it is.
const refreshFrom = ({html, revision, more}) => {
  const there = new Set(html.match(/(?<=<article id=")m\d+/g));
  keeping(() => {
    for (const article of log.querySelectorAll("article")) if (!there.has(article.id)) article.remove();
    put(html, "newer");
  }, "newer");
  reach(revision);
  Object.assign(view, {revision, tail: !more, missed: true});
  show();
};
const takeMissed = (answer) => {
  keeping(() => put(answer.html));
  view.revision = Math.max(view.revision, answer.revision); reach(view.revision);
};
// Asks with what is missed, once at a time; an answer about another list is not taken.
const catchUpWith = (event, of, take) => {
  const began = view.starts;
  resuming = true;
  get(event, {room: view.room, ...of}, (answer) => {
    resuming = false;
    if (answer.code === "not_found") return tell("lost");
    if (answer.error) return setTimeout(resume, AGAIN);
    if (began === view.starts && take(answer)) return undefined;
    return view.seen > view.revision ? resume() : fill();
  });
};
const refresh = () => catchUpWith("scroll", {after: idOf(first()) - 1, limit: MOST_SHOWN}, refreshFrom);
const takeResumed = (answer) => {
  if (!answer.fresh) return takeMissed(answer);
  if (answer.epoch !== view.epoch || view.stuck || !first()) return fresh(answer, MUCH);
  refresh();
  return true;
};
// On every connect, and whenever the revisions of live packets leave a gap.
export const resume = () => {
  if (resuming || view.opening || !socket.connected) return;
  catchUpWith("resume", {since: view.revision, epoch: view.epoch}, takeResumed);
};
const takePage = (answer, edge) => {
  if (!edge) return fresh(answer);
  if (!first()) return;
  if (edge === "older") view.more = answer.more; else view.tail = !answer.more;
  keeping(() => put(answer.html, edge), edge);
  view.stuck ||= view.tail && atEnd(); show();
};
const takeLoaded = (answer, edge) => {
  takePage(answer, edge);
  if (answer.revision < view.seen) {  // it was older than what had come live
    view.revision = Math.min(view.revision, answer.revision);
    resume();
  }
  fill();
};
const endAt = (edge) => edge && idOf(edge === "older" ? first() : last());
const load = (edge) => {
  if (loading || !socket.connected) { wanted ||= !edge; return; }
  const {room} = view, end = endAt(edge);
  loading = true;
  get("scroll", {room, ...(edge && {[edge === "older" ? "before" : "after"]: end})}, (answer) => {
    loading = false;
    if (room === view.room && wanted) { wanted = false; return load(); }
    if (room !== view.room || first() && end !== endAt(edge)) return fill();  // this was for another list
    return answer.error || view.opening ? undefined : takeLoaded(answer, edge);
  });
};
export const fill = () => {
  if (!first()) return;
  if (view.more && log.scrollTop < NEAR) load("older");
  else if (!view.tail && fromEnd() < NEAR) load("newer");
};
export const toNewest = () => {
  if (view.tail) toEnd(); else { log.scrollTop = log.scrollHeight; load(); }
  show();
};
log.addEventListener("scroll", () => { notice(); show(); fill(); }, {passive: true});
document.getElementById("newer").addEventListener("click", () => { toNewest(); log.focus({preventScroll: true}); });
socket.on("rewritten", ({deleted, id, room}) => tell(deleted ? "deleted" : "edited", id, room));  // in any of my rooms
socket.on("changed", ({room, from, to, html}) => {
  if (room === view.opening?.room) view.openingSeen = Math.max(view.openingSeen, to);
  if (room !== view.room) return;
  reach(to);
  keeping(() => put(html));
  if (from <= view.revision + 1) view.revision = Math.max(view.revision, to); else resume();
});
socket.on("connect", () => {
  const newest = wanted && !view.opening;
  loading = wanted = resuming = false;
  if (!view.opening) resume();  // or else it is asked for again
  if (newest) load();
});

// Read all of it, and go on at the end.
export const markAllRead = () => {
  Object.assign(view, {held: false, line: null, known: Math.max(view.known, ...view.unseen)});
  arrange(); toNewest(); tellRead(Number.MAX_SAFE_INTEGER); forgetTold();
};
when("changed", (info) => {  // in another tab, maybe
  if (info.id !== view.room || view.opening) return;
  const {line} = view, read = info.last_read_id;
  if (info.marked) { Object.assign(view, {read, line: read, held: true}); forgetTold(); }
  else if (read > view.read) Object.assign(view, {read, held: false});
  if (document.hidden && !info.unread) view.line = null;
  if (view.line !== line) arrange();
});
when("sent", () => { view.line = null; view.held = false; toNewest(); });
