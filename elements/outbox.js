// What waits until the server has done it: sending, editing, deleting, reacting, pinning, saving. Each item is kept
// under a key of its own (two tabs that write one list lose texts), by person, over reload and closing, until it is
// answered; of all tabs, the one sends it that took it, or that took it over from one that is gone: a page holds a lock
// as long as it lives. On plain http, where there are no locks, it touches what it has every three seconds, and lets it
// go when it goes itself. A text that was left an hour ago is not sent any more, but given back.
import {MINE, attempt, complain, keep, kept, me, say, socket, store, tell} from "./context.js";
import {forgetLeft, leave, stayAlone} from "./forgetting.js";
const PAGE = createRandomUUID(), PREFIX = "out.";
const TOUCH = 3e3, QUIET_FOR = 10e3, FINISH = 2e3, ANSWER = 8e3, HOUR = 3600e3;
const items = new Map(), handlers = {};  // by id; by name
let isHeld = false;
const isStored = ({id}) => kept(localStorage, PREFIX + id)?.page === PAGE;
const keepItem = (item, seen = Date.now()) => {
  keep(localStorage, PREFIX + item.id, {...item, seen});
  item.isKept = isStored(item);
};
const forgetItem = (item) => { items.delete(item.id); store(localStorage, PREFIX + item.id, ""); };
const isTaken = (item) => item.isKept && !isStored(item);  // by another page; or all was forgotten at a logout
const isUnderWay = ({by}) => by && by === socket.id;  // by this connection
const mineNow = () => [...items.values()].filter((item) => !isTaken(item)).toSorted((a, b) => a.order - b.order);
export const itemsNamed = (name) => mineNow().filter((item) => item.name === name);
export const itemsAfter = (id) => mineNow().filter(({after}) => after === id);
export const itemOf = (id) => mineNow().find((item) => item.id === id);
export const itemAbout = (subject) => mineNow().findLast((item) => item.subject === subject);
export const whenAnswered = (name, then) => { handlers[name] = then; };
const sayDone = (item, {error}) => { if (error) complain(error); else if (item.say) say(item.say); };
export const change = (item, to) => { keepItem(Object.assign(item, to)); pump(); };
// What waits `after` an item is about the message, or for the room, that it made.
const giveNumber = ({id}, {id: number, room}) => {
  const made = number ? {id: number} : {room: room?.id};
  for (const item of itemsAfter(id)) {
    const [key, subject] = [item.key, item.subject].map((text) => text?.replace(id, number || made.room));
    keepItem(Object.assign(item, {key, subject, after: null, of: {...item.of, ...made}}));
  }
};
export const answerItem = (item, answer) => {
  if (!answer.error) giveNumber(item, answer);
  forgetItem(item); (handlers[item.name] || sayDone)(item, answer);
};
const sendItem = async (item) => {
  const {id: connection} = socket;
  Object.assign(item, {by: connection, isTried: true}); keepItem(item);
  const answer = await attempt(item.name, item.of);
  if (socket.id !== connection || answer?.code === "not_logged_in") return;  // with the next one, if there is one
  if (answer) answerItem(item, answer);
  item.by = null;
  pump();
};
// Items with the same key go one after the other; what has to wait lets what was written after it pass.
const pump = () => {
  tell("waiting");
  if (!socket.connected || isHeld) return;
  const all = mineNow(), keys = new Set(all.filter(isUnderWay).map(({key}) => key));
  for (const item of all.filter(({notBefore, after}) => notBefore <= Date.now() && !items.has(after)))
    if (!keys.has(item.key)) { keys.add(item.key); sendItem(item); }
};
const takeItem = (item) => {
  Object.assign(item, {page: PAGE, by: null}); items.set(item.id, item); keepItem(item);
  setTimeout(pump, item.notBefore - Date.now() + 1);
};
export const drop = (item) => { if (item && !isUnderWay(item)) { forgetItem(item); pump(); } };
// `of` are the event's arguments, `about` is what else its handler needs. An item replaces one of the same `subject`
// that has not gone. For `wait` milliseconds it can be taken back.
export const enqueue = ({id = createRandomUUID(), wait = 0, ...item}) => {
  if (item.subject) drop(itemAbout(item.subject));
  const since = Date.now(), order = performance.timeOrigin + performance.now();
  takeItem({...item, id, since, order, notBefore: wait && since + wait});
  pump();
};
// What a control asks that may wait, about a message.
export const doDurably = (name, of, sentence) => {
  enqueue({name, of, key: `message ${of.id}`, subject: `${name} ${of.id} ${of.emoji || ""}`, say: sentence});
  if (!socket.connected) complain(SAYS.later, {isForNow: true});
};

const keepAll = (seen) => { for (const item of mineNow()) keepItem(item, seen); };
const othersItems = () => Object.keys(localStorage).filter((key) => key.startsWith(MINE + PREFIX))
  .map((key) => kept(localStorage, key.slice(MINE.length))).filter(({page}) => page !== PAGE);
const isOldText = ({order, since = order, of}) => of.message && Date.now() - since > HOUR;
const takeOver = async () => {
  const {held} = await navigator.locks?.query() ?? {};
  const lives = ({page, seen}) => held ? held.some(({name}) => name === page) : Date.now() - seen <= QUIET_FOR;
  const left = othersItems().filter((item) => !item.seen || !lives(item));
  left.forEach(takeItem);
  for (const item of mineNow().toReversed())  // what is given back stands above what was
    if (left.includes(item) && isOldText(item)) answerItem(item, {error: SAYS.too_late});
};
// Of several pages that begin at once, one does.
const takeOnce = () => navigator.locks ? navigator.locks.request(MINE + PREFIX, takeOver) : takeOver();
navigator.locks?.request(PAGE, () => new Promise(() => {}));
for (const kind of ["connect", "disconnect"]) socket.on(kind, pump);
setInterval(() => { keepAll(); takeOnce(); }, TOUCH);
takeOnce();
// Who leaves what could not be kept is asked.
addEventListener("beforeunload", (event) => { if (!mineNow().every(({isKept}) => isKept)) event.preventDefault(); });

// A deletion, which waits, must not be taken along when the page goes, nor when somebody logs out. What is sent over
// the socket of a page that goes may be lost with it; the server does it once. Logging out drops all else that waits,
// which must neither slip out before nor be lost for nothing.
const post = (path, patience) => fetch(path,
  {method: "POST", redirect: "manual", keepalive: true, signal: AbortSignal.timeout(patience)}).catch(() => ({}));
const finishDeleting = () => Promise.all(itemsNamed("delete_message").map((item) => {
  item.notBefore = 0; keepItem(item);  // it can't be taken back any more
  return post(`/delete/${item.of.id}?by=${me}`, FINISH);
}));
// The server leads a page that did not ask for it through the entry page back to where it was.
const goAway = () => { if (isHeld) location.replace("/"); else location.reload(); };
const forgetAll = () => { items.clear(); leave(MINE); forgetLeft(); tell("left"); };
const logOut = async () => {
  isHeld = true;
  await finishDeleting();
  if ((await post("/logout", ANSWER)).type === "opaqueredirect") return goAway(forgetAll());
  isHeld = false; pump();
  return complain(SAYS.still_in);
};
document.getElementById("leave").addEventListener("click", logOut);
addEventListener("pagehide", () => { finishDeleting(); keepAll(0); });
socket.on("logged_out", () => {
  if (isHeld) forgetAll();  // or else the session has ended by itself
  goAway();
});
stayAlone(MINE);
