// What waits until the server has done it: sending, editing, deleting, reacting, pinning, saving. Each item is kept
// under a key of its own (two tabs that write one list lose texts), by person, over reload and closing, until it is
// answered; of all tabs, the one sends it that took it, or that took it over from one that is gone.
import {MINE, attempt, complain, keep, kept, say, socket, store, stored, tell} from "./context.js";
const PAGE = createRandomUUID(), PREFIX = "out.", BEAT = 3e3, QUIET_FOR = 10e3;
const items = new Map(), busy = new Map(), handlers = {};  // by id; by key, what is on its way; by name
let count = 0, isHeld = false;
const storedItem = (id) => kept(localStorage, PREFIX + id);
const isStored = ({id}) => storedItem(id)?.page === PAGE;
const keepItem = (item) => { keep(localStorage, PREFIX + item.id, item); item.isKept = isStored(item); };
const forgetItem = (item) => { items.delete(item.id); store(localStorage, PREFIX + item.id, ""); };
const isTaken = (item) => item.isKept && !isStored(item);  // by another page; or all was forgotten at a logout
const inOrder = () => [...items.values()].toSorted((a, b) => a.order - b.order);
export const itemsNamed = (name) => inOrder().filter((item) => item.name === name && !isTaken(item));
export const itemAbout = (subject) => inOrder().find((item) => item.subject === subject);
export const whenAnswered = (name, then) => { handlers[name] = then; };
const takeItem = (item) => {
  item.page = PAGE; items.set(item.id, item); keepItem(item);
  setTimeout(pump, item.notBefore - Date.now());
};
const sayDone = (item, {error}) => { if (error) complain(error); else if (item.say) say(item.say); };
const sendItem = (item) => {
  const way = {item}, ifStill = (then) => (value) => { if (busy.get(item.key) === way) then(value); };
  const goOn = () => { busy.delete(item.key); pump(); };
  busy.set(item.key, way);
  attempt(item.name, item.of, ifStill((answer) => {
    if (answer.code === "not_logged_in") return;  // with the next connection, if there is one
    forgetItem(item);
    (handlers[item.name] || sayDone)(item, answer);
    goOn();
  }), (seconds) => setTimeout(ifStill(goOn), 1000 * seconds));
};
// Items with the same key go one after the other; what has to wait lets what was written after it pass.
const canGo = (item) => item.notBefore <= Date.now() && !busy.has(item.key);
const pump = () => {
  if (!socket.connected || isHeld) return;
  for (const item of inOrder().filter(canGo))
    if (isTaken(item)) items.delete(item.id); else if (canGo(item)) sendItem(item);
};
export const drop = (item) => { if (item && busy.get(item.key)?.item !== item) forgetItem(item); };
// `of` are the event's arguments, `about` is what else its handler needs. An item replaces one of the same `subject`
// that has not gone. For `wait` milliseconds it can be taken back.
export const enqueue = ({id = createRandomUUID(), wait = 0, ...item}) => {
  if (item.subject) drop(itemAbout(item.subject));
  takeItem({...item, id, order: Date.now() + count++ / 1e5, notBefore: wait && Date.now() + wait});
  pump();
};
export const hold = (is) => { isHeld = is; pump(); };
// From now on it can't be taken back any more.
export const hasten = (item) => { item.notBefore = 0; keepItem(item); return item; };

// A page holds a lock as long as it lives; on plain http, where there are no locks, it says that it lives, and is taken
// for gone when it has said nothing for ten seconds.
const lockOf = (page) => `${MINE}page.${page}`, beatOf = (page) => `beat.${page}`;
const beat = () => store(localStorage, beatOf(PAGE), String(Date.now()));
const isSilent = (page) => Date.now() - (stored(localStorage, beatOf(page)) || 0) > QUIET_FOR;
const goneNow = async () => {
  const {held} = await navigator.locks?.query() || {};
  return held ? (page) => !held.some(({name}) => name === lockOf(page)) : isSilent;
};
const leftItems = () => Object.keys(localStorage).filter((key) => key.startsWith(MINE + PREFIX))
  .map((key) => storedItem(key.slice((MINE + PREFIX).length))).filter(({id}) => !items.has(id));
const takeOver = async () => {
  const left = leftItems(), isGone = left.length ? await goneNow() : null;
  for (const item of left) if (isGone(item.page) && storedItem(item.id)) takeItem(item);
  if (left.length) tell("taken over");
};
if (navigator.locks) navigator.locks.request(lockOf(PAGE), () => new Promise(() => {}));
else { beat(); setInterval(beat, BEAT); addEventListener("pagehide", () => store(localStorage, beatOf(PAGE), "")); }
socket.on("connect", pump);
socket.on("disconnect", () => busy.clear());
setInterval(takeOver, BEAT);
takeOver();
