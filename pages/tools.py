"""What can be done with a message, and the reactions under it."""
from .icons import button

TOOLS = ('<span class="recent"></span>' + button('smile', 'React', data_tool='pick')
         + button('reply', 'Reply', data_tool='reply') + button('edit', 'Edit', data_tool='edit')
         + button('link', 'Copy link', data_tool='link')
         + button('dots', 'More', data_tool='more', aria_haspopup='menu'))

CSS = '''
/* A message: what it replies to, its reactions, its tools */
.quote { grid-column: 2; display: flex; gap: 6px; min-width: 0; max-width: 75ch; margin: 1px 0 2px;
  padding-inline-start: 8px; border-inline-start: 2px solid var(--edge); color: var(--ink-3);
  font-size: var(--note); text-decoration: none; }
.quote:hover { color: var(--ink); } .quote .name { flex: none; max-width: 40%; color: inherit !important; }
.quote .start { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.quote .gone { font-style: italic; }
.avatar { grid-row: 1 / span 4; }
.pinned { flex: none; color: var(--ink-3); font-size: var(--small); } .pinned::before { content: "\\00b7  "; }
.follows .pinned { display: none; }
.reactions { grid-column: 2; display: flex; flex-wrap: wrap; gap: 4px; margin: 4px 0 4px; }
.reaction { display: flex; align-items: center; gap: 5px; min-height: 26px; padding: 0 8px; border: 0;
  border-radius: 13px; background: var(--surface); box-shadow: inset 0 0 0 1px var(--line);
  color: var(--ink-2); cursor: pointer; font: var(--text)/1 var(--font);
  user-select: none; -webkit-touch-callout: none; }
.reaction span { font: 600 var(--small)/1 var(--font); font-variant-numeric: tabular-nums; }
.reaction:hover { box-shadow: inset 0 0 0 1px var(--edge); }
.reaction[aria-pressed=true] { background: var(--tint); box-shadow: inset 0 0 0 1px var(--accent);
  color: var(--accent); }
.tools { position: absolute; inset-block-start: 1px; inset-inline-end: 16px; display: flex;
  border-radius: var(--radius); background: var(--raised); box-shadow: 0 0 0 1px var(--line); }
.tools .icon { width: 28px; height: 24px; font-size: var(--text); line-height: 1; }
.tools svg { width: 16px; height: 16px; }
.tools .recent { display: flex; }
.copy { position: absolute; z-index: 1; padding: 4px 8px; border: 0; border-radius: 4px; background: var(--raised);
  box-shadow: 0 0 0 1px var(--line); color: var(--ink-2); font: 500 var(--small)/1.2 var(--font); cursor: pointer; }
.copy:hover { color: var(--ink); }
.tools .copy { position: static; background: none; box-shadow: none; }
.leaving { display: none !important; }
.menu { position: fixed; z-index: 6; display: grid; min-width: 180px; padding: 4px; border-radius: var(--radius-2);
  background: var(--raised); box-shadow: var(--shadow), 0 0 0 1px var(--line); }
.menu button { padding: 8px 12px; border: 0; border-radius: var(--radius); background: none; color: var(--ink);
  font: var(--note)/1.2 var(--font); text-align: start; cursor: pointer; }
.menu button:is(:hover, :focus-visible) { background: var(--hover); outline-offset: -2px; }
.names { position: fixed; z-index: 6; max-width: min(280px, 100vw - 16px); padding: 6px 10px;
  border-radius: var(--radius); background: var(--ink); color: var(--surface); font-size: var(--small);
  overflow-wrap: anywhere; pointer-events: none; }
.undo button { margin-inline-start: 12px; padding: 0; border: 0; background: none; color: inherit; cursor: pointer;
  font: 600 var(--note)/1 var(--font); text-decoration: underline; }
@media (pointer: coarse) {
  .reaction { min-height: 34px; padding-inline: 12px; border-radius: 17px; }
  .menu button { padding-block: 12px; } .tools .icon { width: 40px; height: 36px; }
  .copy { padding: 10px 12px; } .undo button { padding: 8px; margin-block: -8px; } }
@media (hover: hover) {
  .chat:not(:has(> .menu:not([hidden]))) article:not(:hover, :focus-visible, :has(:focus-visible)) :is(.tools, .copy) {
    opacity: 0; } }
@media (max-width: 719px) { .tools { inset-inline-end: 4px; } .tools .icon { width: 36px; height: 32px; }
  .tools .copy { padding-block: 0; } .copy + .recent { display: none; } }
'''

