"""Dialogs in which rooms are made and changed. Each is made when it is opened, and gone when it is closed."""
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from nicegui import Client, ui
from pydantic import Field, ValidationError

import auth
from chat import history, management, messages, reading, rooms
from chat.rooms import RoomInfo
from errors import Refused
from events import Arguments, Id
from models import LOBBY

KINDS = {'open': 'Open: everyone is in it', 'closed': 'Closed: you and whom you invite'}
LEVELS = {'all': 'All messages', 'mentions': 'Mentions only', 'nothing': 'Nothing', 'hidden': 'Hidden from my sidebar'}
LOST = 'You are logged out: log in again.'

Doing = Callable[[], Awaitable[None]]


class Act(Arguments):
    """What a page's buttons ask for."""

    what: Literal['new', 'direct', 'browse', 'settings', 'invite', 'remove', 'delete']
    room: Id
    message: Id = 0
    username: Annotated[str, Field(max_length=200)] = ''


class Form(ui.dialog):
    """A heading, what stands below it, the reason why something was refused, and buttons."""

    def __init__(self, page: 'Page', heading: str) -> None:
        with page.client.layout, ui.element('div') as self.place:
            super().__init__(value=True)
        self.page = page
        self.is_doing = False
        self.on('hide', self._go)
        self.props['aria-label'] = heading
        with self.default_slot:
            self.card = ui.element('div').classes('form')
        with self.card:
            ui.label(heading).classes('heading').props('role=heading aria-level=2 dir=auto')

    def __enter__(self) -> Self:
        self.card.__enter__()
        return self

    def __exit__(self, *of_error: object) -> None:
        self.card.__exit__(*of_error)

    def _go(self) -> None:
        """Also what NiceGUI puts where a dialog was made."""
        self.place.delete()
        if not self.is_deleted:
            self.delete()

    def buttons(self, label: str, action: Doing, *, is_danger: bool = False) -> None:
        """The button that does it, and the one that does nothing."""
        with self._foot():
            ui.button('Cancel', on_click=self.close, color=None).props('flat no-caps').classes('plain')
            ui.button(label, on_click=lambda: self.do(action), color=None).props('unelevated no-caps').classes(
                'danger' if is_danger else 'solid')

    def close_button(self) -> None:
        """Where there is nothing else to press."""
        with self._foot():
            ui.button('Close', on_click=self.close, color=None).props('flat no-caps autofocus').classes('plain')

    def _foot(self) -> ui.element:
        """The reason why something was refused, and a row for buttons."""
        self.problem = ui.label().classes('problem').props('role=alert')
        return ui.element('div').classes('buttons')

    async def do(self, action: Doing) -> None:
        """Once, however often it is pressed. Close when it is done; say why if it is refused."""
        if self.is_doing or not self.value:
            return
        self.is_doing = True
        try:
            await self.page.check()
            await action()
        except Refused as error:
            self.problem.text = error.sentence
        else:
            self.close()
        finally:
            self.is_doing = False


@dataclass(slots=True)
class Page:
    """Whose page it is."""

    client: Client
    session: auth.Login
    is_opening: bool = False

    @property
    def me(self) -> int:
        """The user's id."""
        return self.session.user_id

    async def check(self) -> None:
        """Raise Refused('not_logged_in') if the session has ended meanwhile."""
        if not await auth.is_open(self.session.session_id):
            raise Refused('not_logged_in', LOST)

    def go(self, room_id: int) -> None:
        """Show a room."""
        self.client.run_javascript(f'chatroom.open({room_id})')

    async def act(self, arguments: Any) -> None:
        """Open a dialog; what is no request of a button is ignored."""
        if self.is_opening:  # pressed twice
            return
        self.is_opening = True
        try:
            wish = Act.model_validate(arguments)
            await self.check()
            await DIALOGS[wish.what](self, wish)
        except ValidationError:
            return
        except Refused as error:
            with self.client.layout:
                ui.notify(error.sentence)
        finally:
            self.is_opening = False

    async def others(self, but: int | None = None) -> list[str]:
        """Who might be asked in: everyone else, or everyone who is not in this room."""
        there = {self.me} if but is None else {person.id for person in await rooms.members(self.me, but)}
        return [person.username for person in await rooms.members(self.me, LOBBY) if person.id not in there]


