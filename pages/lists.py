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
const LIST = '<p class="none" role="status"></p><div class="results"></div>';
// Lists of messages, each a way to its place.
addEventListener("DOMContentLoaded", () => {
  const {socket, rooms} = chatroom, PAUSE = 150;
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
  let query = "", timer = 0, asked = 0;
  const begin = (name) => { content.innerHTML = `<h2>${LIST_TITLES[name]}</h2>${LIST}`; };
  const tellNone = () => {
    const name = chatroom.panelShown(), isIdle = name === "search" && !query.trim();
    content.querySelector(".none").textContent = content.querySelector(".found") ? ""
      : isIdle ? SEARCH_HINT : LIST_NONE[name];
  };
  const show = ({html, more}, isMore) => {
    const results = content.querySelector(".results");
    if (isMore) results.insertAdjacentHTML("beforeend", html); else results.innerHTML = html;
    content.querySelector(".more")?.remove();
    if (more) content.append(older(more));
    dress(chatroom.panelShown() === "search"); tellNone();
  };
  // Some lists come in pages: what asks for the one before a message, or for the first one.
  const PAGES = {mentions: (before) => ["mentions", {before}], search: (before) => ["find", {query, zone, before}]};
  const ask = (name, before, then) => {
    const number = ++asked;
    clearTimeout(timer);
    socket.emit(...PAGES[name](before), (answer) => {
      if (number !== asked || chatroom.panelShown() !== name) return;
      if (answer.retry_after) timer = setTimeout(() => ask(name, before, then), 1000 * answer.retry_after);
      else if (answer.error) content.querySelector(".none").textContent = answer.error;
      else then(answer);
    });
  };
  const older = (before) => {  // a button for more, which brings them
    const button = element("button", {className: "quiet more", type: "button", textContent: "Older ones"});
    button.onclick = () => {
      button.disabled = true; ask(chatroom.panelShown(), before, (answer) => show(answer, true));
    };
    return button;
  };
  // Asked for again, a list comes with as many pages as were shown, and moves nothing under the reader's eye.
  const row = (at) => content.querySelector(`.found[data-at="${at}"]`);
  const refill = (name, answer) => {
    const rows = [...content.querySelectorAll(".found")], top = panel.scrollTop;
    if (answer.more > rows.at(-1)?.dataset.at)
      return ask(name, answer.more, ({html, more}) => refill(name, {html: answer.html + html, more}));
    const places = rows.map((found) => [found.dataset.at, found.getBoundingClientRect()])
      .filter(([, box]) => box.bottom > panel.getBoundingClientRect().top);
    const focused = content.querySelector(".found:focus")?.dataset.at;
    show(answer);
    row(focused)?.focus({preventScroll: true});
    panel.scrollTop = top;
    const same = top && places.find(([at]) => row(at));
    if (same) panel.scrollTop += row(same[0]).getBoundingClientRect().top - same[1].top;
  };
  const list = (name) => (answer) => {
    asked++;
    if (!content.querySelector(".results")) begin(name);
    refill(name, answer);
  };
  for (const [name, label, asks] of [
    ["mentions", "Mentions", () => ["mentions", {}]],
    ["saved", "Saved", () => ["saved_list", {}]],
    ["pinned", "Pinned", () => ["pinned_list", {room: chatroom.room}]],
  ]) chatroom.addPanel(name, {label, title: LIST_TITLES[name], asks, fill: list(name)});

  // Search: as one types, newest first, by day.
  let found = "";  // the query whose hits are shown
  const find = () => {
    const wanted = query.trim();
    const fill = (answer) => {
      if (wanted === found) return refill("search", answer);
      found = wanted; show(answer); panel.scrollTop = 0;
    };
    if (wanted && socket.connected) return ask("search", undefined, fill);
    asked++;
    if (!wanted) return fill({html: ""});
    if (wanted === found) return;
    found = ""; show({html: ""});
    content.querySelector(".none").textContent = COMES_LATER;
  };
  socket.on("disconnect", () => { if (chatroom.panelShown() === "search") find(); });
  chatroom.addPanel("search", {label: "Search", asks: () => null, fill: () => {
    if (content.querySelector("input")) return find();
    const input = element("input", {type: "search", placeholder: "Search messages", autocomplete: "off", value: query});
    input.setAttribute("aria-label", "Search messages");
    begin("search"); content.firstChild.after(input);
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
  const drop = (which) => {
    const gone = content.querySelectorAll(`.found${which}`);
    if (!gone.length) return;
    gone.forEach((found) => found.remove());
    for (const day of content.querySelectorAll(".day")) if (!day.nextElementSibling?.matches(".found")) day.remove();
    const more = content.querySelector(".more");
    if (content.querySelector(".found") || !more) tellNone(); else more.click();
  };
  chatroom.when("deleted", (number) => drop(`[data-at="${number}"]`));
  chatroom.when("edited", (number) => {
    const old = row(number), isSearch = chatroom.panelShown() === "search";
    if (!old || chatroom.panelShown() === "pinned") return;
    socket.emit("excerpt", {id: number, ...(isSearch ? {query} : {})}, (answer) => {
      if (answer.error || !old.isConnected) return;
      const hadFocus = old === document.activeElement;
      old.insertAdjacentHTML("afterend", answer.html);
      if (hadFocus) old.nextElementSibling.focus();
      old.remove(); dress(isSearch);
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
