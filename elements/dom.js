// Elements, and the few things that are done to them in many places.
export const element = (tag, properties, ...children) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
};
export const fromHtml = (html) => Object.assign(document.createElement("template"), {innerHTML: html}).content;
// Once, in a moment, however often that was said meanwhile.
const moments = new Map();
export const soon = (does, wait) => { clearTimeout(moments.get(does)); moments.set(does, setTimeout(does, wait)); };
// The element of this kind that was clicked, or is in any other event.
export const targetOf = (event, selector) => event.target.closest?.(selector);
export const nextOf = (nodes, node, by) => nodes.at((nodes.indexOf(node) + by) % nodes.length);  // around its ends
export const opensElsewhere = (event) => event.ctrlKey || event.metaKey || event.shiftKey;
export const isComposing = (event) => event.isComposing || event.keyCode === 229;  // Safari ends with the latter
// An input method's keys are its own: a browser may empty a field by them, close a dialog, or submit a form.
addEventListener("keydown", (event) => {
  if (isComposing(event) && ["Enter", "Escape"].includes(event.key)) event.preventDefault();
}, true);
export const isMac = navigator.platform.startsWith("Mac");  // there ⌘ is the key, and Ctrl moves the caret
export const hasPointer = () => matchMedia("(pointer: fine)").matches;
// A field whose text is replaced, or that is measured, is low for a part of a frame, and what scrolls beside it would
// not be where it was after that.
const steady = ({parentNode: {style, offsetHeight}}) => {
  style.minHeight = offsetHeight + "px"; requestAnimationFrame(() => { style.minHeight = ""; });
};
document.addEventListener("beforeinput", ({target}) => { if (target.matches("textarea")) steady(target); });
// Where no style sheet makes a field as high as its text.
export const grow = CSS.supports("field-sizing: content") ? () => {} : (field) => {
  steady(field); field.style.height = "auto"; field.style.height = field.scrollHeight + "px";
};
// As if typed: undo takes it back.
export const insert = (field, text, from = field.selectionStart, to = field.selectionEnd) => {
  steady(field);
  field.focus(); field.setSelectionRange(from, to);
  document.execCommand(text ? "insertText" : "delete", false, text);
};
// By what names are found, as `fold` in names.py does it, which sends its tables and explains them.
const UNSHOWN = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]/gu, MARKS = new RegExp(ACCENTS, "gu");
export const fold = (text) => {
  const shown = text.normalize("NFKD").replace(UNSHOWN, "").toLowerCase().replace(MARKS, "");
  return Array.from(shown, (letter) => FOUND_AS[letter] ?? letter).join("").replace(/(^| )[#@ ]+/g, "$1")
    .replace(/ $/, "");
};
// Above or below of what it belongs to, inside of the window.
export const placeBeside = (node, beside, gap = 4, isAtStart = false) => {
  if (node.popover) node.togglePopover(true);
  const box = beside.getBoundingClientRect(), {offsetWidth: wide, offsetHeight: high} = node;
  const left = isAtStart ? box.left : box.right - wide;
  node.style.left = Math.max(8, Math.min(left, innerWidth - wide - 8)) + "px";
  node.style.top = (box.bottom + high + 8 > innerHeight ? Math.max(8, box.top - high - gap) : box.bottom + gap) + "px";
};
// What keys do in a node, by their names, and what is held with them, Ctrl and ⌘ being the same ("Ctrl Shift f"): not
// while an input method composes, nor what was used already. What returns false does not use its key. A letter is that
// which is printed on its key, in Latin; where that is of another script, or with Shift a sign, the one of its place.
const isPrinted = (key, shiftKey) => /^\p{Script=Latin}\p{M}*$/u.test(key) || !shiftKey && /^[\x20-\x7e]$/.test(key);
const letterOf = ({code, ctrlKey, key = "", metaKey, shiftKey}) => {
  const place = (ctrlKey || metaKey) && /^Key([A-Z])$/.exec(code)?.[1];
  const letter = place && !isPrinted(key, shiftKey) ? place : key;
  return letter.normalize("NFKC").toLowerCase().replace("\u0307", "");  // of a Turkish İ
};
const NAMELESS = new Set(["Dead", "Unidentified"]);
const isNamed = (key) => /^[A-Z]\w/.test(key) && !NAMELESS.has(key);  // "Enter", and not two letters of a key
const heldWith = ({altKey, ctrlKey, metaKey, shiftKey}) =>
  [(ctrlKey || metaKey) && "Ctrl", altKey && "Alt", shiftKey && "Shift"].filter(Boolean);
const chordOf = (event) => [...heldWith(event), isNamed(event.key) ? event.key : letterOf(event)].join(" ");
export const onKeys = (node, keys) => node.addEventListener("keydown", (event) => {
  const does = keys[chordOf(event)];
  if (!does || event.defaultPrevented || isComposing(event) || does(event) === false) return;
  event.preventDefault(); event.stopPropagation();
});
// Arrow keys lead from one of these to the next, though not out of a text; and at their ends to what is `beyond`.
export const steps = (node, stops, beyond = () => null) => {
  const step = (by) => ({target}) => {
    const all = [...node.querySelectorAll(stops)].filter((one) => one.checkVisibility());
    const at = all.findIndex((one) => one.contains(document.activeElement));
    const next = at < 0 && by < 0 ? all.at(-1) : all[at + by] || beyond(all, by);
    if (!next || target.matches("textarea")) return false;
    next.setAttribute("tabindex", next.tabIndex);
    return next.focus();
  };
  onKeys(node, {ArrowUp: step(-1), ArrowDown: step(1)});
};
