// Marks of Markdown around what is selected in a text, by keys: pressed again they take them away. And whether Enter
// stands in a block of code that is not finished.
import {hasPointer, insert, isMac, onKeys} from "./dom.js";
const KEYS = {"Ctrl b": "**", "Ctrl i": "*", "Ctrl e": "`", "Ctrl Shift x": "~~"};
const OPENING = /^ {0,3}(~{3,})|^ {0,3}(`{3,})[^`]*$|(?<!`)(`{3,})[ \t]*[\w+#.-]*[ \t]*$/;
const fenceIn = (line) =>
  line.match(/`{3,}/g)?.length % 2 === 0 ? "" : OPENING.exec(line)?.slice(1).find(Boolean) ?? "";
// The fence in a text that no later one of its kind closes, wherever that stands in its line.
const openFence = (text) => text.split("\n").reduce((fence, line) =>
  fence ? line.includes(fence) ? "" : fence : fenceIn(line), "");
export const isInBlock = ({selectionStart, value}) => !!openFence(value.slice(0, selectionStart));
const isUnfinished = (field) => isInBlock(field) && !!openFence(field.value);
// Enter makes a line where no other key could, and in a block of code that is not finished.
export const ends = (does) => ({target}) => hasPointer() && !isUnfinished(target) && does();
export const breakLine = ({target}) => insert(target, "\n");
export const isText = (node) => node.matches?.("[aria-controls=completion]");

// How many characters of a mark stand beside these places: "***" is bold and italic.
const runAt = (text, letter, by) => new RegExp(by < 0 ? `\\${letter}*$` : `^\\${letter}*`).exec(text)[0].length;
const sizeOf = (run, mark) => mark === "`" ? run : mark.length > 1 ? run > 1 && 2 : run % 2;
const sizeAround = (before, after, mark) =>
  sizeOf(Math.min(runAt(before, mark[0], -1), runAt(after, mark[0], 1)), mark);
const sizeWithin = (text, mark) => {
  const size = sizeOf(Math.min(runAt(text, mark[0], 1), runAt(text, mark[0], -1)), mark);
  return text.length > 2 * size && size;
};
// What a line of a list or a quote begins with stays outside, and so does white space.
const partsOf = (line) => /^(\s*(?:(?:[-+*]|\d{1,9}[.)]|>)\s+)*)(.*?)(\s*)$/.exec(line).slice(1);
const longestIn = (words) => Math.max(0, ...(words.match(/`+/g) ?? []).map(({length}) => length));
const markLine = (line, mark) => {
  const [begin, words, end] = partsOf(line), around = mark === "`" ? mark.repeat(longestIn(words) + 1) : mark;
  return words ? begin + around + words + around + end : line;
};
const clearLine = (line, mark) => {
  const [begin, words, end] = partsOf(line), size = sizeWithin(words, mark) || 0;
  return begin + words.slice(size, words.length - size) + end;
};
const isMarked = (lines, mark) => lines.every((line) => !line.trim() || sizeWithin(partsOf(line)[1], mark));
const isOne = (words) => !words.split("\n")[1];
const replaceBy = (field, from, to, text, start, end) => {
  insert(field, text, from, to); field.setSelectionRange(start, end);
};
const markCaret = (field, mark, at) => {
  const {value} = field, inside = at + mark.length;
  const isEnd = value.startsWith(mark, at) && value.slice(0, at).split(mark).length % 2 === 0;
  if (isEnd) field.setSelectionRange(inside, inside); else replaceBy(field, at, at, mark + mark, inside, inside);
};
const markWords = (field, mark, from, words) => {
  const lines = words.split("\n"), change = isMarked(lines, mark) ? clearLine : markLine;
  const text = lines.map((line) => change(line, mark)).join("\n");
  const inside = isOne(words) && change === markLine ? (text.length - words.length) / 2 : 0;  // the words stay selected
  const begin = inside && partsOf(words)[0].length;
  replaceBy(field, from, from + words.length, text, from + begin + inside, from + text.length - inside);
};
const toggleMark = (field, mark) => {
  const {selectionStart, selectionEnd, value} = field, selected = value.slice(selectionStart, selectionEnd);
  const words = selected.trim(), from = words ? selectionStart + selected.indexOf(words) : selectionEnd;
  const to = from + words.length, size = isOne(words) && sizeAround(value.slice(0, from), value.slice(to), mark);
  if (size) replaceBy(field, from - size, to + size, words, from - size, to - size);
  else if (words) markWords(field, mark, from, words);
  else markCaret(field, mark, from);
};
onKeys(document, Object.fromEntries(Object.entries(KEYS).map(([keys, mark]) =>
  [keys, ({ctrlKey, target}) => isText(target) && !(isMac && ctrlKey) && (toggleMark(target, mark), true)])));
