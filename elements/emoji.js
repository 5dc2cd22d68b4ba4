// Emoji. The picker is one dialog with all of them, which Python wrote; it comes when it is first needed. What was used
// last, and the skin tone, are kept in this browser.
import {complain, promote, recentOf, store, stored, tell, views} from "./context.js";
import {WORD, WORDS, beginChoosing, choose, chosenRow, matching} from "./choosing.js";
import {element, fromHtml, hasPointer, placeBeside, targetOf} from "./dom.js";
const KEPT_EMOJI = 24, COLUMNS = 8, SHOWN = 96, UNUSED_EMOJI = 1e3, USUAL = ["👍", "❤️", "😂", "🎉", "👀", "✅"];
const FAILED = "The emoji did not come: try again in a moment.";
let loadingPicker = null, picker = null, allCells = [], searchedFor = null, picked = null;
export const usedEmoji = (emoji) => promote("emoji", emoji, KEPT_EMOJI);
export const recentEmoji = (most) => [...new Set([...recentOf("emoji"), ...USUAL])].slice(0, most);
export const shortcode = (name) => `:${name.replaceAll(" ", "_")}:`;
const bare = (emoji) => emoji.replace(/[🏻-🏿]|\uFE0F/gu, "");
const part = (selector) => picker.querySelector(selector);
// Of those whose names begin as it was typed, the one that is nearly typed comes first.
const findCells = (typed, worst) => {
  const order = recentOf("emoji").map(bare);
  return matching(allCells, typed.replace(/[\s:_]+/g, " "), worst, (cell, rank, name) =>
    order.indexOf(bare(cell.textContent)) + 1 || UNUSED_EMOJI + (rank < WORD && name.length));
};
const firstFound = () => part(".result button");
const tellName = (cell = chosenRow() || firstFound()) => {
  part(".foot").textContent = cell?.ariaLabel ? `${cell.textContent} ${shortcode(cell.ariaLabel)}` : "";
};
const takeCell = (cell) => {
  if (!cell) return;
  picker.close(); usedEmoji(cell.textContent);
  picked(cell.textContent);
};
const linesOf = (grid) => Array.from({length: Math.ceil(grid.children.length / COLUMNS)},
  (_, at) => [...grid.children].slice(at * COLUMNS, (at + 1) * COLUMNS));
const move = (across, down) => {  // in the grid; above its first line is the search
  const grids = [...picker.querySelectorAll("section > div")].filter((grid) => grid.checkVisibility());
  const lines = grids.flatMap(linesOf), cells = lines.flat(), chosen = chosenRow();
  const at = lines.findIndex((line) => line.includes(chosen)), line = lines[at + down];
  const next = down ? line?.[Math.min(lines[at]?.indexOf(chosen) || 0, line.length - 1)]
    : cells[cells.indexOf(chosen) + across];
  if (next || across + down < 0) choose(next);
  tellName();
};
const pickerKeys = () => ({
  ArrowUp: () => move(0, -1), ArrowDown: () => move(0, 1), Enter: () => takeCell(chosenRow() || firstFound()),
  ...(chosenRow() && {ArrowLeft: () => move(-1, 0), ArrowRight: () => move(1, 0)}),
});
const copyCell = ({row, name}) => Object.assign(row.cloneNode(true), {id: "", ariaLabel: name});
const recentCell = (emoji) => {  // as it was used, whatever the tone is now
  const {ariaLabel = ""} = allCells.find((cell) => bare(cell.textContent) === bare(emoji)) || {};
  return element("button", {role: "option", tabIndex: -1, ariaLabel, textContent: emoji});
};
const showFound = () => {
  const text = searchedFor.value.trim(), found = text ? findCells(text, WORDS).slice(0, SHOWN) : [];
  choose();
  picker.classList.toggle("searching", !!text);
  part(".result > div").replaceChildren(...found.map(copyCell));
  part(".emoji").scrollTop = 0; tellName();
};
const paintTone = () => {
  const tone = stored(localStorage, "tone") || "";
  part(`.tones [value="${tone}"]`).checked = true;
  for (const cell of picker.querySelectorAll("[data-plain]"))
    cell.textContent = tone ? cell.dataset.plain.replace(/^(.)\uFE0F?/u, `$1${tone}`) : cell.dataset.plain;
};
const listenInPicker = () => {
  searchedFor.addEventListener("input", showFound);
  part(".tones").addEventListener("change", ({target}) => {
    store(localStorage, "tone", target.value); paintTone(); tellName();
  });
  picker.addEventListener("pointerover", (event) => tellName(targetOf(event, "[role=option]") || undefined));
  part("nav").addEventListener("click", ({target}) => part(`[data-group="${target.title}"]`)?.scrollIntoView());
};
const addPicker = (html) => {
  document.body.append(fromHtml(html));
  picker = document.body.lastElementChild; searchedFor = part("[type=search]");
  allCells = [...picker.querySelectorAll("[data-key]")];
  (hasPointer() ? searchedFor : part(".emoji")).autofocus = true;
  paintTone(); listenInPicker();
  tell("emoji");
};
const textOf = (answer) => answer.ok ? answer.text() : Promise.reject(answer);
const loadPicker = () => {
  loadingPicker ||= fetch(views.dataset.picker).then(textOf).then(addPicker);
  loadingPicker.catch(() => { loadingPicker = null; });
  return loadingPicker;
};
export const findEmoji = (typed) => {  // none until they are there
  if (!picker) loadPicker();
  return picker ? findCells(typed, WORD) : [];
};
const openPicker = (anchor) => {
  searchedFor.value = "";
  picker.showModal();
  beginChoosing(searchedFor, {list: part(".emoji"), take: takeCell, close: () => picker.close(), keys: pickerKeys});
  part(".recent > div").replaceChildren(...recentOf("emoji").map(recentCell));
  showFound(); placeBeside(picker, anchor, 8);
};
export const pick = (anchor, then) => {
  picked = then;
  loadPicker().then(() => openPicker(anchor), () => complain(FAILED));
};
