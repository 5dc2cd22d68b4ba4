"""Publishes committed changes: renders each once, updates the cached newest page of its room, tells all who see it.

Sockets are subscribed to rooms here too, in the order of commits: a member who was removed before a message was stored
does not receive it, and a membership that was read before the removal can't subscribe them again.
"""
import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice

from peewee import fn

import database
import limits
from accounts.actor import Actor
from database import Written
from errors import Refused
from hub import sockets
from hub.telling import Update
from models import User, rooms_of

from . import history, mentions
from .entries import Change, Entry, Quote
from .history import PAGE
from .keeping import Pinned, Saved
from .mentions import Recalled
from .rooms import RoomChange, RoomInfo, infos, require
from .text import render


@dataclass(frozen=True, slots=True)
class NewestPage:
    """The newest messages of a room, rendered as HTML, as they were at `revision`."""

    html: str
    texts: list[str]
    revision: int
    epoch: str
    has_more: bool
    oldest_id: int
    characters: int
    '''Length of `html` and `texts`, counted once, since each opening of a room adds up those of all cached pages.'''

    def reaches(self, message_id: int) -> bool:
        """Whether this page has every message after this one."""
        return not self.has_more or self.oldest_id <= message_id


@dataclass(slots=True)
class _Newest:
    """The cached newest messages of a room, shared by everybody who opens it, and updated by every change."""

    entries: dict[int, Entry] = field(default_factory=dict)
    revision: int = 0
    epoch: str = ''
    has_more: bool = False
    page: NewestPage | None = None
    loading: 'asyncio.Task[None] | None' = None

    def apply(self, entry: Entry) -> None:
        """Add or replace a message: changes may arrive twice or out of order, so its higher revision wins."""
        self.revision = max(self.revision, entry.revision)
        self.page = None
        known = self.entries.get(entry.id)
        is_older = known is None and self.has_more and self.entries and entry.id < next(iter(self.entries))
        if not is_older and (known is None or known.revision < entry.revision):
            self.entries[entry.id] = entry

    def quote_anew(self, originals: Iterable[Entry]) -> None:
        """Update the quotes in replies to these messages."""
        quotes = {entry.id: entry.quoted() for entry in originals}
        self.entries = {entry.id: replace(entry, quote=quotes[entry.quote.id])
                        if entry.quote and entry.quote.id in quotes else entry for entry in self.entries.values()}

    def trim(self) -> None:
        self.entries = dict(sorted(self.entries.items()))
        while len(self.entries) > PAGE:
            del self.entries[next(iter(self.entries))]
            self.has_more = True

    def shown(self) -> NewestPage:
        """The rendered page, which is cached until the next change."""
        if self.page is None:
            entries = self.entries.values()
            fragments, texts = ''.join(map(html, entries)), [f'{entry.author}\n{entry.text}' for entry in entries]
            self.page = NewestPage(fragments, texts, self.revision, self.epoch, self.has_more,
                                   min(self.entries, default=0),
                                   characters=len(fragments) + sum(map(len, texts)))
        return self.page

    @property
    def characters(self) -> int:
        """Approximate memory use in characters; 0 while no page is rendered."""
        return self.page.characters if self.page else 0

    @property
    def is_thin(self) -> bool:
        """Whether deletions have left less than half a page, while the room has older messages."""
        return self.has_more and sum(not entry.is_deleted for entry in self.entries.values()) < PAGE // 2


@dataclass(frozen=True, slots=True)
class _Listening:
    """A subscription to publish: of a socket to `room_ids`, and of a page to the room that it shows (`shown`)."""

    sid: str
    room_ids: Sequence[int] = ()
    shown: int | None = None


@dataclass(slots=True)
class _Stale:
    """Why a user's room info is out of date: marked as unread, or only read at the socket `reader`, which knows it."""

    is_marked: bool = False
    reader: str | None = None


