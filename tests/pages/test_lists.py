"""The lists and the members in the panel: what is shown, and what each asks for, without a browser."""
import asyncio
import json
import re

import pytest

import auth
import database
from accounts.actor import Actor
from chat import keeping, management, messages, reading
from database import Written, db
from doors.events import perform
from errors import Refused
from models import LOBBY
from pages import days, events, lists
from pages.lists import LISTS
from pages.panel import PEOPLE
from pages.sidebar import TOP
from tests.running import PASSWORD

from .controls import Controls, press
from .test_tools import SCRIPTS

VIEWS = dict(re.findall(r'<template data-panel="(\w+)">(.*?)</template>', LISTS + PEOPLE, re.DOTALL))
RESULTS, NONE, OLDER = lists.RESULTS, lists.NONE, lists.OLDER


@pytest.fixture
async def people(user):
    """Ann and Bob; who writes often is not refused."""
    await user.open('/')
    return [Actor(await auth.register(name, PASSWORD), name, session_id=number) for number, name in enumerate(['ann', 'bob'])]


@pytest.fixture(autouse=True)
def no_limits(monkeypatch):
    monkeypatch.setenv('CHATROOM_RATE_LIMITS', 'off')


async def ask(actor, name, **fields):
    """What the view asks when it is opened, with what is typed in its field."""
    [(does, given, _), *_] = Controls(VIEWS[name]).found
    return await perform(actor, does['data-ask'], {'room': LOBBY, 'zone': 'UTC', 'through': None, **fields, **given})


def keys(html):
    return [int(key) for key in re.findall(r'data-key="(\d+)"', html)]


async def post(actor, *texts, room=LOBBY):
    return [(await messages.post(actor, room, text)).id for text in texts]


@pytest.mark.parametrize('name', VIEWS)
def test_a_view_asks_an_event_for_what_it_shows_and_says_when_it_is_stale(name):
    (does, _, _), *_ = Controls(VIEWS[name]).found
    assert does['data-ask'] in events.events
    assert 'connect' in does['data-fresh'].split()
    words = {word.split(':')[0] for word in does['data-fresh'].split()} - {'connect', 'members_changed', 'newcomer', 'pins_changed'}
    assert words <= set(re.findall(r'tell\("([\w ]+)"', SCRIPTS))
    assert 'role="status"' in VIEWS[name]


def test_each_view_has_a_button():
    offered = set(re.findall(r'^offer\("(\w+)"', SCRIPTS, re.MULTILINE))
    assert {(does['data-call'], does['data-panel']) for does, _, _ in Controls(TOP).found} == {
        ('panel', name) for name in ('search', 'mentions', 'saved')}
    assert {'panel', 'showFound', 'writeTo', 'card'} <= offered


@pytest.mark.parametrize(('name', 'none'), [
    ('mentions', lists.NOBODY), ('saved', lists.NOTHING_SAVED), ('pinned', lists.NOTHING_PINNED), ('search', lists.NOTHING_FOUND)])
async def test_a_list_without_rows_says_so(people, name, none):
    assert await ask(people[0], name, query='nowhere') == {
        'html': {RESULTS: '', NONE: none, OLDER: '', **({lists.CALLING: ''} if name == 'mentions' else {})}}


@pytest.mark.parametrize(('name', 'page'), [('mentions', 50), ('search', 25)])
async def test_older_ones_are_asked_for_by_a_button_and_a_refresh_has_all_that_was_shown(people, name, page):
    ann, bob = people
    numbers = (await post(bob, *(f'@ann haystack {i}' for i in range(2 * page + 10))))[::-1]
    first = await ask(ann, name, query='haystack')
    assert keys(first['html'][RESULTS]) == numbers[:page]
    assert first['html'][NONE] == ''
    second = await press(ann, first['html'][OLDER], 'Older ones', room=LOBBY, query='typed meanwhile')
    assert keys(second['more'][RESULTS]) == numbers[page:2 * page]
    third = await press(ann, second['html'][OLDER], 'Older ones', room=LOBBY)
    assert keys(third['more'][RESULTS]) == numbers[2 * page:]
    assert third['html'] == {OLDER: ''}
    [new] = await post(bob, '@ann haystack anew')
    again = await ask(ann, name, query='haystack', through=numbers[page + 3])
    assert keys(again['html'][RESULTS]) == [new, *numbers[:2 * page - 1]], 'as many pages as were shown'
    assert keys((await press(ann, again['html'][OLDER], 'Older ones', room=LOBBY))['more'][RESULTS]) == numbers[2 * page - 1:]


