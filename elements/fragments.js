// Puts fragments of HTML in their place, child by child and by key: what is there already and has the same key stays
// if it is the same, or has the focus in it. What is read stays where it is on the screen, in lists and among messages.
// Dates and times are in the reader's zone and language.
import {fromHtml} from "./dom.js";
export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const writer = (options) => new Intl.DateTimeFormat(undefined, options).format;
export const dayOf = writer({weekday: "long", day: "numeric", month: "long", year: "numeric"});
export const timeOf = writer({hour: "2-digit", minute: "2-digit"});
export const wholeOf = writer({dateStyle: "full", timeStyle: "medium"});
const forms = {day: dayOf, time: timeOf, short: writer({dateStyle: "medium", timeStyle: "short"})};

// Where the rows of a list are, or messages, as seen from its upper edge.
const placesIn = (scroller) => {
  const {top: edge} = scroller.getBoundingClientRect();
  const rows = [...scroller.querySelectorAll("article, [data-key]:not(article *)")];
  return rows.filter((row) => row.checkVisibility()).map((row) => {
    const {top, bottom} = row.getBoundingClientRect();
    return {id: row.dataset.key ?? row.dataset.id, top: top - edge, bottom: bottom - edge};
  });
};
export const placesShown = (scroller) => placesIn(scroller).filter(({bottom}) => bottom > 0);
// By the first of these that is still there.
export const stay = (scroller, change, side = "top") => {
  const {scrollTop} = scroller, places = placesShown(scroller);
  change();
  scroller.scrollTop = scrollTop;
  const now = new Map(placesIn(scroller).map((place) => [place.id, place])), was = places.find(({id}) => now.has(id));
  if (was) scroller.scrollTop += now.get(was.id)[side] - was[side];
};

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
  const all = [...parent.childNodes, ...nodes];
  placeNodes(parent, [...new Map(all.map((node, at) => [keyOf(node, at), node])).values()]);
};
export const scrolledAround = (node) => node && (node.scrollTop ? node : scrolledAround(node.parentElement));
export const putFragment = (selector, html, how = placeNodes) => {
  const parent = document.querySelector(selector), fragment = fromHtml(html), focused = document.activeElement;
  if (!parent) return;
  const scroller = scrolledAround(parent), change = () => how(parent, [...fragment.childNodes]);
  for (const time of fragment.querySelectorAll("time[data-as]"))
    time.textContent = forms[time.dataset.as](new Date(time.dateTime));
  if (scroller) stay(scroller, change); else change();
  if (focused !== document.activeElement && focused.isConnected) focused.focus({preventScroll: true});  // it was moved
};
