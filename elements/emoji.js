// Emoji. The picker is one dialog with all of them, which Python wrote; it comes when it is first needed. What was used
// last, and the skin tone, are kept in this browser.
import {writeAhead, writeNoMore} from "./ahead.js";
import {complain, composer, offer, promote, recentOf, store, stored} from "./context.js";
import {WORD, WORDS, choose, chooseFrom, chosenIn, matching, showNow} from "./choosing.js";
import {fromHtml, hasPointer, insert, placeBeside, targetOf} from "./dom.js";
const KEPT_EMOJI = 24, SHOWN = 96, UNUSED_EMOJI = 1e3;
let picker = null, list = null, searchedFor = null, picked = null;
const part = (selector) => picker.querySelector(selector);
export const usedEmoji = (emoji) => promote("emoji", emoji, KEPT_EMOJI);
// Those that I react with most are at hand. Each keeps its place while it is one of them.
const reacted = new Map(USUAL.map((emoji) => [emoji, 0]));
let usual = [];
export const reactedWith = (emoji, by) => reacted.set(emoji, (reacted.get(emoji) ?? 0) + by);
export const usualEmoji = (most) => {
  const best = [...reacted].toSorted(([, a], [, b]) => b - a).slice(0, most).map(([emoji]) => emoji);
  const others = best.filter((emoji) => !usual.includes(emoji));
  usual = best.map((_, at) => best.includes(usual[at]) ? usual[at] : others.shift());
  return usual;
};
offer("learnUsual", ({emoji}) => { for (const [one, times] of emoji) reacted.set(one, times); });
export const shortcode = (name) => `:${name.replaceAll(" ", "_")}:`;
const bare = (emoji) => emoji.replace(/[🏻-🏿]|\uFE0F/gu, "");
const allCells = () => picker ? [...picker.querySelectorAll(".every [data-key]")] : [];
// Of those whose names begin as it was typed, the one that is nearly typed comes first.
const findCells = (typed, worst) => {
  const order = recentOf("emoji").map(bare);
  return matching(allCells(), typed.replace(/[\s:_]+/g, " "), worst, ({textContent}, rank, name) =>
    order.indexOf(bare(textContent)) + 1 || UNUSED_EMOJI + (rank < WORD && name.length));
};
const tellName = (cell = chosenIn(list)) => {
  part(".foot").textContent = cell ? `${cell.textContent} ${shortcode(cell.ariaLabel)}` : "";
};
const chooseCell = (cell) => { choose(list, cell); tellName(); };
const takeCell = ({textContent: emoji}) => { picker.close(); usedEmoji(emoji); picked(emoji); };
const leftOf = (cell) => cell.getBoundingClientRect().left;
const move = (by, isDown) => {  // in the grid; above its first line is the search
  const grids = [...list.querySelectorAll("section > div")].filter((grid) => grid.checkVisibility());
  const cells = grids.flatMap(({children}) => Array.from(children)), chosen = chosenIn(list);
  const at = cells.indexOf(chosen), ahead = by > 0 ? cells.slice(at + 1) : cells.slice(0, Math.max(at, 0)).toReversed();
  const next = ahead.find((cell) => !isDown || !chosen || leftOf(cell) === leftOf(chosen));
  if (next || by < 0) chooseCell(next);
};
const pickerKeys = () => ({
  ArrowUp: () => move(-1, true), ArrowDown: () => move(1, true),
  ...(chosenIn(list) && {ArrowLeft: () => move(-1), ArrowRight: () => move(1)}),
});
const copyCell = ({row, name = row.ariaLabel}) => Object.assign(row.cloneNode(true), {id: "", ariaLabel: name});
const recentCell = (emoji) => {  // as it was used, whatever the tone is now
  const row = allCells().find((cell) => bare(cell.textContent) === bare(emoji));
  return row ? [Object.assign(copyCell({row}), {textContent: emoji})] : [];
};
const showFound = () => {
  const text = searchedFor.value.trim(), cells = text ? findCells(text, WORDS).slice(0, SHOWN).map(copyCell) : [];
  part(".result > div").replaceChildren(...cells);
  list.scrollTop = 0; chooseCell(cells[0]);
};
const paintTone = () => {
  const tone = stored(localStorage, "tone") || "", toned = tone ? `$1${tone}` : "$&";
  part(`.tones [value="${tone}"]`).checked = true;
  for (const cell of picker.querySelectorAll("section:not(.recent) [data-plain]"))
    cell.textContent = cell.dataset.plain.replace(/^(.)\uFE0F?/u, toned);
};
const addPicker = (html) => {
  document.body.append(fromHtml(html));
  picker = document.body.lastElementChild; searchedFor = part("[type=search]"); list = part(".emoji");
  (hasPointer() ? searchedFor : list).autofocus = true;
  chooseFrom("emoji", {show: showFound, take: takeCell, keys: pickerKeys});
  picker.addEventListener("pointerover", (event) => tellName(targetOf(event, "[role=option]") || undefined));
  paintTone(); showNow();
};
offer("tone", (_, {value}) => { store(localStorage, "tone", value); paintTone(); tellName(); });
offer("jump", (_, {title}) => part(`[data-group="${title}"]`)?.scrollIntoView());
const loadPicker = async () => {
  const html = !picker && await fetch(PICKER).then((reply) => reply.ok && reply.text()).catch(() => "");
  if (!picker && html) addPicker(html);
};
export const findEmoji = (typed) => { loadPicker(); return findCells(typed, WORD); };  // none until they are there
export const pick = async (anchor, then) => {
  if (!picker) writeAhead(".picker");
  await loadPicker();
  if (!picker) { writeNoMore(); return complain(SAYS.no_emoji); }
  picked = then; searchedFor.value = "";
  picker.showModal(); showFound();
  part(".recent > div").replaceChildren(...recentOf("emoji").flatMap(recentCell));
  placeBeside(picker, anchor, 8);
};
offer("insertEmoji", (_, button) => pick(button, (emoji) => insert(composer, emoji)));
