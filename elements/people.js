// Fields for people, in dialogs. Who is chosen stands there as a button, which takes them away again, and only that
// does; the list below it covers nothing. It is offered who can be: everybody, or who is not in a room.
import {offer, takeView} from "./context.js";
import {LETTERS, choose, chooseFrom, chosenIn, closeList, matching, offerRows, showNow} from "./choosing.js";
import {onKeys} from "./dom.js";
import {peopleIn} from "./suggesting.js";
const MOST_ROWS = 50, emptyChip = takeView(".chip");
const peopleAt = (node) => node.closest?.(".choosing");
const nameField = (field) => field.querySelector("input");
const chipsIn = (field) => [...field.querySelectorAll(".chip")];
const chosenNames = (field) => chipsIn(field).map(({textContent}) => textContent);
const tellChosen = (field) => field.dispatchEvent(
  new CustomEvent("chosen", {bubbles: true, detail: chosenNames(field)}));
const showPeople = () => {
  const input = document.activeElement, field = peopleAt(input), {room, group} = field.dataset, {value: typed} = input;
  const {groups, isAwaited} = peopleIn(+room, typed), there = new Set(chosenNames(field));
  const rows = (groups[group] ?? []).filter(({firstChild: {textContent}}) => !there.has(textContent));
  const list = field.querySelector("ul"), found = matching(rows, typed, LETTERS).slice(0, MOST_ROWS);
  list.hidden = false; offerRows(list, found, isAwaited);
  if (!typed.trim()) choose(list, null);  // Enter is for the dialog then
};
const goOnChoosing = (field) => { nameField(field).focus(); showNow(); tellChosen(field); };
const takePerson = (row) => {
  const field = peopleAt(row), input = nameField(field), chip = emptyChip.cloneNode(true);
  chip.firstChild.textContent = row.firstChild.textContent; chip.ariaLabel = `Remove ${chip.textContent}`;
  input.before(chip); input.value = "";
  goOnChoosing(field);
};
const dropPerson = (chip) => {
  const field = peopleAt(chip);
  chip.remove(); goOnChoosing(field);
};
const isUntyped = ({target}) => target.matches(".choosing input") && !target.value;
const dropLastPerson = (event) => {
  const last = isUntyped(event) && !event.repeat && chipsIn(peopleAt(event.target)).at(-1);
  return last ? dropPerson(last) : false;
};
const submit = (list) => list.closest("form").requestSubmit();
const enterIn = (list, takeIt) => (key) => {
  const typed = nameField(peopleAt(list)).value.trim();
  if (chosenIn(list) || typed && list.ariaBusy) takeIt(key); else if (!typed) submit(list);
};
const stopOffering = (list) => { nameField(peopleAt(list)).value = ""; closeList(list); list.hidden = true; };
// Where something would be lost, the dialog goes by the second Escape only.
const hasWork = (list) => nameField(peopleAt(list)).value || chipsIn(peopleAt(list)).length;
const peopleKeys = (takeIt, list) =>
  ({Enter: enterIn(list, takeIt), Escape: hasWork(list) ? () => stopOffering(list) : null});
chooseFrom("people", {show: showPeople, take: takePerson, keys: peopleKeys});
onKeys(document, {Backspace: dropLastPerson});
document.addEventListener("focusin", ({target}) => { if (target.matches(".choosing input")) showNow(); });
offer("dropPerson", (_, chip) => dropPerson(chip));