_rooms: dict[int, _Newest] = {}
'''By room id, the most recently opened room last.'''
_stale: dict[tuple[int, int], _Stale] = {}
'''By (user id, room id): room infos that are out of date and must be sent to the user again.'''
_gone: set[tuple[int, int]] = set()
'''(user id, room id) of members removed since the current lookup of room infos began: they must not get its result.'''
_showing: set[asyncio.Task[None]] = set()
MOST_ROOMS, MOST_CHARACTERS = 200, 16_000_000
'''Size of the cache of newest pages, in rooms and in characters; a page has some 55,000 characters.'''
SHOWN_AT_ONCE = 50
NOTICE_LENGTH = 200
'''Characters of a message in a notification.'''


def publish(changes: Sequence[Change | RoomChange | Recalled | Saved | Pinned | _Listening]) -> None:
    """Broadcast changes after their commit; called on the event loop, in the order of commits."""
    for change in changes:
        if isinstance(change, Change):
            _publish_message(change)
        elif isinstance(change, RoomChange):
            _publish_room(change)
        elif isinstance(change, Recalled):
            _publish_recalled(change)
        elif isinstance(change, Saved):
            sockets.tell_user(change.user_id, 'saved_changed', {'page': {'id': change.message_id, 'on': change.is_on}})
        elif isinstance(change, Pinned):
            sockets.tell_pages(change.room_id, 'pins_changed', {'room': change.room_id})
        else:
            for room_id in change.room_ids:
                sockets.join(room_id, change.sid)
            if change.shown is not None:
                sockets.show(change.shown, change.sid)


def _publish_message(change: Change) -> None:
    entry = change.entry
    if newest := _rooms.get(entry.room_id):
        newest.apply(entry)
        if not change.is_new:
            newest.quote_anew([entry])
        newest.trim()
        if newest.is_thin and newest.loading is None:
            del _rooms[entry.room_id]
    sockets.publish(entry.room_id, Update(
        id=entry.id, revision=entry.revision, html=html(entry, change.client_id),
        event='receive_message' if change.is_new else 'message_changed', data=entry.to_dict(),
        news=(entry.id, entry.author_id, [user_id for user_id, _ in entry.mentions]
              ) if change.is_new and not entry.system else None))
    if change.is_rewritten:
        sockets.tell_aside(entry.room_id, 'rewritten', {'room': entry.room_id, 'id': entry.id,
                                                        'deleted': entry.is_deleted})
    title = f'{entry.author} in {change.where}' if change.where else entry.author
    for user_id in change.notified:
        sockets.notify(user_id, entry.room_id, {'room': entry.room_id, 'id': entry.id, 'title': title,
                                                'text': render.notice(entry.author, entry.text, NOTICE_LENGTH)})


def _publish_recalled(change: Recalled) -> None:
    """Tell pages that other messages name their users: one packet for all members, or else one for each user."""
    told = {'room': change.room_id}
    if change.is_all:
        sockets.tell_aside(change.room_id, 'named', told)
    else:
        for user_id in change.people & sockets.users():
            sockets.tell_user(user_id, 'named', {'page': told})


def _publish_room(change: RoomChange) -> None:
    room_id, here = change.room_id, sockets.users()
    for user_id in change.gone & here:
        _stale.pop((user_id, room_id), None)
        _gone.add((user_id, room_id))
        sockets.expel(user_id, room_id)
        gone = {'id': room_id, 'gone': True}
        sockets.tell_user(user_id, 'room_changed', {'program': gone, 'page': gone})
    for user_id in change.came & here:
        sockets.admit(user_id, room_id)
    if change.came or change.gone:
        sockets.tell_pages(room_id, 'members_changed', {'room': room_id})
    for user_id in here if change.told is None else here & change.told:
        if change.reader is None or sockets.has_others(user_id, change.reader):
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
    """Send room infos in a single task, so that nobody gets an older one after a newer one, or after being removed."""
    while _stale:
        some = {key: _stale.pop(key) for key in [*islice(_stale, SHOWN_AT_ONCE)]}
        _gone.clear()
        with suppress(Refused):
            for key, room in await database.read(lambda some=some: _seen_by(some)):  # type: ignore[misc]
                if key not in _gone:
                    sockets.tell_user(key[0], 'room_changed', {
                        'program': room.to_dict(), 'page': {**room.to_page(), 'marked': some[key].is_marked},
                    }, but=some[key].reader)


