// What is typed between a press and the field that it brings, which comes late on a slow line, is for that field: until
// then it waits in one that nobody sees. If that field does not come, it is for no other one.
import {chat, socket} from "./context.js";
import {element, hasPointer, insert, onKeys, soon} from "./dom.js";
import {isWriting, toComposer} from "./focus.js";
const PATIENCE = 10e3;
const aheadField = chat.appendChild(element("input", {className: "ahead", ariaLabel: "What comes next", tabIndex: -1}));
let awaited = "", pressed = null;  // awaited: in what the field will stand
const leaveAhead = () => {
  if (document.activeElement !== aheadField) return;
  if (pressed.checkVisibility()) pressed.focus(); else toComposer();
};
const takeAhead = () => { const {value} = aheadField; awaited = ""; aheadField.value = ""; return value; };
export const writeNoMore = () => { takeAhead(); leaveAhead(); };
export const writeAhead = (selector) => {
  const {activeElement} = document;
  if (!hasPointer()) return;  // no keyboard is to come up
  if (activeElement !== aheadField) pressed = activeElement;
  takeAhead(); awaited = selector;
  aheadField.focus({preventScroll: true});
  soon(writeNoMore, PATIENCE);
};
document.addEventListener("focusin", ({target}) => {
  if (target === aheadField) { if (!awaited) leaveAhead(); return; }  // a dialog gives back the focus that it took
  if (!awaited || target.closest(awaited) && !isWriting(target)) return;
  const isMeant = target.closest(awaited), text = takeAhead();
  if (isMeant && text) insert(target, text);
});
// A dialog takes the focus away when it begins to show, and gives it to its field when it is shown.
aheadField.addEventListener("blur", ({relatedTarget}) => {
  if (awaited && !relatedTarget && document.hasFocus()) queueMicrotask(() => { if (awaited) aheadField.focus(); });
});
// What is there but has not the focus yet is closed.
onKeys(aheadField, {Enter: () => {}, Escape: () => document.querySelector(awaited) ? false : writeNoMore()});
socket.on("disconnect", writeNoMore);
addEventListener("unopened", writeNoMore);  // from the server
