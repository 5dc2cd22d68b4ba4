// The chat page: the panel, which shows one view that asks for all that it shows by itself; on phones the sidebar,
// which lies over the chat; the keys that work anywhere; and then the room that the page came with.
import {composer, log, offer, views} from "./context.js";
import {onKeys, steps, targetOf} from "./dom.js";
import {isBusy, isFree, typeOn} from "./focus.js";
import {openDirect} from "./meeting.js";
import {beginAt, markAllRead, open, target} from "./opening.js";
import {renewView} from "./runtime.js";
import {listedLinks} from "./sidebar.js";
import {showKeys, showSwitcher} from "./suggesting.js";
const panel = document.querySelector(".panel"), [closeButton, content] = panel.children;
const side = document.querySelector(".sidebar"), drawer = document.getElementById("rooms");
let shown = {}, typed = "";  // typed: what is looked for, also when the panel is opened again
const setShown = (now) => {
  shown = now;
  for (const button of document.querySelectorAll("[data-call=panel]"))
    button.ariaExpanded = button.dataset.panel === now.name;
};
const closePanel = () => {
  const {name, opener} = shown;
  setShown({}); panel.hidden = true; content.textContent = "";
  if (opener) (opener.checkVisibility() ? opener : drawer).focus();
  return name;
};
const togglePanel = (name, opener) => {
  if (shown.name === name) return closePanel();
  setShown({name, opener});
  content.replaceChildren(views.querySelector(`template[data-panel="${name}"]`).content.cloneNode(true));
  const [view] = content.children, query = view.querySelector("input[name]");
  panel.hidden = false;
  if (query) query.value = typed;
  query?.select(); renewView(view);
  return (view.querySelector("input") || closeButton).focus();
};
const uncover = () => { if (matchMedia("(max-width: 1099px)").matches) closePanel(); };  // it lies over the chat
closeButton.addEventListener("click", closePanel);
content.addEventListener("input", ({target: {name, value}}) => { if (name) typed = value; });
steps(content, "input[name], .calling a, .found", ([top]) => top?.matches("input") && top);
offer("panel", (_, button) => togglePanel(button.dataset.panel, button));
offer("showFound", ({room, id}) => { open(room, {at: id}); uncover(); });
offer("writeTo", ({members}) => { openDirect(members); uncover(); });

side.addEventListener("toggle", () => side.querySelector("[aria-current]").focus());
side.addEventListener("click", (event) => { if (targetOf(event, "a, [data-act], [data-panel]")) side.hidePopover(); });

const free = (does) => (event) => !isBusy() && does(event);
const idle = (does) => (event) => isFree(event) && does();
const stepTo = (by, wanted) => free(() => {  // the next one of these, in the sidebar's order
  const all = by > 0 ? listedLinks() : listedLinks().toReversed();
  const here = all.findIndex(({dataset: {room}}) => +room === target());
  const next = [...all.slice(here + 1), ...all.slice(0, Math.max(here, 0))].find((link) => link.matches(wanted));
  if (next) open(+next.dataset.room);
});
const LINE_STAYS = 60;  // as much of what was read is still to be seen
const scrolls = ({target: node}) => node === document.body || node === composer && !composer.value;
const pageBy = (pages) => free((event) => scrolls(event) && log.scrollBy(0, pages * (log.clientHeight - LINE_STAYS)));
onKeys(window, {
  "Ctrl k": free(showSwitcher),
  "Ctrl Shift f": free(() => togglePanel("search", document.activeElement)),
  "Alt ArrowUp": stepTo(-1, "a"), "Alt ArrowDown": stepTo(1, "a"),
  "Alt Shift ArrowUp": stepTo(-1, ".unread"), "Alt Shift ArrowDown": stepTo(1, ".unread"),
  PageUp: pageBy(-1), PageDown: pageBy(1),
  "?": idle(showKeys), "Shift ?": idle(showKeys), "Shift ؟": idle(showKeys),
  Escape: free(() => closePanel() || markAllRead()),
});
addEventListener("keydown", (event) => { if (!event.defaultPrevented) typeOn(event); });
beginAt(+log.dataset.at);
