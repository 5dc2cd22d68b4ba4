// What all scripts of the chat page stand on: the socket, who I am, my rooms, the parts of the page, what happens here,
// and what this browser keeps.
await new Promise((ready) => addEventListener("DOMContentLoaded", ready));  // until then NiceGUI makes the page
export const socket = window.socket;
export const chat = document.querySelector(".chat"), log = chat.querySelector("[role=log]");
export const composer = document.getElementById("composer");
export const me = +log.dataset.me, LOBBY = 1;
export const rooms = new Map();  // by id, as the server last told of them
export const isAdministrator = () => !!rooms.get(LOBBY)?.managed;
// Views that Python wrote come with this script: whoever shows one takes it from there.
export const views = Object.assign(document.createElement("div"), {innerHTML: VIEWS}).firstChild;
export const takeView = (selector) => {
  const node = views.querySelector(selector);
  node.remove();
  return node;
};
// What happens on this page: one module tells, others listen.
const listeners = {};
export const when = (what, then) => { (listeners[what] ||= []).push(then); };
export const tell = (what, ...of) => { for (const then of listeners[what] || []) then(...of); };
// What this browser keeps, by person. A full storage stops nobody: until it is left, the page has it, too.
export const MINE = `chatroom.${log.dataset.me}.${log.dataset.name}.`;
export const store = (where, name, text) => {
  try { if (text) where.setItem(MINE + name, text); else where.removeItem(MINE + name); } catch { /* full */ }
};
export const stored = (where, name) => where.getItem(MINE + name);
export const keep = (where, name, value) => store(where, name, value && JSON.stringify(value));
export const kept = (where, name) => JSON.parse(stored(where, name) || "null");
// A list that begins with what was used last.
export const promote = (name, value, most) =>
  keep(localStorage, name, [value, ...recentOf(name).filter((other) => other !== value)].slice(0, most));
export const recentOf = (name) => kept(localStorage, name) || [];
