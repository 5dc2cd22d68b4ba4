// Completion in a field, after "@", ":" or "/". Of people, members of this room first, and among them who wrote last.
import {get, socket, takeView, tell, when} from "./context.js";
import {BEGINNING, INSIDE, choose, matching, offerRows, takeChosen} from "./choosing.js";
import {commandRows} from "./commands.js";
import {element, fromHtml, insert} from "./dom.js";
import {findEmoji, shortcode, usedEmoji} from "./emoji.js";
import {lastAuthors, view} from "./view.js";
const MOST_OFFERED = 8, FRESH = 60e3, MOST_KEPT = 200, NEVER = 1e3, NOBODY = [[], [], []];
const FIELDS = "[aria-controls=completion]", suggestions = takeView(".completion");
const known = new Map();  // answers, by what was asked
let lastTyped = "";
const groupsIn = (html) => Array.from(fromHtml(html).children, (list) => [...list.children]);
const learn = (asked, {html, more}) => {
  known.set(asked, {...known.get(asked), more, groups: html ? groupsIn(html) : NOBODY});
  tell("people");
};
const lookUp = (of) => {
  const asked = JSON.stringify(of), old = known.get(asked);
  if (!socket.connected || old?.by === socket.id && Date.now() - old.at < FRESH) return old;
  if (known.size > MOST_KEPT) known.clear();
  known.set(asked, {...old, by: socket.id, at: Date.now()});
  get("naming", of, (answer) => learn(asked, answer));
  return known.get(asked);
};
// Whom one can name in a room: its members, others, everyone. If these are too many to send, they are asked for by what
// is typed; otherwise they are kept for a minute, and while the connection is away.
export const peopleIn = (room, typed) => {
  const all = lookUp({room}), found = all?.more ? lookUp({room, typed}) : all;
  return {groups: found?.groups || all?.groups || NOBODY, isAwaited: socket.connected && !found?.groups};
};
const rowsOf = (found) => found.map(({row}) => row);
const peopleFor = (typed) => {
  const {groups: [here, others, everyone], isAwaited} = peopleIn(view.room, typed), recent = lastAuthors();
  const lastOf = (row) => recent.indexOf(row.firstChild.textContent) + 1 || NEVER;
  const named = [here, others].flatMap((group) => matching(group, typed, INSIDE, lastOf));
  const calls = matching(everyone, typed, BEGINNING);
  return {rows: rowsOf([...named.slice(0, MOST_OFFERED - calls.length), ...calls]), isAwaited};
};
const emojiRow = ({row: {textContent: mark}, name}) => {
  const row = element("li", {role: "option"},
    element("i", {textContent: mark}), element("bdi", {textContent: shortcode(name)}));
  row.dataset.text = `${mark} `;
  return row;
};
const emojiFor = (typed) => ({rows: findEmoji(typed).slice(0, MOST_OFFERED).map(emojiRow)});
const commandsFor = (typed) => ({rows: rowsOf(matching(commandRows, `/${typed}`, BEGINNING).filter(({rank}) => rank))});
const NAMED = /(?<![a-zA-Z0-9@＠\\]|(?<![@＠][\p{L}\p{M}\p{N}._-]*)[\p{L}\p{M}\p{N}._~-]\/+)[@＠][\p{L}\p{M}\p{N}._-]*$/u;
const KINDS = [
  {title: "People", begun: NAMED, find: peopleFor},
  {title: "Emoji", begun: /(?<![^\s([{]):[a-z0-9_+-]{2,}$/i, find: emojiFor},
  {title: "Commands", begun: /^\/[a-z]*$/, find: commandsFor},
];
const begunIn = (field) => {  // what stands before the caret, and what kind of thing it is
  const {selectionStart, selectionEnd, value} = field, before = value.slice(0, selectionStart);
  const kind = selectionStart === selectionEnd && KINDS.find((one) => one.begun.test(before));
  return kind ? {kind, typed: kind.begun.exec(before)[0]} : {};
};
const closeSuggestions = () => {
  if (suggestions.hidden) return;
  suggestions.hidden = true; suggestions.replaceChildren();
  choose();
};
const complete = (row, field) => {
  const {typed} = begunIn(field), {selectionEnd: end} = field, mark = row.querySelector("i");
  closeSuggestions();
  if (!typed) return;
  if (mark) usedEmoji(mark.textContent);
  insert(field, row.dataset.text, end - typed.length, end);
};
const completion = {list: suggestions, take: complete, close: closeSuggestions, keys: () => ({Tab: takeChosen})};
const suggest = (field) => {
  const {kind, typed = ""} = begunIn(field), {rows, isAwaited} = kind?.find(typed.slice(1)) || {rows: []};
  const isOver = !rows.length && !isAwaited;
  lastTyped = typed;
  if (isOver && suggestions.hidden) return;
  const {top, bottom} = field.parentNode.getBoundingClientRect();  // the list is where there is more room
  suggestions.hidden = isOver; suggestions.setAttribute("aria-label", kind?.title || "");
  suggestions.classList.toggle("below", innerHeight - bottom >= top);
  field.parentNode.append(suggestions); offerRows(field, completion, rows, isAwaited);
};
const writing = () => document.activeElement?.matches(FIELDS) && document.activeElement;
const suggestAgain = () => { if (writing()) suggest(writing()); };
document.addEventListener("input", ({target}) => { if (target.matches(FIELDS)) suggest(target); });
document.addEventListener("selectionchange", () => {  // the caret may have moved
  if (writing() && (begunIn(writing()).typed || "") !== lastTyped) suggest(writing());
});
document.addEventListener("focusout", ({target}) => { if (target.matches(FIELDS)) closeSuggestions(); });
for (const news of ["people", "emoji"]) when(news, suggestAgain);
when("opened", closeSuggestions);
socket.on("disconnect", closeSuggestions);  // nothing that was asked for is answered any more
