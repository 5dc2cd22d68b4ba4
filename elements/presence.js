// Who is here, as dots at names and avatars.
import {socket} from "./context.js";
import {get} from "./asking.js";
const states = new Map();
export const stateOf = (person) => states.get(String(person)) || "offline";
const paint = () => {
  for (const node of document.querySelectorAll("[data-person], .transcript article"))
    node.dataset.state = stateOf(node.dataset.person || node.dataset.author);
};
const learnStates = (news) => {
  for (const [person, state] of Object.entries(news)) states.set(person, state);
  paint();
};
socket.on("states", learnStates);
socket.on("connect", () => get("here", {}, (answer) => {
  if (!answer.error) { states.clear(); learnStates(answer.states); }
}));
