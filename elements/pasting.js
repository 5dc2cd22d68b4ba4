// What is pasted: without a field that has the focus into the composer; a link over words makes them one; of several
// lines, which may be code, a button makes a block.
import {composer, offer, when} from "./context.js";
import {insert} from "./dom.js";
import {isFree} from "./focus.js";
import {isInBlock, isText} from "./formatting.js";
const LINK = /^https?:\/\/\S+$/i, pasteOffer = document.querySelector(".offer");
let pasted = "";
const showOffer = () => { pasteOffer.hidden = !pasted || !composer.value.includes(pasted); };
const breakAt = (at) => (composer.value[at] ?? "\n") === "\n" ? "" : "\n";
const expectCode = (typed) => {
  const text = typed.replace(/\r\n?/g, "\n").replace(/\n+$/, "");
  if (!isInBlock(composer) && !text.includes("```") && text.trim().includes("\n")) pasted = text;
};
// Not in code, nor over an address, which is to be another one.
const linked = (field, link) => {
  const {selectionStart: from, selectionEnd: to, value} = field;
  const selected = value.slice(from, to), words = selected.trim();
  const isPlain = !words || LINK.test(words) || words.includes("\n") || /\]\(\s*$/.test(value.slice(0, from));
  if (isPlain || !LINK.test(link) || value.slice(0, from).split("`").length % 2 === 0) return "";
  const isPaired = link.split("(").length === link.split(")").length, address = isPaired ? link : `<${link}>`;
  return selected.replace(words, () => `[${words.replace(/[[\]]/g, "\\$&")}](${address})`);
};
const pasteInto = (field, text, event) => { event.preventDefault(); insert(field, text); };
addEventListener("paste", (event) => {
  const {target} = event, text = event.clipboardData.getData("text/plain");
  const isAstray = isFree(event) && text && composer.checkVisibility();
  const link = isText(target) && linked(target, text.trim());
  if (isAstray || target === composer && !link) expectCode(text);
  if (isAstray) pasteInto(composer, text, event); else if (link) pasteInto(target, link, event);
});
offer("makeBlock", () => {
  const text = pasted, start = composer.value.lastIndexOf(text), end = start + text.length;
  pasted = "";
  insert(composer, `${breakAt(start - 1)}\`\`\`\n${text}\n\`\`\`${breakAt(end)}`, start, end);
});
when("written", showOffer);
