// The tools of a message, at the one that is pointed at, or has the focus, and more of them in a menu: CSS shows those
// that fit the message and who looks at it. One's own reactions are pressed; who reacted is told on hover, focus or a
// long press. A deletion waits for five seconds, in which there is a way back.
import {ask, complain, isAdministrator, log, say, socket, takeView, tell, when} from "./context.js";
import {onKeys, placeBeside, steps, targetOf} from "./dom.js";
import {pick, recentEmoji, usedEmoji} from "./emoji.js";
import {drop, enqueue, itemsNamed, whenAnswered} from "./outbox.js";
import {doDurably, getMessage, offer} from "./runtime.js";
import {all, arrange, idOf, isMine, isSystem, lookWhere, messageOf, show} from "./transcript.js";
import {edit, replyTo} from "./writing.js";
const copyButton = takeView(".copy"), tools = takeView(".tools"), recentTools = tools.querySelector(".recent").children;
const menu = document.querySelector(".menu"), namesTip = document.querySelector(".names");
const undoOffer = document.querySelector(".undo");
const LONG_PRESS = 450, UNDO = 5e3;
let saved = null;  // the messages that I saved, once they were asked for
let codeToCopy = null, pressTimer = 0, wasLong = false;
const whatIs = (article) => [isMine(article) ? "mine" : isAdministrator() && "other",
  saved?.has(idOf(article)) && "saved", article.querySelector(".pinned") && "pinned",
  isSystem(article) && "system", article.matches(".several") && "several"].filter(Boolean).join(" ");
const showRecent = () => {
  for (const [at, emoji] of recentEmoji(recentTools.length).entries())
    Object.assign(recentTools[at], {textContent: emoji, ariaLabel: `React with ${emoji}`});
};
const giveTools = (article) => { showRecent(); copyButton.remove(); article.append(tools); };
const closeMenu = () => menu.hidePopover();
const takeTools = () => { tools.remove(); closeMenu(); };
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

const react = (id, emoji, on) => { if (on) usedEmoji(emoji); doDurably("react", {id, emoji, on}); };
const reactionAt = (event) => targetOf(event, ".reaction");
const hideNames = () => namesTip.hidePopover();
const showNames = (reaction) => {
  namesTip.textContent = reaction.ariaLabel.slice(reaction.dataset.emoji.length + 1);
  placeBeside(namesTip, reaction);
};
const pressLong = (reaction) => { wasLong = true; showNames(reaction); };

const undoable = () => itemsNamed("delete_message").filter(({notBefore}) => notBefore > Date.now());
const showDeleted = () => {
  const ids = new Set(itemsNamed("delete_message").map(({of: {id}}) => id)), {length} = undoable();
  const changed = [...all()].filter((article) => article.matches(".leaving") !== ids.has(idOf(article)));
  for (const {classList} of changed) classList.toggle("leaving");
  undoOffer.hidden = !length;
  undoOffer.firstChild.textContent = length > 1 ? `${length} messages are deleted.` : "The message is deleted.";
  if (changed.length) arrange();
};
export const undo = () => undoable().map((item) => drop(item)).length > 0;
whenAnswered("delete_message", ({of: {id}}, {code, error}) => {
  if (error && code !== "not_found") complain(error); else messageOf(id)?.toggleAttribute("hidden", true);
});

for (const kind of ["pointerover", "focusin"]) log.addEventListener(kind, (event) => {
  const {pointerType} = event, reaction = reactionAt(event);
  hideNames();
  if (pointerType && pointerType !== "mouse") return;  // a finger would press what comes up beneath it
  giveAt(event);
  if (pointerType ? reaction : reaction?.matches(":focus-visible")) showNames(reaction);
});
log.addEventListener("click", (event) => { if (!targetOf(event, ".tools, .reaction, .quote")) giveAt(event); });
for (const kind of ["pointerup", "pointercancel"]) log.addEventListener(kind, () => clearTimeout(pressTimer));
log.addEventListener("pointerdown", (event) => {
  const reaction = reactionAt(event);
  clearTimeout(pressTimer); wasLong = false;
  if (reaction && event.pointerType !== "mouse") pressTimer = setTimeout(pressLong, LONG_PRESS, reaction);
});
log.addEventListener("contextmenu", (event) => { if (wasLong && reactionAt(event)) event.preventDefault(); });
for (const end of ["pointerleave", "focusout", "scroll"]) log.addEventListener(end, hideNames, {passive: true});
log.addEventListener("scroll", closeMenu, {passive: true});
document.addEventListener("pointerdown", (event) => { if (!targetOf(event, "article, .menu, .picker")) takeTools(); });
menu.addEventListener("click", takeTools);
steps(log, "article");  // by keyboard, too: from message to message, then Tab
steps(menu, "button", (rows, by) => rows.at(by < 0 ? -1 : 0));
onKeys(menu, {Tab: closeMenu, "Shift Tab": closeMenu});
offer("openMenu", (_, button) => {  // without a connection as if nothing was saved
  if (saved || !socket.connected) showMenu(button);
  else ask("saved_ids", {}, ({ids}) => { saved = new Set(ids); showMenu(button); });
});
offer("react", ({id}, {ariaPressed, textContent, dataset: {emoji = textContent}}) => {
  if (!wasLong) react(id, emoji, ariaPressed !== "true");
});
offer("pickReaction", ({id}, button) => pick(button, (emoji) => react(id, emoji, true)));
offer("reply", ({id}) => { takeTools(); replyTo(messageOf(id)); });
offer("edit", ({id}) => { takeTools(); edit(id); });
offer("copyLink", ({room, id}) => { takeTools(); copy(`${location.origin}/chat/${room}?at=${id}`, "The link"); });
offer("copyCode", () => copy(codeToCopy.textContent, "The code"));
offer("copyText", ({id}) => getMessage(id, (found) => copy(found.message, "The text")));
offer("delete", ({id}) => enqueue({name: "delete_message", of: {id}, key: `message ${id}`, wait: UNDO}));
offer("undo", undo);
offer("unfold", (_, button) => {
  button.closest("article").classList.add("unfolded");
  lookWhere(); show();
});
socket.on("saved_changed", ({id, on}) => { saved?.[on ? "add" : "delete"](id); tell("saved"); });
socket.on("connect", () => { saved = null; });
when("waiting", showDeleted);
when("arranged", () => { showDeleted(); showRecent(); });
when("opened", takeTools);
