// Marks of Markdown around what is selected in a text, by keys: pressed again they take them away. And whether Enter
// stands in a block of code that is not finished.
import {hasPointer, insert, onKeys} from "./dom.js";
const KEYS = {"Ctrl b": "**", "Ctrl i": "*", "Ctrl e": "`", "Ctrl Shift x": "~~"};
const isMac = navigator.platform.startsWith("Mac");  // there ⌘ is the key, and Ctrl moves the caret
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
const runAt = (text, character, by) => {
  let length = 0;
  while (text.at(by < 0 ? -1 - length : length) === character) length++;
  return length;
};
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
const replaceBy = (field, from, to, text, start, end) => {
  insert(field, text, from, to); field.setSelectionRange(start, end);
};
const markCaret = (field, mark, at) => {
  const before = field.value.slice(0, at), after = field.value.slice(at), size = sizeAround(before, after, mark);
  const inside = at + mark.length, isEnd = after.startsWith(mark) && before.split(mark).length % 2 === 0;
  if (size) replaceBy(field, at - size, at + size, "", at - size, at - size);
  else if (isEnd) field.setSelectionRange(inside, inside);
  else replaceBy(field, at, at, mark + mark, inside, inside);
};
const markWords = (field, mark, from, words) => {
  const {value} = field, to = from + words.length, lines = words.split("\n"), isOne = !lines[1];
  const size = isOne && sizeAround(value.slice(0, from), value.slice(to), mark);
  if (size) return replaceBy(field, from - size, to + size, words, from - size, to - size);
  const change = isMarked(lines, mark) ? clearLine : markLine;
  const text = lines.map((line) => change(line, mark)).join("\n");
  const inside = isOne && change === markLine ? (text.length - words.length) / 2 : 0;  // the words stay selected
  const begin = inside && partsOf(words)[0].length;
  return replaceBy(field, from, to, text, from + begin + inside, from + text.length - inside);
};
const toggleMark = (field, mark) => {
  const {selectionStart: from, selectionEnd: to, value} = field;
  const selected = value.slice(from, to), words = selected.trim();
  if (words) markWords(field, mark, from + selected.indexOf(words), words); else markCaret(field, mark, to);
};
onKeys(document, Object.fromEntries(Object.entries(KEYS).map(([keys, mark]) =>
  [keys, ({ctrlKey, target}) => isText(target) && !(isMac && ctrlKey) && (toggleMark(target, mark), true)])));
