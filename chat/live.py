"""From a committed change to everybody's screen: render it once, keep the newest page of its room, tell the hub.

Who hears a room is decided here, too, in the order of commits: whoever was put out before a message was stored does not
hear it, and nobody who came by a look that is older than that comes back in.
"""
import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from peewee import fn

import database
import hub
from database import Written
from errors import Refused
from models import User, rooms_of

from . import history, markdown, mentions, rates, render
from .entries import Change, Entry, Quote
from .history import PAGE
from .keeping import Saved
from .rooms import RoomChange, RoomInfo, infos, require


@dataclass(frozen=True, slots=True)
class Page:
    """The newest messages of a room, rendered, as they were at `revision`."""

    html: str
    texts: list[str]
    revision: int
    epoch: str
    has_more: bool
    oldest_id: int

    def reaches(self, message_id: int) -> bool:
        """Whether everything after this message is here."""
        return not self.has_more or self.oldest_id <= message_id


@dataclass(slots=True)
class _Newest:
    """Shared by all pages that open a room; kept up to date by every change."""

    entries: dict[int, Entry] = field(default_factory=dict)
    revision: int = 0
    epoch: str = ''
    has_more: bool = False
    page: Page | None = None
    loading: 'asyncio.Task[None] | None' = None

    def apply(self, entry: Entry) -> None:
        """Changes may come twice and out of order, so the higher revision of a message wins."""
        self.revision = max(self.revision, entry.revision)
        self.page = None
        known = self.entries.get(entry.id)
        is_older = known is None and self.has_more and self.entries and entry.id < next(iter(self.entries))
        if not is_older and (known is None or known.revision < entry.revision):
            self.entries[entry.id] = entry

    def quote_anew(self, originals: Iterable[Entry]) -> None:
        """Replies to these show them as they are now."""
        quotes = {entry.id: entry.quoted() for entry in originals}
        self.entries = {entry.id: replace(entry, quote=quotes[entry.quote.id])
                        if entry.quote and entry.quote.id in quotes else entry for entry in self.entries.values()}

    def trim(self) -> None:
        self.entries = dict(sorted(self.entries.items()))
        while len(self.entries) > PAGE:
            del self.entries[next(iter(self.entries))]
            self.has_more = True

    @property
    def is_thin(self) -> bool:
        """Whether deletions have left too little of what was loaded."""
        return self.has_more and sum(not entry.is_deleted for entry in self.entries.values()) < PAGE // 2


@dataclass(frozen=True, slots=True)
class _Listening:
    """A socket hears of rooms from now on, or a page shows one of them."""

    sid: str
    room_ids: Sequence[int] = ()
    shown: int | None = None


@dataclass(slots=True)
class _Stale:
    """Why: something was marked as unread, or only read by this one socket, which knows it."""

    is_marked: bool = False
    reader: str | None = None


_rooms: dict[int, _Newest] = {}
_stale: dict[tuple[int, int], _Stale] = {}
'''People and rooms of theirs that they are to see anew.'''
_gone: set[tuple[int, int]] = set()
'''Who was put out of which room since it was last looked up what people are to see.'''
_showing: set[asyncio.Task[None]] = set()
SHOWN_AT_ONCE = 50
NOTICE_LENGTH = 200
'''Characters of a message in a notification.'''


def publish(changes: Sequence[Change | RoomChange | Saved | _Listening]) -> None:
    """Tell everybody; called on the loop, in the order of commits, after the commit."""
    for change in changes:
        if isinstance(change, Change):
            _publish_message(change)
        elif isinstance(change, RoomChange):
            _publish_room(change)
        elif isinstance(change, Saved):
            hub.hub.tell_user(change.user_id, 'saved_changed', {'page': {'id': change.message_id, 'on': change.is_on}})
        else:
            for room_id in change.room_ids:
                hub.hub.join(room_id, change.sid)
            if change.shown is not None:
                hub.hub.show(change.shown, change.sid)


def _publish_message(change: Change) -> None:
    entry = change.entry
    if newest := _rooms.get(entry.room_id):
        newest.apply(entry)
        if not change.is_new:
            newest.quote_anew([entry])
        newest.trim()
        if newest.is_thin and newest.loading is None:
            del _rooms[entry.room_id]
    hub.hub.publish(entry.room_id, hub.Change(
        id=entry.id, revision=entry.revision, html=html(entry, change.client_id),
        event='receive_message' if change.is_new else 'message_changed', data=entry.to_dict(),
        news=(entry.id, entry.author_id, [user_id for user_id, _ in entry.mentions]) if change.is_new else None))
    if change.is_rewritten:
        hub.hub.tell_aside(entry.room_id, 'rewritten', {'room': entry.room_id, 'id': entry.id,
                                                        'deleted': entry.is_deleted})
    for user_id in change.notified:
        hub.hub.notify(user_id, entry.room_id, {'room': entry.room_id, 'id': entry.id, 'username': entry.author,
                                                'text': markdown.plain(entry.text, NOTICE_LENGTH)})


