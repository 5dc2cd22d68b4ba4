"""Lists of messages in the panel: what names me, what I saved, what is pinned to a room, and what was searched for."""
import json
from collections.abc import Iterable
from html import escape

from chat import markdown, render
from chat.entries import Entry

from .icons import icon

EXCERPT = 300
'''Characters of a message in a list.'''
HINT = ('words, "a phrase", from:ann, in:lobby, before:2026-01-31, after:2026-01-31, has:link')
TITLES = {'mentions': f'{icon("at")} Mentions', 'saved': f'{icon("save")} Saved', 'pinned': f'{icon("pin")} Pinned',
          'search': f'{icon("search")} Search'}
NONE = {'mentions': 'Nobody has named you yet.',
        'saved': 'Nothing saved yet: the menu of a message has "Save for me".',
        'pinned': 'Nothing is pinned here yet: the menu of a message has "Pin to this room".',
        'search': 'Nothing found.'}


def found(entry: Entry, *, text: str | None = None, note: str = '') -> str:
    """A message, and a way to its place; `text` is HTML. The browser, which knows them, writes the rooms' names."""
    start = escape(markdown.plain(entry.text, EXCERPT)) if text is None else text
    noted = f'<span class="role">{escape(note)}</span>' if note else ''
    return (f'<a class="found" href="/chat/{entry.room_id}?at={entry.id}" data-room="{entry.room_id}" '
            f'data-at="{entry.id}"><span class="where" dir="auto"></span><span class="by"><bdi class="name">'
            f'{escape(entry.author)}</bdi> <time datetime="{render.timestamp(entry.created_at)}"></time></span>'
            f'<span class="text" dir="auto">{start}</span>{noted}</a>')


def all_found(entries: Iterable[Entry]) -> str:
    """Several of them."""
    return ''.join(map(found, entries))


CSS = '''
/* Lists of messages in the panel */
.panel input[type=search] { margin-bottom: 8px; }
.panel .day { margin: 12px 8px 2px; padding: 0; font: 600 var(--small)/1.45 var(--font); }
.panel .day::before, .panel .day::after { display: none; }
.panel .found .role { display: block; } .panel .none { margin: 4px 8px; }
.panel .found .text { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 6; }
.panel mark { background: color-mix(in oklch, var(--caution) 34%, transparent); color: var(--ink); border-radius: 2px; }
.panel .more { width: 100%; margin-top: 8px; }
'''

