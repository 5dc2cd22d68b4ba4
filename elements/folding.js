// What happened in a room stands there in quiet lines. Several in a row are one: the first one says what the next ones
// say, too, or how many more there are, until somebody wants to see each.
import {offer, when} from "./context.js";
import {element} from "./dom.js";
import {isSystem, keeping, messageOf, shownMessages} from "./transcript.js";
const MOST_SAID = 4;
const nameIn = (line) => line.querySelector(".name");
const saidIn = (line, above) => {
  const part = line.querySelector(".one").cloneNode(true);
  if (nameIn(line).textContent === nameIn(above).textContent) part.replaceChildren(part.lastElementChild);
  return [", ", part];
};
const sayOthers = (head, lines) => {
  const was = head.querySelector(".others"), button = head.querySelector(".each");
  const said = lines.length <= MOST_SAID + 1 ? lines : lines.slice(0, MOST_SAID), more = lines.length - said.length;
  const parts = said.flatMap((line, at) => saidIn(line, lines[at - 1] ?? head));
  const now = element("span", {className: "others"}, ...parts);
  if (!now.isEqualNode(was)) was.replaceWith(now);  // or else it stays, and may be selected
  button.hidden = !more; button.firstElementChild.textContent = more;
};
const foldRun = ([head, ...others]) => {
  const isOne = others.length > 0 && !head.matches(".unfolded");
  head.classList.toggle("several", isOne); head.classList.remove("folded");
  sayOthers(head, isOne ? others : []);
  for (const line of others) { foldRun([line]); line.classList.toggle("folded", isOne); }
};
when("arranged", () => {
  const runs = [];
  for (const line of shownMessages().filter(isSystem))
    if (line.matches(".follows")) runs.at(-1).push(line); else runs.push([line]);
  runs.forEach(foldRun);
});
offer("showEach", ({id}) => keeping(() => messageOf(id).classList.add("unfolded")));