async def test_a_refresh_ends_where_it_would_be_too_fast_and_has_the_button(people, monkeypatch):
    ann, bob = people
    await post(bob, *(f'@ann haystack {i}' for i in range(120)))
    allowed = iter([None] * 2)

    def check(user_id, cost=1):
        if cost == 3 and next(allowed, 'none') is not None:
            raise Refused('too_fast', 'Slowly.', retry_after=1)

    monkeypatch.setattr('limits.check_look', check)
    answer = await ask(ann, 'mentions', through=0)
    assert len(keys(answer['html'][RESULTS])) == 100
    assert 'Older ones' in answer['html'][OLDER]
    with pytest.raises(Refused):
        await ask(ann, 'mentions')


async def test_a_row_says_where_it_is_and_what_makes_it_stale(people):
    ann, bob = people
    direct = (await management.open_direct(bob, ['ann'])).id
    there, here = (await post(bob, '@ann here')) + (await post(bob, '@ann in private', room=direct))
    html = (await ask(ann, 'mentions'))['html'][RESULTS]
    assert re.findall(r'<span class="where" dir="auto">(.*?)</span></span>', html) == [
        f'<span data-called="{direct}">bob', f'# <span data-called="{LOBBY}">Lobby']
    rows = Controls(html).found
    assert [(given['room'], given['id'], does['data-call']) for does, given, _ in rows] == [
        (direct, here, 'showFound'), (LOBBY, there, 'showFound')]
    (does, given, _), _ = rows
    assert does['href'] == f'/chat/{direct}?at={here}'
    assert (does['data-fresh'], does['data-gone']) == (f'edited:{here}', f'deleted:{here} gone:{direct}')
    await messages.edit(bob, here, '@ann in *private*, edited')
    [(selector, inside)] = (await perform(ann, does['data-ask'], given))['html'].items()
    assert selector == f'.panel [data-key="{here}"]'
    assert 'private, edited' in inside
    assert '<a ' not in inside


async def test_a_row_of_the_pinned_ones_keeps_who_pinned_it_when_it_is_edited(people):
    ann, bob = people
    [number] = await post(bob, 'pinned')
    await keeping.pin(ann, number, on=True)
    html = (await ask(bob, 'pinned'))['html'][RESULTS]
    assert 'Pinned by ann' in re.sub('<[^>]+>', '', html)
    [(does, given, _)] = Controls(html).found
    await messages.edit(bob, number, 'edited')
    again = (await perform(bob, does['data-ask'], given))['html'][RESULTS]
    assert 'Pinned by ann' in re.sub('<[^>]+>', '', again)
    assert '>edited<' in again


async def test_hits_stand_under_the_days_of_the_reader_s_zone(people, monkeypatch):
    ann, bob = people
    numbers = await post(bob, 'needle one', 'needle two')
    html = (await ask(ann, 'search', query='needle'))['html'][RESULTS]
    days = re.findall(r'<h3 class="day" data-key="([\d-]+)"><time datetime="[^"]+" data-as="day">', html)
    assert len(days) in {1, 2}, 'midnight may have passed'
    assert keys(re.sub(r'<h3.*?>', '', html)) == numbers[::-1]
    assert html.count('data-as="time"') == 2
    found = await ask(ann, 'search', query='needle', zone='Pacific/Kiritimati'), await ask(ann, 'search', query='needle', zone='Etc/GMT+12')
    east, west = (re.search(r'data-key="([\d-]{10})"', each['html'][RESULTS])[1] for each in found)
    assert east > west, 'a day later'


@pytest.mark.parametrize(('day', 'zone', 'at', 'said'), [
    ('2026-01-02', 'UTC', 1, None), ('2026-01-01', 'UTC', 0, None), ('2026-01-03', 'UTC', 2, days.NOTHING_THEN), ('2020-01-01', 'UTC', 0, days.NOTHING_THEN),
    ('2999-01-01', 'UTC', 2, days.NOTHING_THEN), ('2026-01-04', 'UTC', 2, None), ('2026-01-01', 'Pacific/Kiritimati', 0, days.NOTHING_THEN), ('2026-01-02', 'Pacific/Kiritimati', 0, None),
    ('2026-1-2', 'UTC', 1, None), ('9999-12-31', 'UTC', 2, days.NOTHING_THEN), ('0001-01-01', 'UTC', 0, days.NOTHING_THEN)])
async def test_one_goes_to_the_first_message_of_a_day_or_to_what_is_nearest(people, day, zone, at, said):
    ann, bob = people
    room = (await management.open_direct(bob, ['ann'])).id
    numbers = await post(bob, 'one', 'two', 'three', room=room)

    def earlier():
        db.execute_sql("UPDATE messages SET created_at = '2019-01-01T00:00:00.000+00:00' WHERE id < ?", [numbers[0]])
        for number, date in zip(numbers, ('01', '02', '04'), strict=True):
            db.execute_sql(f"UPDATE messages SET created_at = '2026-01-{date}T12:00:00.000+00:00' WHERE id = ?", [number])
        return Written(None)

    await database.write(earlier)
    answer = await perform(ann, 'day', {'room': room, 'day': day, 'zone': zone})
    assert answer == {'call': ['toDay', {'room': room, 'id': numbers[at]}], **({'say': said} if said else {})}


