// Where the focus is: where one goes on writing. What is typed while no field has it goes to the composer. A button of
// a message that was pressed by pointer does not keep it, nor one that is gone then; who goes by keyboard stays there.
import {composer, log} from "./context.js";
import {hasPointer, targetOf} from "./dom.js";
const PASSED = ".transcript button:not(.editor *)", DONE_WITH = ".menu button, .newer, .person-card button";
// A field that has just been hidden has the focus until the next frame.
export const isWriting = (node) =>
  node.matches?.("input, textarea, select, [contenteditable]") && node.checkVisibility();
// Something lies over the page. What is about to be closed does not any more.
export const isBusy = () => document.querySelector(
  "dialog[open], .q-dialog--modal, .q-menu:not([class*=-leave-]), [popover=auto]:popover-open");
export const isFree = ({target}) => !isBusy() && !isWriting(target);
const without = {preventScroll: true};
export const toComposer = () => { if (hasPointer()) composer.focus(without); };
// Where a keyboard would come up, and in archived rooms, one goes on reading.
export const goOnWriting = () => { toComposer(); if (document.activeElement !== composer) log.focus(without); };
document.addEventListener("click", (event) => {  // before what it does, which may lead on
  if (targetOf(event, DONE_WITH) || event.detail && targetOf(event, PASSED)) goOnWriting();
}, true);
const isChord = (event) => (event.ctrlKey || event.metaKey || event.altKey) && !event.getModifierState("AltGraph");
// White space presses a button, and scrolls.
const isLetter = ({key = "", target}) => key === " " ? !target.closest("a, button, [tabindex]")
  : [...key].length === 1 || key === "Dead" || key === "Process";
export const typeOn = (event) => {
  if (isFree(event) && isLetter(event) && !isChord(event)) composer.focus(without);
};
