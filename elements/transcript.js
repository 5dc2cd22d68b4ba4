// The transcript. The server sends ready <article>s; here each is put in its place, once, in its latest form, in groups
// of one author, with lines between days and above what is new. Who reads the end is kept there, and who reads further
// up is kept where that is; a button tells of what is below. What stands at the end of an open room, in a tab that is
// looked at, is read.
import {writeNoMore} from "./ahead.js";
import {ask, get, log, me, socket, takeView, tell, view, when} from "./context.js";
import {fromHtml, soon} from "./dom.js";
import {placeNodes, placesShown, returnTo, stay} from "./fragments.js";
import {isLooking} from "./presence.js";
import {keepSelected} from "./selecting.js";
import {inForm, lookAtClock} from "./times.js";
export const newLine = takeView(".new");
export const MOST_SHOWN = 200;
const PEOPLE = ".name:not(a *), .actor, .mention";  // they open a card
const GROUP = 5 * 60e3, newer = document.getElementById("newer"), emptyDay = takeView(".day");

export const all = () => log.getElementsByTagName("article");
export const idOf = (article) => +article.dataset.id;
export const first = () => all()[0];
export const last = () => all()[all().length - 1];
export const messageOf = (number) => document.getElementById("m" + number);
export const isMine = (article) => +article.dataset.author === me;
export const shownMessages = () => [...log.querySelectorAll("article:not([hidden], .leaving)")];
// Whether a message that was sent is here, or is so old that it is above all that are.
export const isDelivered = (number) => messageOf(number) || number < first()?.dataset.id;
export const getMessage = (number, then) =>
  ask("history", {room: view.room, before: number + 1, limit: 1}, ({messages: [found]}) => {
    if (found?.id === number) then(found);
  }, () => setTimeout(writeNoMore));  // if no field has come by then
const namesMe = (article) => article.matches(`[data-mentions~="${me}"]`);
export const isSystem = (article) => article.matches(".system");
// What others wrote; of what only happened, that I was added.
const isForMe = (article) => !isMine(article) && (!isSystem(article) || +article.dataset.for === me);
// By my name, or everyone.
const callsMe = (article) => !isMine(article) && (namesMe(article) || article.matches("[data-mentions~='0']"));

// Where the reader is: at the end, or where the messages are that are seen. Only the reader changes that. What changes
// size (the window, what is around, a message) moves neither, though a browser may scroll then, to what there is.
export const fromEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight;
const isAtEnd = () => view.tail && fromEnd() < 40;
const frameNow = () => [log.clientWidth, log.clientHeight].join();
const lookAtSize = () => Object.assign(view, {lastTop: log.scrollTop, frame: frameNow(), high: log.scrollHeight});
const isEditing = () => log.querySelector(".editor:focus-within");
export const lookWhere = () => {
  view.stuck = isAtEnd();
  if (!view.stuck) view.places = placesShown(log);
  lookAtSize();
};
export const toEnd = () => { log.scrollTop = log.scrollHeight; lookWhere(); };
const hold = () => {
  if (view.stuck) log.scrollTop = log.scrollHeight; else returnTo(log, view.places);
  lookAtSize();
};
export const notice = () => {
  const isFramed = view.frame === frameNow(), isHigh = view.high === log.scrollHeight;
  if (!isFramed || !isHigh && !isEditing()) hold();  // what is edited grows, and its browser keeps the caret in view
  else if (!isHigh || log.scrollTop !== view.lastTop) lookWhere();
};
export const tellRead = (id = view.known) => {
  view.read = view.known; tell("read", view.room);
  get("read", {room: view.room, id}, () => {});
};
export const readNow = () => {
  const isSeen = isAtEnd() && isLooking() && socket.connected && !view.opening && !view.held;
  if (isSeen && view.known > view.read) tellRead();
};
const markRead = () => soon(readNow, 300 + 400 * Math.random());  // not everybody at once
const seeAll = () =>
  Object.assign(view, {missed: false, unseen: new Set(), known: Math.max(view.known, last()?.dataset.id ?? 0)});
