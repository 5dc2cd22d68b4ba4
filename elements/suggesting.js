// What is suggested while one types. In a text: people after "@", members of this room first, and among them who wrote
// last; emoji after ":"; and commands after "/" at its beginning, which Python describes (pages/commands.py). In the
// field for searches: people, rooms and days after its filters. In the quick switcher: rooms, which the sidebar has
// links to, and people, by some of their letters.
import {ask, callOffered, complain, composer, get, offer, promote, recentOf, say} from "./context.js";
import {socket, takeView, view, when} from "./context.js";
import {BEGINNING, INSIDE, LETTERS, chooseFrom, closeList, matching, offerRows, showAnswer} from "./choosing.js";
import {element, fromHtml, insert, isMac, onKeys} from "./dom.js";
import {findEmoji, shortcode, usedEmoji} from "./emoji.js";
import {openDirect} from "./meeting.js";
import {open} from "./opening.js";
import {isSystem, shownMessages} from "./transcript.js";
const MOST_OFFERED = 8, MOST_CHOICES = 12, KEPT_ROOMS = 50, UNUSED = 1e3, HERE = 2e3, FRESH = 60e3, MOST_KEPT = 200;
const known = new Map();  // answers on people, by what was asked
const groupsIn = (html) => Array.from(fromHtml(html).children, (list) => [...list.children]);
const lookUp = (of) => {
  const asked = JSON.stringify(of), found = known.get(asked) || {};
  const now = `${socket.id} ${Math.floor(Date.now() / FRESH)}`;
  if (!socket.connected || found.when === now) return found;
  if (known.size > MOST_KEPT) known.clear();
  known.set(asked, Object.assign(found, {when: now}));
  get("naming", of, ({html = "", more}) => { Object.assign(found, {more, groups: groupsIn(html)}); showAnswer(); });
  return found;
};
// Whom one can name in a room: its members, others, everyone. If these are too many to send, they are asked for by what
// is typed; otherwise they are kept for a minute, and while the connection is away.
export const peopleIn = (room, typed) => {
  const all = lookUp({room}), found = all.more ? lookUp({room, typed}) : all;
  return {groups: found.groups || all.groups || [], isAwaited: socket.connected && !found.groups};
};

for (const news of ["members_changed", "newcomer"]) socket.on(news, () => known.clear());

const suggestions = takeView(".completion"), commandRows = [...takeView(".commands").content.children];
const peopleFor = (typed) => {
  const {groups: [here = [], others = [], everyone = []], isAwaited} = peopleIn(view.room, typed);
  const written = shownMessages().filter((article) => !isSystem(article)).toReversed();
  const recent = written.map((article) => article.querySelector(".name").textContent);
  const lastOf = (row) => recent.indexOf(row.firstChild.textContent) + 1 || UNUSED;
  const named = [here, others].flatMap((group) => matching(group, typed, INSIDE, lastOf));
  const calls = matching(everyone, typed, BEGINNING);
  return {found: [...named.slice(0, MOST_OFFERED - calls.length), ...calls], isAwaited};
};
const withName = ({row: {textContent}, name}) =>
  ({row: element("li", {}, element("i", {textContent}), element("bdi", {textContent: shortcode(name)}))});
