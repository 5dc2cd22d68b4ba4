// Puts fragments of HTML in their place, child by child and by key: what is there already and has the same key stays
// if it is the same, or has the focus in it. What is read stays where it is on the screen, in lists and among messages.
import {fromHtml} from "./dom.js";
import {writeTimes} from "./times.js";

// Where the rows of a list are, or messages, as seen from its upper edge.
const placesIn = (scroller) => {
  const {top: edge} = scroller.getBoundingClientRect();
  const rows = [...scroller.querySelectorAll("article, [data-key]:not(article *)")];
  return rows.filter((row) => row.checkVisibility()).map((row) => {
    const {top, bottom} = row.getBoundingClientRect();
    return {id: row.dataset.key ?? row.dataset.id, top: top - edge, bottom: bottom - edge};
  });
};
export const placesShown = (scroller) => placesIn(scroller).filter(({bottom}) => bottom > 1);
// The first of these that is still there is brought to where it was; by its end, if all of it would be above.
export const returnTo = (scroller, places, side = "top") => {
  const now = new Map(placesIn(scroller).map((place) => [place.id, place])), was = places.find(({id}) => now.has(id));
  if (!was) return;
  const {top, bottom} = now.get(was.id), isAbove = was.top + bottom - top <= 1;
  const moved = side === "bottom" || isAbove ? bottom - was.bottom : top - was.top;
  scroller.scrollTop += moved / (scroller.currentCSSZoom ?? 1);
};
export const stay = (scroller, change, side) => {
  const {scrollTop} = scroller, places = placesShown(scroller);
  change();
  scroller.scrollTop = scrollTop;
  returnTo(scroller, places, side);
};

const keyOf = (node, at) => node.id || node.dataset?.key || node.name || node.nodeName + at;
const chosenOf = (old, node) => {
  if (!old || old.isEqualNode(node)) return old || node;
  if (old.nodeName !== node.nodeName || !old.contains(document.activeElement)) return node;
  for (const {name, value} of node.attributes) old.setAttribute(name, value);
  placeNodes(old, [...node.childNodes]);
  return old;
};
export const placeNodes = (parent, nodes, key = keyOf) => {
  const there = new Map([...parent.childNodes].map((node, at) => [key(node, at), node]));
  const wanted = new Map(nodes.map((node, at) => [key(node, at), node]));  // once each
  const next = Array.from(wanted, ([is, node]) => chosenOf(there.get(is), node)), staying = new Set(next);
  for (const node of there.values()) if (!staying.has(node)) node.remove();
  next.forEach((node, at) => { if (parent.childNodes[at] !== node) parent.insertBefore(node, parent.childNodes[at]); });
};
export const addNodes = (parent, nodes) => placeNodes(parent, [...parent.childNodes, ...nodes]);
export const scrolledAround = (node) => node && (node.scrollTop ? node : scrolledAround(node.parentElement));
export const putFragment = (selector, html, how = placeNodes) => {
  const parent = document.querySelector(selector), fragment = fromHtml(html), focused = document.activeElement;
  if (!parent) return;
  const scroller = scrolledAround(parent), change = () => how(parent, [...fragment.childNodes]);
  writeTimes(fragment);
  if (scroller) stay(scroller, change); else change();
  if (focused !== document.activeElement && focused.isConnected) focused.focus({preventScroll: true});  // it was moved
};
