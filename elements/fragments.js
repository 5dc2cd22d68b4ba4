// Puts fragments of HTML in their place, child by child and by key: what is there already and has the same key stays
// if it is the same, or has the focus in it. What is read stays where it is on the screen.
import {fromHtml} from "./dom.js";
import {writeTimes} from "./times.js";
const keyOf = (node, at) => node.dataset?.key || node.id || node.name || node.nodeName + at;
const chosenOf = (old, node) => {
  if (!old || old.isEqualNode(node)) return old || node;
  if (old.nodeName !== node.nodeName || !old.contains(document.activeElement)) return node;
  for (const {name, value} of node.attributes) old.setAttribute(name, value);
  placeNodes(old, [...node.childNodes]);
  return old;
};
const placeNodes = (parent, nodes) => {
  const there = new Map([...parent.childNodes].map((node, at) => [keyOf(node, at), node]));
  const next = nodes.map((node, at) => chosenOf(there.get(keyOf(node, at)), node)), staying = new Set(next);
  for (const node of there.values()) if (!staying.has(node)) node.remove();
  next.forEach((node, at) => { if (parent.childNodes[at] !== node) parent.insertBefore(node, parent.childNodes[at]); });
};
export const addNodes = (parent, nodes) => {  // once each
  const there = new Set([...parent.childNodes].map(keyOf)), {size} = there;
  parent.append(...nodes.filter((node, at) => !there.has(keyOf(node, size + at))));
};
export const scrolledAround = (node) => node && (node.scrollTop ? node : scrolledAround(node.parentElement));
const rowsIn = (scroller) => [...scroller.querySelectorAll("[data-key]")]
  .map((row) => ({key: row.dataset.key, box: row.getBoundingClientRect()}));
const stayAt = (scroller, change) => {
  const {top: edge} = scroller.getBoundingClientRect(), top = scroller.scrollTop;
  const shown = rowsIn(scroller).filter(({box}) => box.bottom > edge);
  change();
  scroller.scrollTop = top;
  const now = new Map(rowsIn(scroller).map(({key, box}) => [key, box])), same = shown.find(({key}) => now.has(key));
  if (same) scroller.scrollTop += now.get(same.key).top - same.box.top;
};
export const putFragment = (selector, html, how = placeNodes) => {
  const parent = document.querySelector(selector), fragment = fromHtml(html), focused = document.activeElement;
  if (!parent) return;
  const scroller = scrolledAround(parent), change = () => how(parent, [...fragment.childNodes]);
  writeTimes(fragment);
  if (scroller) stayAt(scroller, change); else change();
  if (focused !== document.activeElement && focused.isConnected) focused.focus({preventScroll: true});  // it was moved
};
