// The panel shows one view, which asks for all that it shows by itself.
import {chat, takeView, views, when} from "./context.js";
import {steps} from "./dom.js";
import {open, openDirect} from "./opening.js";
import {offer, renewView} from "./runtime.js";
const panel = takeView(".panel"), [closeButton, content] = panel.children;
let shown = {}, typed = "";  // typed: what is looked for, also when the panel is opened again
const field = () => content.querySelector("input[name]");
export const closePanel = () => {
  const {name, opener} = shown;
  shown = {}; panel.hidden = true; content.textContent = "";
  if (opener) (opener.checkVisibility() ? opener : document.getElementById("rooms")).focus();
  return name;
};
export const togglePanel = (name, opener) => {
  if (shown.name === name) return closePanel();
  shown = {name, opener};
  content.replaceChildren(views.querySelector(`template[data-panel="${name}"]`).content.cloneNode(true));
  panel.ariaLabel = content.querySelector("h2").textContent.trim();
  panel.hidden = false; panel.scrollTop = 0;
  if (field()) field().value = typed;
  field()?.select(); renewView(content.firstElementChild);
  return opener && (content.querySelector("input") || closeButton).focus();
};
const uncover = () => { if (matchMedia("(max-width: 1099px)").matches) closePanel(); };  // it lies over the chat
chat.append(panel);
closeButton.addEventListener("click", closePanel);
content.addEventListener("input", ({target: {name, value}}) => { if (name) typed = value; });
steps(content, "input[name], .found", ([top]) => top?.matches("input") && top);
offer("panel", (_, button) => togglePanel(button.dataset.panel, button));
offer("showFound", ({room, id}) => { open(room, {at: id}); uncover(); });
offer("writeTo", ({members}) => { openDirect(members); uncover(); });
const namesOf = (room) => content.querySelectorAll(`[data-called="${room}"]`);
when("changed", ({id, name}) => { for (const node of namesOf(id)) node.textContent = name; });
