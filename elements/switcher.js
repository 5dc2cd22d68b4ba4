// The quick switcher: rooms, which the sidebar has links to, and people by some of their letters.
import {LOBBY, promote, recentOf, takeView, when} from "./context.js";
import {LETTERS, matching, offerRows} from "./choosing.js";
import {peopleIn} from "./completion.js";
import {element} from "./dom.js";
import {open, openDirect} from "./opening.js";
import {offer} from "./runtime.js";
import {view} from "./view.js";
const MOST_CHOICES = 12, KEPT_ROOMS = 50, UNUSED = 1e3, HERE = 2e3;  // where I am already comes last
const switcher = takeView(".switcher"), help = takeView(".keys");
const choiceField = switcher.querySelector("input");
export const isSwitcherOpen = () => switcher.open;
export const showKeys = () => { switcher.close(); help.showModal(); };
const remember = ({id}) => promote("recent", id, KEPT_ROOMS);
const lastUse = (room, order) => room === view.room ? HERE : order.indexOf(room) + 1 || UNUSED;
const choiceRow = (from) => {
  const note = !from.dataset.room ? "new conversation" : from.matches(".unread") ? "unread" : "";
  const row = element("li", {role: "option"}, from.firstChild.cloneNode(true), element("span", {textContent: note}));
  Object.assign(row.dataset, {kind: "direct"}, from.dataset);
  return row;
};
const goToChoice = ({dataset: {room}, firstChild: {textContent: name}}) => {
  switcher.close();
  if (room) open(+room); else openDirect([name]);
};
const switching = {list: switcher.querySelector("ul"), take: goToChoice, close: () => switcher.close()};
const showChoices = () => {
  const typed = choiceField.value, order = recentOf("recent");
  const links = [...document.querySelectorAll(".sidebar a[data-room]")];
  const met = new Set(links.map((link) => link.dataset.person));
  const {groups: [people], isAwaited} = peopleIn(LOBBY, typed);
  const rows = [...links, ...people.filter((row) => !met.has(row.dataset.user))];
  const found = matching(rows, typed, LETTERS, (row) => lastUse(+row.dataset.room, order)).slice(0, MOST_CHOICES);
  offerRows(choiceField, switching, found.map(({row}) => choiceRow(row)), isAwaited);
};
export const toggleSwitcher = () => {
  if (switcher.open) return switcher.close();
  choiceField.value = ""; switcher.showModal();
  return showChoices();
};
document.body.append(switcher, help);
document.addEventListener("click", ({target}) => { if (target.matches("dialog")) target.close(); });  // beside it
if (navigator.platform.startsWith("Mac"))
  for (const key of help.querySelectorAll("kbd")) key.textContent = key.textContent.replace("Ctrl", "⌘");
choiceField.addEventListener("input", showChoices);
offer("help", showKeys);
when("people", () => { if (switcher.open) showChoices(); });
when("opened", remember);
remember({id: view.room});
