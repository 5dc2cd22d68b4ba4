// A message is edited where it stands, also while it is on its way: what was not sent yet is changed before it goes,
// and an edit of what may have arrived waits for its number. There is one editor; its text outlives its page.
import {writeNoMore} from "./ahead.js";
import {ask, complain, composer, keep, kept, log, offer, socket, takeView, view, when} from "./context.js";
import {grow, hasPointer, onKeys} from "./dom.js";
import {giveBack} from "./drafts.js";
import {toComposer} from "./focus.js";
import {breakLine, ends} from "./formatting.js";
import {open} from "./opening.js";
import {change, drop, enqueue, itemAbout, itemOf, whenAnswered} from "./outbox.js";
import {getMessage, idOf, messageOf} from "./transcript.js";
const editor = takeView(".editor"), says = editor.dataset;
const editField = editor.querySelector("textarea"), editHint = editor.querySelector(".hint");
const written = new Map();  // by number, what I wrote last in this page, as it was typed
// The message (`id`, or `sent` until it has one), as it was and as it is to be, and why that can't be saved.
let edited = kept(sessionStorage, "edit"), isComing = false;  // isComing: to where it stands
export const excessOf = ([...text]) =>
  text.length > MOST_TEXT && `${text.length} characters, ${MOST_TEXT} are the most: shorten it.`;
// White space at the beginning is content, empty lines are not.
export const trimmed = (text) => text.toWellFormed().replace(/^\s*\n|\s+$/g, "");
const subjectOf = ({id, sent}) => `edit ${id ?? sent}`;
// What a message that is on its way is to be.
export const laterText = (sent) => itemAbout(subjectOf({sent}))?.of.message;
const hasChanged = () => edited && trimmed(edited.text) !== edited.was;
const waiting = () => edited && itemAbout(subjectOf(edited));
const showHint = () => {
  editHint.textContent = edited?.problem || says[!waiting() ? "hint" : socket.connected ? "saving" : "offline"];
};
const changeEdit = (to) => { edited = to && {...edited, ...to}; keep(sessionStorage, "edit", edited); showHint(); };
const closeEditor = () => { drop(waiting()); editor.remove(); changeEdit(null); };
const loseEdit = (reason) => { const {room, text} = edited; closeEditor(); giveBack({room, text}, reason); };
const giveUp = () => { closeEditor(); toComposer(); };
const isEmpty = () => !composer.value;
const nodeOf = ({id, sent}) => id ? messageOf(id) : log.querySelector(`[data-sent="${sent}"]`);  // or what is pending
const placeEditor = () => {
  const node = edited?.room === view.room && nodeOf(edited), isFocused = document.activeElement === editField;
  if (node?.matches?.("article[hidden]")) return loseEdit(says.deleted);
  if (!node || editor.parentNode === node) return undefined;
  node.append(editor);
  if (editField.value !== edited.text) editField.value = edited.text;
  if (isFocused) editField.focus({preventScroll: true});
  grow(editField);
  return isComing && isEmpty() && enterEditor();
};
const enterEditor = () => {
  const {length} = editField.value;
  isComing = false;
  editField.setSelectionRange(length, length);
  editField.focus({preventScroll: true});
  editor.scrollIntoView({block: "nearest"});
};
// What is edited may be above or below of what is here: then that is gone to.
const comeToEditor = () => {
  if (editor.isConnected) return enterEditor();
  isComing = true;
  return open(edited.room, {at: edited.id});
};
const openEditor = (of, message) => {
  changeEdit({...of, room: view.room, was: message, text: message}); placeEditor(); comeToEditor();
};
const begin = (of, getText) => {
  if (edited && subjectOf(of) === subjectOf(edited)) return comeToEditor();
  if (hasChanged()) { writeNoMore(); open(edited.room, {at: edited.id}); return complain(says.still); }
  if (edited) closeEditor();
  return getText((message) => openEditor(of, message));
};
export const edit = (id, isWanted = () => true) => begin({id}, (then) => written.has(id) ? then(written.get(id))
  : getMessage(id, ({message}) => { if (isWanted()) then(message); }));
const editWaiting = ({id: sent, of}) => begin({sent}, (then) => then(laterText(sent) ?? of.message));
const lastHere = () => [...log.querySelectorAll("article[data-mine]:not([hidden], .leaving), .pending")].at(-1);
const editElsewhere = (room) => ask("mine", {room}, ({id}) => {
  if (id && room === view.room && isEmpty()) edit(id, isEmpty);
});
// What I wrote last may be on its way, or be there before that is known. Who types meanwhile goes on in the composer.
export const editLast = () => {
  const {room, tail, more} = view, last = lastHere(), item = itemOf(last?.dataset.sent);
  if (!isEmpty() || !last && tail && !more) return false;
  if (item) return editWaiting(item);
  return last && (tail || !last.matches("article")) ? edit(+(last.dataset.id ?? last.id.slice(4)), isEmpty)
    : editElsewhere(room);
};
const save = () => {
  const message = trimmed(editField.value), problem = message ? excessOf(message) : says.empty;
  const {sent, room, id = sent && idOf(nodeOf(edited))} = edited, item = itemOf(sent);
  if (!hasChanged()) return giveUp();
  if (problem) return changeEdit({problem});
  if (item && !item.isTried) { change(item, {of: {...item.of, message}}); return giveUp(); }
  return enqueue({name: "edit_message", of: {id, message}, about: {room}, after: item?.id, subject: subjectOf(edited),
    key: `message ${id || sent}`});
};
// The editor may be closed by now, or its page gone: then the text comes back below the messages. Who went on typing
// goes on.
whenAnswered("edit_message", ({of: {id, message}, about: {room}}, {code, error}) => {
  if (!error) written.set(id, message);
  if (edited?.id !== id) return error && giveBack({room, text: message}, error);
  if (error) return code === "not_found" ? loseEdit(says.gone) : changeEdit({problem: error});
  changeEdit({was: message});
  return hasChanged() || giveUp();
});
// A message that was on its way has its number, or was refused; then its latest text is returned.
when("acknowledged", (sent, id, message) => {
  written.set(id, message);
  if (edited?.sent === sent) changeEdit({id, sent: undefined});
});
export const takeEdit = (sent) => {
  const isOpen = edited?.sent === sent, text = isOpen ? edited.text : laterText(sent);
  if (isOpen) giveUp(); else drop(itemAbout(subjectOf({sent})));
  return text;
};
editField.addEventListener("input", () => {
  grow(editField); drop(waiting());
  changeEdit({text: editField.value, problem: ""});
});
if (!hasPointer()) says.hint = "";
onKeys(editField, {Enter: ends(save), "Ctrl Enter": save, "Alt Enter": breakLine, Escape: giveUp});
offer("giveUp", giveUp);
offer("saveEdit", save);
when("edited", (id) => written.delete(id));
when("gone", (room) => { if (edited?.room === room) loseEdit(SAYS.left); });
when("waiting", showHint);
when("arranged", placeEditor);
