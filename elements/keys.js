// The keys that work anywhere on the page; and on phones the sidebar, which lies over a chat that is inert meanwhile.
import {when} from "./context.js";
import {canUndo, undo} from "./deleting.js";
import {markAllRead, open, target} from "./opening.js";
import {closePanel, togglePanel} from "./panel.js";
import {listedRooms, unreadRooms} from "./sidebar.js";
import {isSwitcherOpen, showKeys, toggleSwitcher} from "./switcher.js";
const side = document.querySelector(".sidebar"), drawerOpener = document.getElementById("rooms");
const isDrawerOpen = () => document.body.classList.contains("shows-rooms");
const toggleDrawer = () => {
  const isOpen = document.body.classList.toggle("shows-rooms");
  drawerOpener.setAttribute("aria-expanded", isOpen);
  for (const part of document.querySelectorAll(".transcript, .composer")) part.inert = isOpen;
  if (isOpen) (side.querySelector("[aria-current]") || document.getElementById("filter")).focus();
  else if (side.contains(document.activeElement)) drawerOpener.focus();
};
drawerOpener.addEventListener("click", toggleDrawer);
when("going", () => { if (isDrawerOpen()) toggleDrawer(); });
const stepTo = (by, wanted) => {  // the next one of these, in the sidebar's order
  const listed = by > 0 ? listedRooms() : listedRooms().toReversed(), here = listed.indexOf(target());
  const next = [...listed.slice(here + 1), ...listed.slice(0, Math.max(here, 0))].find((room) => wanted.includes(room));
  if (next) open(next);
};
const isWriting = (event) => event.target.matches?.("input, textarea, select, [contenteditable]");
const isBusy = () => document.querySelector("dialog[open], .q-dialog, .q-menu, .menu:popover-open");
const escape = () => { if (isDrawerOpen()) toggleDrawer(); else if (!closePanel()) markAllRead(); };
// What is held with a key, Ctrl and ⌘ being the same, then the key.
const chordOf = (event) => [["Ctrl", event.ctrlKey || event.metaKey], ["Alt", event.altKey], ["Shift", event.shiftKey]]
  .filter(([, isHeld]) => isHeld).map(([name]) => name).concat(event.key?.toLowerCase()).join(" ");
const chords = {
  "Ctrl k": toggleSwitcher,
  "Ctrl Shift f": () => togglePanel("search", document.activeElement),
  "Alt arrowup": () => stepTo(-1, listedRooms()), "Alt arrowdown": () => stepTo(1, listedRooms()),
  "Alt Shift arrowup": () => stepTo(-1, unreadRooms()), "Alt Shift arrowdown": () => stepTo(1, unreadRooms()),
  escape,
};
const doesFor = (event) => {
  const chord = chordOf(event);
  if (isBusy() && !(chord === "Ctrl k" && isSwitcherOpen())) return undefined;
  if (isWriting(event) || !(event.key === "?" || chord === "Ctrl z")) return chords[chord];
  return event.key === "?" ? showKeys : canUndo() && undo;
};
addEventListener("keydown", (event) => {
  const does = !event.isComposing && doesFor(event);
  if (does) { event.preventDefault(); does(); }
});
