// A deletion waits for five seconds, in which there is a way back; not when the page goes, nor when somebody logs out.
// Logging out drops all else that waits, which must neither slip out before nor be lost for nothing.
import {MINE, chat, complain, socket, takeView, when} from "./context.js";
import {forgetTexts} from "./forgetting.js";
import {drop, enqueue, hasten, hold, itemsNamed, whenAnswered} from "./outbox.js";
import {offer} from "./runtime.js";
import {arrange} from "./transcript.js";
import {messageOf} from "./view.js";
const UNDO = 5e3, FINISH = 2e3, ANSWER = 8e3, NAME = "delete_message";
const undoOffer = takeView(".undo"), sentence = undoOffer.firstChild;
const undoable = () => itemsNamed(NAME).filter((item) => item.notBefore > Date.now());
const showOffered = () => {
  const {length} = undoable();
  undoOffer.hidden = !length;
  sentence.textContent = length > 1 ? `${length} messages are deleted.` : "The message is deleted.";
};
const hideDeleted = () => { for (const {of: {id}} of itemsNamed(NAME)) messageOf(id)?.classList.add("leaving"); };
const showDeleted = () => {
  hideDeleted(); arrange(); showOffered();
  for (const {notBefore} of undoable()) setTimeout(showOffered, notBefore - Date.now() + 1);
};
const bringBack = ({of: {id}}) => { messageOf(id)?.classList.remove("leaving"); showDeleted(); };
export const canUndo = () => !undoOffer.hidden;
export const undo = () => { for (const item of undoable()) { drop(item); bringBack(item); } };
export const remove = (id) => {
  enqueue({name: NAME, of: {id}, key: `message ${id}`, subject: `delete ${id}`, wait: UNDO});
  showDeleted();
};
whenAnswered(NAME, (item, {code, error}) => {
  if (error && code !== "not_found") { bringBack(item); complain(error); } else showOffered();
});
// What is sent over the socket of a page that goes may be lost with it; the server does it once.
const post = (path, patience) => fetch(path,
  {method: "POST", redirect: "manual", keepalive: true, signal: AbortSignal.timeout(patience)}).catch(() => ({}));
const finishDeleting = () =>
  Promise.all(itemsNamed(NAME).map(hasten).map(({of: {id}}) => post(`/delete/${id}`, FINISH)));
const goAway = () => { forgetTexts(MINE); location.replace("/"); };
const logOut = async () => {
  hold(true);
  await finishDeleting();
  if ((await post("/logout", ANSWER)).type === "opaqueredirect") return goAway();
  hold(false);
  return complain("You are still logged in, for the server did not answer: try again in a moment.");
};
chat.append(undoOffer);
offer("undo", undo);
document.getElementById("leave").addEventListener("click", logOut);
addEventListener("pagehide", finishDeleting);
socket.on("logged_out", goAway);
when("arranged", hideDeleted);
when("taken over", showDeleted);
hideDeleted();
