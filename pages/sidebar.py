"""My rooms and conversations: one element, whose marks are moved in the browser by small packets."""
from collections.abc import Sequence
from html import escape

from nicegui import ui

from chat.rooms import MOST_COUNTED, RoomInfo


class Sidebar(ui.html):
    """Links to rooms. What changes afterwards, the browser changes by itself."""

    def __init__(self, rooms: Sequence[RoomInfo], shown: RoomInfo) -> None:
        super().__init__(_html(rooms, shown), sanitize=False, tag='nav')
        self.classes('sidebar').props('aria-label=Rooms')


def _html(rooms: Sequence[RoomInfo], shown: RoomInfo) -> str:
    parts = {'rooms': ('Rooms', [room for room in rooms if room.kind != 'direct']),
             'direct': ('Direct messages', [room for room in rooms if room.kind == 'direct'])}
    return ''.join(f'<section data-kind="{name}"><h2>{heading}</h2>{"".join(_link(room, shown) for room in listed)}'
                   '</section>' for name, (heading, listed) in parts.items())


def _link(room: RoomInfo, shown: RoomInfo) -> str:
    here = ' aria-current="page"' if room.id == shown.id else ''
    state = ' class="unread"' if room.unread and room.id != shown.id else ''
    return (f'<a href="/chat/{room.id}" data-room="{room.id}" data-kind="{room.kind}"{state}{here}>'
            f'<bdi class="label">{escape(room.name)}</bdi><span class="badge">{count(room.mentions)}</span></a>')


def count(number: int) -> str:
    """As it is shown; nothing for none."""
    return '' if not number else f'{number}' if number < MOST_COUNTED else f'{MOST_COUNTED - 1}+'


SCRIPT = '''
// The sidebar: what others write in rooms that are not shown here, what was read elsewhere, rooms that come and go.
addEventListener("DOMContentLoaded", () => {
  const {room, socket} = window.chatroom, me = +document.querySelector("[role=log]").dataset.me;
  const nav = document.querySelector(".sidebar"), MOST = 100;
  const link = (id) => nav.querySelector(`a[data-room="${id}"]`);
  const part = (kind) => nav.querySelector(`section[data-kind="${kind === "direct" ? "direct" : "rooms"}"]`);
  const mark = (a, unread, mentions) => {
    a.classList.toggle("unread", unread > 0 && +a.dataset.room !== room);
    a.mentions = +a.dataset.room === room ? 0 : mentions;
    a.lastChild.textContent = a.mentions >= MOST ? `${MOST - 1}+` : a.mentions || "";
  };
  const put = (info) => {
    if (info.gone) {
      link(info.id)?.remove();
      if (info.id === room) location.replace("/chat");
      return;
    }
    let a = link(info.id);
    if (!a) {
      a = Object.assign(document.createElement("a"), {href: `/chat/${info.id}`});
      a.append(Object.assign(document.createElement("bdi"), {className: "label"}),
               Object.assign(document.createElement("span"), {className: "badge"}));
      a.dataset.room = info.id;
    }
    a.dataset.kind = info.kind;
    a.firstChild.textContent = info.name;
    if (a.parentNode !== part(info.kind)) part(info.kind).append(a);
    if (info.id === room) document.querySelector(".chat h1").textContent = info.name;
    if (info.id === room) document.querySelector(".chat .topic").textContent = info.topic;
    mark(a, info.unread, info.mentions);
  };
  for (const a of nav.querySelectorAll("a")) a.mentions = parseInt(a.lastChild.textContent) || 0;
  socket.on("room_changed", put);
  socket.on("noticed", (packet) => {
    const a = link(packet.room), others = packet.news.filter(([author]) => author !== me);
    if (!a || !others.length) return;
    mark(a, others.length, a.mentions + others.filter(([, people]) => people.includes(me)).length);
    if (a.dataset.kind === "direct") a.parentNode.querySelector("h2").after(a);  // the latest first
  });
  const refresh = () => socket.emit("rooms", {}, (answer) => {
    if (answer.error) return;
    const there = new Set(answer.rooms.map((info) => info.id));
    for (const a of nav.querySelectorAll("a")) if (!there.has(+a.dataset.room)) put({id: +a.dataset.room, gone: true});
    answer.rooms.forEach(put);
    for (const info of answer.rooms) part(info.kind).append(link(info.id));
  });
  socket.on("connect", refresh);  // what changed between the page and now, or while the connection was gone
  document.getElementById("rooms").addEventListener("click", () => document.body.classList.toggle("shows-rooms"));
  nav.addEventListener("click", () => document.body.classList.remove("shows-rooms"));
});
'''
