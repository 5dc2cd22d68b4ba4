"""Events for the scripts of our pages only: mostly events that programs have, too, answered with HTML."""
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from markupsafe import Markup

import limits
from accounts.actor import Actor
from chat import history, keeping, live, naming, reactions, rooms
from chat.entries import Entry
from chat.search import days as search_days
from chat.search import finding
from chat.search.query import zone_named
from doors.events import Answer, Events, Id, counted_there, look, signal
from doors.events.of_messages import Limit, look_at_window
from errors import Refused
from hub import sockets

from . import card, commands, completion, days, lists, panel

MOST_NEW = 150
'''Unread messages that an opened room shows at the most; around a given message, half a page of newer ones is shown.'''
MOST_ROWS = 500
'''A list that is asked for again has no more pages after this many rows.'''
NOTHING = Markup()
MUCH = Markup('<div class="gap">Much has happened while you were away: scroll up to read it</div>')
'''Stands above the newest page where too much was missed to be sent.'''

events = Events()


@events.on('open', look(3))
async def open_room(actor: Actor, room: Id, at: Id | None = None) -> Answer:
    """Subscribe the page to a room and return messages: around `at`, or around the first unread one, or the newest.

    Membership is read after the newest page, so that a member removed meanwhile gets no message sent since.
    """
    await live.show(actor, room)
    newest = await live.newest_page(room)
    info = await rooms.get(actor, room)
    place = at if at is not None else info.last_read_id if info.unread else None
    if place is None or newest.reaches(place):
        found = {'html': newest.html, 'revision': newest.revision, 'epoch': newest.epoch, 'more': newest.has_more,
                 'newer': False}
    else:
        page = await history.around(actor, room, place, MOST_NEW if at is None else history.PAGE // 2)
        found = {'html': _html(page.entries), 'revision': page.revision, 'epoch': page.epoch, 'more': page.has_more,
                 'newer': page.has_newer}
    if sockets.shown_at(actor.sid) != room:  # removed since membership was read
        raise rooms.no_room_error()
    return {'room': info.to_page(), **found}


@events.on('counts', look(1))
async def counts(actor: Actor, room: Id) -> Answer:
    """Return a room with its current counts: unread messages may have been deleted."""
    return {'room': (await rooms.get(actor, room)).to_page()}


@events.on('resume', look(3))
async def resume(actor: Actor, room: Id, since: Id, epoch: str, first: Id | None = None,
                 limit: Limit = history.PAGE) -> Answer:
    """Subscribe to a room again and return the changes.

    If these are too many: as many messages from `first` on, where its reader is, in their latest form; or else, or if
    `epoch` differs, the newest page, with what stands above it (`gap`) where a page knew something else before.
    """
    if sockets.shown_at(actor.sid) != room:
        await live.show(actor, room)
    found = await history.changes(actor, room, since)
    if found.is_complete and found.epoch == epoch and found.revision >= since:
        return {'html': _html(found.entries), 'revision': found.revision, 'fresh': False}
    if first and found.epoch == epoch:
        seen = await history.history(actor, room, after=first - 1, limit=limit)
        return {'html': _html(seen.entries), 'revision': seen.revision, 'epoch': epoch, 'newer': seen.has_more,
                'fresh': True}
    page = await live.newest_page(room)
    await rooms.check(actor, room)
    return {'html': page.html, 'revision': page.revision, 'epoch': page.epoch, 'more': page.has_more, 'fresh': True,
            'gap': MUCH if page.has_more and epoch else NOTHING}


@events.on('scroll', look_at_window)
async def scroll(actor: Actor, room: Id, before: Id | None = None, after: Id | None = None,
                 limit: Limit = history.PAGE) -> Answer:
    """Return the messages before or after a given one."""
    found = await history.history(actor, room, before=before, after=after, limit=limit)
    return {'html': _html(found.entries), 'more': found.has_more, 'revision': found.revision}


@events.on('mentions', counted_there)
async def mentions(actor: Actor, before: Id | None = None, through: Id | None = None) -> Answer:
    """Return a page of messages that mention the user, in all rooms, with ids below `before`; above the first page, the
    rooms that call them.

    When a list is asked for again, `through` is the last message that it shows: as many pages are returned.
    """
    async def page(end: int | None) -> tuple[Sequence[lists.Row], bool]:
        limits.check_look(actor.user_id, 3)
        found = await history.mentioning(actor, end)
        return list(map(lists.Row, found)), len(found) == history.PAGE

    rows, has_more = await _pages(page, before, through)
    older = lists.older('mentions', before=rows[-1].entry.id) if has_more else NOTHING
    answer = lists.answer(await _found(actor, rows), lists.NOBODY, older, is_further=before is not None)
    if before is None:
        answer['html'][lists.CALLING] = lists.calling(await rooms.get_all(actor))
    return answer


@events.on('saved_list', look(10))
async def saved_list(actor: Actor) -> Answer:
    """Return the messages that the user saved."""
    rows = list(map(lists.Row, await keeping.saved(actor)))
    return lists.answer(await _found(actor, rows), lists.NOTHING_SAVED)


@events.on('saved_ids', look(1))
async def saved_ids(actor: Actor) -> Answer:
    """Return the ids of the messages that the user saved."""
    return {'ids': await keeping.saved_ids(actor)}


@events.on('find', counted_there)
async def find(actor: Actor, query: str, before: Id | None = None, zone: str = 'UTC',
               through: Id | None = None) -> Answer:
    """Return search results, as `mentions` does; `zone` is the time zone of the query's days, and of those above them.
    """
    notes: dict[str, None] = {}

    async def page(end: int | None) -> tuple[Sequence[lists.Row], bool]:
        found = await finding.search(actor, query, end, zone)
        notes[found.note] = None
        return [lists.Row(entry, text=snippet) for entry, snippet in found.results], found.has_more

    rows, has_more = await _pages(page, before, through)
    older = lists.older('find', query=query, zone=zone, before=rows[-1].entry.id) if has_more and rows else NOTHING
    return lists.answer(await _found(actor, rows, zone), lists.NOTHING_FOUND, older, note=' '.join(notes),
                        is_further=before is not None)


@events.on('day', look(3))
async def to_day(actor: Actor, room: Id, day: str, zone: str = 'UTC') -> Answer:
    """Make the page go to the first message of a day, in this time zone, or else to the one that is nearest."""
    start, end = search_days.span('on', day, zone_named(zone))
    found = await history.first_on(actor, room, start)
    if found is None:
        return {'say': days.NOTHING_HERE}
    said = {} if start <= found.created_at < end else {'say': days.NOTHING_THEN}
    return {'call': ['toDay', {'room': room, 'id': found.id}], **said}


@events.on('mine', look(3))
async def mine(actor: Actor, room: Id) -> Answer:
    """Return the number of what the user wrote last in a room, None for nothing."""
    return {'id': await finding.last_of(actor, room)}


@events.on('usual', look(1))
async def usual(actor: Actor) -> Answer:
    """Return the emoji with which the user reacts most, and how often."""
    return {'emoji': [list(each) for each in await reactions.usual(actor)]}


@events.on('command', counted_there)
async def command(actor: Actor, room: Id, name: str, text: str) -> Answer:
    """Do what a slash command says; return what the page says of it (`say`)."""
    return {'say': await commands.perform(actor, room, name, text)}


@events.on('excerpt', look(1))
async def excerpt(actor: Actor, id: Id, query: str | None = None) -> Answer:
    """Return one message as a list shows it now; with `query`, as the search results show it."""
    if query is None:
        row = lists.Row(await history.one(actor, id))
    else:
        row = lists.Row(*await finding.one(actor, id, query))
    room = (await rooms.titles(actor, [row.entry.room_id])).get(row.entry.room_id)
    if room is None:  # removed meanwhile
        raise rooms.no_room_error()
    return {'html': {f'.panel [data-key="{id}"]': lists.inside(row, room, 'short' if query is None else 'time')}}


@events.on('cited', look(1))
async def cited(actor: Actor, id: Id) -> Answer:
    """Return the small quote that stands below a link to a message."""
    entry = await history.one(actor, id)
    room = (await rooms.titles(actor, [entry.room_id])).get(entry.room_id)
    if room is None:  # removed meanwhile
        raise rooms.no_room_error()
    return {'html': lists.cited(entry, room)}


@events.on('pinned_list', look(5))
async def pinned_list(actor: Actor, room: Id) -> Answer:
    """Return the messages pinned to a room, each with who pinned it."""
    rows = [lists.pinned(*each) for each in await keeping.pinned(actor, room)]
    return lists.answer(await _found(actor, rows), lists.NOTHING_PINNED)


@events.on('people', look(5))
async def people(actor: Actor, room: Id) -> Answer:
    """Return the list of a room's members for the panel."""
    info = await rooms.get(actor, room)
    return panel.people(info, actor.user_id, await rooms.members(actor, room), sockets.states())


@events.on('card', look(1))
async def show_card(actor: Actor, username: str) -> Answer:
    """Return the card of a person by their name, or of everyone, if nobody has that name."""
    person = await naming.person(username)
    if person is None:
        return card.put(card.EVERYBODY)
    return card.of(person, sockets.state(person.id), is_me=person.id == actor.user_id)


@events.on('naming', look(5))
async def to_name(actor: Actor, room: Id, typed: str | None = None) -> Answer:
    """Return rows of whom one can name in a room; `more`: some are too many to send, so ask with what was `typed`."""
    found = await naming.people(actor, room, typed)
    return {'html': completion.people(found), 'more': not found.is_all}


@events.on('here', look(1))
async def here(actor: Actor) -> Answer:
    """Return the state of every user who is not offline, by id, and subscribe the page to changes of these."""
    sockets.hear_presence(actor.sid)
    return {'states': {str(user_id): state for user_id, state in sockets.states().items()}}


@events.on('attend', signal)
async def attend(actor: Actor, in_view: bool, active: bool) -> Answer:
    """Record whether the page is in view, and whether the user has been active on it lately."""
    sockets.attend(actor.sid, is_in_view=in_view, is_active=active)
    return {}


Page = Callable[[int | None], Awaitable[tuple[Sequence[lists.Row], bool]]]
'''Returns the rows of messages with ids below one, the newest first, and whether there are more.'''


async def _pages(page: Page, before: int | None, through: int | None) -> tuple[Sequence[lists.Row], bool]:
    """Return a page of a list, and all that follow down to the message `through`, as far as they may be asked for."""
    found, has_more = await page(before)
    rows = [*found]
    with suppress(Refused):  # the others are asked for by the button below
        while has_more and rows and through is not None and through < rows[-1].entry.id and len(rows) < MOST_ROWS:
            found, has_more = await page(rows[-1].entry.id)
            rows += found
    return rows, has_more


async def _found(actor: Actor, rows: Sequence[lists.Row], zone: str | None = None) -> Markup:
    titles = await rooms.titles(actor, {row.entry.room_id for row in rows})
    return lists.found(rows, titles, zone)


def _html(entries: Sequence[Entry]) -> str:
    return ''.join(map(live.html, entries))