SCRIPT = f'''
const LIST_TITLES = {json.dumps(TITLES)}, LIST_NONE = {json.dumps(NONE)}, SEARCH_HINT = {json.dumps(HINT)};
''' + '''
// Lists of messages, each a way to its place.
addEventListener("DOMContentLoaded", () => {
  const {socket, rooms} = chatroom, PAUSE = 150, PAGE = 50;
  const dayOf = new Intl.DateTimeFormat(undefined, {weekday: "long", day: "numeric", month: "long", year: "numeric"});
  const timeOf = new Intl.DateTimeFormat(undefined, {hour: "2-digit", minute: "2-digit"});
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const panel = document.querySelector(".panel"), content = panel.lastChild;
  const element = (tag, properties) => Object.assign(document.createElement(tag), properties);

  const nameRooms = () => {
    for (const found of content.querySelectorAll(".found")) {
      const info = rooms.get(+found.dataset.room);
      found.querySelector(".where").textContent = info ? (info.kind === "direct" ? "" : "# ") + info.name : "";
    }
  };
  const dress = (isByDay) => {  // where and when
    nameRooms();
    let day = "";
    for (const found of content.querySelectorAll(".found")) {
      const time = found.querySelector("time"), at = new Date(time.dateTime);
      time.textContent = isByDay ? timeOf.format(at)
        : at.toLocaleString(undefined, {dateStyle: "medium", timeStyle: "short"});
      if (!isByDay || day === dayOf.format(at)) continue;
      day = dayOf.format(at);
      if (!found.previousElementSibling?.matches(".day"))
        found.before(element("h3", {className: "day", textContent: day}));
    }
  };
  const older = (list, ask) => {  // a button for more, which brings them
    const button = element("button", {className: "quiet more", type: "button", textContent: "Older ones"});
    button.onclick = () => { button.disabled = true; ask(+list.lastChild.dataset.at, button); };
    return button;
  };
  const list = (name) => (answer) => {
    const top = panel.scrollTop;
    content.innerHTML = `<h2>${LIST_TITLES[name]}</h2>`
      + (answer.html ? `<div class="results">${answer.html}</div>` : `<p class="none">${LIST_NONE[name]}</p>`);
    dress(); panel.scrollTop = top;
    const results = content.querySelector(".results");
    if (name === "mentions" && results?.children.length === PAGE) content.append(older(results, moreMentions));
  };
  const moreMentions = (before, button) => socket.emit("mentions", {before}, (answer) => {
    button.disabled = false;
    if (answer.error) return;
    const results = content.querySelector(".results"), count = results.children.length;
    results.insertAdjacentHTML("beforeend", answer.html); dress();
    if (results.children.length - count < PAGE) button.remove();
  });
  for (const [name, label, asks] of [
    ["mentions", "Mentions", () => ["mentions", {}]],
    ["saved", "Saved", () => ["saved_list", {}]],
    ["pinned", "Pinned", () => ["pinned_list", {room: chatroom.room}]],
  ]) chatroom.addPanel(name, {label, asks, fill: list(name)});

  // Search: as one types, newest first, by day.
  let query = "", timer = 0, asked = 0;
  const find = (before, button) => {
    const number = ++asked, results = content.querySelector(".results");
    if (!query.trim()) return show(number, {html: ""});
    socket.emit("find", {query, zone, ...(before ? {before} : {})}, (answer) => {
      if (number === asked && answer.retry_after)
        timer = setTimeout(() => find(before, button), 1000 * answer.retry_after);
      else if (answer.error) content.querySelector(".none").textContent = answer.error;
      else show(number, answer, before);
    });
  };
  const show = (number, answer, isMore) => {
    const results = content.querySelector(".results");
    if (number !== asked || !results) return;
    if (isMore) results.insertAdjacentHTML("beforeend", answer.html);
    else { results.innerHTML = answer.html; panel.scrollTop = 0; }
    const none = query.trim() ? LIST_NONE.search : SEARCH_HINT;
    content.querySelector(".none").textContent = results.childElementCount ? "" : none;
    content.querySelector(".more")?.remove();
    if (answer.more) content.append(older(results, find));
    dress(true);
  };
  chatroom.addPanel("search", {label: "Search", asks: () => null, fill: () => {
    if (content.querySelector("input")) return find();
    const input = element("input", {type: "search", placeholder: "Search messages", autocomplete: "off", value: query});
    input.setAttribute("aria-label", "Search messages");
    content.innerHTML = `<h2>${LIST_TITLES.search}</h2><p class="none" role="status"></p><div class="results"></div>`;
    content.firstChild.after(input);
    input.oninput = () => { query = input.value; clearTimeout(timer); timer = setTimeout(find, PAUSE); };
    input.onkeydown = (event) => {
      if (event.key === "Enter" && !event.isComposing) { clearTimeout(timer); find(); }
      if (event.key === "ArrowDown") { event.preventDefault(); content.querySelector(".found")?.focus(); }
    };
    input.select(); find();
  }});

  panel.addEventListener("click", (event) => {
    const found = event.target.closest(".found");
    if (!found || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    chatroom.open(+found.dataset.room, {at: +found.dataset.at});
    chatroom.makeRoom();
  });
  panel.addEventListener("keydown", (event) => {
    const all = [...content.querySelectorAll(".found")], at = all.indexOf(document.activeElement);
    const by = {ArrowUp: -1, ArrowDown: 1}[event.key];
    if (at < 0 || !by) return;
    event.preventDefault(); (all[at + by] || content.querySelector("input") || all[at]).focus();
  });
  chatroom.when("changed", nameRooms);
  chatroom.when("named", () => chatroom.reloadPanel("mentions"));
  chatroom.when("saved", () => chatroom.reloadPanel("saved"));
  chatroom.when("opened", () => chatroom.reloadPanel("pinned"));
  const drop = (which) => content.querySelectorAll(`.found${which}`).forEach((found) => found.remove());
  chatroom.when("deleted", (number) => drop(`[data-at="${number}"]`));
  chatroom.when("edited", (number) => {
    const row = content.querySelector(`.found[data-at="${number}"]`), isSearch = chatroom.panelShown() === "search";
    if (!row || chatroom.panelShown() === "pinned") return;
    socket.emit("excerpt", {id: number, zone, ...(isSearch ? {query} : {})}, (answer) => {
      if (answer.error || !row.isConnected) return;
      const hadFocus = row === document.activeElement;
      row.insertAdjacentHTML("afterend", answer.html);
      if (hadFocus) row.nextElementSibling.focus();
      row.remove(); dress(isSearch);
    });
  });
  chatroom.when("gone", (room) => drop(`[data-room="${room}"]`));  // at once
  let waiting = 0;
  socket.on("changed", (packet) => {  // something pinned, or of what is pinned
    if (packet.room !== chatroom.room || chatroom.panelShown() !== "pinned" || waiting) return;
    const there = [...content.querySelectorAll(".found")].some((a) => packet.html.includes(`id="m${a.dataset.at}"`));
    if (there || packet.html.includes('class="pinned"'))
      waiting = setTimeout(() => { waiting = 0; chatroom.reloadPanel("pinned"); }, 300);
  });
});
'''