async def test_what_is_no_day_or_no_room_of_mine_is_refused(people):
    ann, bob = people
    closed = (await management.create(bob, 'Closed', 'closed')).id
    with pytest.raises(Refused, match='takes a day'):
        await perform(ann, 'day', {'room': LOBBY, 'day': 'soon'})
    with pytest.raises(Refused, match='no such room'):
        await perform(ann, 'day', {'room': closed, 'day': '2026-01-01'})
    direct = (await management.open_direct(ann, ['bob'])).id
    assert await perform(ann, 'day', {'room': direct, 'day': '2026-01-01'}) == {'say': days.NOTHING_HERE}


async def test_rows_of_a_room_that_was_lost_meanwhile_are_not_shown(people, monkeypatch):
    ann, bob = people
    room = (await management.create(bob, 'Closed', 'closed', ['ann'])).id
    [number] = await post(bob, '@ann a secret', room=room)
    real = events._pages

    async def pages(*args):
        found = await real(*args)
        await management.remove(bob, room, 'ann')
        return found

    monkeypatch.setattr(events, '_pages', pages)
    assert 'secret' not in json.dumps(await ask(ann, 'mentions'))
    with pytest.raises(Refused, match='no such message'):
        await perform(ann, 'excerpt', {'id': number})


async def test_members_have_a_card_and_are_written_to_invited_and_removed_by_their_controls(people):
    ann, bob = people
    await auth.register('carl', PASSWORD)
    room = (await management.create(ann, 'Closed', 'closed', ['bob', 'carl'])).id
    html = (await ask(ann, 'people', room=room))['html']
    assert html['.panel .count'] == '3'
    assert Controls(html['.panel .invite']).named('Invite people')[0]['data-act'] == 'invite'
    members = Controls(html['.panel .people'])
    does, given = members.named('Remove carl')
    assert (does['data-act'], given) == ('remove', {'room': room, 'username': 'carl'})
    assert [given['username'] for does, given, _ in members.found if does.get('data-call') == 'card'] == ['ann', 'bob', 'carl']
    for name, written_to in (('bob', [['bob']]), ('ann', [])):
        card = Controls((await perform(ann, 'card', {'username': name}))['html']['.person-card'])
        assert [given['members'] for does, given, _ in card.found if does.get('data-call') == 'writeTo'] == written_to
    assert re.findall(r'<li id="member-\d" data-key="(\w+)"', html['.panel .people']) == ['ann', 'bob', 'carl']
    assert f'data-gone="gone:{room}"' in html['.panel .people']
    html = (await ask(bob, 'people', room=room))['html']
    assert html['.panel .invite'] == ''
    assert 'data-act' not in html['.panel .people']


async def test_that_pins_changed_is_told_to_the_pages_of_the_room_once(people, monkeypatch):
    told = []
    monkeypatch.setattr('hub.sockets.tell_pages', lambda *args: told.append(args))
    [number] = await post(people[1], 'to be pinned')
    for on in (True, True, False):
        await keeping.pin(people[0], number, on=on)
    await asyncio.sleep(0)
    assert [args for args in told if args[1] == 'pins_changed'] == [(LOBBY, 'pins_changed', {'room': LOBBY})] * 2


async def test_a_linked_message_is_shown_as_a_small_quote_to_who_may_see_it(people):
    ann, bob = people
    closed = await management.create(ann, 'Secret <b>', 'closed')
    [number] = await post(ann, '**hi** <b>', room=closed.id)
    html = (await perform(ann, 'cited', {'id': number}))['html']
    assert f'href="/chat/{closed.id}?at={number}"' in html
    assert re.sub(r'<[^>]*>', '', html) == '# Secret &lt;b&gt; ann hi &lt;b&gt;'
    with pytest.raises(Refused, match='no such message'):
        await perform(bob, 'cited', {'id': number})
    await messages.delete(ann, number)
    with pytest.raises(Refused, match='no such message'):
        await perform(ann, 'cited', {'id': number})


async def test_mentions_begin_with_the_rooms_in_which_something_unread_calls(people):
    ann, bob = people
    room = await management.open_direct(bob, ['ann'])
    await post(bob, 'for you', room=room.id)
    [number] = await post(bob, '@ann')
    listed = (await ask(ann, 'mentions'))['html'][lists.CALLING]
    assert re.findall(r'href="/chat/(\d+)".*?<bdi>(.*?)</bdi></span> <span class="badge">(\d+)<', listed) == [
        (str(LOBBY), 'Lobby', '1'), (str(room.id), 'bob', '1')]
    await reading.read(ann, LOBBY, number)
    listed = (await ask(ann, 'mentions'))['html'][lists.CALLING]
    assert re.findall(r'href="/chat/(\d+)"', listed) == [str(room.id)]
