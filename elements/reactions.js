// Reactions. Mine are seen at once, and the same click takes them back: what I did stands over what the server said of
// a message, until a form of it comes that has that in it, or it was refused. Who reacted is told on hover, focus or a
// long press.
import {complain, log, me, offer, socket, takeView, when} from "./context.js";
import {placeBeside, targetOf} from "./dom.js";
import {pick, reactedWith, usedEmoji} from "./emoji.js";
import {doDurably, itemsNamed, whenAnswered} from "./outbox.js";
import {keeping, messageOf} from "./transcript.js";
const LONG_PRESS = 450, HOLD = 500, ME = String(me), {name: MY_NAME} = log.dataset;
const emptyRow = takeView(".reactions"), emptyReaction = emptyRow.removeChild(emptyRow.firstChild);
const namesTip = document.querySelector(".names"), drawn = new Set();
const answered = new Map();  // by message and emoji: what was answered, and the revision of the message that has it
let held = {}, pressTimer = 0, wasLong = false;

// Who reacted, as the server told it, and with or without me, until it tells that itself.
const givenTo = (button) => button.given ||=
  {ids: button.dataset.people.match(/\d+/g) ?? [], names: button.ariaLabel.slice(button.dataset.emoji.length + 1)};
const withMe = ({ids, names}) => ({ids: [...ids, ME], names: [names, MY_NAME].filter(Boolean).join(", ")});
const others = (names) => names.split(/, | and (?=\d)/).filter((name) => name !== MY_NAME);
const withoutMe = ({ids, names}) => ({ids: ids.filter((id) => id !== ME), names: others(names).join(", ")});

// A reaction that was pressed, and is nobody's then, stays beneath the pointer for a moment.
const reactionOf = (article, emoji) => article?.querySelector(`.reaction[data-emoji="${emoji}"]`);
const reactionSubject = (id, emoji) => `react ${id} ${emoji}`;
const isStaying = (subject) => held.subject === subject;
const drawReaction = (button, {ids, names}) => {
  const {emoji, people} = button.dataset, {id} = button.closest("article").dataset;
  const isGone = !ids.length && !isStaying(reactionSubject(id, emoji));
  Object.assign(button, {hidden: isGone, ariaPressed: ids.includes(ME), ariaLabel: `${emoji} ${names}`});
  button.lastChild.textContent = ids.length || "";
  if (people !== ids.join(" ")) button.dataset.people = ids.join(" ");
  if (isGone && !button.given.ids.length) button.remove();
};
const rowOf = (article) => article.querySelector(".reactions")
  ?? article.insertBefore(emptyRow.cloneNode(), article.querySelector(":scope > :is(.copy, .tools, .editor)"));
const addReaction = (article, emoji) => {
  const button = emptyReaction.cloneNode(true), row = rowOf(article);
  button.dataset.emoji = emoji; button.firstChild.data = `${emoji} `; button.ariaLabel = `${emoji} `;
  return row.insertBefore(button, row.children[held.emoji === emoji ? held.at : row.children.length] ?? null);
};
const drawWish = ({subject, of: {id, emoji, on}}) => {
  const article = messageOf(id);
  const button = reactionOf(article, emoji) ?? (article && (on || isStaying(subject)) && addReaction(article, emoji));
  if (!button) return;
  const given = givenTo(button), isMineNow = given.ids.includes(ME);
  drawReaction(button, on === isMineNow ? given : on ? withMe(given) : withoutMe(given));
  drawn.add(button);
};
const wishes = () =>
  [...new Map([...answered.values(), ...itemsNamed("react")].map((wish) => [wish.subject, wish])).values()];
const forgetDone = () => {
  for (const [subject, {of: {id}, revision}] of answered)
    if (!(messageOf(id)?.dataset.revision < revision) && !isStaying(subject)) answered.delete(subject);
};
const pointedAt = () => log.querySelector(".reaction:hover:not([hidden])");
const drawWishes = () => {
  forgetDone();
  for (const button of drawn) if (button.isConnected) drawReaction(button, givenTo(button));
  drawn.clear(); wishes().forEach(drawWish);
  if (namesTip.matches(":popover-open") && pointedAt()) showNames(pointedAt());
};
const redraw = () => keeping(() => {});  // all is arranged anew
const drawNew = () => { if (drawn.size || wishes().length) redraw(); };
const holdReaction = (subject, emoji, button) => {
  clearTimeout(held.timer);
  held = {subject, emoji, at: [...button.parentNode.children].indexOf(button), timer: setTimeout(letGo, HOLD)};
};
const letGo = () => { held = {}; redraw(); };
// Who reads the end is kept there, and the message moves up by its new line: the tool that was pressed does not.
const toolsAt = (button) => button.closest(".tools");
const pressBeneath = (button, react) => {
  const {top} = button.getBoundingClientRect();
  react();
  const moved = toolsAt(button) && top - button.getBoundingClientRect().top;
  if (moved) toolsAt(button).style.marginTop = `${(parseFloat(toolsAt(button).style.marginTop) || 0) + moved}px`;
};
const toggleReaction = (id, emoji) => {
  const on = reactionOf(messageOf(id), emoji)?.ariaPressed !== "true";
  if (on) usedEmoji(emoji);
  reactedWith(emoji, on ? 1 : -1);
  doDurably("react", {id, emoji, on});
};
whenAnswered("react", ({subject, of}, {error, revision}) => {
  if (error) complain(error); else answered.set(subject, {subject, of, revision});
});

const reactionAt = (event) => targetOf(event, ".reaction");
const hideNames = () => namesTip.hidePopover();
const showNames = (reaction) => {
  namesTip.textContent = reaction.ariaLabel.slice(reaction.dataset.emoji.length + 1);
  if (namesTip.textContent) placeBeside(namesTip, reaction); else hideNames();
};
const leaveNames = ({type}) => { if (!type.startsWith("focus") || !pointedAt()) hideNames(); };
const pressLong = (reaction) => { wasLong = true; showNames(reaction); };
for (const kind of ["pointerover", "focusin"]) log.addEventListener(kind, (event) => {
  const {pointerType} = event, reaction = reactionAt(event);
  if (pointerType ? reaction && pointerType === "mouse" : reaction?.matches(":focus-visible")) showNames(reaction);
  else leaveNames(event);
});
for (const kind of ["pointerup", "pointercancel"]) log.addEventListener(kind, () => clearTimeout(pressTimer));
log.addEventListener("pointerdown", (event) => {
  const reaction = reactionAt(event);
  clearTimeout(pressTimer); wasLong = false;
  if (reaction && event.pointerType !== "mouse") pressTimer = setTimeout(pressLong, LONG_PRESS, reaction);
});
log.addEventListener("contextmenu", (event) => { if (wasLong && reactionAt(event)) event.preventDefault(); });
for (const end of ["pointerleave", "focusout", "scroll"]) log.addEventListener(end, leaveNames, {passive: true});
offer("react", ({id}, button) => {
  const {textContent, dataset: {emoji = textContent}} = button;
  if (wasLong) return;
  if (button.matches(".reaction")) holdReaction(reactionSubject(id, emoji), emoji, button);
  pressBeneath(button, () => toggleReaction(id, emoji));
});
offer("pickReaction", ({id}, button) => pick(button, (emoji) => toggleReaction(id, emoji)));
socket.on("connect", () => answered.clear());
// What is there of a message that comes in another form says the server's word then, or goes.
when("renewed", ({id}) => {
  for (const button of document.getElementById(id)?.querySelectorAll(".reaction") ?? []) button.given = null;
});
when("waiting", drawNew);
when("arranged", drawWishes);
