// The tools of a message, at the one that is pointed at, or has the focus, and more of them in a menu: CSS shows those
// that fit the message and who looks at it. A deletion waits for five seconds, in which there is a way back.
import {writeAhead} from "./ahead.js";
import {ask, complain, log, offer, rooms, say, socket, takeView, tell, when} from "./context.js";
import {onKeys, placeBeside, steps, targetOf} from "./dom.js";
import {edit} from "./editing.js";
import {usualEmoji} from "./emoji.js";
import {goOnWriting, isBusy, isWriting} from "./focus.js";
import {drop, enqueue, itemsNamed, whenAnswered} from "./outbox.js";
import {all, arrange, getMessage, idOf, isMine, isSystem, lookWhere, messageOf, show} from "./transcript.js";
import {replyTo} from "./writing.js";
const copyButton = takeView(".copy"), tools = takeView(".tools"), recentTools = tools.querySelector(".recent").children;
const menu = document.querySelector(".menu"), undoOffer = document.querySelector(".undo"), UNDO = 5e3;
let saved = null;  // the messages that I saved, once they were asked for
let codeToCopy = null, toolsOf = 0, wasDeleted = false;  // toolsOf: which message; wasDeleted: nothing was typed since
const whatIs = (article) => [isMine(article) ? "mine" : rooms.get(LOBBY)?.managed && "other",
  saved?.has(idOf(article)) && "saved", article.querySelector(".pinned") && "pinned",
  isSystem(article) && "system", article.matches(".several") && "several"].filter(Boolean).join(" ");
const showRecent = () => usualEmoji(recentTools.length).forEach((emoji, at) =>
  Object.assign(recentTools[at], {textContent: emoji, ariaLabel: `React with ${emoji}`}));
// They may change, but not while they are beneath the pointer: the same place takes it back.
const placeTools = () => { tools.style.marginTop = ""; };
const giveTools = (article) => {
  if (toolsOf !== idOf(article)) { showRecent(); placeTools(); }
  toolsOf = idOf(article);
  copyButton.remove(); article.append(tools);
};
const closeMenu = () => menu.hidePopover();
const takeTools = () => { toolsOf = 0; tools.remove(); closeMenu(); };
const offerCopy = (article, code) => {
  const {offsetTop: top, offsetLeft: left, offsetWidth: width} = code;
  Object.assign(copyButton.style, {top: `${top + 4}px`, left: `${left + width - 4}px`});
  codeToCopy = code;
  if (top < tools.offsetTop + tools.offsetHeight) tools.prepend(copyButton); else article.append(copyButton);
};
const giveAt = (event) => {
  const article = targetOf(event, ".transcript article"), code = targetOf(event, "pre");
  if (!article || menu.matches(":popover-open")) return;
  if (tools.parentNode !== article) giveTools(article);
  if (code) offerCopy(article, code);
};

const copy = (text, what) => navigator.clipboard?.writeText(text).then(
  () => say(`${what} is copied.`), () => prompt(`${what}:`, text)) ?? prompt(`${what}:`, text);
const showMenu = (button) => {
  const article = button.closest("article");
  menu.dataset.is = whatIs(article); menu.dataset.with = JSON.stringify({id: idOf(article), message: idOf(article)});
  placeBeside(menu, button);
  [...menu.children].find((row) => row.checkVisibility()).focus();
};

const undoable = () => itemsNamed("delete_message").filter(({notBefore}) => notBefore > Date.now());
const showDeleted = () => {
  const ids = new Set(itemsNamed("delete_message").map(({of: {id}}) => id)), {length} = undoable();
  const changed = [...all()].filter((article) => article.matches(".leaving") !== ids.has(idOf(article)));
  for (const {classList} of changed) classList.toggle("leaving");
  undoOffer.hidden = !length;
  undoOffer.firstChild.textContent = length > 1 ? `${length} messages are deleted.` : "The message is deleted.";
  if (changed.length) arrange();
};
const undo = () => {
  const dropped = undoable();
  for (const item of dropped) drop(item);
  if (dropped.length) goOnWriting();
  return dropped.length > 0;
};
whenAnswered("delete_message", ({of: {id}}, {code, error}) => {
  if (error && code !== "not_found") complain(error); else messageOf(id)?.toggleAttribute("hidden", true);
});

// A finger would press what comes up beneath it, also when it has given a name the focus.
const isByFinger = ({pointerType, target}) =>
  pointerType ? pointerType !== "mouse" : target.matches("[role=button]:not(:focus-visible)");
for (const kind of ["pointerover", "focusin"]) log.addEventListener(kind, (event) => {
  if (!isByFinger(event)) giveAt(event);
});
log.addEventListener("click", (event) => { if (!targetOf(event, ".tools, .reaction, .quote")) giveAt(event); });
log.addEventListener("scroll", closeMenu, {passive: true});
document.addEventListener("pointerdown", (event) => { if (!targetOf(event, "article, .menu, .picker")) takeTools(); });
tools.addEventListener("pointerleave", placeTools);
menu.addEventListener("click", takeTools);
steps(log, "article");  // by keyboard, too: from message to message, then Tab
steps(menu, "button", (rows, by) => rows.at(by < 0 ? -1 : 0));
onKeys(menu, {Tab: closeMenu, "Shift Tab": closeMenu});
offer("openMenu", (_, button) => {  // without a connection as if nothing was saved
  if (saved || !socket.connected) showMenu(button);
  else ask("saved_ids", {}, ({ids}) => { saved = new Set(ids); showMenu(button); });
});
offer("reply", ({id}) => { takeTools(); replyTo(messageOf(id)); });
offer("edit", ({id}) => { takeTools(); writeAhead(".editor"); edit(id); });
offer("copyLink", ({room, id}) => { takeTools(); copy(`${location.origin}/chat/${room}?at=${id}`, "The link"); });
offer("copyCode", () => copy(codeToCopy.textContent, "The code"));
offer("copyText", ({id}) => getMessage(id, (found) => copy(found.message, "The text")));
offer("delete", ({id}) => {
  wasDeleted = true;
  enqueue({name: "delete_message", of: {id}, key: `message ${id}`, wait: UNDO});
});
document.addEventListener("input", () => { wasDeleted = false; });
offer("undo", undo);
onKeys(window, {"Ctrl z": ({target}) => !isBusy() && (wasDeleted || !isWriting(target)) && undo()});
offer("unfold", (_, button) => {
  button.closest("article").classList.add("unfolded");
  lookWhere(); show();
});
socket.on("saved_changed", ({id, on}) => { saved?.[on ? "add" : "delete"](id); tell("saved"); });
socket.on("connect", () => { saved = null; });
when("waiting", showDeleted);
when("arranged", showDeleted);
when("opened", takeTools);