def _seen_by(keys: Iterable[tuple[int, int]]) -> list[tuple[tuple[int, int], RoomInfo]]:
    return [((user_id, room_id), room) for user_id, room_id in keys for room in infos(user_id, room_id)]


async def listen(actor: Actor, shown: int | None = None) -> None:
    """Subscribe a socket to its user's rooms, and a page to the one it shows, if it is theirs. Raises 'unavailable'.

    The memberships are read in the writer thread, so that the subscription takes its place in the order of commits.
    """
    def operation() -> Written[None]:
        room_ids = [room.id for room in rooms_of(actor.user_id)]
        if shown not in room_ids:
            return Written(None, [_Listening(actor.sid, room_ids)])
        _look_at(actor.user_id, shown)
        return Written(None, [_Listening(actor.sid, room_ids, shown)])

    await database.write(operation)


async def show(actor: Actor, room_id: int) -> None:
    """Subscribe a page to this room instead of the one it showed before. Raises Refused: 'not_found', 'unavailable'."""
    def operation() -> Written[None]:
        require(actor.user_id, room_id)
        _look_at(actor.user_id, room_id)
        return Written(None, [_Listening(actor.sid, shown=room_id)])

    await database.write(operation)


def _look_at(user_id: int, room_id: int) -> None:
    """Store the room that `/chat` opens the next time."""
    User.update(last_room_id=room_id).where(User.id == user_id, fn.coalesce(User.last_room_id, 0) != room_id).execute()


def html(entry: Entry, client_id: str | None = None) -> str:
    """The HTML fragment for every viewer; by the `client_id` the author's page recognises the message that it sent."""
    if entry.is_deleted:
        return render.tombstone(id=entry.id, revision=entry.revision)
    if entry.system:
        return render.happened(id=entry.id, revision=entry.revision, author=entry.author, created_at=entry.created_at,
                               what=entry.system.what(render.named, render.person), counts_for=entry.system.counts_for)
    return render.article(id=entry.id, revision=entry.revision, author_id=entry.author_id, author=entry.author,
                          text=entry.text, created_at=entry.created_at, edited_at=entry.edited_at,
                          mentions=[user_id for user_id, _ in entry.mentions],
                          people=lambda source: mentions.places(source, entry.mentions), quote=_quote(entry.quote),
                          reactions=render.reactions(entry.reactions or {}), is_pinned=entry.is_pinned,
                          client_id=client_id)


def _quote(quote: Quote | None) -> str:
    return render.quote(id=quote.id, author=quote.author, text=quote.text, is_deleted=quote.is_deleted) if quote else ''


async def newest_page(room_id: int) -> NewestPage:
    """The newest page of a room, loaded if it isn't cached; the caller has checked that the user is a member."""
    newest = _rooms[room_id] = _rooms.pop(room_id, _Newest())
    if not newest.epoch:
        if newest.loading is None:  # from here on every change is applied, so loading can't miss one
            newest.loading = asyncio.get_running_loop().create_task(_load(room_id, newest))
        await asyncio.shield(newest.loading)
    page = newest.shown()
    _make_room()
    return page


def _make_room() -> None:
    """Evict the least recently opened rooms while the cache is too large; a room that is loading collects changes."""
    held = sum(newest.characters for newest in _rooms.values())
    for room_id, newest in list(_rooms.items()):
        if len(_rooms) <= MOST_ROOMS and held <= MOST_CHARACTERS:
            break
        if newest.loading is None:
            held -= newest.characters
            del _rooms[room_id]


def shown(room_id: int) -> NewestPage:
    """The newest page of a room as far as it is cached; empty if it isn't."""
    return _rooms.get(room_id, _Newest()).shown()


def stop() -> None:
    """Clear the caches, the pending room infos and the rate limits."""
    _rooms.clear()
    _stale.clear()
    _gone.clear()
    limits.forget()
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
