"""My rooms and conversations: one element, whose marks are moved in the browser by small packets."""
from collections.abc import Sequence
from html import escape

from chat.rooms import MOST_COUNTED, RoomInfo

from .clients import PassingHtml
from .icons import button, icon

TOP = (
    '<div class="top"><input id="filter" type="search" placeholder="Filter" aria-label="Filter rooms" '
    'autocomplete="off"></div>'
    f'<button class="entry-line" type="button" data-panel="search">{icon("search")} Search</button>'
    f'<button class="entry-line" type="button" data-panel="mentions">{icon("at")} Mentions</button>'
    f'<button class="entry-line" type="button" data-panel="saved">{icon("save")} Saved</button>'
)
HEADINGS = {
    'rooms': ('Rooms' + button('browse', 'Browse rooms', data_act='browse')
              + button('plus', 'New room', data_act='new')),
    'direct': 'Direct messages' + button('plus', 'New direct message', data_act='direct'),
}


class Sidebar(PassingHtml):
    """Links to rooms. What changes afterwards, the browser changes by itself."""

    def __init__(self, rooms: Sequence[RoomInfo], shown: RoomInfo, username: str) -> None:
        parts = {'rooms': [room for room in rooms if room.kind != 'direct'],
                 'direct': [room for room in rooms if room.kind == 'direct']}
        sections = ''.join(_section(name, listed, shown) for name, listed in parts.items())
        self.username = username
        super().__init__(TOP + f'<div class="lists">{sections}</div>' + _foot(username), 'nav')
        self.classes('sidebar').props('aria-label=Rooms')

    def _displayed_contents(self, *, only_visible: bool) -> list[str]:  # noqa: ARG002
        """What NiceGUI's User fixture sees, where no browser runs."""
        return ['Log out', self.username]


def _section(name: str, rooms: Sequence[RoomInfo], shown: RoomInfo) -> str:
    links = ''.join(_link(room, shown) for room in rooms)
    return f'<section data-kind="{name}"><h2>{HEADINGS[name]}</h2>{links}</section>'


def _link(room: RoomInfo, shown: RoomInfo) -> str:
    is_shown = room.id == shown.id
    here = ' aria-current="page"' if is_shown else ''
    is_hidden = room.level == 'hidden' and not is_shown and not (room.kind == 'direct' and room.unread)
    hidden = ' hidden' if is_hidden else ''
    classes = [name for name, is_so in (('unread', _is_unread(room)), ('archived', room.is_archived)) if is_so]
    state = f' class="{" ".join(classes)}"' if classes else ''
    person = f' data-person="{room.people[0]}"' if len(room.people) == 1 else ''
    return (f'<a href="/chat/{room.id}" data-room="{room.id}" data-kind="{room.kind}"{person}{state}{here}{hidden}>'
            f'<bdi class="label">{escape(room.name)}</bdi><span class="badge">{count(calls(room))}</span></a>')


def calls(room: RoomInfo) -> int:
    """How often I am called: by name, or by any message of a direct conversation."""
    if room.level == 'nothing' or (room.level == 'hidden' and room.kind != 'direct'):
        return 0
    return room.unread if room.kind == 'direct' and room.level != 'mentions' else room.mentions


def _is_unread(room: RoomInfo) -> bool:
    return calls(room) > 0 or (room.level == 'all' and room.unread > 0)


def count(number: int) -> str:
    """As it is shown; nothing for none."""
    return '' if not number else f'{number}' if number < MOST_COUNTED else f'{MOST_COUNTED - 1}+'


def _foot(username: str) -> str:
    return (f'<div class="foot"><bdi class="me">{escape(username)}</bdi>'
            + button('bell', 'Notifications', data_do='askToNotify', id='bell')
            + button('sound', 'Sound', data_do='toggleSound', id='sound')
            + '<button id="leave" class="quiet" type="button">Log out</button></div>')


