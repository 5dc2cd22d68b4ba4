// Choosing. Rows that Python wrote have the names by which they are found, folded, in `data-key`, one a line. Those
// that match what is typed are offered, the best first; one is chosen by keys or pointer, the focus stays in the field.
import {fold, isComposing, nextOf} from "./dom.js";
const hasLetters = (name, [letter, ...others]) => !letter
  || name.includes(letter) && hasLetters(name.slice(name.indexOf(letter) + letter.length), others);
const hasWords = (name, [first, ...others], key) => name.includes(first) && others.every((word) => key.includes(word));
// How a name can match, the best first: whole, at its beginning, at that of a word, inside, by words, by some letters.
const WAYS = [
  (name, text) => name === text, (name, text) => name.startsWith(text),
  (name, text) => [" ", ".", "_", "-"].some((mark) => name.includes(mark + text)), (name, text) => name.includes(text),
  (name, text, key) => hasWords(name, text.split(/\s+/), key), hasLetters,
];
export const BEGINNING = 1, WORD = 2, INSIDE = 3, WORDS = 4, LETTERS = 5;
const matchOf = (row, text, lastOf) => {
  const {key} = row.dataset, nameFor = (fits) => key.split("\n").find((name) => fits(name, text, key));
  const rank = WAYS.findIndex(nameFor), name = rank >= 0 && nameFor(WAYS[rank]);
  return {row, rank, name, last: name && lastOf(row, rank, name)};
};
// Of two whole names that differ in their accents only, the one that is typed.
const lettersOf = (text) => text.replace(/^[#@＠]/, "").trim().normalize("NFKC").toLowerCase();
const isOtherwise = ({rank, row}, typed) =>
  rank === 0 && lettersOf(row.querySelector("bdi")?.textContent ?? "") !== lettersOf(typed);
// The rows that match at least so well; among those that match alike `lastOf` tells which one was used last.
export const matching = (rows, typed, worst, lastOf = () => 0) => {
  const text = fold(typed), byName = (match) => isOtherwise(match, typed);
  return rows.map((row) => matchOf(row, text, lastOf)).filter(({rank}) => rank >= 0 && rank <= worst)
    .toSorted((a, b) => a.rank - b.rank || byName(a) - byName(b) || a.last - b.last);
};
// What can be chosen from, by the id of a list, which its fields have in `aria-controls`: how it is shown for what
// stands in the field that has the focus, and what taking a row of it, and keys that others have not, do.
// Lists that come and go, and are alike, say in `data-way` which way is theirs.
const ways = {};
let heldKey = "", numbered = 0;  // heldKey waits for the answer to what was typed
const wayAt = (node) => {
  const id = node.closest?.("[role=listbox]")?.id || node.getAttribute?.("aria-controls");
  const list = document.getElementById(id), way = ways[id] ?? ways[list?.dataset.way];
  return way && {list, ...way};
};
export const chooseFrom = (name, way) => { ways[name] = way; };
export const chosenIn = (list) => list.querySelector("[aria-selected=true]");
export const choose = (list, row) => {
  chosenIn(list)?.removeAttribute("aria-selected");
  if (row) { row.id ||= `row${++numbered}`; row.ariaSelected = "true"; row.scrollIntoView({block: "nearest"}); }
  for (const field of document.querySelectorAll(`[aria-controls="${list.id}"]`))
    field.setAttribute("aria-activedescendant", row?.id || "");
};
// Copies of rows that match.
const copyOf = ({row}) => Object.assign(row.cloneNode(true), {role: "option", hidden: false, tabIndex: -1});
export const offerRows = (list, found, isAwaited) => {
  const rows = found.map(copyOf);
  list.replaceChildren(...rows); list.ariaBusy = isAwaited || null;
  choose(list, rows[0]);
  if (heldKey && !isAwaited)
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: heldKey, bubbles: true, cancelable: true}));
};
export const closeList = (list) => { heldKey = ""; offerRows(list, []); };
export const showNow = () => wayAt(document.activeElement)?.show();
let putAway = null;  // what stands in a field whose list Escape has closed: no answer that comes then opens it again
export const showAnswer = () => { if (document.activeElement.value !== putAway) showNow(); };
const step = (list, by) => choose(list, nextOf([...list.children], chosenIn(list), by));
const keysOf = ({list, take, keys = () => ({})}) => {
  const takeIt = (key) => { if (chosenIn(list)) take(chosenIn(list)); else heldKey = key; };
  const arrows = {ArrowDown: () => step(list, 1), ArrowUp: () => step(list, -1)};
  return {...arrows, Enter: takeIt, Escape: () => list.closest("dialog").close(), ...keys(takeIt, list)};
};
document.addEventListener("keydown", (event) => {
  const way = wayAt(event.target), isOpen = way?.list.checkVisibility() || way?.list.ariaBusy;
  const does = isOpen && !isComposing(event) && !event.shiftKey && keysOf(way)[event.key];
  heldKey = "";
  if (!does) return;
  event.preventDefault(); event.stopPropagation(); does(event.key);
  if (event.key === "Escape") putAway = event.target.value;
}, true);
document.addEventListener("input", () => { putAway = null; showNow(); });
const rowAt = ({target}) => wayAt(target) && target.closest("[role=option]");
document.addEventListener("mousedown", (event) => { if (rowAt(event)) event.preventDefault(); });  // the field keeps it
const takeRow = (event, row) => { event.preventDefault(); wayAt(row).take(row); };
document.addEventListener("click", (event) => { if (rowAt(event)) takeRow(event, rowAt(event)); });
