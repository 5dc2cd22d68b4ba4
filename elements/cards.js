// The card of a person, at their name, wherever that stands: by a click, or by Enter when the name has the focus, which
// comes back to it.
import {ask, offer} from "./context.js";
import {onKeys, placeBeside, targetOf} from "./dom.js";
import {putFragment} from "./fragments.js";
const NAMES = "[role=button]:is(.name, .actor, .mention)", card = document.querySelector(".person-card");
const showCard = (username, beside) => ask("card", {username}, ({html}) => {
  putFragment(".person-card", html[".person-card"]);
  if (beside.isConnected) placeBeside(card, beside, 4, true);
});
const nameAt = (node) => node.textContent.slice(node.matches(".mention") ? 1 : 0);  // a name may begin so
const showNamed = (node) => showCard(nameAt(node), node);
document.addEventListener("click", (event) => {  // before what a row does in which the name stands
  const node = targetOf(event, NAMES);
  if (!node || !getSelection().isCollapsed) return;  // it is being selected
  event.preventDefault(); event.stopPropagation(); showNamed(node);
}, true);
const showFocused = ({target}) => target.matches?.(NAMES) ? void showNamed(target) : false;
onKeys(document, {Enter: showFocused, " ": showFocused});
offer("card", ({username}, button) => showCard(username, button));
