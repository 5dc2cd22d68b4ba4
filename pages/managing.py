"""Dialogs that create and change rooms. Each is built when it is opened, and deleted when it is closed."""
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from nicegui import Client, ui
from pydantic import BaseModel, Field, ValidationError

import auth
import limits
import names
from accounts.actor import Actor
from chat import history, management, messages, reading, rooms
from chat.rooms import RoomInfo
from doors.events import FORM, Id
from errors import Refused
from models import LOBBY, now
from ties.nicegui import Steady

from .html import html, inline

KINDS = {'open': 'Open: everyone is in it', 'closed': 'Closed: you and whom you invite'}
LEVELS = {'all': 'All messages', 'mentions': 'Mentions only', 'nothing': 'Nothing', 'hidden': 'Hidden from my sidebar'}
LOST = 'You are logged out: log in again.'
MOST_OPEN = 10
'''Dialogs that one page may have open; each costs the server some 50 KB.'''
COST = 5
'''Cost of opening a dialog, in units of `limits.check_look`.'''
PEOPLE = '''<div class="choosing" data-room="{room}" data-group="{group}"><label for="{id}">{label}</label>\
<div class="chosen"><input id="{id}" role="combobox" aria-expanded="true" aria-controls="{id}-list" \
aria-autocomplete="list" autocomplete="off" autocapitalize="none" spellcheck="false" placeholder="A name" autofocus>\
</div><ul id="{id}-list" role="listbox" aria-label="Found" data-way="people"></ul>\
<p class="none" role="status">Nobody by this name.</p></div>'''

ASK = '() => emit()'
CLOSE = 'getElement({dialog}).$emit("update:modelValue", false)'
OPEN = f'''() => {{{{ {CLOSE};
  queueMicrotask(() => dispatchEvent(new CustomEvent("open-room", {{{{detail: {{{{room: {{room}}}}}}}}}}))); }}}}'''
'''A browser opens a room at once: this dialog, which gives the focus back first, does not wait for the server.'''
MEET = f'''(event) => {{{{ const detail = [...event.target.querySelectorAll(".chip")].map((chip) => chip.textContent);
  if (!detail.length) return emit();
  {CLOSE}; queueMicrotask(() => dispatchEvent(new CustomEvent("meet", {{{{detail}}}}))); }}}}'''
'''So it does with a conversation, if somebody is chosen.'''

MOST_LISTED = 60
'''Rooms that a list in a dialog shows at once: each costs the server some 15 KB.'''

UNITS = (86_400 * 365, 'year'), (86_400 * 30, 'month'), (86_400, 'day'), (3_600, 'hour'), (60, 'minute')
'''Seconds, and what so many are called.'''

Doing = Callable[[], Awaitable[None]]


class TextField(Steady, ui.input):
    """A field of one line."""

    kind = str


class Choice(Steady, ui.radio):
    """One of a few."""


class People(ui.html):
    """A field in which people are chosen: `value` has their names, as `elements/people.js` tells them.

    The room says whom it offers: its members, or (`are_outside`) everybody else. More than the browser may choose are
    refused where they are used.
    """

    def __init__(self, label: str, room_id: int, *, are_outside: bool = False) -> None:
        self.label, self.value = label, list[str]()
        super().__init__(sanitize=False)
        self.set_content(html(PEOPLE, label=label, room=room_id, group=int(are_outside), id=f'people-{self.id}'))
        self.on('chosen', lambda event: self.choose(event.args), ['detail'])

    def choose(self, told: Any) -> None:
        """Take the names that a browser tells; what is no list of names changes nothing."""
        with suppress(ValidationError):
            self.value = Chosen.model_validate(told).detail


class Act(BaseModel, **FORM):
    """What a button of the page asks for: the dialog, and the room, message or user that it is about."""

    what: Literal['new', 'direct', 'browse', 'settings', 'invite', 'remove', 'delete']
    room: Id
    message: Id = 0
    username: Annotated[str, Field(max_length=200)] = ''


class Chosen(BaseModel, **FORM):
    """The people who are chosen in a field."""

    detail: Annotated[list[str], Field(max_length=management.MOST_NAMED)]


