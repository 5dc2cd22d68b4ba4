"""The emoji picker, and which emoji were used last."""
from . import palette
from .assets import serve

PICKER = f'''
const GROUPS = {palette.content()};
''' + '''
// The picker: one dialog, beside whatever it was opened from.
const COLUMNS = 8, SHOWN = 96;
const TONES = {"": ["Default", "#fc4"], "🏻": ["Light", "#f7dece"], "🏼": ["Medium light", "#f3d2a2"],
  "🏽": ["Medium", "#d5ab88"], "🏾": ["Medium dark", "#af7e57"], "🏿": ["Dark", "#7c533e"]};
const element = (tag, properties, ...children) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
};
export const make = (used) => {
  let then, stop;
  const groups = Object.entries(GROUPS).map(([title, text]) => [title, text.split("\\n").map((line) => {
    const [marked, ...names] = line.split(" "), emoji = marked.replace("~", "");
    return {emoji, names, takesTone: emoji !== marked, text: ` ${names.join(" ")}`};
  })]);
  const bare = (emoji) => emoji.replace(/[🏻-🏿\uFE0F]/gu, "");
  const all = groups.flatMap(([, some]) => some), known = new Map(all.map((one) => [bare(one.emoji), one]));
  const where = chatroom.key("tone");
  let tone = localStorage.getItem(where) || "";
  const toned = (emoji) => tone ? emoji.replace(/^(.)\uFE0F?/u, `$1${tone}`) : emoji;
  // All words have to be in the names: best as a whole name, then at its beginning, then at the beginning of a word.
  const findEmoji = (typed) => {
    const words = typed.toLowerCase().split(/[\\s:]+/).filter(Boolean), text = words.join("_");
    const order = used().map(bare);
    const found = all.filter((one) => words.every((word) => one.text.includes(word))).map((one) => {
      const begins = one.names.find((name) => name.startsWith(text));
      const rank = one.names.includes(text) ? 0 : begins ? 1 : one.text.includes("_" + text) ? 2 : 3;
      const name = rank ? begins || one.names.find((name) => name.includes(words[0])) : text;
      return {...one, name, rank, last: order.indexOf(bare(one.emoji)) + 1 || Infinity};
    });
    return found.sort((a, b) => a.rank - b.rank || (a.last !== b.last ? a.last - b.last
      : a.rank < 2 ? a.name.length - b.name.length : 0));
  };

  const search = element("input", {type: "search", placeholder: "Search emoji", autocomplete: "off"});
  const jump = element("nav", {}), list = element("div", {className: "emoji", tabIndex: -1});
  const recent = element("section", {}), result = element("section", {}), every = element("div", {});
  const none = element("p", {className: "none", role: "status"}), foot = element("p", {className: "foot"});
  const tones = element("div", {className: "tones"}, ...Object.entries(TONES).map(([value, [title, colour]]) => {
    const choice = element("input", {type: "radio", name: "tone", value, title, checked: value === tone});
    choice.style.setProperty("--colour", colour);
    return choice;
  }));
  const picker = element("dialog", {className: "picker"}, search, jump, list,
    element("div", {className: "bottom"}, foot, tones));
  list.append(recent, every, result, none);
  foot.setAttribute("aria-hidden", "true");
  search.setAttribute("aria-label", "Search emoji"); picker.setAttribute("aria-label", "Emoji");
  jump.setAttribute("aria-label", "Groups");
  tones.setAttribute("role", "radiogroup"); tones.setAttribute("aria-label", "Skin tone");
  (matchMedia("(pointer: fine)").matches ? search : list).autofocus = true;
  picker.style.setProperty("--columns", COLUMNS);
  document.body.append(picker);

  const cells = (some) => some.map(({emoji, names, takesTone, name = names[0]}) => {
    const cell = element("button", {type: "button", tabIndex: -1, textContent: takesTone ? toned(emoji) : emoji});
    if (takesTone) cell.dataset.plain = emoji;
    if (name) { cell.ariaLabel = name.replaceAll("_", " "); cell.dataset.name = name; }
    return cell;
  });
  const fill = (section, title, some) => {
    section.hidden = !some.length;
    section.style.setProperty("--rows", Math.ceil(some.length / COLUMNS));
    section.replaceChildren(element("h3", {textContent: title}), element("div", {}, ...cells(some)));
    return section;
  };
  const rows = () => [...list.querySelectorAll("section:not([hidden]) > div")].filter((grid) => grid.checkVisibility())
    .flatMap((grid) => {
      const left = [...grid.children];
      return Array.from({length: Math.ceil(left.length / COLUMNS)}, () => left.splice(0, COLUMNS));
    });
  const tell = (cell) => { foot.textContent = cell?.dataset.name ? `${cell.textContent} :${cell.dataset.name}:` : ""; };
  const stopAt = (cell) => {  // the one that Tab leads to
    if (stop) stop.tabIndex = -1;
    stop = cell;
    if (stop) stop.tabIndex = 0;
  };
  const first = () => rows()[0]?.[0];
  const show = () => {
    const isSearch = !!search.value.trim(), found = isSearch ? findEmoji(search.value).slice(0, SHOWN) : [];
    every.hidden = jump.hidden = isSearch;
    fill(result, "Found", found);
    fill(recent, "Recent", isSearch ? [] : used().map((emoji) =>
      ({names: known.get(bare(emoji))?.names || [], emoji})));
    none.textContent = isSearch && !found.length ? "No emoji has this name." : "";
    list.scrollTop = 0;
    stopAt(first());
    tell(isSearch ? first() : null);
  };
  const build = () => {
    for (const [title, some] of groups) {
      const section = fill(element("section", {}), title, some);
      const to = element("button", {type: "button", title, textContent: some[0].emoji, ariaLabel: title});
      to.onclick = () => section.scrollIntoView();
      every.append(section); jump.append(to);
    }
  };
  const take = (cell) => { picker.close(); chatroom.usedEmoji(cell.textContent); then(cell.textContent); };
  const pick = (anchor, whenPicked) => {
    then = whenPicked; search.value = "";
    if (!jump.children.length) build();
    picker.showModal(); show();
    const at = anchor.getBoundingClientRect(), {offsetWidth: width, offsetHeight: height} = picker;
    picker.style.setProperty("--x", `${Math.max(8, Math.min(at.right, innerWidth - 8) - width)}px`);
    picker.style.setProperty("--y", `${at.top > height + 16 ? at.top - height - 8 : at.bottom + 8}px`);
  };
  search.addEventListener("input", show);
  tones.addEventListener("change", ({target}) => {
    tone = target.value; chatroom.store(localStorage, where, tone);
    for (const cell of list.querySelectorAll("[data-plain]")) cell.textContent = toned(cell.dataset.plain);
    if (foot.textContent) tell(stop);
  });
  picker.addEventListener("click", (event) => {
    const cell = event.target.closest(".emoji button");
    if (cell) take(cell); else if (event.target === picker) picker.close();
  });
  list.addEventListener("pointerover", (event) => tell(event.target.closest("button") || stop));
  list.addEventListener("focusin", (event) => {
    const cell = event.target.closest("button");
    if (cell) { stopAt(cell); tell(cell); }
  });
  const step = (cell, across, down) => {  // in the grid; above its first row is the search
    const all = rows(), flat = all.flat(), row = all.findIndex((some) => some.includes(cell)), other = all[row + down];
    const next = down ? other?.[Math.min(all[row].indexOf(cell), other.length - 1)] : flat[flat.indexOf(cell) + across];
    if (next) next.focus(); else if (down + across < 0) search.focus();
  };
  picker.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const cell = event.target.closest(".emoji button"), isTone = tones.contains(event.target), {key} = event;
    const way = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[key];
    const does = key === "Escape" ? () => picker.close()
      : cell ? way && (() => step(cell, ...way))
      : key === "ArrowDown" && !isTone ? () => first()?.focus()
      : key === "Enter" && result.contains(first()) && event.target === search && (() => take(first()));
    event.stopPropagation();
    if (does) { event.preventDefault(); does(); }
    else if (cell && /^[^ ]$/.test(key) && !event.ctrlKey && !event.metaKey) search.focus();  // to type there
  });
  return {pick, findEmoji: (typed) => findEmoji(typed)
    .map((one) => ({...one, emoji: one.takesTone ? toned(one.emoji) : one.emoji}))};
};
'''