SCRIPT = f'''
const MESSAGE_TOOLS = {TOOLS!r};
''' + '''
// The tools of a message: shown at the one that is pointed at, or has the focus.
addEventListener("DOMContentLoaded", () => {
  const {log, make, socket, id: me, rooms} = chatroom, LOBBY = 1, RECENT = 3, LONG_PRESS = 450;
  const tools = Object.assign(make("tools", ""), {innerHTML: MESSAGE_TOOLS});
  const [menu, names] = ["menu", "names"].map((name) => Object.assign(make(name, ""), {hidden: true}));
  menu.setAttribute("role", "menu"); names.setAttribute("role", "tooltip");
  document.querySelector(".chat").append(menu, names);
  const recent = tools.querySelector(".recent");
  const tool = (name) => tools.querySelector(`[data-tool="${name}"]`);
  const isMine = (article) => +article.dataset.author === me;
  const isAdmin = () => rooms.get(LOBBY)?.managed;
  let of = 0, saved = null;  // the message that has the tools; the ones that I saved, once they were asked for

  const add = (article) => {
    const isOver = rooms.get(chatroom.room)?.archived;  // an archived room is read only
    of = +article.dataset.id;
    for (const name of ["pick", "reply", "edit"]) tool(name).hidden = isOver || name === "edit" && !isMine(article);
    recent.replaceChildren(...(isOver ? [] : chatroom.recentEmoji(RECENT).map((emoji) => {
      const button = Object.assign(document.createElement("button"), {type: "button", className: "icon"});
      button.textContent = emoji; button.dataset.tool = "emoji"; button.ariaLabel = `React with ${emoji}`;
      return button;
    })));
    copy.remove();
    article.append(tools);
  };
  const offer = (event) => {
    const article = event.target.closest?.(".transcript article"), code = event.target.closest?.("pre");
    if (!article || !menu.hidden) return;
    if (tools.parentNode !== article) add(article);
    if (code) offerCopy(article, code);
  };
  log.addEventListener("pointerover", (event) => {  // a finger would press what comes up beneath it
    if (event.pointerType === "mouse") offer(event);
  });
  log.addEventListener("focusin", offer);
  const copy = Object.assign(document.createElement("button"), {type: "button", className: "copy"});
  copy.textContent = "Copy";
  const offerCopy = (article, code) => {
    const box = code.getBoundingClientRect(), around = article.getBoundingClientRect();
    const bar = tools.getBoundingClientRect(), meetsTools = box.top + 4 < bar.bottom && box.right > bar.left;
    copy.style.top = `${box.top - around.top + 4}px`; copy.style.right = `${around.right - box.right + 4}px`;
    copy.onclick = () => chatroom.copy(code.textContent, "The code");
    if (meetsTools) tools.prepend(copy); else article.append(copy);
  };
  const copyText = (number) => chatroom.ask("history", {room: chatroom.room, before: number + 1, limit: 1},
    ({messages: [found]}) => { if (found?.id === number) chatroom.copy(found.message, "The text"); });
  const take = () => { tools.remove(); of = 0; };
  chatroom.when("arranged", () => {  // the message may have come anew
    const article = of && !tools.isConnected && document.getElementById("m" + of);
    if (article && !article.hidden) add(article);
  });
  chatroom.when("opened", () => { take(); closeMenu(); });
  log.addEventListener("keydown", (event) => {  // by keyboard, too: from message to message, then Tab
    const by = {ArrowUp: -1, ArrowDown: 1}[event.key];
    if (!by || event.altKey || event.ctrlKey || event.metaKey || event.target.matches("textarea")) return;
    const list = [...log.getElementsByTagName("article")].filter((article) => !article.hidden);
    const at = list.indexOf(document.activeElement.closest("article"));
    const next = list[at < 0 ? (by < 0 ? list.length - 1 : -1) : at + by];
    if (!next) return;
    event.preventDefault();
    next.tabIndex = -1; next.focus();
  });

  // More of them, in a menu.
  const closeMenu = () => { menu.hidden = true; };
  const place = (node, at) => {  // above or below, inside of the window
    node.hidden = false;
    const box = at.getBoundingClientRect(), {offsetWidth: wide, offsetHeight: high} = node;
    node.style.left = Math.max(8, Math.min(box.right - wide, innerWidth - wide - 8)) + "px";
    node.style.top = (box.bottom + high + 8 > innerHeight ? Math.max(8, box.top - high - 4) : box.bottom + 4) + "px";
  };
  const openMenu = (article) => {
    const number = +article.dataset.id, isOver = rooms.get(chatroom.room)?.archived;
    const isPinned = !!article.querySelector(".pinned"), isSaved = saved.has(number);
    const does = [
      [isSaved ? "Remove from saved" : "Save for me", () => keep("save", number, !isSaved)],
      isOver || [isPinned ? "Unpin" : "Pin to this room", () => keep("pin", number, !isPinned)],
      ["Copy text", () => copyText(number)],
      ["Mark as unread from here", () => chatroom.ask("mark_unread", {room: chatroom.room, id: number})],
      isOver || (isMine(article) || isAdmin()) && ["Delete", () => isMine(article) ? chatroom.remove(number)
        : chatroom.act("delete", {message: number})],
    ].filter(Array.isArray);
    menu.replaceChildren(...does.map(([label, act]) => {
      const row = Object.assign(document.createElement("button"), {type: "button", textContent: label});
      row.setAttribute("role", "menuitem");
      row.onclick = () => { closeMenu(); take(); act(); };
      return row;
    }));
    place(menu, tool("more"));
    menu.firstChild.focus();
  };
  const keep = (what, id, on) => chatroom.ask(what, {id, on}, () =>
    chatroom.say(what === "save" ? (on ? "Saved for you." : "Removed from saved.") : on ? "Pinned." : "Unpinned."));
  menu.addEventListener("keydown", (event) => {
    const rows = [...menu.children], by = {ArrowUp: -1, ArrowDown: 1}[event.key];
    if (event.key === "Escape" || event.key === "Tab") { closeMenu(); tool("more").focus(); }
    if (by) rows[(rows.indexOf(document.activeElement) + by + rows.length) % rows.length].focus();
    if (by || event.key === "Escape" || event.key === "Tab") { event.preventDefault(); event.stopPropagation(); }
  });
  document.addEventListener("pointerdown", (event) => {
    if (!menu.contains(event.target)) closeMenu();
    if (!event.target.closest?.("article, .menu, .picker")) take();
  });
  log.addEventListener("scroll", () => { closeMenu(); names.hidden = true; }, {passive: true});
  socket.on("saved_changed", ({id, on}) => {
    on ? saved?.add(id) : saved?.delete(id);
    chatroom.tell("saved");
  });
  socket.on("connect", () => { saved = null; });
  const withSaved = (then) => saved ? then() : chatroom.ask("saved_ids", {}, (answer) => {
    saved = new Set(answer.ids);
    then();
  });

  // Reactions: one's own are pressed; who reacted is told on hover, focus or a long press.
  const react = (id, emoji, on) => chatroom.ask("react", {id, emoji, on}, () => { if (on) chatroom.usedEmoji(emoji); });
  const showNames = (button) => {
    names.textContent = button.dataset.names; place(names, button);
  };
  let press = 0, wasLong = false;
  log.addEventListener("pointerover", (event) => {
    const button = event.target.closest(".reaction");
    if (button && event.pointerType === "mouse") showNames(button); else names.hidden = true;
  });
  log.addEventListener("pointerleave", () => { names.hidden = true; });
  log.addEventListener("focusin", ({target}) => { if (target.matches(".reaction:focus-visible")) showNames(target); });
  log.addEventListener("focusout", () => { names.hidden = true; });
  log.addEventListener("pointerdown", (event) => {
    const button = event.target.closest(".reaction");
    wasLong = false; clearTimeout(press);
    if (button && event.pointerType !== "mouse")
      press = setTimeout(() => { wasLong = true; showNames(button); }, LONG_PRESS);
  });
  for (const end of ["pointerup", "pointercancel"]) log.addEventListener(end, () => clearTimeout(press));
  log.addEventListener("contextmenu", (event) => {
    if (event.target.closest(".reaction") && wasLong) event.preventDefault();
  });

  const acts = {
    emoji: (article, button) => react(+article.dataset.id, button.textContent, true),
    pick: (article, button) => {
      const number = +article.dataset.id;
      chatroom.pick(button, (emoji) => react(number, emoji, true));
    },
    reply: (article) => { take(); chatroom.reply(article); },
    edit: (article) => { take(); chatroom.edit(+article.dataset.id); },
    link: (article) => {
      take();
      chatroom.copy(`${location.origin}/chat/${chatroom.room}?at=${article.dataset.id}`, "The link");
    },
    more: (article) => withSaved(() => openMenu(article)),
  };
  log.addEventListener("click", (event) => {
    const article = event.target.closest("article"), button = event.target.closest("[data-tool]");
    const reaction = event.target.closest(".reaction"), quote = event.target.closest(".quote");
    if (button) return acts[button.dataset.tool](article, button);
    if (reaction) {
      if (!wasLong) react(+article.dataset.id, reaction.dataset.emoji, reaction.ariaPressed !== "true");
    } else if (quote && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      chatroom.open(chatroom.room, {at: +quote.dataset.to});
    } else offer(event);
  });
});
'''