class Dialog(ui.dialog):
    """A dialog with a heading, its content, the reason of a refusal, and buttons."""

    LOOPBACK = False
    '''Esc closes it at once: the browser does not wait until the server says so.'''

    def __init__(self, dialogs: 'Dialogs', heading: str) -> None:
        with dialogs.client.layout, ui.element('div') as self.place:
            super().__init__(value=True)
        self.dialogs = dialogs
        dialogs.opened.add(self)
        self.is_doing = False
        self.on('hide', self._go)
        self.props['aria-label'] = heading
        with self.default_slot:
            self.card = ui.element('form').classes('form')
        with self.card:
            ui.label(heading).classes('heading').props('role=heading aria-level=2 dir=auto')

    def __enter__(self) -> Self:
        self.card.__enter__()
        return self

    def __exit__(self, *of_error: object) -> None:
        self.card.__exit__(*of_error)

    def _go(self) -> None:
        """Delete the dialog, and the hidden element that NiceGUI adds where a dialog is created."""
        self.dialogs.opened.discard(self)
        self.place.delete()
        if not self.is_deleted:
            self.delete()

    def buttons(self, label: str, action: Doing, *, is_danger: bool = False, at_once: str = ASK) -> None:
        """Add a button that runs the action, as Enter in a field does, and one that cancels.

        It is the form that acts: an input method's Enter submits none. `at_once` is what the browser does instead.
        """
        async def act() -> None:
            await self.do(action)

        self.card.on('submit.prevent', act, js_handler=at_once)
        with self._foot():
            self._closes('Cancel')
            ui.button(label, color=None).props('type=submit unelevated no-caps').classes(
                'danger' if is_danger else 'solid').on('click', act, js_handler='() => {}')  # where no browser runs

    def close_button(self) -> None:
        """Add a button that closes a dialog without an action of its own."""
        with self._foot():
            self._closes('Close').props('autofocus')

    def _closes(self, label: str) -> ui.button:
        """Add a button that closes the dialog, in a browser at once."""
        button = ui.button(label, color=None).props('flat no-caps').classes('plain')
        return button.on('click', self.close, js_handler=f'() => {CLOSE.format(dialog=self.id)}')

    def _foot(self) -> ui.element:
        """Add a label for the reason of a refusal; return a row for buttons."""
        self.problem = ui.label().classes('problem').props('role=alert')
        return ui.element('div').classes('buttons')

    async def do(self, action: Doing) -> None:
        """Run the action once, however often the button is pressed; then close, or show why it was refused."""
        if self.is_doing or not self.value:
            return
        self.is_doing = True
        try:
            await self.dialogs.check()
            await action()
        except Refused as error:
            self.problem.text = error.sentence
        else:
            self.close()
        finally:
            self.is_doing = False


@dataclass(slots=True)
class Dialogs:
    """The open dialogs of one page."""

    client: Client
    session: auth.Login
    is_opening: bool = False
    opened: set[Dialog] = field(default_factory=set)

    @property
    def actor(self) -> Actor:
        """The user of the page, as an Actor."""
        return self.session.actor()

    async def check(self) -> None:
        """Raise Refused('not_logged_in') if the session has ended meanwhile."""
        if not await auth.is_open(self.session.session_id):
            raise Refused('not_logged_in', LOST)

    def go(self, room_id: int) -> None:
        """Make the browser open a room."""
        self.client.run_javascript(f'dispatchEvent(new CustomEvent("open-room", {{detail: {{room: {room_id}}}}}))')

    async def act(self, arguments: Any) -> None:
        """Open the dialog that a button asks for; arguments that are not valid are ignored."""
        if self.is_opening:  # the button was pressed twice
            return
        self.is_opening, before = True, self.opened.copy()
        try:
            wish = Act.model_validate(arguments)
            await self.check()
            limits.check_look(self.session.user_id, COST)
            if len(self.opened) >= MOST_OPEN:
                raise Refused('too_fast', 'Close the dialogs that are open first.')
            await DIALOGS[wish.what](self, wish)
        except ValidationError:
            return
        except Refused as error:
            with self.client.layout:
                ui.notify(error.sentence)
        finally:
            self.is_opening = False
            if self.opened == before:
                self.client.run_javascript('dispatchEvent(new Event("unopened"))')  # for what is typed for it


def _name(label: str, value: str, most: int) -> TextField:
    return TextField(label, value=value).props(f'outlined maxlength={most} autocomplete=off dir=auto')


async def _new(dialogs: Dialogs, _: Act) -> None:
    with Dialog(dialogs, 'New room') as dialog:
        name = _name('Name', '', management.NAME_LENGTH).props('autofocus')
        kind = Choice(KINDS, value='open').props('aria-label="Who is in it"')
        members = People('Members', LOBBY)
        members.bind_visibility_from(kind, 'value', value='closed')

        async def create() -> None:
            chosen = members.value if kind.value == 'closed' else []
            dialogs.go((await management.create(dialogs.actor, name.value, kind.value, chosen)).id)

        dialog.buttons('Create room', create)


async def _direct(dialogs: Dialogs, _: Act) -> None:
    with Dialog(dialogs, 'New direct message') as dialog:
        members = People('To', LOBBY)

        async def open_direct() -> None:
            dialogs.go((await management.open_direct(dialogs.actor, members.value)).id)

        dialog.buttons('Open conversation', open_direct, at_once=MEET.format(dialog=dialog.id))