SCRIPT = f'''
const PICKER = "{serve(PICKER, 'js')}";
''' + '''
// Emoji: what was used last is kept in this browser. The picker, and all names, come when they are first needed.
addEventListener("DOMContentLoaded", () => {
  const {key, store} = chatroom, KEPT = 24, USUAL = ["👍", "❤️", "😂", "🎉", "👀", "✅"];
  const used = () => JSON.parse(localStorage.getItem(key("emoji")) || "[]");
  let asked, tries = 0;
  chatroom.usedEmoji = (emoji) => store(localStorage, key("emoji"),
    JSON.stringify([emoji, ...used().filter((other) => other !== emoji)].slice(0, KEPT)));
  chatroom.recentEmoji = (most) => [...new Set([...used(), ...USUAL])].slice(0, most);
  chatroom.loadEmoji = () => asked ||= import(PICKER + (tries++ ? `?${tries}` : ""))  // a failed import is remembered
    .then(({make}) => Object.assign(chatroom, make(used)), (error) => { asked = null; throw error; });
  chatroom.findEmoji = () => [];
  chatroom.pick = (anchor, then) => chatroom.loadEmoji().then(() => chatroom.pick(anchor, then),
    () => chatroom.complain("The emoji did not come: try again in a moment."));
});
'''