const labelOf = ({missed, unseen: {size}}) => missed ? "New messages"
  : size > 1 ? `${size} new messages` : size ? "1 new message" : "Jump to newest";
export const show = () => {
  if (isAtEnd()) seeAll();
  markRead();
  newer.hidden = !view.unseen.size && !view.missed && view.tail && fromEnd() <= log.clientHeight;
  newer.textContent = labelOf(view);
};

const paper = matchMedia("print");  // on which nothing is scrolled
const look = () => { if (!paper.matches) { notice(); show(); } };
const sizes = new ResizeObserver((changed) => {
  for (const {target} of changed) if (!target.isConnected) sizes.unobserve(target);
  look();
});

// Days, groups, and what is new
const dress = (article) => {  // for this reader
  const times = article.querySelectorAll("time"), sentAt = new Date(times[0].dateTime);
  Object.assign(article, {sentAt, sentDay: inForm("day", sentAt)});
  times[0].textContent = inForm("time", sentAt);
  for (const time of times) time.title = inForm("whole", new Date(time.dateTime));
  for (const reaction of article.querySelectorAll(".reaction"))
    reaction.ariaPressed = reaction.matches(`[data-people~="${me}"]`);
  for (const name of article.querySelectorAll(PEOPLE)) Object.assign(name, {role: "button", tabIndex: 0});
  article.toggleAttribute("data-mine", isMine(article));
  article.toggleAttribute("data-names-me", namesMe(article) || callsMe(article));
};
const isSameDay = (article, above) => above?.sentDay === article.sentDay;
const follows = (article, above) => isSameDay(article, above) && above.dataset.author === article.dataset.author
  && (isSystem(article) || article.sentAt - above.sentAt < GROUP);
const dayAbove = (article) => {
  const line = article.previousElementSibling;
  if (line?.textContent === article.sentDay) return line;
  const made = emptyDay.cloneNode(true), button = made.firstChild;
  made.title = inForm("date", article.sentAt);
  button.textContent = article.sentDay; button.dataset.day = inForm("iso", article.sentAt);
  return log.insertBefore(made, article);
};
const isNew = (article) => view.line !== null && idOf(article) > view.line && isForMe(article);
const group = (article, isFollowing) => {
  const name = article.querySelector(".by .name");
  article.classList.toggle("follows", isFollowing);
  if (name) name.tabIndex = isFollowing ? -1 : 0;  // it is not seen then
};
export const arrange = () => {
  const shown = shownMessages(), firstNew = shown.find(isNew);
  newLine.remove();
  for (const article of shown) if (!article.sentAt) { dress(article); sizes.observe(article); }
  const days = new Set(shown.filter((article, at) => !isSameDay(article, shown[at - 1])).map(dayAbove));
  for (const day of log.querySelectorAll(".day")) if (!days.has(day)) day.remove();
  shown.forEach((article, at) => group(article, article !== firstNew && follows(article, shown[at - 1])));
  firstNew?.before(newLine);
  log.classList.toggle("is-empty", !view.more && shown.every(isSystem));
  tell("arranged");
};