def _name(label: str, value: str, most: int) -> ui.input:
    return ui.input(label, value=value).props(f'outlined maxlength={most} autocomplete=off dir=auto')


def _people(label: str, usernames: list[str]) -> ui.select:
    field = ui.select(usernames, label=label, multiple=True, value=[], with_input=True, new_value_mode='add-unique')
    return field.props('outlined use-chips options-dense hide-dropdown-icon popup-content-class=people-menu')


async def _new(page: Page, _: Act) -> None:
    everybody = await page.others()
    with Form(page, 'New room') as form:
        name = _name('Name', '', management.NAME_LENGTH).props('autofocus')
        kind = ui.radio(KINDS, value='open').props('aria-label="Who is in it"')
        members = _people('Members', everybody).bind_visibility_from(kind, 'value', value='closed')

        async def create() -> None:
            chosen = members.value if kind.value == 'closed' else []
            page.go((await management.create(page.me, name.value, kind.value, chosen)).id)

        form.buttons('Create room', create)
        name.on('keydown.enter', lambda: form.do(create))


async def _direct(page: Page, _: Act) -> None:
    everybody = await page.others()
    with Form(page, 'New direct message') as form:
        members = _people('To', everybody).props('autofocus')

        async def open_direct() -> None:
            page.go((await management.open_direct(page.me, members.value)).id)

        form.buttons('Open conversation', open_direct)


async def _browse(page: Page, _: Act) -> None:
    left = await rooms.browse(page.me)
    hidden = [room for room in await rooms.get_all(page.me) if room.level == 'hidden']
    with Form(page, 'Browse rooms') as form:
        if not left and not hidden:
            ui.label('You are in all open rooms, and none is hidden.').classes('quiet-text')
        with ui.element('ul').classes('browsed'):
            for room in left:
                _row(form, room, 'Join', lambda room=room: _join(page, room))  # type: ignore[misc]
            for room in hidden:
                _row(form, room, 'Show', lambda room=room: _unhide(page, room))  # type: ignore[misc]
        form.close_button()


def _row(form: Form, room: RoomInfo, label: str, action: Doing) -> None:
    with ui.element('li'):
        with ui.element('div').classes('label'):
            ui.label(room.name).classes('room-name').props(f'data-kind={room.kind} dir=auto')
            ui.label(room.topic).classes('quiet-text').props('dir=auto')
        ui.button(label, on_click=lambda: form.do(action), color=None).props('unelevated no-caps').classes('solid')


async def _join(page: Page, room: RoomInfo) -> None:
    await management.join(page.me, room.id)
    page.go(room.id)


async def _unhide(page: Page, room: RoomInfo) -> None:
    await reading.notify(page.me, room.id, 'all')
    page.go(room.id)


async def _settings(page: Page, wish: Act) -> None:
    room = await rooms.get(page.me, wish.room)
    is_direct = room.kind == 'direct'
    with Form(page, 'This conversation' if is_direct else 'This room') as form:
        changes = _changes(page, room) if room.is_managed and not is_direct else None
        if room.topic and not changes:
            ui.label(room.topic).classes('quiet-text').props('dir=auto')
        ui.label('What calls me here').classes('part')
        level = ui.radio(LEVELS, value=room.level).props('aria-label="What calls me here"')

        async def save() -> None:
            if level.value != room.level:
                await reading.notify(page.me, room.id, level.value)
            if changes:
                await changes()

        if room.id != LOBBY and not is_direct:
            _ways_out(page, form, room)
        form.buttons('Save', save)