def _publish_room(change: RoomChange) -> None:
    room_id, here = change.room_id, hub.hub.users()
    for user_id in change.gone & here:
        _stale.pop((user_id, room_id), None)
        _gone.add((user_id, room_id))
        hub.hub.expel(user_id, room_id)
        gone = {'id': room_id, 'gone': True}
        hub.hub.tell_user(user_id, 'room_changed', {'program': gone, 'page': gone})
    for user_id in change.came & here:
        hub.hub.admit(user_id, room_id)
    if change.came or change.gone:
        hub.hub.tell_pages(room_id, 'members_changed', {'room': room_id})
    for user_id in here if change.told is None else here & change.told:
        if change.reader is None or hub.hub.has_others(user_id, change.reader):
            _outdate(user_id, change)
    if _stale and not _showing:
        task = asyncio.get_running_loop().create_task(_show_rooms())
        _showing.add(task)
        task.add_done_callback(_showing.discard)


def _outdate(user_id: int, change: RoomChange) -> None:
    before = _stale.get((user_id, change.room_id), _Stale(reader=change.reader))
    _stale[user_id, change.room_id] = _Stale(before.is_marked or change.is_marking,
                                             change.reader if before.reader == change.reader else None)


async def _show_rooms() -> None:
    """One after the other, so that nobody hears of an older state after a newer one, or after being put out."""
    while _stale:
        some = {key: _stale.pop(key) for key in list(_stale)[:SHOWN_AT_ONCE]}
        _gone.clear()
        with suppress(Refused):
            for key, room in await database.read(lambda some=some: _seen_by(some)):  # type: ignore[misc]
                if key not in _gone:
                    hub.hub.tell_user(key[0], 'room_changed', {
                        'program': room.to_dict(), 'page': {**room.to_page(), 'marked': some[key].is_marked},
                    }, but=some[key].reader)


def _seen_by(keys: Iterable[tuple[int, int]]) -> list[tuple[tuple[int, int], RoomInfo]]:
    return [((user_id, room_id), room) for user_id, room_id in keys for room in infos(user_id, room_id)]


async def listen(user_id: int, sid: str, shown: int | None = None) -> None:
    """Let a socket hear of all rooms of this user, and let a page show one, if it is theirs. Raises 'unavailable'.

    The memberships are looked up by the writer, so that the socket is let in between the same two commits.
    """
    def operation() -> Written[None]:
        room_ids = [room.id for room in rooms_of(user_id)]
        if shown not in room_ids:
            return Written(None, [_Listening(sid, room_ids)])
        _look_at(user_id, shown)
        return Written(None, [_Listening(sid, room_ids, shown)])

    await database.write(operation)


async def show(user_id: int, sid: str, room_id: int) -> None:
    """Let a page hear this room, instead of the one that it has shown. Raises Refused('not_found'), 'unavailable'."""
    def operation() -> Written[None]:
        require(user_id, room_id)
        _look_at(user_id, room_id)
        return Written(None, [_Listening(sid, shown=room_id)])

    await database.write(operation)


def _look_at(user_id: int, room_id: int) -> None:
    """`/chat` opens this room the next time."""
    User.update(last_room_id=room_id).where(User.id == user_id, fn.coalesce(User.last_room_id, 0) != room_id).execute()


def html(entry: Entry, client_id: str | None = None) -> str:
    """The fragment that every viewer of this entry gets; by the `client_id` its author's page knows what it sent."""
    if entry.is_deleted:
        return render.tombstone(id=entry.id, revision=entry.revision)
    return render.article(id=entry.id, revision=entry.revision, author_id=entry.author_id, author=entry.author,
                          text=entry.text, created_at=entry.created_at, edited_at=entry.edited_at,
                          mentions=[user_id for user_id, _ in entry.mentions],
                          people=lambda source: mentions.places(source, entry.mentions), quote=_quote(entry.quote),
                          reactions=render.reactions(entry.reactions or {}), is_pinned=entry.is_pinned,
                          client_id=client_id)


def _quote(quote: Quote | None) -> str:
    return render.quote(id=quote.id, author=quote.author, text=quote.text, is_deleted=quote.is_deleted) if quote else ''


async def newest_page(room_id: int) -> Page:
    """The newest page of a room, for somebody who was found to be a member."""
    newest = _rooms.setdefault(room_id, _Newest())
    if not newest.epoch:
        if newest.loading is None:  # from here on every change is applied, so loading can't miss one
            newest.loading = asyncio.get_running_loop().create_task(_load(room_id, newest))
        await asyncio.shield(newest.loading)
    return shown(room_id)


def shown(room_id: int) -> Page:
    """The newest page as far as it is loaded."""
    newest = _rooms.get(room_id, _Newest())
    if newest.page is None:
        entries = newest.entries.values()
        newest.page = Page(''.join(map(html, entries)), [f'{entry.author}\n{entry.text}' for entry in entries],
                           newest.revision, newest.epoch, newest.has_more, min(newest.entries, default=0))
    return newest.page


def stop() -> None:
    """Forget what was loaded."""
    _rooms.clear()
    _stale.clear()
    _gone.clear()
    rates.forget()
    render.bodies.forget()


async def _load(room_id: int, newest: _Newest) -> None:
    try:
        loaded = await database.read(lambda: history.newest(room_id))
    except BaseException:
        _rooms.pop(room_id, None)
        raise
    finally:
        newest.loading = None
    for entry in loaded.entries:
        newest.apply(entry)
    newest.quote_anew(list(newest.entries.values()))
    newest.revision, newest.epoch = max(newest.revision, loaded.revision), loaded.epoch
    newest.has_more |= loaded.has_more
    newest.trim()
