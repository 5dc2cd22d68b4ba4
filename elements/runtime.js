// What a control or a view that Python wrote does stands in its attributes (docs/HOUSE.md has them all): what it asks,
// with what, when, and what makes it stale. Texts of messages have none of these, and are not looked into.
import {socket, when} from "./context.js";
import {COMES_LATER, LATER, act, ask, complain, get, say} from "./asking.js";
import {fold, opensElsewhere, targetOf} from "./dom.js";
import {addNodes, putFragment, scrolledAround, zone} from "./fragments.js";
import {enqueue} from "./outbox.js";
import {view} from "./view.js";
const CONTROL = "[data-ask], [data-act], [data-call]", STALE = "[data-fresh]";
const calls = {}, listened = new Set(), underWay = new Set();  // underWay: what controls asked and wait for
// Of views: the last question, what that is for which is shown is the answer to, and when they are asked for again.
const latest = new WeakMap(), shownFor = new WeakMap(), timers = new Map();
export const offer = (name, does) => { calls[name] = does; };
export const callOffered = (name, ...of) => calls[name](...of);
const around = (node) => {
  const holder = node?.closest("[data-with]");
  return holder ? {...around(holder.parentElement), ...JSON.parse(holder.dataset.with)} : {};
};
const saidBy = (node) => ({...Object.fromEntries(new FormData(node.closest("form") || undefined)), ...around(node)});
const argumentsOf = (control) => {
  const id = +control.closest("article")?.dataset.id || undefined;
  return {room: view.room, id, ...saidBy(control)};
};

// Answers, and what the server sends by itself
const hideOthers = () => {
  for (const {value, dataset: {filter}} of document.querySelectorAll("[data-filter]"))
    for (const row of document.querySelectorAll(filter))
      row.hidden = !fold(row.dataset.key).includes(fold(value.trim()));
};
const listenToAll = () => {
  for (const {dataset: {fresh = "", gone = ""}} of document.querySelectorAll("[data-fresh], [data-gone]"))
    for (const word of `${fresh} ${gone}`.split(" ")) listenTo(word.split(":")[0]);
};
const take = ({html = {}, more = {}, say: sentence, call: [name, ...of] = []}) => {
  for (const [selector, fragment] of Object.entries(html)) putFragment(selector, fragment);
  for (const [selector, fragment] of Object.entries(more)) putFragment(selector, fragment, addNodes);
  listenToAll(); hideOthers();
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
  const question = {}, through = isSame ? lastIn(node) : null;
  latest.set(node, question); node.ariaBusy = "true";
  get(node.dataset.ask, {...argumentsOf(node), zone, through}, (answer) => {
    if (!isLatest(node, question)) return;
    node.ariaBusy = null;
    if (answer.error) return sayIn(node, answer.error);
    if (!isSame && !node.dataset.key) scrolledAround(node)?.scrollTo(0, 0);  // another list; or else it is a row
    shownFor.set(node, wanted); take(answer);
  });
};
export const renewView = (node) => {
  const wanted = JSON.stringify(saidBy(node)), isSame = shownFor.get(node) === wanted;
  clearTimeout(timers.get(node)); timers.delete(node);
  latest.delete(node); node.ariaBusy = null; listenToAll();
  if (node.matches(":invalid")) emptyOut(node, "");
  else if (!socket.connected) { if (!isSame) emptyOut(node, COMES_LATER); }
  else if (node.isConnected) askAgain(node, wanted, isSame);
};
const renewIn = (node, wait, isAnew) => {
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
export const doDurably = (name, of, sentence) => {
  enqueue({name, of, key: `message ${of.id}`, subject: `${name} ${of.id} ${of.emoji || ""}`, say: sentence});
  if (!socket.connected) complain(LATER);
};
const askFrom = (control, name, of, sentence) => {
  const asked = JSON.stringify([name, of]), owner = control.closest(STALE), question = latest.get(owner);
  const ended = () => { underWay.delete(asked); control.ariaBusy = null; };
  if (underWay.has(asked)) return;
  underWay.add(asked); control.ariaBusy = "true";
  ask(name, of, (answer) => { if (!owner || isLatest(owner, question)) take({say: sentence, ...answer}); }, ended);
};
const use = (control) => {
  const {ask: name, act: dialog, call, durable, fresh, say: sentence} = control.dataset, of = argumentsOf(control);
  if (call) calls[call](of, control);
  else if (dialog) act(dialog, of);
  else if (fresh) renewView(control);
  else if (durable) doDurably(name, of, sentence);
  else askFrom(control, name, of, sentence);
};
const isUsedBy = (type, {on, fresh, call}) => (on ?? (fresh && !call ? "" : "click")).split(" ").includes(type);
const hearUse = (event) => {
  const control = targetOf(event, CONTROL), wait = event.type === "input" && +control?.dataset.wait;
  if (!control || control.closest(".text") || !isUsedBy(event.type, control.dataset)) return;
  if (control.href && opensElsewhere(event)) return;
  if (control.matches("a, form")) event.preventDefault();
  if (wait) renewIn(control, wait, true); else use(control);
};
for (const type of ["click", "input", "submit"]) document.addEventListener(type, hearUse);
document.addEventListener("input", hideOthers);
socket.on("disconnect", () => happens("connect"));
socket.on("put", take);