def _changes(page: Page, room: RoomInfo) -> Doing:
    """What its creator and administrators may change of a room; the rest is asked for first."""
    name = _name('Name', room.name, management.NAME_LENGTH).props('autofocus')
    topic = _name('Topic', room.topic, management.TOPIC_LENGTH)
    kind = ui.radio(KINDS, value=room.kind).props('aria-label="Who is in it"')
    kind.set_visibility(room.id != LOBBY)

    async def change() -> None:
        now_closed = kind.value == 'closed' and room.kind == 'open'
        await management.update(page.me, room.id, name=None if name.value == room.name else name.value,
                                topic=None if topic.value == room.topic else topic.value,
                                kind='closed' if now_closed else None)
        if kind.value == 'open' and room.kind == 'closed':
            _ask(page, f'Open "{room.name}" to everyone?',
                 'Its history becomes readable: everyone will be in it, and can read all that was ever said here.',
                 'Open it', lambda: management.update(page.me, room.id, kind='open'), is_danger=False)

    return change


def _ways_out(page: Page, form: Form, room: RoomInfo) -> None:
    def offer(label: str, heading: str, consequence: str, button: str, action: Callable[[], Awaitable[Any]]) -> None:
        def ask() -> None:
            form.close()
            _ask(page, heading, consequence, button, action, is_danger=button != 'Bring back')

        ui.button(label, on_click=ask, color=None).props('flat no-caps').classes('plain')

    with ui.element('div').classes('ways-out'):
        if room.is_managed and room.is_archived:
            offer('Bring back from the archive', f'Bring "{room.name}" back?', 'It can be written to again.',
                  'Bring back', lambda: management.update(page.me, room.id, archived=False))
        elif room.is_managed:
            offer('Archive this room', f'Archive "{room.name}"?', 'It can still be read, but not written to.',
                  'Archive', lambda: management.update(page.me, room.id, archived=True))
        back = ('You can come back by "Browse rooms".' if room.kind == 'open'
                else 'You can only come back if somebody invites you.')
        offer('Leave this room', f'Leave "{room.name}"?', back, 'Leave', lambda: management.leave(page.me, room.id))


def _ask(page: Page, heading: str, consequence: str, button: str, action: Callable[[], Awaitable[Any]], *,
         is_danger: bool = True) -> None:
    async def act() -> None:
        await action()

    with Form(page, heading) as form:
        ui.label(consequence)
        form.buttons(button, act, is_danger=is_danger)


async def _invite(page: Page, wish: Act) -> None:
    room = await rooms.get(page.me, wish.room)
    outside = await page.others(but=room.id)
    with Form(page, f'Invite people to "{room.name}"') as form:
        members = _people('People', outside).props('autofocus')
        ui.label('They can read all that was ever said here.').classes('quiet-text')

        async def invite() -> None:
            for username in members.value:
                await management.invite(page.me, room.id, username)

        form.buttons('Invite', invite)


async def _remove(page: Page, wish: Act) -> None:
    room = await rooms.get(page.me, wish.room)
    _ask(page, f'Remove {wish.username} from "{room.name}"?', 'They can no longer read what is said here.', 'Remove',
         lambda: management.remove(page.me, room.id, wish.username))


async def _delete(page: Page, wish: Act) -> None:
    found = await history.history(page.me, wish.room, before=wish.message + 1, limit=1)
    for entry in found.entries:
        if entry.id == wish.message:
            _ask(page, f'Delete what {entry.author} wrote?', 'It is gone for everybody, and can not be brought back.',
                 'Delete', lambda: messages.delete(page.me, wish.message))


DIALOGS: dict[str, Callable[[Page, Act], Awaitable[None]]] = {
    'new': _new, 'direct': _direct, 'browse': _browse, 'settings': _settings, 'invite': _invite, 'remove': _remove,
    'delete': _delete}
