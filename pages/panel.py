"""The panel at the side, and who is in a room. Lists of messages in it are in `lists.py`."""
from collections.abc import Mapping, Sequence
from html import escape

from chat import render
from chat.rooms import RoomInfo
from models import LOBBY, User
from presence import State

from .icons import button

SEARCH = ('<input class="search" type="search" placeholder="Search members" aria-label="Search members" '
          'autocomplete="off">')
RANK: Mapping[State, int] = {'online': 0, 'away': 1, 'offline': 2}


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


SCRIPT = f'''
const CLOSE_BUTTON = {button('close', 'Close')!r}, COMES_LATER = "This comes as soon as the connection is back.";
''' + '''
// The panel: asked for when it is opened, and again when what it shows has changed.
addEventListener("DOMContentLoaded", () => {
  const {socket, rooms} = chatroom, chat = document.querySelector(".chat");
  const panel = Object.assign(document.createElement("aside"), {className: "panel", hidden: true});
  const close = Object.assign(document.createElement("div"), {innerHTML: CLOSE_BUTTON}).firstChild;
  const content = document.createElement("div");
  panel.append(close, content); chat.append(panel);
  let shown = null, room = 0, opener = null;
  // kinds: what the panel can show: its label, what is to be asked for it, and how the answer is filled in
  const kinds = {};
  chatroom.addPanel = (name, kind) => { kinds[name] = kind; };

  const filter = () => {
    const text = (content.querySelector(".search")?.value || "").trim().toLocaleLowerCase();
    for (const row of content.querySelectorAll("li"))
      row.hidden = !row.querySelector(".label").textContent.toLocaleLowerCase().includes(text);
  };
  chatroom.addPanel("people", {label: "Members", asks: () => ["people", {room: chatroom.room}], fill: (answer) => {
    // who is typing there, or has the focus there, keeps it
    const text = content.querySelector(".search")?.value || "", focused = document.activeElement;
    const held = focused.closest(".panel li")?.dataset.person, wasSearching = focused.matches(".panel .search");
    content.innerHTML = answer.html;
    const search = content.querySelector(".search");
    if (search) { search.value = text; if (wasSearching) search.focus(); }
    content.querySelector(`[data-person="${held}"] button`)?.focus();
    filter();
  }});
  const load = () => {
    const asked = shown, of = chatroom.room;
    if (!asked) return;
    const {label, title = label, asks, fill} = kinds[asked], wish = asks();
    const open = (answer) => {
      room = of; panel.hidden = false;
      if (answer) fill(answer);
      else content.innerHTML = `<h2>${title}</h2><p class="none" role="status">${COMES_LATER}</p>`;
      panel.setAttribute("aria-label", label);
      if (opener && !panel.contains(document.activeElement)) (content.querySelector("input") || close).focus();
    };
    const take = (answer) => { if (shown === asked && !answer.error) open(answer); };
    if (!wish) open({}); else if (socket.connected) socket.emit(...wish, take); else if (!content.firstChild) open();
  };
  const hide = () => {
    shown = null; panel.hidden = true; content.textContent = "";
    if (opener) (opener.checkVisibility() ? opener : document.getElementById("rooms")).focus();
    opener = null;
  };
  chatroom.panel = (kind, from = null) => {
    if (shown === kind) return hide();
    content.textContent = ""; shown = kind; opener = from; load();
  };
  chatroom.panelShown = () => shown;
  chatroom.reloadPanel = (...of) => { if (of.includes(shown)) load(); };
  chatroom.closePanel = () => { const was = !!shown; hide(); return was; };
  chatroom.makeRoom = () => { if (matchMedia("(max-width: 1099px)").matches) hide(); };  // it lies over the chat
  close.onclick = hide;
  panel.addEventListener("input", filter);
  panel.addEventListener("click", (event) => {
    const direct = event.target.closest("[data-direct]"), remove = event.target.closest("[data-remove]");
    if (direct) { chatroom.direct([direct.dataset.direct]); chatroom.makeRoom(); }
    if (remove) chatroom.act("remove", {room, username: remove.dataset.remove});
  });
  chatroom.when("opened", () => chatroom.reloadPanel("people"));
  socket.on("members_changed", (packet) => { if (packet.room === chatroom.room) chatroom.reloadPanel("people"); });
  chatroom.when("states", (people) => {  // somebody new is in all open rooms
    const isNew = people.some((person) => !content.querySelector(`[data-person="${person}"]`));
    if (isNew && rooms.get(chatroom.room)?.kind === "open") chatroom.reloadPanel("people");
  });
  chatroom.when("gone", (id) => { if (shown === "people" && room === id) content.textContent = ""; });  // at once
  socket.on("connect", load);
});
'''
