// Edits a message where it stands. There is one editor; what is half typed outlives new forms of the message, and
// reloads.
import {MOST_TEXT, composer, keep, kept, log, me, socket, takeView, when} from "./context.js";
import {complain, getMessage} from "./asking.js";
import {grow, hasPointer, onKeys} from "./dom.js";
import {giveBack} from "./drafts.js";
import {open} from "./opening.js";
import {drop, enqueue, itemAbout, whenAnswered} from "./outbox.js";
import {offer} from "./runtime.js";
import {messageOf, view} from "./view.js";
const editor = takeView(".editor"), editField = editor.querySelector("textarea");
const editHint = editor.querySelector(".hint"), says = editor.dataset;
let edited = kept(sessionStorage, "edit");  // the message, as it was and as it is to be
const changeEdit = (to) => { edited = to; keep(sessionStorage, "edit", edited); };
const hintAt = (text) => { editHint.textContent = text; };
const hasChanged = () => edited && edited.text.trim() !== edited.was;
const subjectOf = (id) => `edit ${id}`;
const waiting = () => edited && itemAbout(subjectOf(edited.id));
const closeEditor = () => { drop(waiting()); editor.remove(); changeEdit(null); };
const loseEdit = (reason) => { const {room, text} = edited; closeEditor(); giveBack({room, text}, reason); };
const giveUp = () => { closeEditor(); if (hasPointer()) composer.focus({preventScroll: true}); };
const fillEditor = (text) => { editField.value = text; hintAt(says.hint); };
const placeEditor = () => {  // where the message is now; a new form of it has the focus that was in the editor
  const article = edited?.room === view.room && messageOf(edited.id), hadFocus = document.activeElement === article;
  if (article?.hidden) return loseEdit(says.deleted);
  if (!article || editor.parentNode === article) return;
  article.append(editor); grow(editField);
  if (hadFocus) editField.focus({preventScroll: true});
};
const beginWith = ({id, message}) => {
  changeEdit({id, room: view.room, was: message, text: message});
  fillEditor(message); placeEditor();
  editField.focus({preventScroll: true});
  editField.setSelectionRange(message.length, message.length);
  editor.scrollIntoView({block: "nearest"});
};
export const edit = (number) => {
  if (edited?.id === number) return editField.focus();
  if (hasChanged()) { open(edited.room, {at: edited.id}); return complain(says.still); }
  if (edited) closeEditor();
  return getMessage(number, beginWith);
};
export const editLast = (event) => {
  const mine = [...log.querySelectorAll(`article[data-author="${me}"]:not([hidden], .leaving)`)].at(-1);
  if (composer.value || event.altKey || event.ctrlKey || event.metaKey || !mine) return false;
  return void edit(+mine.dataset.id);
};
const hintSaving = () => { if (waiting()) hintAt(socket.connected ? says.saving : says.offline); };
const save = () => {
  const message = editField.value.toWellFormed().trim(), {length} = [...message], {id, room} = edited;
  if (!hasChanged()) return giveUp();
  if (!message) return hintAt(says.empty);
  if (length > MOST_TEXT) return hintAt(`${length} characters, ${MOST_TEXT} are the most: shorten it.`);
  enqueue({name: "edit_message", of: {id, message}, key: `message ${id}`, subject: subjectOf(id), about: {room}});
  return hintSaving();
};
// Who went on typing goes on.
const closeSaved = (message) => {
  if (edited.text.trim() === message) giveUp(); else changeEdit({...edited, was: message});
};
// The editor may be closed by now, or its page gone: then the text comes back below the messages.
whenAnswered("edit_message", ({of: {id, message}, about: {room}}, {code, error}) => {
  const isOpen = edited?.id === id;
  if (!error) { if (isOpen) closeSaved(message); }
  else if (isOpen && code !== "not_found") hintAt(error);
  else if (isOpen) loseEdit(says.gone); else giveBack({room, text: message}, error);
});
offer("giveUp", giveUp);
offer("saveEdit", save);
onKeys(editField, {Enter: save, Escape: giveUp});
editField.addEventListener("input", () => {
  grow(editField); drop(waiting()); hintAt(says.hint);
  changeEdit({...edited, text: editField.value});
});
for (const kind of ["connect", "disconnect"]) socket.on(kind, hintSaving);
when("arranged", placeEditor);
when("gone", (room) => { if (edited?.room === room) loseEdit(says.left); });
if (edited) { fillEditor(edited.text); placeEditor(); }
