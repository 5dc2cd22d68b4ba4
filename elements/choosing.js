// Choosing. Rows that Python wrote have the names by which they are found, folded, in `data-key`, one a line. Those
// that match what is typed are offered, the best first; one is chosen by keys or pointer, the focus stays in the field.
import {fold, isComposing} from "./dom.js";
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
  const {key} = row.dataset, names = key.split("\n");
  const rank = WAYS.findIndex((fits) => names.some((name) => fits(name, text, key)));
  const name = names.find((one) => WAYS[rank]?.(one, text, key));
  return {row, rank, name, last: rank < 0 || lastOf(row, rank, name)};
};
// The rows that match at least so well; among those that match alike `lastOf` tells which one was used last.
export const matching = (rows, typed, worst, lastOf = () => 0) => {
  const text = fold(typed.trim());
  return rows.map((row) => matchOf(row, text, lastOf)).filter(({rank}) => rank >= 0 && rank <= worst)
    .toSorted((a, b) => a.rank - b.rank || a.last - b.last);
};
// Where something is chosen now: a field, with a `list`, and what taking a row of it, Escape and other keys do.
let field = null, box = null, heldKey = "", numbered = 0;  // heldKey waits for the answer to what was typed
export const chosenRow = () => box?.list.querySelector("[aria-selected=true]");
export const choose = (row) => {
  chosenRow()?.removeAttribute("aria-selected");
  if (!row) return field?.removeAttribute("aria-activedescendant");
  row.id ||= `row${++numbered}`; row.ariaSelected = "true";
  row.scrollIntoView({block: "nearest"});
  return field.setAttribute("aria-activedescendant", row.id);
};
export const beginChoosing = (inField, how) => { choose(); field = inField; box = how; };
export const offerRows = (inField, how, rows, isAwaited) => {
  beginChoosing(inField, how);
  box.list.replaceChildren(...rows);
  choose(rows[0]);
  if (heldKey && !isAwaited)
    field.dispatchEvent(new KeyboardEvent("keydown", {key: heldKey, bubbles: true, cancelable: true}));
};
const step = (by) => {
  const rows = [...box.list.children];
  choose(rows.at((rows.indexOf(chosenRow()) + by) % rows.length));
};
export const takeChosen = ({key}) => { if (chosenRow()) box.take(chosenRow(), field); else heldKey = key; };
const keysNow = () =>
  ({ArrowDown: () => step(1), ArrowUp: () => step(-1), Enter: takeChosen, Escape: box.close, ...box.keys?.()});
const isChoosing = ({target}) => box && !box.list.hidden && (target === field || box.list.contains(target));
document.addEventListener("keydown", (event) => {
  heldKey = "";
  const does = isChoosing(event) && !isComposing(event) && !event.shiftKey && keysNow()[event.key];
  if (!does) return;
  event.preventDefault(); event.stopPropagation(); does(event);
}, true);
// The field keeps the focus.
const optionAt = ({target}) => box?.list.contains(target) && target.closest("[role=option]");
document.addEventListener("mousedown", (event) => { if (optionAt(event)) event.preventDefault(); });
document.addEventListener("click", (event) => { if (optionAt(event)) box.take(optionAt(event), field); });
