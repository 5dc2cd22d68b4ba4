// The order of the favourites, which is changed by dragging one, or by keys while it has the focus.
import {ask} from "./context.js";
import {onKeys, targetOf} from "./dom.js";
const favourites = document.querySelector(".sidebar [data-kind=favourites]"), STARRED = "[data-kind=favourites] > a";
let draggedRow = null;
const starred = () => [...favourites.querySelectorAll("a")];
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
// The one before which it would come to stand: in the upper half of a row that one, or else the next.
const nextAt = ({target, clientY}) => {
  const row = target.closest(STARRED), {top: edge = 0, height = 0} = row?.getBoundingClientRect() ?? {};
  return row && (clientY < edge + height / 2 ? row : row.nextElementSibling);
};
const showPlace = (next) => {
  for (const link of starred()) link.classList.toggle("before", link === next);
  favourites.classList.toggle("at-end", next === null);
};
favourites.addEventListener("dragstart", (event) => {
  draggedRow = targetOf(event, "a");
  event.dataTransfer.effectAllowed = "move";
});
favourites.addEventListener("dragover", (event) => {
  event.preventDefault(); event.dataTransfer.dropEffect = draggedRow ? "move" : "none";
  if (draggedRow) showPlace(nextAt(event));
});
favourites.addEventListener("drop", (event) => {
  const next = nextAt(event);
  event.preventDefault();
  if (draggedRow && next !== undefined) moveBefore(draggedRow, next);
});
for (const end of ["dragend", "drop", "dragleave"]) favourites.addEventListener(end, () => showPlace());
favourites.addEventListener("dragend", () => { draggedRow = null; });
