// What a control or a view that Python wrote does stands in its attributes (docs/HOUSE.md has them all): what it asks,
// with what, when, and what makes it stale. Texts of messages have none of these, and are not looked into.
import {writeAhead} from "./ahead.js";
import {ask, callOffered, get, isConnected, say, socket, view, when, zone} from "./context.js";
import {fold, opensElsewhere, targetOf} from "./dom.js";
import {addNodes, putFragment, scrolledAround} from "./fragments.js";
import {doDurably} from "./outbox.js";
const CONTROL = "[data-ask], [data-act], [data-call]", STALE = "[data-fresh]";
const listened = new Set(), underWay = new Set();  // underWay: what controls asked and wait for
// Of views: the last question, what that is for which is shown is the answer to, and when they are asked for again.
const latest = new WeakMap(), shownFor = new WeakMap(), timers = new Map();
const around = (node) => node && {...around(node.parentElement), ...JSON.parse(node.dataset.with || "{}")};
const saidBy = (node) => ({...Object.fromEntries(new FormData(node.closest("form") || undefined)), ...around(node)});
const argumentsOf = (control) =>
  ({room: view.room, id: +control.closest("article")?.dataset.id || undefined, ...saidBy(control)});

// Answers, and what the server sends by itself
export const applyFilter = ({value, dataset: {filter}, nextElementSibling: sheet}) => {  // to rows that come, too
  const typed = CSS.escape(fold(value.trim()));
  sheet.textContent = typed && `${filter}:not([data-key*="${typed}"]) { display: none; }`;
};
const listenToAll = () => {
  for (const {dataset: {fresh = "", gone = ""}} of document.querySelectorAll("[data-fresh], [data-gone]"))
    for (const word of `${fresh} ${gone}`.split(" ")) listenTo(word.split(":")[0]);
};
const take = ({html = {}, more = {}, say: sentence, call: [name, ...of] = []}) => {
  for (const [selector, fragment] of Object.entries(html)) putFragment(selector, fragment);
  for (const [selector, fragment] of Object.entries(more)) putFragment(selector, fragment, addNodes);
  listenToAll();
  if (sentence) say(sentence);
  if (name) callOffered(name, ...of);
};

// Views, which are asked for again
const isLatest = (node, question) => node.isConnected && latest.get(node) === question;
const sayIn = (node, sentence) => node.querySelector("[role=status]")?.replaceChildren(sentence);
const emptyOut = (node, sentence) => {
  for (const row of node.querySelectorAll("[data-key], [data-ask]")) row.remove();
  shownFor.delete(node); sayIn(node, sentence);
};
const lastIn = (node) => +[...node.querySelectorAll("[data-key]")].at(-1)?.dataset.key;
const askAgain = (node, wanted, isSame) => {
  const question = {}, {ask: name, then, key} = node.dataset, through = isSame ? lastIn(node) : null;
  latest.set(node, question); node.ariaBusy = "true";
  get(name, {...argumentsOf(node), zone: zone(), through}, (answer) => {
    if (!isLatest(node, question)) return;
    node.ariaBusy = null;
    if (answer.error) return sayIn(node, answer.error);
    if (!isSame && !key) scrolledAround(node)?.scrollTo(0, 0);  // another list; or else it is a row
    shownFor.set(node, wanted); take(then ? {call: [then, answer]} : answer);
  });
};
export const renewView = (node) => {
  const wanted = JSON.stringify(saidBy(node)), isSame = shownFor.get(node) === wanted;
  clearTimeout(timers.get(node)); timers.delete(node);
  latest.delete(node); node.ariaBusy = null; listenToAll();
  if (node.matches(":invalid")) emptyOut(node, "");
  else if (!socket.connected) { if (!isSame) emptyOut(node, SAYS.view_later); }
  else if (node.isConnected) askAgain(node, wanted, isSame);
};
export const renewIn = (node, wait, isAnew) => {
  if (!node || timers.has(node) && !isAnew) return;
  clearTimeout(timers.get(node));
  timers.set(node, setTimeout(renewView, wait, node));
};
// Everybody hears what the server tells, and not everybody asks at once, nor for each one of it.
const happens = (what, id, isTold) => {
  const words = [what, `${what}:${id}`, ...(id === view.room ? [`${what}:here`] : [])];
  const saying = (is) => document.querySelectorAll(words.map((word) => `[data-${is}~="${word}"]:not(.text *)`).join());
  for (const row of saying("gone")) { renewIn(row.parentElement.closest(STALE), 0, true); row.remove(); }
  for (const node of saying("fresh")) renewIn(node, isTold ? 100 + 600 * Math.random() : 0, !isTold);
};
const listenTo = (what) => {
  if (listened.has(what)) return;
  listened.add(what);
  when(what, (id) => happens(what, id));
  socket.on(what, (packet) => happens(what, packet?.room, !!packet));
};

// Controls
const askFrom = (control, name, of, sentence) => {
  const asked = JSON.stringify([name, of]), owner = control.closest(STALE), question = latest.get(owner);
  if (underWay.has(asked)) return;
  underWay.add(asked); control.ariaBusy = "true";
  ask(name, of, (answer) => { if (!owner || isLatest(owner, question)) take({say: sentence, ...answer}); },
    () => { underWay.delete(asked); control.ariaBusy = null; });
};
const openDialog = (of) => { if (isConnected()) { writeAhead(".q-dialog"); emitEvent("act", of); } };
const use = (control, type) => {
  const {ask: name, act: what, call, durable, fresh, wait, say: sentence} = control.dataset, of = argumentsOf(control);
  if (call) callOffered(call, of, control);
  else if (what) openDialog({what, ...of});  // the server has it
  else if (fresh) renewIn(control, type === "input" ? wait : 0, true);
  else if (durable) doDurably(name, of, sentence);
  else askFrom(control, name, of, sentence);
};
const hearUse = (event) => {
  const control = targetOf(event, CONTROL);
  if (!control || control.closest(".text") || control.href && opensElsewhere(event)) return;
  if (!(control.dataset.on ?? "click").split(" ").includes(event.type)) return;
  if (control.matches("a, form")) event.preventDefault();
  use(control, event.type);
};
for (const type of ["click", "input", "submit"]) document.addEventListener(type, hearUse);
document.addEventListener("input", ({target}) => { if (target.dataset.filter) applyFilter(target); });
socket.on("disconnect", () => happens("connect"));
socket.on("put", take);
listenToAll();