const emojiFor = (typed) => ({found: findEmoji(typed).slice(0, MOST_OFFERED).map(withName)});
const commandsFor = (typed) => ({found: matching(commandRows, `/${typed}`, BEGINNING).filter(({rank}) => rank)});
const NAMED = /(?<![a-zA-Z0-9@＠\\]|(?<![@＠][\p{L}\p{M}\p{N}._-]*)[\p{L}\p{M}\p{N}._~-]\/+)[@＠][\p{L}\p{M}\p{N}._-]*$/u;
const afterSign = (find) => (typed) => find(typed.slice(1));
const KINDS = [
  {title: "People", begun: NAMED, find: afterSign(peopleFor)},
  {title: "Emoji", begun: /(?<![^\s([{]):[a-z0-9_+-]{2,}$/i, find: afterSign(emojiFor)},
  {title: "Commands", begun: /^\/[a-z]*$/, find: afterSign(commandsFor)},
];
// In the field for searches: what its filters take.
const FILTER = /(?<![^\s(-])(from|in|has|on|before|after)[:：] ?[\x22“]?(?:[^\x22:：]*[^\x22\s:：])?$/i;
const optionRows = [...takeView(".filters").content.children], ROOMS = ".sidebar a[data-room]";
const QUOTED = new RegExp(`[${QUOTES}]`, "g");  // a name is found without them, too
const filterRow = (filter, row) => {
  const name = row.querySelector(".label").textContent, bare = name.replace(QUOTED, "");
  const value = /[\s()]/.test(bare) ? `"${bare}"` : bare;
  const made = element("li", {}, element("bdi", {textContent: name}));
  made.dataset.text = `${filter}:${value} `;
  made.dataset.archived = row.dataset.archived ?? "no";
  return {row: made};
};
const rowsFor = (filter, value) => filter === "from" ? peopleIn(LOBBY, value)
  : {groups: filter === "in" ? [[...document.querySelectorAll(ROOMS)]] : []};
const findFiltered = (typed) => {
  const filter = FILTER.exec(typed)[1].toLowerCase(), value = typed.replace(/^[^:：]*[:：] ?[\x22“]?[@＠#]?/, "");
  const {groups: [rows = []], isAwaited} = rowsFor(filter, value), options = matching(optionRows, typed, BEGINNING);
  const named = matching(rows, value, INSIDE).map(({row}) => filterRow(filter, row));
  return {found: [...options, ...named].slice(0, MOST_OFFERED), isAwaited};
};
const FILTERS = [{title: "Filter", begun: FILTER, find: findFiltered}];
offer("addFilter", (_, {textContent, form: {elements: {query}}}) => {
  const {length} = query.value;
  insert(query, (/\S$/.test(query.value) ? " " : "") + textContent, length, length);
});

const begunIn = ({name, selectionStart, selectionEnd, value}) => {  // what stands before the caret
  const before = selectionStart === selectionEnd ? value.slice(0, selectionStart) : "";
  const kind = (name === "query" ? FILTERS : KINDS).find(({begun}) => begun.test(before));
  return {...kind, typed: kind?.begun.exec(before)[0] || ""};
};
let begun = {typed: ""};  // what was typed, and where
const closeSuggestions = () => closeList(suggestions);
const complete = (row) => {
  const {field, typed} = begun, {selectionEnd: end} = field, mark = row.querySelector("i");
  closeSuggestions();
  if (mark) usedEmoji(mark.textContent);
  insert(field, row.dataset.text || `${mark.textContent} `, end - typed.length, end);
};
const placeAt = (box) => {  // where there is more room
  const {top, bottom} = box.getBoundingClientRect();
  suggestions.classList.toggle("below", innerHeight - bottom >= top);
  box.append(suggestions);
};
const suggest = () => {
  const field = document.activeElement;
  begun = {field, ...begunIn(field)};
  const {title, find, typed} = begun, {found, isAwaited} = find?.(typed) || {found: []};
  if (found.length) { suggestions.ariaLabel = title; placeAt(field.parentNode); }
  offerRows(suggestions, found, isAwaited);
};
chooseFrom("completion", {list: suggestions, show: suggest, take: complete,
  keys: (takeIt) => ({Tab: takeIt, Escape: closeSuggestions})});
const isOther = (field) => field.matches("[aria-controls=completion]") && begunIn(field).typed !== begun.typed;
document.addEventListener("selectionchange", () => { if (isOther(document.activeElement)) suggest(); });
document.addEventListener("focusout", closeSuggestions);
when("opened", closeSuggestions);
socket.on("disconnect", closeSuggestions);  // nothing that was asked for is answered any more

const COMMAND = /^\/(\p{L}[^\s/]*)(?:\s+([^]*))?$/u;
const done = (typed, text) => {  // unless something else was typed meanwhile
  if (composer.value === typed) { composer.value = ""; composer.dispatchEvent(new Event("input", {bubbles: true})); }
  complain("");
  if (text) say(text);
};
// The text to send, if it is one. What commands send is known here; all else the server does, or refuses, and a refusal
// keeps what was typed.
export const textToSend = (typed) => {
  const [, given, text = ""] = COMMAND.exec(typed) || [], name = given?.toLowerCase();
  const {example, send, call} = commandRows.find((row) => row.dataset.key === `/${name}`)?.dataset || {};
  if (!given) return typed;
  if (call) { callOffered(call); return done(typed); }
  if (send && (text.trim() || !example)) return send.replace("{}", () => text.trim());
  return ask("command", {room: view.room, name: given, text}, (answer) => done(typed, answer.say));
};

const switcher = document.querySelector(".switcher"), help = document.querySelector(".keys");
const [choiceField, choices] = switcher.children;
export const showKeys = () => { switcher.close(); help.showModal(); };
const justOpened = [];
const remember = () => { for (const room of justOpened.splice(0)) promote("recent", room, KEPT_ROOMS); };
const goToChoice = ({dataset: {room}, firstChild: {textContent: name}}) => {
  switcher.close();
  if (room) open(+room); else openDirect([name]);
};
// Rooms come first after "#", people after "@".
const SIGNED = {"#": ":not([data-kind=direct])", "@": "[data-kind=direct]"};
const byTheirSign = (found, typed) => {
  const meant = SIGNED[typed.normalize("NFKC").trim()[0]] ?? "*";
  return found.toSorted((a, b) => b.row.matches(meant) - a.row.matches(meant));
};
const showChoices = () => {
  const {value: typed} = choiceField, {groups: [people = []], isAwaited} = peopleIn(LOBBY, typed);
  const links = [...document.querySelectorAll(ROOMS)], order = recentOf("recent");
  const met = new Set(links.map(({dataset: {person}}) => person));
  const lastUse = ({dataset: {room}}) =>  // where I am already comes last
    +room === view.room ? HERE : order.indexOf(+room) + 1 || UNUSED;
  const found = matching([...links, ...people.filter(({dataset: {user}}) => !met.has(user))], typed, LETTERS, lastUse);
  offerRows(choices, byTheirSign(found, typed).slice(0, MOST_CHOICES), isAwaited);
};
export const showSwitcher = () => { remember(); choiceField.value = ""; switcher.showModal(); showChoices(); };
chooseFrom("choices", {show: showChoices, take: goToChoice});
onKeys(switcher, {"Ctrl k": () => switcher.close()});
document.addEventListener("click", ({target}) => { if (target.matches("dialog")) target.close(); });  // beside it
if (isMac) for (const key of help.querySelectorAll("kbd")) key.textContent = key.textContent.replace("Ctrl", "⌘");
offer("help", showKeys);
when("opened", (room) => { justOpened.push(room); setTimeout(remember, 100); });  // after the frame that shows it
promote("recent", view.room, KEPT_ROOMS);
