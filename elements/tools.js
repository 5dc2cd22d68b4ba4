// The tools of a message, at the one that is pointed at, or has the focus, and more of them in a menu: CSS shows those
// that fit the message and who looks at it. One's own reactions are pressed; who reacted is told on hover, focus or a
// long press.
import {ask, chat, isAdministrator, log, say, socket, takeView, tell, when} from "./context.js";
import {remove} from "./deleting.js";
import {onKeys, placeBeside, targetOf} from "./dom.js";
import {replyTo} from "./drafts.js";
import {edit} from "./editing.js";
import {pick, recentEmoji, usedEmoji} from "./emoji.js";
import {doDurably, getMessage, offer} from "./runtime.js";
import {lookWhere, show} from "./scrolling.js";
import {idOf, isMine, messageOf, shownMessages} from "./view.js";
const tools = takeView(".tools"), menu = takeView(".menu"), recentTools = tools.querySelectorAll(".recent button");
const copyButton = takeView(".copy"), namesTip = takeView(".names"), LONG_PRESS = 450;
let toolsOf = 0, codeToCopy = null;  // toolsOf: the message that has the tools
let saved = null;  // the messages that I saved, once they were asked for
const whatIs = (article) => [isMine(article) ? "mine" : isAdministrator() && "other",
  saved?.has(idOf(article)) && "saved", article.querySelector(".pinned") && "pinned"].filter(Boolean).join(" ");
const giveTools = (article) => {
  toolsOf = idOf(article);
  tools.dataset.is = whatIs(article);
  for (const [at, emoji] of recentEmoji(recentTools.length).entries())
    Object.assign(recentTools[at], {textContent: emoji, ariaLabel: `React with ${emoji}`});
  copyButton.remove();
  article.append(tools);
};
const takeTools = () => { tools.remove(); toolsOf = 0; };
const offerCopy = (article, code) => {
  const [box, around, bar] = [code, article, tools].map((node) => node.getBoundingClientRect());
  copyButton.style.top = `${box.top - around.top + 4}px`; copyButton.style.right = `${around.right - box.right + 4}px`;
  codeToCopy = code;
  if (box.top + 4 < bar.bottom && box.right > bar.left) tools.prepend(copyButton); else article.append(copyButton);
};
const giveAt = (event) => {
  const article = targetOf(event, ".transcript article"), code = targetOf(event, "pre");
  if (!article || menu.matches(":popover-open")) return;
  if (tools.parentNode !== article) giveTools(article);
  if (code) offerCopy(article, code);
};
const stepBy = (by) => (event) => {  // by keyboard, too: from message to message, then Tab
  const messages = shownMessages(), at = messages.indexOf(document.activeElement.closest("article"));
  const next = messages[at < 0 && by < 0 ? messages.length - 1 : at + by];
  if (!next || event.altKey || event.ctrlKey || event.metaKey || event.target.matches("textarea")) return false;
  next.tabIndex = -1;
  return next.focus();
};

const copy = (text, what) => navigator.clipboard?.writeText(text).then(
  () => say(`${what} is copied.`), () => prompt(`${what}:`, text)) ?? prompt(`${what}:`, text);
const closeMenu = () => menu.hidePopover();
const rowsNow = () => [...menu.children].filter((row) => row.checkVisibility());
const stepInMenu = (by) => () => {
  const rows = rowsNow();
  rows[(rows.indexOf(document.activeElement) + by + rows.length) % rows.length].focus();
};
const showMenu = (button) => {
  const article = button.closest("article"), id = idOf(article);
  menu.dataset.is = whatIs(article);
  menu.dataset.with = JSON.stringify({id, message: id});
  placeBeside(menu, button);
  rowsNow()[0].focus();
};
offer("openMenu", (_, button) => {  // without a connection as if nothing was saved
  if (saved || !socket.connected) showMenu(button);
  else ask("saved_ids", {}, ({ids}) => { saved = new Set(ids); showMenu(button); });
});

let pressTimer = 0, wasLong = false;
const react = (id, emoji, on) => { if (on) usedEmoji(emoji); doDurably("react", {id, emoji, on}); };
const reactionAt = (event) => targetOf(event, ".reaction");
const hideNames = () => namesTip.hidePopover();
const showNames = (reaction) => {
  namesTip.textContent = reaction.ariaLabel.slice(reaction.dataset.emoji.length + 1);
  placeBeside(namesTip, reaction);
};
const pressLong = (reaction) => { wasLong = true; showNames(reaction); };
const endPress = () => clearTimeout(pressTimer);

chat.append(menu, namesTip);
log.addEventListener("pointerover", (event) => {
  const reaction = reactionAt(event);
  hideNames();
  if (event.pointerType !== "mouse") return;  // a finger would press what comes up beneath it
  giveAt(event);
  if (reaction) showNames(reaction);
});
log.addEventListener("focusin", (event) => {
  giveAt(event);
  if (event.target.matches(".reaction:focus-visible")) showNames(event.target);
});
log.addEventListener("click", (event) => { if (!targetOf(event, ".tools, .reaction, .quote")) giveAt(event); });
log.addEventListener("pointerdown", (event) => {
  const reaction = reactionAt(event);
  wasLong = false; endPress();
  if (reaction && event.pointerType !== "mouse") pressTimer = setTimeout(pressLong, LONG_PRESS, reaction);
});
for (const end of ["pointerup", "pointercancel"]) log.addEventListener(end, endPress);
log.addEventListener("contextmenu", (event) => { if (wasLong && reactionAt(event)) event.preventDefault(); });
for (const end of ["pointerleave", "focusout", "scroll"]) log.addEventListener(end, hideNames, {passive: true});
log.addEventListener("scroll", closeMenu, {passive: true});
document.addEventListener("pointerdown", (event) => { if (!targetOf(event, "article, .menu, .picker")) takeTools(); });
menu.addEventListener("click", () => { takeTools(); closeMenu(); });
onKeys(log, {ArrowUp: stepBy(-1), ArrowDown: stepBy(1)});
onKeys(menu, {ArrowUp: stepInMenu(-1), ArrowDown: stepInMenu(1), Tab: closeMenu, "Shift Tab": closeMenu});
offer("react", ({id}, {ariaPressed, textContent, dataset: {emoji = textContent}}) => {
  if (!wasLong) react(id, emoji, ariaPressed !== "true");
});
offer("pickReaction", ({id}, button) => pick(button, (emoji) => react(id, emoji, true)));
offer("reply", ({id}) => { takeTools(); replyTo(messageOf(id)); });
offer("edit", ({id}) => { takeTools(); edit(id); });
offer("copyLink", ({room, id}) => { takeTools(); copy(`${location.origin}/chat/${room}?at=${id}`, "The link"); });
offer("copyCode", () => copy(codeToCopy.textContent, "The code"));
offer("copyText", ({id}) => getMessage(id, (found) => copy(found.message, "The text")));
offer("delete", ({id}) => remove(id));
offer("unfold", (_, button) => {
  button.closest("article").classList.add("unfolded");
  lookWhere(); show();
});
socket.on("saved_changed", ({id, on}) => { saved?.[on ? "add" : "delete"](id); tell("saved"); });
socket.on("connect", () => { saved = null; });
when("arranged", () => {  // the message may have come anew
  const article = toolsOf && !tools.isConnected && messageOf(toolsOf);
  if (article && !article.hidden) giveTools(article);
});
when("opened", () => { takeTools(); closeMenu(); });