CSS = '''
/* Emoji */
.picker { --h: min(420px, 100dvh - 16px); --cell: 38px; width: min(366px, 100vw - 16px); height: var(--h); margin: 0;
  max-height: none; padding: 10px 10px 0; inset: clamp(8px, var(--y), 100dvh - var(--h) - 8px) auto auto var(--x); }
.picker::backdrop { background: none; }
.picker[open] { display: flex; flex-direction: column; box-shadow: var(--shadow), 0 0 0 1px var(--line); }
.picker input { flex: none; min-height: 36px; }
.picker button { display: grid; place-content: center; height: var(--cell); padding: 0; border: 0; overflow: clip;
  border-radius: var(--radius); background: none; color: inherit; cursor: pointer; outline-offset: -2px;
  font: 22px/1 var(--emoji); }
.picker button:hover, .picker button:focus-visible { background: var(--tint); }
.picker nav { flex: none; display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; padding: 4px 0;
  border-bottom: 1px solid var(--line); }
.picker nav button { height: 32px; font-size: 17px; filter: grayscale(1); opacity: .75; }
.picker nav button:is(:hover, :focus-visible) { filter: none; opacity: 1; }
.picker .emoji { flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; outline: 0;
  scrollbar-gutter: stable; margin-inline-end: -8px; }
.picker section { content-visibility: auto;
  contain-intrinsic-size: auto calc(30px + var(--rows) * var(--cell)); }
.picker section > div { display: grid; grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); }
.picker h3 { position: sticky; top: 0; z-index: 1; margin: 0; padding: 8px 4px 4px; background: var(--raised);
  color: var(--ink-3); font: 600 var(--small)/18px var(--font); }
.picker p { margin: 0; color: var(--ink-2); font-size: var(--note); }
.picker .none:not(:empty) { padding: 12px 4px; }
.picker .bottom { flex: none; display: flex; margin: 0 -10px; padding: 0 8px 0 14px;
  border-top: 1px solid var(--line); }
.picker .foot { flex: 1; height: 36px; line-height: 36px;
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.tones { display: flex; }
.picker .tones input { appearance: none; width: 26px; min-height: 0; margin: 0; border-radius: var(--radius);
  outline-offset: -2px; cursor: pointer;
  background: radial-gradient(circle, var(--colour) 7px, transparent 7.5px); }
.picker .tones :checked { background: radial-gradient(circle, var(--colour) 7px, transparent 7.5px 9px,
  var(--accent) 9.5px 11px, transparent 11.5px); }
.composer .icon { grid-area: 2 / 1; place-self: end; width: 36px; height: 36px; margin: 5px 43px; }
@media (pointer: coarse) { .picker { --cell: 42px; } .picker nav button { height: 40px; }
  .picker input { min-height: 40px; } .picker .foot { height: 40px; line-height: 40px; }
  .picker .tones input { width: 36px; }
  .composer .icon { width: 40px; height: 40px; margin: 4px 46px; } }
@media (max-width: 719px) { .picker { --h: min(440px, 70dvh); width: 100%; max-width: none; inset: auto 0 0;
  border-end-start-radius: 0; border-end-end-radius: 0; padding-bottom: env(safe-area-inset-bottom); }
  .picker::backdrop { background: oklch(20% .02 265 / 42%); } }
'''
