"""The panel at the side: who is in a room, or what names me in all of them."""
from collections.abc import Mapping, Sequence
from html import escape

from chat import render
from chat.messages import Entry
from chat.rooms import RoomInfo
from models import LOBBY, User
from presence import State

from .icons import button, icon

SEARCH = ('<input class="search" type="search" placeholder="Search members" aria-label="Search members" '
          'autocomplete="off">')
RANK: Mapping[State, int] = {'online': 0, 'away': 1, 'offline': 2}
EXCERPT = 300
'''Characters of a message in a list.'''


def people(room: RoomInfo, reader_id: int, members: Sequence[User], states: Mapping[int, State]) -> str:
    """The members of a room: who is here first, else by name."""
    def rank(person: User) -> int:
        return RANK[states.get(person.id, 'offline')]

    may_invite = room.is_managed and room.kind == 'closed'
    may_remove = room.is_managed and room.kind != 'direct' and room.id != LOBBY
    rows = ''.join(_person(person, states.get(person.id, 'offline'), is_me=person.id == reader_id,
                           is_creator=person.id == room.creator_id and room.kind != 'direct',
                           may_remove=may_remove and person.id != reader_id)
                   for person in sorted(members, key=rank))
    invite = '<button class="solid" type="button" data-act="invite">Invite people</button>' if may_invite else ''
    return f'<h2>Members <span class="count">{len(members):,}</span></h2>{SEARCH}{invite}<ul class="people">{rows}</ul>'


def _person(person: User, state: State, *, is_me: bool, is_creator: bool, may_remove: bool) -> str:
    name = escape(person.username)
    role = 'you' if is_me else 'made this room' if is_creator else ''
    write = f'class="person" type="button" data-direct="{name}"' + (' disabled' if is_me else '')
    label = f'{name}, {role}' if role else name
    remove = button('close', f'Remove {name}', data_remove=name) if may_remove else ''
    return (f'<li data-person="{person.id}" data-state="{state}"><button {write} aria-label="{label}">'
            f'{render.avatar(person.id, person.username)}<bdi class="label">{name}</bdi>'
            f'<span class="role">{role}</span><span class="state"></span></button>{remove}</li>')


def mentions(entries: Sequence[Entry]) -> str:
    """Messages of several rooms, each a way to its place. The browser, which knows them, writes the rooms' names."""
    return ''.join(
        f'<a class="found" href="/chat/{entry.room_id}?at={entry.id}" data-room="{entry.room_id}" data-at="{entry.id}">'
        f'<span class="where" dir="auto"></span><span class="by"><bdi class="name">{escape(entry.author)}</bdi> '
        f'<time datetime="{render.timestamp(entry.created_at)}"></time></span>'
        f'<span class="text" dir="auto">{escape(entry.text[:EXCERPT])}</span></a>' for entry in entries)


