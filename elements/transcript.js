// The transcript. The server sends ready <article>s; here each is put in its place, once, in its latest form, in groups
// of one author, with lines between days and above what is new.
import {log, me, tell} from "./context.js";
import {div, fromHtml} from "./dom.js";
import {stateOf} from "./presence.js";
import {lookWhere, notice, show, toEnd} from "./scrolling.js";
import {dayOf, timeOf, wholeOf} from "./times.js";
import {all, callsMe, first, idOf, isMine, last, markForMe, messageOf, view} from "./view.js";
export const MOST_SHOWN = 200, newLine = div("new", "New");
const GROUP = 5 * 60e3;
const isGone = (node) => node.matches("article:is([hidden], .leaving)");
const nextShown = (node) => {
  do node = node.nextElementSibling; while (node && isGone(node));
  return node;
};
const dress = (article) => {  // for this reader
  const time = article.querySelector("time"), edited = article.querySelector("time.edited");
  article.sentAt = new Date(time.dateTime); article.sentDay = dayOf(article.sentAt);
  time.textContent = timeOf(article.sentAt); time.title = wholeOf(article.sentAt);
  markForMe(article);
  if (edited) edited.title = wholeOf(new Date(edited.dateTime));
  for (const reaction of article.querySelectorAll(".reaction"))
    reaction.ariaPressed = reaction.dataset.people.split(" ").includes(String(me));
};
const isSameDay = (article, above) => above?.sentDay === article.sentDay;
const follows = (article, above) => isSameDay(article, above)
  && above.dataset.author === article.dataset.author && article.sentAt - above.sentAt < GROUP;
const lineDay = (article, above) => {
  const line = article.previousElementSibling, day = line?.matches(".day") ? line : null;
  if (isSameDay(article, above)) day?.remove();
  else if (day) day.textContent = article.sentDay;
  else article.before(div("day", article.sentDay));
};
// Each is decided by its neighbour above.
const arrangeOne = (article, above) => {
  if (!article.sentAt) dress(article);
  lineDay(article, above);
  article.classList.toggle("follows", follows(article, above));
  article.dataset.state = stateOf(article.dataset.author);
};
const isNew = (article) => view.line !== null && idOf(article) > view.line && !isMine(article);
const dropLines = () => {  // of days that have no messages any more
  for (const day of log.querySelectorAll(".day")) if (!nextShown(day)?.matches("article")) day.remove();
};
export const arrange = () => {
  const shown = [...all()].filter((article) => !isGone(article));
  newLine.remove();
  shown.forEach((article, at) => arrangeOne(article, shown[at - 1]));
  dropLines();
  const firstNew = shown.find(isNew);
  firstNew?.classList.remove("follows"); firstNew?.before(newLine);
  log.classList.toggle("is-empty", !shown.length);
  tell("arranged");
};

const isNewer = (article, old) => !old || +article.dataset.revision > +old.dataset.revision;
const isUnheard = (article, old, edge) => !edge && !old && idOf(article) > view.known && !isMine(article);
const countNew = (article) => {
  if (!view.stuck) view.unseen.add(idOf(article));
  if (!view.stuck || document.hidden || view.held) {
    view.line ??= idOf(article) - 1;
    tell("unread", view.room, idOf(article), callsMe(article));
  }
  tell("said", article.querySelector(".name").textContent);
  if (callsMe(article)) tell("named");
};
const dropDeleted = (article) => { view.unseen.delete(idOf(article)); tell("deleted", idOf(article), view.room); };
const replaceOld = (article, old) => {
  const focused = old.contains(document.activeElement) && document.activeElement;
  article.append(...old.querySelectorAll(":scope > :is(.tools, .editor)"));
  article.classList.toggle("unfolded", old.matches(".unfolded"));
  old.replaceWith(article);
  if (!focused) return;
  article.tabIndex = -1;
  (focused.matches("textarea") ? focused : article).focus({preventScroll: true});
};
// The same message, whose quote may have changed.
const replaceQuote = (article, old) => {
  const quote = article.querySelector(".quote");
  if (quote && article.dataset.revision === old.dataset.revision) old.querySelector(".quote").replaceWith(quote);
};
const placeBetween = (article) => {
  let spot = [...all()].find((other) => idOf(other) > idOf(article));
  while (spot.previousElementSibling?.matches(".day, .gap, .new")) spot = spot.previousElementSibling;
  spot.before(article);
};
// Beyond an end of the list only if that was asked for: the rest comes when it is scrolled to.
const placeNew = (article, edge) => {
  const end = last(), isEnd = !end || idOf(end) < idOf(article);
  if (isEnd ? !view.tail && edge !== "newer" : idOf(article) < idOf(first()) && view.more && edge !== "older") return;
  if (!isEnd) placeBetween(article); else if (end) end.after(article); else log.prepend(article);
};
const putOne = (article, edge) => {
  const old = messageOf(idOf(article)), isLatest = isNewer(article, old);
  if (isLatest) tell("renewed", article);
  if (article.hidden) dropDeleted(article); else if (isUnheard(article, old, edge)) countNew(article);
  if (!old) placeNew(article, edge); else if (isLatest) replaceOld(article, old); else replaceQuote(article, old);
};
// `edge` tells which end of the list was asked for.
export const put = (html, edge) => {
  for (const article of fromHtml(html).querySelectorAll("article")) putOne(article, edge);
};

const dropFirst = () => {
  const second = all()[1];
  while (log.firstChild !== second) log.firstChild.remove();
  view.more = true;
};
const dropLast = () => { last().remove(); view.tail = false; };
const boxOf = (article) => article.getBoundingClientRect();
const placesNow = () => {
  const {top} = log.getBoundingClientRect();
  return [...all()].filter((article) => !article.hidden)
    .map((article) => ({name: article.id, box: boxOf(article)})).filter(({box}) => box.bottom > top);
};
const restore = (places, edge) => {  // any of them may be deleted now, or lose its name to one above
  const same = places.find(({name}) => document.getElementById(name)?.checkVisibility());
  const side = edge === "older" ? "bottom" : "top";
  if (same) log.scrollTop += boxOf(document.getElementById(same.name))[side] - same.box[side];
};
// Change the list without moving what is being read; who reads the end, and edits nothing, stays there.
export const keeping = (change, edge) => {
  const isEditing = !!log.querySelector(".editor:focus-within");
  notice();  // a busy browser tells of what was scrolled late
  if (isEditing) view.stuck = false;
  const stick = view.tail && view.stuck && !edge, places = stick ? [] : placesNow();
  change();
  while (all().length > MOST_SHOWN) if (stick || edge === "newer") dropFirst(); else dropLast();  // the farthest away
  arrange();
  if (stick) toEnd(); else restore(places, edge);
  if (isEditing) lookWhere();
  show();
};
// Another list. Revisions of another database begin anew.
export const replaceAll = ({html, newer, more, revision, epoch}) => {
  for (const node of log.querySelectorAll("article, .day, .gap")) node.remove();
  log.ariaLive = "off"; setTimeout(() => { log.ariaLive = "polite"; }, 1000);
  view.starts++; view.unseen.clear();
  view.seen = epoch && epoch !== view.epoch ? revision : Math.max(view.seen, revision);
  Object.assign(view, {missed: false, tail: !newer, more, revision, epoch: epoch || view.epoch});
  keeping(() => put(html, "newer"), "newer");
};
