// The panel shows one view, which asks for all that it shows by itself.
import {chat, rooms, takeView, tell, views, when} from "./context.js";
import {steps} from "./dom.js";
import {open, openDirect} from "./opening.js";
import {offer, renewView} from "./runtime.js";
import {view} from "./view.js";
const panel = takeView(".panel"), [closeButton, content] = panel.children;
let shown = null, opener = null, typed = "";  // typed: what is looked for, also when the panel is opened again
const showIn = (name) => {
  content.replaceChildren(views.querySelector(`template[data-panel="${name}"]`).content.cloneNode(true));
  panel.ariaLabel = content.querySelector("h2").textContent.trim();
  panel.hidden = false; panel.scrollTop = 0;
  const field = content.querySelector("input[name]");
  if (field) { field.value = typed; field.select(); }
};
const hidePanel = () => {
  shown = null; panel.hidden = true; content.textContent = "";
  if (opener) (opener.checkVisibility() ? opener : document.getElementById("rooms")).focus();
  opener = null;
};
export const togglePanel = (name, from = null) => {
  if (shown === name) return hidePanel();
  shown = name; opener = from;
  showIn(name); renewView(content.firstElementChild);
  return opener && (content.querySelector("input") || closeButton).focus();
};
export const closePanel = () => { const was = !!shown; hidePanel(); return was; };
const uncover = () => { if (matchMedia("(max-width: 1099px)").matches) hidePanel(); };  // it lies over the chat
chat.append(panel);
closeButton.addEventListener("click", hidePanel);
content.addEventListener("input", ({target: {name, value}}) => { if (name) typed = value; });
steps(content, "input[name], .found", ([top]) => top?.matches("input") && top);
offer("panel", (_, button) => togglePanel(button.dataset.panel, button));
offer("showFound", ({room, id}) => { open(room, {at: id}); uncover(); });
offer("writeTo", ({members}) => { openDirect(members); uncover(); });
when("changed", ({id, name}) => {
  for (const node of content.querySelectorAll(`[data-called="${id}"]`)) node.textContent = name;
});
when("states", (people) => {  // somebody new is in all open rooms
  const isNew = people.some((person) => !content.querySelector(`[data-person="${person}"]`));
  if (isNew && rooms.get(view.room)?.kind === "open") tell("newcomer");
});