async def _browse(dialogs: Dialogs, _: Act) -> None:
    """List what I left or hid, and all other open rooms; a field finds those with some letters in name or topic."""
    every = await rooms.browse_all(dialogs.actor)
    mine = {room.id: room for room in await rooms.get_all(dialogs.actor)}
    known = mine | {each.room.id: each.room for each in every}
    hidden = [room for room in mine.values() if room.level == 'hidden' and room is known[room.id]]
    every += [rooms.Listed(room, 0, None, is_mine=True) for room in hidden]
    told = {room.id: room for room in rooms.told_apart([*known.values()])}
    every = [replace(each, room=told[each.room.id]) for each in every]
    with Dialog(dialogs, 'Browse rooms') as dialog:
        typed = TextField('Search rooms').props('outlined autocomplete=off dir=auto autofocus clearable debounce=150')
        places = ui.element('div').classes('browsed')
        dialog.close_button()

        def show() -> None:
            places.clear()
            with places:
                _fill(dialog, [each for each in every if _is_meant(each.room, typed.value or '')], typed.value or '')

        typed.on_value_change(show)
        show()


def _is_meant(room: RoomInfo, typed: str) -> bool:
    text = names.fold(typed.strip().removeprefix('#'))
    return text in names.fold(room.name) or text in names.fold(room.topic)


def _fill(dialog: Dialog, found: Sequence[rooms.Listed], typed: str) -> None:
    """Show rooms, those that are not in the sidebar first."""
    away = [each for each in found if not each.is_mine or each.room.level == 'hidden']
    here = [each for each in found if each.is_mine and each.room.level != 'hidden']
    shown = [*away, *here][:MOST_LISTED]
    if not found:
        ui.label('No room by this name.').classes('quiet-text')
    elif not away and not typed:
        ui.label('You are in all open rooms, and none is hidden.').classes('quiet-text')
    for heading, group in (('You left or hid', away), ('In your sidebar', here)):
        if some := [each for each in group if each in shown]:
            ui.html(html('<h3>{heading}</h3>', heading=heading), sanitize=False)
            with ui.element('ul'):
                for each in some:
                    _row(dialog, each)
    if len(shown) < len(found):
        ui.label(f'{len(found) - len(shown):,} more: search for them by name.').classes('quiet-text')


def _row(dialog: Dialog, listed: rooms.Listed) -> None:
    room, dialogs = listed.room, dialog.dialogs
    label, action = (('Join', _join) if not listed.is_mine else ('Show', _unhide) if room.level == 'hidden'
                     else ('Open', _go))
    with ui.element('li'):
        with ui.element('div').classes('label'):
            ui.label(room.title).classes('room-name').props(f'data-kind={room.kind} dir=auto')
            about = html('<p dir="auto">{topic}</p><p>{facts}</p>', topic=inline(room.topic), facts=_facts(listed))
            ui.html(about, sanitize=False).classes('quiet-text')
        at_once = OPEN.format(dialog=dialog.id, room=room.id) if label == 'Open' else ASK
        button = ui.button(label, color=None)
        button.on('click', lambda: dialog.do(lambda: action(dialogs, room)), js_handler=at_once)
        button.props('unelevated no-caps').classes('plain' if label == 'Open' else 'solid')
        button.props['aria-label'] = f'{label} {room.title}'


def _facts(listed: rooms.Listed) -> str:
    """How many are in a room, and when somebody last wrote there."""
    count = '1 member' if listed.members == 1 else f'{listed.members:,} members'
    return ' · '.join(filter(None, [count if listed.members else '', _ago(listed.last_at) if listed.members else '',
                                    'archived' if listed.room.is_archived else '']))


