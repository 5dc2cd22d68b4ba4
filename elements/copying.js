// What is copied from among messages: in each group once the name and the time, then the texts, with the numbers of
// their lists; not what stands around them (marks, buttons, reactions).
import {element, targetOf} from "./dom.js";
import {shownMessages} from "./transcript.js";
const LISTS = "ol, ul", AROUND = ".edited, template", INDENT = "    ";
const textOf = (article) => article.querySelector(":scope > .text");
// Not what only happened.
const isIn = (range) => (article) => textOf(article) && range.intersectsNode(textOf(article));
const numberOf = (item) => item.hasAttribute("value") ? item.value
  : item.previousElementSibling ? numberOf(item.previousElementSibling) + 1 : item.parentNode.start;
const depthOf = (item) => item ? depthOf(item.parentNode.closest(".text li")) + 1 : -1;
const markOf = (item) => INDENT.repeat(depthOf(item)) + (item.parentNode.matches("ol") ? `${numberOf(item)}. ` : "- ");
const partIn = (range, node) => {
  const part = new Range();
  part.selectNodeContents(node);
  if (range.comparePoint(node, 0) < 0) part.setStart(range.startContainer, range.startOffset);
  if (range.comparePoint(node, node.childNodes.length) > 0) part.setEnd(range.endContainer, range.endOffset);
  return part;
};
const clonesIn = (part, {commonAncestorContainer: around} = part) =>
  around.matches?.(LISTS) ? element(around.localName, {}, part.cloneContents()) : part.cloneContents();
// As it is read, which only what is in the page can tell.
const plainOf = (node, marks) => {
  node.querySelectorAll("li").forEach((item, at) =>
    (item.firstElementChild?.matches("p") ? item.firstElementChild : item).prepend(marks[at]));
  document.body.append(node);
  const text = node.innerText.replace(/^\n+|\s+$/g, "");
  node.remove();
  return text;
};
const copyOfText = (article, range) => {
  const text = textOf(article), part = partIn(range, text), around = part.commonAncestorContainer;
  const items = [...text.querySelectorAll("li")].filter((item) => part.intersectsNode(item) && !item.contains(around));
  const node = element("div", {className: "text copied"}, clonesIn(part));
  for (const other of node.querySelectorAll(AROUND)) other.remove();
  const all = [...node.querySelectorAll("li")];
  node.querySelectorAll("ol > li").forEach((item) => { item.value = numberOf(items[all.indexOf(item)]); });
  return {article, html: node.innerHTML, plain: plainOf(node, items.map(markOf))};
};
const hasHead = ({article}, at, {length}, range) => at ? !article.matches(".follows")
  : length > 1 || range.intersectsNode(article.querySelector(".by"));
const blockOf = ({article, html, plain}, isHeaded) => {
  const [name, time] = [...article.querySelector(".by").children].map(({textContent}) => textContent);
  const body = element("div", {innerHTML: html});
  const head = element("p", {}, element("b", {textContent: name}), ` ${time}`);
  return isHeaded ? {plain: `\n${name} ${time}\n${plain}`, html: head.outerHTML + body.outerHTML}
    : {plain, html: body.outerHTML};
};
const selectedRange = () => {  // in Firefox it may have several parts
  const selection = getSelection(), range = selection.getRangeAt(0).cloneRange();
  const {endContainer, endOffset} = selection.getRangeAt(selection.rangeCount - 1);
  range.setEnd(endContainer, endOffset);
  return range;
};
document.addEventListener("copy", (event) => {
  if (getSelection().isCollapsed || targetOf(event, "input, textarea")) return;
  const range = selectedRange(), all = shownMessages().filter(isIn(range));
  const copied = all.map((article) => copyOfText(article, range)).filter(({plain}) => plain);
  const blocks = copied.map((one, at) => blockOf(one, hasHead(one, at, copied, range)));
  if (!blocks.length) return;
  event.preventDefault();
  event.clipboardData.setData("text/plain", blocks.map(({plain}) => plain).join("\n").trimStart());
  event.clipboardData.setData("text/html", blocks.map(({html}) => html).join(""));
});
