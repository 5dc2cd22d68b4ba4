// What is being written in a room stands in a field of its own, which stays in the page, and is kept for the next page.
// All tabs have the same: what is typed, sent or deleted in one is so in the others. A sign at its room says that there
// is something; those of 200 rooms are kept.
import {MINE, complain, composer, desk, promote, recentOf, rooms, store, stored, tell, view, when} from "./context.js";
import {element, grow} from "./dom.js";
const MOST_DRAFTED = 200, MOST_OF_ONE = 4000, NEVER = 1e3, fields = new Map();
const draftName = (room) => `${room}.draft`, whyNot = (room) => `${room}.unsent`;
const keptText = (room) => stored(localStorage, draftName(room)) ?? "";
const cutText = (text) => text.length > MOST_OF_ONE ? [...text].slice(0, MOST_OF_ONE).join("") : text;
const drafted = () => Object.keys(localStorage).filter((key) => key.startsWith(MINE))
  .map((key) => +/^(\d+)\.draft$/.exec(key.slice(MINE.length))?.[1]).filter(Boolean);
const markDraft = (room) => {
  const sign = document.querySelector(`.sidebar a[data-room="${room}"] .draft`);
  if (sign) sign.hidden = !keptText(room).trim();
};
const showDraft = (room, text) => {
  const field = fields.get(room);
  if (!field) return;
  if (field.value !== text) { field.value = text; forgetSteps(field); }
  grow(field); tell("written");
};
const keepText = (room, text) => { store(localStorage, draftName(room), cutText(text)); markDraft(room); };
// The oldest ones go.
const keepNewest = (room) => {
  promote("drafts", room, MOST_DRAFTED);
  const order = recentOf("drafts"), age = (other) => order.indexOf(other) + 1 || NEVER;
  for (const old of drafted().toSorted((a, b) => age(a) - age(b)).slice(MOST_DRAFTED)) keepText(old, "");
};
export const write = (text, room = view.room) => {
  showDraft(room, text); keepText(room, text); store(localStorage, whyNot(room), "");
  if (text && recentOf("drafts")[0] !== room) setTimeout(keepNewest, 100, room);  // after the frame that shows it
};
const makeField = (room) => {
  const field = element("textarea", {hidden: true, value: keptText(room)});
  composer.before(field); fields.set(room, field);
  return field;
};
export const fieldOf = (room) => fields.get(room) ?? makeField(room);
// A text that was not sent, above what was written since, with the reason for it, also when its room is opened later.
export const giveBack = ({room, text}, error) => {
  const later = fields.get(room)?.value ?? keptText(room);
  if (room > 0 && room !== view.room && rooms.size && !rooms.has(room))  // its draft could not be reached any more
    return complain(`${SAYS.left} ${SAYS.not_sent} ${text}`);
  write(later ? `${text}\n${later}` : text, room); store(localStorage, whyNot(room), error);
  return complain(error);
};
// A room has got its number: its field stays, with what can be undone there, unless that one has a draft.
export const moveField = (room, to) => {
  const field = fields.get(room), text = field?.value ?? keptText(room), there = fields.get(to)?.value ?? keptText(to);
  keepText(room, ""); fields.delete(room);
  if (field && !there) fields.set(to, field);
  if (text) write(there ? `${text}\n${there}` : text, to);
};
export const sayWhyNot = () => complain(stored(localStorage, whyNot(view.room)) ?? "", {onlyIfQuiet: true});
addEventListener("storage", ({key, oldValue, newValue}) => {
  const room = key?.startsWith(MINE) && parseInt(key.slice(MINE.length), 10);
  if (!room || key !== MINE + draftName(room)) return;
  if (cutText(fields.get(room)?.value ?? "") === (oldValue ?? "")) showDraft(room, newValue ?? "");
  markDraft(room);
});
// In Chromium all fields of a page have one history: what is next there may be of other rooms, and is passed by, which
// changes nothing in fields that are hidden. But where nothing of this room is left that history stays as it is.
const HISTORY = {historyUndo: "undo", historyRedo: "redo"}, firstTexts = new WeakMap(), lastTyped = new WeakMap();
const forgetSteps = (field) => { firstTexts.delete(field); lastTyped.delete(field); };
const passOthers = (again) => {
  const {value} = composer;
  while (composer.value === value && document.execCommand(again));
};
const hasMore = (again, last = lastTyped.get(composer)) =>
  last && (again === "undo" ? !last.isFirst : !!HISTORY[last.inputType]);
desk.addEventListener("beforeinput", (event) => {
  const {inputType, target} = event, again = HISTORY[inputType];
  if (!again && !firstTexts.has(target)) firstTexts.set(target, target.value);
  if (!again || !target.hidden) return;
  if (hasMore(again)) setTimeout(passOthers, 0, again); else event.preventDefault();
});
desk.addEventListener("input", ({inputType, target, target: {value}}) =>
  lastTyped.set(target, {inputType, isFirst: HISTORY[inputType] && value === (firstTexts.get(target) ?? value)}));
// Who leaves what could not be kept is asked; who logs out leaves nothing.
const isKept = ([room, {value}]) => value === keptText(room);
addEventListener("beforeunload", (event) => { if (![...fields].every(isKept)) event.preventDefault(); });
when("left", () => { for (const field of fields.values()) field.value = ""; });
when("changed", ({id}) => markDraft(id));
// What was typed before this script came is not lost.
const typedEarly = composer.value, typedBefore = keptText(view.room);
fields.set(view.room, composer);
if (typedEarly && typedEarly !== typedBefore) write(typedBefore + typedEarly); else showDraft(view.room, typedBefore);
drafted().forEach(markDraft);