SCRIPT = f'''
const CLOSE_BUTTON = {button('close', 'Close')!r}, MENTIONS_TITLE = {icon('at')!r} + " Mentions";
''' + '''
// The panel: asked for when it is opened, and again when what it shows has changed.
addEventListener("DOMContentLoaded", () => {
  const {socket, me, rooms} = chatroom, chat = document.querySelector(".chat");
  const panel = Object.assign(document.createElement("aside"), {className: "panel", hidden: true});
  const close = Object.assign(document.createElement("div"), {innerHTML: CLOSE_BUTTON}).firstChild;
  const content = document.createElement("div");
  panel.append(close, content); chat.append(panel);
  let shown = null, room = 0, opener = null;

  const filter = () => {
    const text = (content.querySelector(".search")?.value || "").trim().toLocaleLowerCase();
    for (const row of content.querySelectorAll("li"))
      row.hidden = !row.querySelector(".label").textContent.toLocaleLowerCase().includes(text);
  };
  const fill = {
    people: (answer) => {  // who is typing there, or has the focus there, keeps it
      const text = content.querySelector(".search")?.value || "", focused = document.activeElement;
      const held = focused.closest(".panel li")?.dataset.person, wasSearching = focused.matches(".panel .search");
      content.innerHTML = answer.html;
      const search = content.querySelector(".search");
      if (search) { search.value = text; if (wasSearching) search.focus(); }
      content.querySelector(`[data-person="${held}"] button`)?.focus();
      filter();
    },
    mentions: (answer) => {
      const none = '<p class="none">Nobody has named you yet.</p>';
      content.innerHTML = `<h2>${MENTIONS_TITLE}</h2>` + (answer.html || none);
      more();
    },
  };
  const nameRooms = () => {
    for (const found of content.querySelectorAll(".found")) {
      const info = rooms.get(+found.dataset.room);
      found.querySelector(".where").textContent = info ? (info.kind === "direct" ? "" : "# ") + info.name : "";
    }
  };
  const more = () => {  // where and when; and older ones
    nameRooms();
    for (const time of content.querySelectorAll(".found time")) {
      time.textContent = new Date(time.dateTime).toLocaleString(undefined, {dateStyle: "medium", timeStyle: "short"});
    }
    content.querySelector(".more")?.remove();
    const all = content.querySelectorAll(".found");
    if (all.length && all.length % 50 === 0) {
      const button = Object.assign(document.createElement("button"), {className: "quiet more", type: "button"});
      button.textContent = "Older ones";
      button.onclick = () => socket.emit("mentions", {before: +all[all.length - 1].dataset.at}, (answer) => {
        if (answer.error) return;
        button.insertAdjacentHTML("beforebegin", answer.html); more();
      });
      content.append(button);
    }
  };
  const load = () => {
    const asked = shown, of = chatroom.room;
    if (!asked) return;
    socket.emit(asked, asked === "people" ? {room: of} : {}, (answer) => {
      if (shown !== asked || answer.error) return;
      room = of; panel.hidden = false; fill[asked](answer);
      panel.setAttribute("aria-label", asked === "people" ? "Members" : "Mentions");
      if (opener && !panel.contains(document.activeElement)) (content.querySelector(".search") || close).focus();
    });
  };
  const hide = () => {
    shown = null; panel.hidden = true; content.textContent = "";
    if (opener) (opener.checkVisibility() ? opener : document.getElementById("rooms")).focus();
    opener = null;
  };
  chatroom.panel = (kind, from) => {
    if (shown === kind) return hide();
    shown = kind; opener = from; load();
  };
  chatroom.closePanel = () => { const was = !!shown; hide(); return was; };
  close.onclick = hide;
  panel.addEventListener("input", filter);
  panel.addEventListener("click", (event) => {
    const direct = event.target.closest("[data-direct]"), remove = event.target.closest("[data-remove]");
    const found = event.target.closest(".found");
    if (direct) chatroom.direct([direct.dataset.direct]);
    if (remove) chatroom.act("remove", {room, username: remove.dataset.remove});
    if (found && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      chatroom.open(+found.dataset.room, {at: +found.dataset.at});
    }
    if ((direct || found) && matchMedia("(max-width: 1099px)").matches) hide();
  });
  chatroom.when("opened", () => { if (shown === "people") load(); });
  socket.on("members_changed", (packet) => { if (shown === "people" && packet.room === chatroom.room) load(); });
  chatroom.when("states", (people) => {  // somebody new is in all open rooms
    const isNew = people.some((person) => !content.querySelector(`[data-person="${person}"]`));
    if (shown === "people" && isNew && rooms.get(chatroom.room)?.kind === "open") load();
  });
  chatroom.when("changed", () => { if (shown === "mentions") nameRooms(); });
  chatroom.when("named", () => { if (shown === "mentions") load(); });
  chatroom.when("gone", (id) => {  // at once, also what is shown of it here
    content.querySelectorAll(`.found[data-room="${id}"]`).forEach((found) => found.remove());
    if (shown === "people" && room === id) content.textContent = "";
  });
  socket.on("connect", load);
});
'''