// Putting messages in their place
const isUnheard = (article, old, edge) => !edge && !old && idOf(article) > view.known && isForMe(article);
const countNew = (article) => {
  view.unseen.add(idOf(article));
  if (!view.stuck || !isLooking() || view.held) {
    view.line ??= idOf(article) - 1;
    tell("unread", view.room, idOf(article), callsMe(article));
  }
  tell("said", article.querySelector(".name").textContent);
  if (callsMe(article)) tell("named");
};
// In a room that was left, which the server may not know yet.
export const countLeft = (html, room, known) => {
  for (const article of fromHtml(html).querySelectorAll("article:not([hidden])"))
    if (isForMe(article) && idOf(article) > known) tell("unread", room, idOf(article), callsMe(article));
};
const dropDeleted = (article) => { view.unseen.delete(idOf(article)); tell("deleted", idOf(article), view.room); };
const partOf = ({classList: [kind] = [], nodeName}) => kind ?? nodeName;
const takeAttributes = ({dataset, hidden}, old) => {
  for (const name of Object.keys(old.dataset)) if (!(name in dataset)) delete old.dataset[name];
  Object.assign(old.dataset, dataset); old.hidden = hidden;
};
// Only what has changed is another node then: the rest may have the focus, or be selected.
const replaceOld = (article, old) => {
  const focused = document.activeElement, own = old.querySelectorAll(":scope > :is(.tools, .editor)");
  if (!article.hidden) dress(article);
  takeAttributes(article, old);
  keepSelected(old, ".text", () => placeNodes(old, [...article.children, ...own], partOf));
  if (focused.isConnected) return;
  old.tabIndex = -1; old.focus({preventScroll: true});
};
// Beyond an end of the list only if that was asked for: the rest comes when it is scrolled to.
const placeNew = (article, edge) => {
  const above = [...all()].findLast((other) => idOf(other) < idOf(article));
  if (!above && (edge || !view.more || !first())) log.prepend(article);
  if (above && (edge || view.tail || above !== last())) above.after(article);
};
const putOne = (article, edge) => {
  const {id, revision} = article.dataset, old = messageOf(id);
  const newerBy = old ? revision - old.dataset.revision : 1;
  if (newerBy > 0) tell("renewed", article);
  if (article.hidden) dropDeleted(article); else if (isUnheard(article, old, edge)) countNew(article);
  if (!old) placeNew(article, edge); else if (newerBy > 0) replaceOld(article, old);
  else if (newerBy === 0) old.querySelector(".quote")?.replaceWith(article.querySelector(".quote"));  // it may be new
};
// `edge` tells which end of the list was asked for: what is `before`, or `after`.
export const put = (html, edge) =>
  fromHtml(html).querySelectorAll("article").forEach((article) => putOne(article, edge));
const dropFirst = () => { first().remove(); view.more = true; };
const dropLast = () => { last().remove(); view.tail = false; };
// Change the list without moving what is being read; who reads the end, and edits nothing, stays there.
export const keeping = (change, edge) => {
  lookAtClock(); notice();  // a busy browser tells of what was scrolled late
  view.stuck = isAtEnd() && !isEditing();
  const stick = view.stuck && !edge, changeAll = () => {
    change();
    while (all().length > MOST_SHOWN) if (stick || edge === "after") dropFirst(); else dropLast();  // the farthest away
    arrange();
  };
  if (stick) { changeAll(); toEnd(); }
  else { stay(log, changeAll, edge === "before" ? "bottom" : "top"); lookWhere(); }  // its first may lose its name
  show();
};
// Another list, in which what is here already and has not changed stays. Another database has other messages.
export const replaceAll = ({html, newer: isCut, more = view.more, revision, epoch}) => {
  const staying = new Set(epoch === view.epoch ? html.match(/(?<=<article id=")m\d+/g) : []);
  log.ariaLive = "off"; setTimeout(() => { log.ariaLive = "polite"; }, 1000);
  Object.assign(view, {epoch, revision, more, tail: !isCut, unseen: new Set(), missed: false});
  keeping(() => {
    for (const node of log.querySelectorAll("article, .gap")) if (!staying.has(node.id)) node.remove();
    put(html, "after");
  }, "after");
};
sizes.observe(log);
new MutationObserver(look).observe(log, {childList: true});
log.addEventListener("scroll", () => { look(); tell("scrolled"); }, {passive: true});
addEventListener("visibilitychange", markRead);
when("came back", markRead);
when("clock", () => { for (const article of all()) article.sentAt = null; keeping(() => {}); });
