// The chat page: all that runs on it, the keys that work anywhere on it, and on phones the sidebar, which lies over the
// chat; and then the room that it came with.
import {log} from "./context.js";
import {onKeys, targetOf} from "./dom.js";
import {beginAt, markAllRead, open, target} from "./opening.js";
import {closePanel, togglePanel} from "./panel.js";
import {isSwitcherOpen, showKeys, toggleSwitcher} from "./suggesting.js";
import {undo} from "./tools.js";
import {listedLinks} from "./sidebar.js";
import {} from "./citing.js";
import {} from "./presence.js";
const side = document.querySelector(".sidebar"), drawer = document.getElementById("rooms");
const isDrawerOpen = () => drawer.ariaExpanded === "true";
const showDrawer = (is) => {
  drawer.ariaExpanded = is;
  if (is) (side.querySelector("[aria-current]") || document.getElementById("filter")).focus();
  else if (side.contains(document.activeElement)) drawer.focus();
};
const closeDrawer = () => { const was = isDrawerOpen(); if (was) showDrawer(false); return was; };
const isBusy = () => document.querySelector("dialog[open], .q-dialog, .q-menu, .menu:popover-open");
const isWriting = ({target: node}) => node.matches?.("input, textarea, select, [contenteditable]");
const free = (does) => (event) => !isBusy() && does(event);
const idle = (does) => free((event) => !isWriting(event) && does());
const stepTo = (by, wanted) => free(() => {  // the next one of these, in the sidebar's order
  const all = by > 0 ? listedLinks() : listedLinks().toReversed();
  const here = all.findIndex(({dataset: {room}}) => +room === target());
  const next = [...all.slice(here + 1), ...all.slice(0, Math.max(here, 0))].find((link) => link.matches(wanted));
  if (next) open(+next.dataset.room);
});
onKeys(window, {
  "Ctrl k": () => (isSwitcherOpen() || !isBusy()) && toggleSwitcher(),
  "Ctrl Shift f": free(() => togglePanel("search", document.activeElement)),
  "Alt ArrowUp": stepTo(-1, "a"), "Alt ArrowDown": stepTo(1, "a"),
  "Alt Shift ArrowUp": stepTo(-1, ".unread"), "Alt Shift ArrowDown": stepTo(1, ".unread"),
  "Ctrl z": idle(undo), "?": idle(showKeys), "Shift ?": idle(showKeys),
  Escape: free(() => { if (!closeDrawer() && !closePanel()) markAllRead(); }),
});
drawer.addEventListener("click", () => showDrawer(!isDrawerOpen()));
side.addEventListener("click", (event) => { if (targetOf(event, "a, [data-act], [data-panel]")) closeDrawer(); });
beginAt(+log.dataset.at);