def _ago(moment: datetime | None) -> str:
    """How long ago a room was active, which is the same in each time zone."""
    if moment is None:
        return 'nothing written yet'
    seconds = max(0.0, (now() - moment).total_seconds())
    for size, unit in UNITS:
        if (number := int(seconds // size)) > 0:
            return f'active {number} {unit}{"s" if number > 1 else ""} ago'
    return 'active just now'


async def _go(dialogs: Dialogs, room: RoomInfo) -> None:
    dialogs.go(room.id)


async def _join(dialogs: Dialogs, room: RoomInfo) -> None:
    await management.join(dialogs.actor, room.id)
    dialogs.go(room.id)


async def _unhide(dialogs: Dialogs, room: RoomInfo) -> None:
    await reading.notify(dialogs.actor, room.id, 'all')
    dialogs.go(room.id)


async def _settings(dialogs: Dialogs, wish: Act) -> None:
    room = await rooms.get(dialogs.actor, wish.room)
    is_direct = room.kind == 'direct'
    with Dialog(dialogs, 'This conversation' if is_direct else 'This room') as dialog:
        changes = _changes(dialogs, room) if room.is_managed and not is_direct else None
        if room.topic and not changes:
            ui.html(inline(room.topic), sanitize=False).classes('quiet-text').props('dir=auto')
        ui.label('What calls me here').classes('part')
        level = Choice(LEVELS, value=room.level).props('aria-label="What calls me here"')

        async def save() -> None:
            if level.value != room.level:
                await reading.notify(dialogs.actor, room.id, level.value)
            if changes:
                await changes()

        if room.id != LOBBY and not is_direct:
            _ways_out(dialogs, dialog, room)
        dialog.buttons('Save', save)


def _changes(dialogs: Dialogs, room: RoomInfo) -> Doing:
    """Add fields for those who manage the room; return the action that saves them (it asks before opening the room)."""
    name = _name('Name', room.name, management.NAME_LENGTH).props('autofocus')
    topic = _name('Topic', room.topic, management.TOPIC_LENGTH)
    kind = Choice(KINDS, value=room.kind).props('aria-label="Who is in it"')
    kind.set_visibility(room.id != LOBBY)

    async def change() -> None:
        now_closed = kind.value == 'closed' and room.kind == 'open'
        await management.update(dialogs.actor, room.id, name=None if name.value == room.name else name.value,
                                topic=None if topic.value == room.topic else topic.value,
                                kind='closed' if now_closed else None)
        if kind.value == 'open' and room.kind == 'closed':
            _ask(dialogs, f'Open "{room.name}" to everyone?',
                 'Its history becomes readable: everyone will be in it, and can read all that was ever said here.',
                 'Open it', lambda: management.update(dialogs.actor, room.id, kind='open'), is_danger=False)

    return change


def _ways_out(dialogs: Dialogs, dialog: Dialog, room: RoomInfo) -> None:
    def offer(label: str, heading: str, consequence: str, button: str, action: Callable[[], Awaitable[Any]]) -> None:
        def ask() -> None:
            dialog.close()
            _ask(dialogs, heading, consequence, button, action, is_danger=button != 'Bring back')

        ui.button(label, on_click=ask, color=None).props('flat no-caps').classes('plain')

    with ui.element('div').classes('ways-out'):
        if room.is_managed and room.is_archived:
            offer('Bring back from the archive', f'Bring "{room.name}" back?', 'It can be written to again.',
                  'Bring back', lambda: management.update(dialogs.actor, room.id, archived=False))
        elif room.is_managed:
            offer('Archive this room', f'Archive "{room.name}"?', 'It can still be read, but not written to.',
                  'Archive', lambda: management.update(dialogs.actor, room.id, archived=True))
        back = ('You can come back by "Browse rooms".' if room.kind == 'open'
                else 'You can only come back if somebody invites you.')
        offer('Leave this room', f'Leave "{room.name}"?', back, 'Leave',
              lambda: management.leave(dialogs.actor, room.id))


def _ask(dialogs: Dialogs, heading: str, consequence: str, button: str, action: Callable[[], Awaitable[Any]], *,
         is_danger: bool = True) -> None:
    async def act() -> None:
        await action()

    with Dialog(dialogs, heading) as dialog:
        ui.label(consequence)
        dialog.buttons(button, act, is_danger=is_danger)


async def _invite(dialogs: Dialogs, wish: Act) -> None:
    room = await rooms.get(dialogs.actor, wish.room)
    with Dialog(dialogs, f'Invite people to "{room.name}"') as dialog:
        members = People('People', room.id, are_outside=True)
        ui.label('They can read all that was ever said here.').classes('quiet-text')

        async def invite() -> None:
            await management.invite(dialogs.actor, room.id, members.value)

        dialog.buttons('Invite', invite)


async def _remove(dialogs: Dialogs, wish: Act) -> None:
    room = await rooms.get(dialogs.actor, wish.room)
    _ask(dialogs, f'Remove {wish.username} from "{room.name}"?', 'They can no longer read what is said here.', 'Remove',
         lambda: management.remove(dialogs.actor, room.id, wish.username))


async def _delete(dialogs: Dialogs, wish: Act) -> None:
    found = await history.history(dialogs.actor, wish.room, before=wish.message + 1, limit=1)
    for entry in found.entries:
        if entry.id == wish.message:
            _ask(dialogs, 'Delete this line?' if entry.system else f'Delete what {entry.author} wrote?',
                 'It is gone for everybody, and can not be brought back.', 'Delete',
                 lambda: messages.delete(dialogs.actor, wish.message))


DIALOGS: dict[str, Callable[[Dialogs, Act], Awaitable[None]]] = {
    'new': _new, 'direct': _direct, 'browse': _browse, 'settings': _settings, 'invite': _invite, 'remove': _remove,
    'delete': _delete}