SCRIPT = '''
// The sidebar: what others write in rooms that are not shown here, what was read elsewhere, rooms that come and go.
addEventListener("DOMContentLoaded", () => {
  const {socket, id: me, rooms} = chatroom, MOST = 100, LOBBY = 1;
  const nav = document.querySelector(".sidebar"), box = document.getElementById("filter");
  const link = (id) => nav.querySelector(`a[data-room="${id}"]`);
  const part = (kind) => nav.querySelector(`section[data-kind="${kind === "direct" ? "direct" : "rooms"}"]`);
  let isKnown = false;  // once the server has told of all rooms
  const lost = new Set();  // rooms that I have lost since I asked for all
  const isDirect = (info) => info.kind === "direct";

  // What calls me: my name, or any message of a direct conversation; less where I want less of a room.
  const calls = (info) => info.level === "nothing" || info.level === "hidden" && !isDirect(info) ? 0
    : isDirect(info) && info.level !== "mentions" ? info.unread : info.mentions;
  const isUnread = chatroom.isUnread = (info) => calls(info) > 0 || info.level === "all" && info.unread > 0;
  chatroom.calls = () => [...rooms.values()].reduce((sum, info) => sum + calls(info), 0);
  const shown = (which) => [...nav.querySelectorAll(which)].filter((a) => !a.hidden).map((a) => +a.dataset.room);
  chatroom.unreadRooms = () => shown("a.unread");
  chatroom.listed = () => shown("a[data-room]");

  const draw = (info) => {
    const a = link(info.id), isShown = info.id === chatroom.room, number = calls(info);
    a.dataset.kind = info.kind;
    if (info.people.length === 1) {
      a.dataset.person = info.people[0]; a.dataset.state = chatroom.stateOf(info.people[0]);
    }
    a.firstChild.textContent = info.name;
    a.lastChild.textContent = number >= MOST ? `${MOST - 1}+` : number || "";
    a.classList.toggle("unread", isUnread(info));
    a.classList.toggle("archived", info.archived);
    if (isUnread(info)) a.setAttribute("aria-description", "unread" + (number ? `, ${number} for you` : ""));
    else a.removeAttribute("aria-description");
    a.title = info.name;
    isShown ? a.setAttribute("aria-current", "page") : a.removeAttribute("aria-current");
    const wanted = info.level !== "hidden" || isShown || isDirect(info) && info.unread > 0;
    a.hidden = !wanted || !info.name.toLocaleLowerCase().includes(box.value.trim().toLocaleLowerCase());
    chatroom.tell("counted");
  };
  const before = (a, b) => isDirect(a) ? b.newest - a.newest
    : (b.id === LOBBY) - (a.id === LOBBY) || a.name.localeCompare(b.name) || a.id - b.id;
  const sort = (kind) => {
    if (!isKnown) return;
    const section = part(kind), there = [...rooms.values()].filter((info) => part(info.kind) === section).sort(before);
    let above = section.querySelector("h2");
    const focused = document.activeElement;
    for (const info of there) {
      const a = link(info.id);
      if (above.nextElementSibling !== a) above.after(a);
      above = a;
    }
    if (focused !== document.activeElement) focused.focus();  // who is moved loses it
  };
  const head = (info) => {
    const title = document.querySelector(".chat h1");
    title.textContent = info.name; title.dataset.kind = info.kind;
    const topic = document.querySelector(".chat .topic");
    topic.textContent = topic.title = info.topic;
  };
  const put = (info, isSorted) => {
    if (info.gone) {
      lost.add(info.id); rooms.delete(info.id); link(info.id)?.remove();
      chatroom.tell("gone", info.id); chatroom.tell("counted");
      if (info.id === chatroom.room) chatroom.lost();
      return;
    }
    if (!link(info.id)) {
      const a = Object.assign(document.createElement("a"), {href: `/chat/${info.id}`});
      a.append(Object.assign(document.createElement("bdi"), {className: "label"}),
               Object.assign(document.createElement("span"), {className: "badge"}));
      a.dataset.room = info.id;
      part(info.kind).append(a);
    }
    for (const [message, isNaming] of heard.get(info.id) || []) count(info, message, isNaming);
    lost.delete(info.id); rooms.set(info.id, info); draw(info);
    if (!isSorted) sort(info.kind);
    if (info.id === chatroom.room) head(info);
    chatroom.tell("changed", info);
  };
  // What is heard of a message may come before or after the server's own count that it is part of.
  const heard = new Map();
  const count = (info, message, isNaming) => {
    if (message <= info.newest) return;
    info.newest = message;
    info.unread = Math.min(MOST, info.unread + 1);
    info.mentions = Math.min(MOST, info.mentions + isNaming);
  };
  const raise = (id, message, isNaming) => {
    const info = rooms.get(id);
    heard.set(id, [...heard.get(id) || [], [message, isNaming]].slice(-MOST));
    if (!info) return;
    count(info, message, isNaming); draw(info);
    if (isDirect(info)) sort("direct");
  };
  socket.on("room_changed", put);
  socket.on("noticed", ({room, news}) => {
    for (const [message, author, people] of news) {
      const isNaming = people.includes(me) || people.includes(0);
      if (author !== me) raise(room, message, +isNaming);
      if (author !== me && isNaming) chatroom.tell("named");
    }
  });
  chatroom.when("unread", (room, message, isNaming) => raise(room, message, +!!isNaming));
  // Which of the unread ones called me is known to the server only; it is asked where that can be seen.
  const outdated = new Set();
  chatroom.when("deleted", (message, room) => {
    const info = rooms.get(room), isSeen = info && isUnread(info) && (calls(info) || info.unread < MOST);
    if (!isSeen || message <= info.last_read_id || outdated.has(room)) return;
    outdated.add(room);
    setTimeout(() => {
      outdated.delete(room);
      socket.emit("counts", {room}, (answer) => { if (!answer.error) put(answer.room); });
    }, 200 + 800 * Math.random());  // not everybody at once
  });
  chatroom.when("read", (room) => {
    const info = rooms.get(room);
    if (info) draw(Object.assign(info, {unread: 0, mentions: 0}));
  });
  chatroom.when("opened", (info) => {
    const was = nav.querySelector("[aria-current]");
    put(info);
    if (was && rooms.has(+was.dataset.room)) draw(rooms.get(+was.dataset.room));
    link(info.id).scrollIntoView({block: "nearest"});
  });
  const refresh = () => { lost.clear(); socket.emit("rooms", {}, (answer) => {
    if (answer.error) return;
    isKnown = true;
    answer.rooms = answer.rooms.filter((info) => !lost.has(info.id));
    const there = new Set(answer.rooms.map((info) => info.id));
    for (const a of nav.querySelectorAll("a[data-room]"))
      if (!there.has(+a.dataset.room)) put({id: +a.dataset.room, gone: true});
    for (const info of answer.rooms) put(info, true);
    sort("rooms"); sort("direct");
    link(chatroom.room)?.scrollIntoView({block: "nearest"});
  }); };
  socket.on("connect", refresh);  // what changed between the page and now, or while the connection was gone

  // On phones it lies over the chat, which cannot be reached meanwhile.
  const opener = document.getElementById("rooms");
  const setDrawer = (isOpen) => {
    document.body.classList.toggle("shows-rooms", isOpen);
    opener.setAttribute("aria-expanded", isOpen);
    for (const part of document.querySelectorAll(".transcript, .composer")) part.inert = isOpen;
    if (isOpen) (nav.querySelector("[aria-current]") || box).focus();
    else if (nav.contains(document.activeElement)) opener.focus();
  };
  const closeDrawer = () => { if (document.body.classList.contains("shows-rooms")) setDrawer(false); };
  chatroom.drawer = () => setDrawer(!document.body.classList.contains("shows-rooms"));
  nav.addEventListener("click", (event) => {
    const a = event.target.closest("a[data-room]");
    if (a || event.target.closest("[data-act], [data-panel]")) closeDrawer();
    if (!a || event.ctrlKey || event.metaKey || event.shiftKey) return;  // those open another tab
    event.preventDefault();
    chatroom.open(+a.dataset.room);
  });
  box.addEventListener("input", () => { for (const info of rooms.values()) draw(info); });
  box.addEventListener("keydown", (event) => {
    const first = event.key === "Enter" && nav.querySelector("a[data-room]:not([hidden])");
    if (event.key === "Escape" || first) { box.value = ""; for (const info of rooms.values()) draw(info); }
    if (first) { closeDrawer(); chatroom.open(+first.dataset.room); }
    if (event.key === "Escape") event.stopPropagation();
  });
});
'''
