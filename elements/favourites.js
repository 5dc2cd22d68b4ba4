// The order of the favourites, which is changed by dragging one, by a finger that stays on it first, or by keys while
// it has the focus.
import {ask} from "./context.js";
import {onKeys, targetOf} from "./dom.js";
const favourites = document.querySelector(".sidebar [data-kind=favourites]"), scroller = favourites.parentNode;
const HELD = 400, STILL = 10, EDGE = 48;  // ms until a finger lifts; px that it may move till then; px at an edge
let draggedRow = null;
const starred = () => [...favourites.querySelectorAll("a")].filter((link) => link.checkVisibility());
const roomOf = (link) => link && +link.dataset.room;
const moveBefore = (link, next) => {
  if (link !== next) ask("move_favourite", {room: roomOf(link), before: roomOf(next) || undefined});
};
const moveBy = (by) => ({target}) => {
  const all = starred(), at = all.indexOf(target), to = at + by;
  if (at < 0) return false;
  if (all[to]) moveBefore(target, by < 0 ? all[to] : all[to + 1]);
  return undefined;
};
onKeys(favourites, {"Ctrl ArrowUp": moveBy(-1), "Ctrl ArrowDown": moveBy(1)});
const halfwayDown = (link, {top: above, bottom} = link.getBoundingClientRect()) => (above + bottom) / 2;
// The one before which it would come to stand; none at the end.
const nextAt = ({clientY}) => starred().find((link) => clientY < halfwayDown(link)) ?? null;
const showPlace = (next) => {
  for (const link of starred()) link.classList.toggle("before", link === next);
  favourites.classList.toggle("at-end", next === null);
};
favourites.addEventListener("dragstart", (event) => {
  if (holding) return event.preventDefault();  // a finger
  draggedRow = targetOf(event, "a");
  return event.dataTransfer.effectAllowed = "move";
});
favourites.addEventListener("dragover", (event) => {
  event.preventDefault(); event.dataTransfer.dropEffect = draggedRow ? "move" : "none";
  if (draggedRow) showPlace(nextAt(event));
});
favourites.addEventListener("drop", (event) => {
  event.preventDefault();
  if (draggedRow) moveBefore(draggedRow, nextAt(event));
});
for (const end of ["dragend", "drop", "dragleave"]) favourites.addEventListener(end, () => showPlace());
favourites.addEventListener("dragend", () => { draggedRow = null; });

// A finger. If it moves at once, it scrolls; if it lifts a row, it carries that, and its browser does nothing else.
let holding = null;  // what it is on, where it was and is, and whether it has lifted
const putDown = () => {
  clearTimeout(holding?.timer); holding?.row.classList.remove("lifted");
  holding = null; showPlace();
};
const pastEdge = (y, {top: above, bottom} = scroller.getBoundingClientRect()) =>
  Math.min(0, y - above - EDGE) + Math.max(0, y - bottom + EDGE);
const carriedTo = ({clientY, isMoved}, {top: above, bottom} = favourites.getBoundingClientRect()) =>
  isMoved && clientY > above - EDGE && clientY < bottom + EDGE ? nextAt({clientY}) : undefined;
const carry = () => {
  if (!holding?.isLifted) return;
  scroller.scrollBy(0, pastEdge(holding.clientY) / 4);
  showPlace(carriedTo(holding));
  requestAnimationFrame(carry);
};
const lift = () => {
  holding.isLifted = true; holding.row.classList.add("lifted");
  carry();
};
const onTouch = (name, does) => favourites.addEventListener(name, does, {passive: false});
onTouch("touchstart", (event) => {
  const row = targetOf(event, "a"), {touches: [{clientY}, ...others]} = event;
  putDown();
  if (row && !others.length) holding = {row, startY: clientY, clientY, timer: setTimeout(lift, HELD)};
});
onTouch("touchmove", (event) => {
  if (!holding) return;
  const {touches: [{clientY}]} = event;
  Object.assign(holding, {clientY, isMoved: holding.isMoved || Math.abs(clientY - holding.startY) > STILL});
  if (holding.isLifted) event.preventDefault(); else if (holding.isMoved) putDown();
});
onTouch("touchend", (event) => {
  if (holding?.isLifted) {
    const {row} = holding, next = carriedTo(holding);
    event.preventDefault();  // it opens nothing
    if (next !== undefined) moveBefore(row, next);
  }
  putDown();
});
onTouch("touchcancel", putDown);
onTouch("contextmenu", (event) => { if (holding) event.preventDefault(); });
