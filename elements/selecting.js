// What is selected in a part of a node stays selected when that comes in another form, as far as it is still there.
const BESIDE = [24, 12, 6, 3];
const offsetIn = (part, node, at) => {
  const range = new Range();
  range.setStart(part, 0); range.setEnd(node, at);
  return range.toString().length;
};
const pointAt = (part, offset) => {
  const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  let node = texts.nextNode(), rest = offset;
  while (node && rest > node.length) { rest -= node.length; node = texts.nextNode(); }
  return node ? [node, rest] : [part, 0];
};
// Without the mark of what was edited, which comes at the end.
const wordsOf = (part) => {
  const mark = part.querySelector(".edited")?.textContent ?? "", {length} = part.textContent;
  return part.textContent.slice(0, length - mark.length).trimEnd();
};
// The same letters at the beginning of both, and at the end.
const sameEnds = (was, is) => {
  const most = Math.min(was.length, is.length);
  let from = 0, end = 0;
  while (from < most && was[from] === is[from]) from += 1;
  while (end < most - from && was.at(-1 - end) === is.at(-1 - end)) end += 1;
  return [from, end];
};
// Between them by the letters next to it, the more the better, where they are nearest.
const nearest = (letters, is, near) => {
  const places = Array.from({length: is.length}, (_, at) => at).filter((at) => is.startsWith(letters, at));
  return places.toSorted((a, b) => Math.abs(a - near) - Math.abs(b - near))[0];
};
const foundAgain = (offset, was, is, isStart) => {
  for (const size of BESIDE) {
    const letters = isStart ? was.slice(offset, offset + size) : was.slice(Math.max(0, offset - size), offset);
    const at = nearest(letters, is, isStart ? offset : offset - letters.length);
    if (at !== undefined) return isStart ? at : at + letters.length;
  }
  return undefined;
};
const movedTo = (offset, was, is, isStart) => {
  const [from, end] = sameEnds(was, is), isBelow = offset >= was.length - end;
  if (isBelow && (isStart || offset > from)) return offset + is.length - was.length;
  return offset <= from ? offset : foundAgain(offset, was, is, isStart) ?? from;
};
const endsIn = (part, selection) => {
  const {anchorNode, anchorOffset, focusNode, focusOffset, rangeCount} = selection;
  if (!rangeCount) return [];
  const {startContainer, startOffset} = selection.getRangeAt(0);
  return [[anchorNode, anchorOffset], [focusNode, focusOffset]].map(([of, at]) => ({of, at,
    offset: part?.contains(of) ? offsetIn(part, of, at) : -1, isStart: of === startContainer && at === startOffset}));
};
export const keepSelected = (node, selector, change) => {
  const part = node.querySelector(selector), selection = getSelection(), text = part && wordsOf(part);
  const ends = endsIn(part, selection);
  change();
  const now = node.querySelector(selector);
  if (!now || now === part || ends.every(({offset}) => offset < 0)) return;
  selection.setBaseAndExtent(...ends.flatMap(({of, at, offset, isStart}) =>
    offset < 0 ? [of, at] : pointAt(now, movedTo(offset, text, wordsOf(now), isStart))));
};
