"""Search over the rooms that somebody is in: what is found, by whom, and that nothing else is."""
import asyncio
import contextlib
import random
import re
import sqlite3
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest

import auth
import database
import settings
from chat import management, messages, rooms
from chat.search import finding, index, query, snippets
from database import Written, db, migrations
from errors import Refused
from models import iso, now
from tests.database.versions import prepare_as_of
from tests.people import acting

LOBBY, ANN, BOB, CARL = 1, 1, 2, 3


@pytest.fixture
async def path(tmp_path, monkeypatch):
    """A database with three users, of whom the first is the administrator."""
    monkeypatch.setenv('CHATROOM_RATE_LIMITS', 'off')
    path = Path(settings.load().database)
    migrations.prepare(path)
    database.start(path, lambda changes: None)
    auth.start()
    for name in ('ann', 'bob', 'Carl'):
        await auth.register(name, 'correct horse 7')
    yield path
    await auth.stop()
    await database.stop()


async def say(*texts, by=ANN, room=LOBBY):
    return [(await messages.post(acting(by), room, text)).id for text in texts]


async def found(asked, by=BOB, **more):
    return [entry.text for entry, _ in (await finding.search(acting(by), asked, **more)).results]


TEXTS = ['Release notes for the café', 'the release is out', 'we released it; notes follow', 'c++ and c# and C', 'R&D: a AND b, NOT c',
         '東京タワーに行く', '京都と東京', 'สวัสดีครับทุกคน', '한국어 검색', 'snake_case *bold* `code`', 'don’t panic', '👍🏽 done 🎉',
         'see https://example.org/x?y=1', 'STRASSE', 'price: $5 (50%)', 'foo:bar has:wings', 'ガラス', '"quoted"']


@pytest.mark.parametrize(('asked', 'expected'), [
    ('rel', [2, 1, 0]), ('RELEASE', [2, 1, 0]), ('"release"', [1, 0]), ('rel*', [2, 1, 0]), ('release notes', [2, 0]),
    ('"release notes"', [0]), ('notes release', [2, 0]), ('"notes release"', []), ('"release no', []), ('cafe', [0]), ('CAFÉ', [0]),
    ('c++', [3]), ('c#', [3]), ('C+', [3]), ('AND', [4, 3]), ('NOT', [4, 2, 0]), ('OR', [12]), ('NEAR', []), ('NEAR(a b)', []),
    ('a AND b', [4]), ('r notes', []), ('notes r', [2, 0]), ('notes notes notes', [2, 0]), ('r&d', [4]), ('東京', [6, 5]), ('京', [6, 5]), ('タワー', [5]), ('京東', []), ('東 都', [6]), ('東都', []),
    ('ครับ', [7]), ('ทุก', [7]), ('한국', [8]), ('하', [8]), ('검', [8]), ('snake_case', [9]), ('case bold', [9]), ('"snake case bold code"', [9]),
    ("don't", [10]), ('🎉', [11]), ('👍', [11]), ('👍🏽', [11]), ('has:link', [12]), ('HAS:LINK see', [12]), ('example.org', [12]),
    ('https://exam', [12]), ('straße', [13]), ('$5', [14]), ('5', [14]), ('50%', [14]), ('foo:bar', [15]),
    ('カ', []), ('か', []), ('ガラス', [16]), ('quoted"', [17]), ('""quoted""', [17]),
    ('', []), ('"', []), ('*', []), ('""', []), ('* " ( ) - ^ :', []), ('"*"', []), ('-release', [17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3]), ('^release', []),
    ("'; DROP TABLE search; --", []), ('tokens:release', []), ('{tokens}: release', []), ('release\0notes', [0]), ('\ud800', []), ('\ud800rel', [2, 1, 0]),
    ('\ue000r1', []), ('\ue000l', []), ('in:', []), ('from:', []), ('from:""', []),
])
async def test_what_is_found(path, asked, expected):
    await say(*TEXTS)
    assert await found(asked) == [TEXTS[i] for i in expected]


@pytest.mark.parametrize('count', [1, index.MOST_WORDS, index.MOST_WORDS + 1])
async def test_however_many_words_begin_alike_all_are_found(path, count):
    texts = [f'to begin{i}' for i in range(count)]
    await say(*texts, 'begi', 'to the beginner of it', 'to begin of it')
    for asked, expected in [('begin', count + 2), ('begin0', 1), ('"to" begin', count + 2), ('be', count + 3), ('beginnings', 0),
                            ('"to begin', 1), ('to begin beginn', 1), ('to-begin', count + 1)]:
        results = await finding.search(acting(BOB), asked)
        more = await finding.search(acting(BOB), asked, before=results.results[-1][0].id) if results.has_more else finding.Found([], has_more=False)
        assert len(results.results) + len(more.results) == min(expected, 2 * finding.PAGE), asked


async def test_many_beginnings_of_many_words_are_not_too_much(path):
    await say(*(' '.join(f'{chr(97 + i)}begin{number}' for i in range(26)) for number in range(index.MOST_WORDS)))
    assert len(await found(' '.join(f'{chr(97 + i)}begin' for i in range(26)))) == finding.PAGE


SAID = [('ann', 'Lobby', '2026-01-30T12:00', 'plan one'), ('bob', 'Lobby', '2026-01-31T23:30', 'plan two'),
        ('ann', 'Project X', '2026-02-01T00:30', 'plan three https://x.org'), ('Carl', 'Project X', '2026-02-02T12:00', 'plan four'),
        ('bob', 'to carl', '2026-02-03T12:00', 'plan five'), ('Ann Lee', 'Lobby', '2026-02-04T12:00', 'plan six'),
        ('bob', 'to two', '2026-02-05T12:00', 'plan seven'), ('ANN', 'Lobby', '2026-02-06T12:00', 'plan eight')]
NUMBERS = 'one two three four five six seven eight'.split()


@pytest.fixture
async def said(path):
    def taken_over():
        for name, key in (('Ann Lee', 'ann lee'), ('ANN', None)):
            db.execute_sql("INSERT INTO users (username, password, name_key, taken_over, created_at) VALUES (?, 'x', ?, 1, ?)", (name, key, iso(now())))
        db.execute_sql('INSERT INTO memberships (room, user) SELECT 1, id FROM users WHERE taken_over')
        return database.Written(None)

    await database.write(taken_over)
    places = {'Lobby': LOBBY, 'Project X': (await management.create(acting(ANN), 'Project X', 'closed', ['bob', 'Carl'])).id,
              'to carl': (await management.open_direct(acting(BOB), ['Carl'])).id, 'to two': (await management.open_direct(acting(BOB), ['Carl', 'ann'])).id}
    await database.write(lambda: database.Written(db.execute_sql("UPDATE messages SET created_at = '2026-01-01T00:00:00.000+00:00'")))
    people = {'ann': 1, 'bob': 2, 'Carl': 3, 'Ann Lee': 4, 'ANN': 5}
    for author, room, when, text in SAID:
        (number,) = await say(text, by=people[author], room=places[room])
        await database.write(lambda number=number, when=when: database.Written(
            db.execute_sql('UPDATE messages SET created_at = ? WHERE id = ?', (f'{when}:00.000+00:00', number))))
    return places


@pytest.mark.parametrize(('asked', 'expected'), [
    ('plan', 'eight seven six five four three two one'), ('from:ann', 'three one'), ('FROM:@Ann', 'three one'), ('from:ANN', 'eight'),
    ('from:carl', 'four'), ('from:me', 'seven five two'), ('from:@me', ''), ('from:"Ann Lee"', 'six'), ('from:"ann lee', 'six'),
    ('from:nobody', ''), ('from:ann from:carl', 'four three one'), ('from:nobody from:carl', 'four'), ('in:lobby', 'eight six two one'),
    ('in:#LOBBY from:ann', 'one'), ('in:"Project X"', 'four three'), ('in:"#project  x"', 'four three'), ('in:project', ''),
    ('in:carl', 'five'), ('in:"ann, carl"', 'seven'), ('in:lobby in:carl two', 'two'), ('in:nowhere', ''), ('in:nowhere plan', ''),
    ('in:nowhere in:carl', 'five'), ('before:2026-01-31', 'one'), ('before:2026-02-01', 'two one'), ('after:2026-01-31', 'eight seven six five four three'),
    ('after:2026-01-30 before:2026-02-02', 'three two'), ('after:2026-01-30 after:2026-02-01 before:2026-02-04 before:2026-02-03', 'four'),
    ('before:1000-01-01', ''), ('after:2999-12-31', ''), ('after:1000-01-01', 'eight seven six five four three two one'),
    ('before:0001-01-01', ''), ('after:9999-12-31', ''), ('has:link', 'three'), ('has:link from:bob', ''),
    ('plan from:ann in:"project x" after:2026-01-01 before:2026-03-01 has:link', 'three'), ('pl from:me th', ''), ('"plan five" from:me', 'five'),
    ('from:"ann"two', ''), ('plan in:\ud800 ', 'eight seven six five four three two one'),
])
async def test_operators(said, asked, expected):
    assert await found(asked) == [next(text for *_, text in SAID if f'plan {number}' in text) for number in expected.split()]


ALL = 'eight seven six five four three two one'


@pytest.mark.parametrize(('asked', 'expected'), [
    ('p -three', 'eight seven six five four two one'), ('plan -three', 'eight seven six five four two one'), ('plan -th', 'eight seven six five four two one'), ('-plan', ''), ('-three', 'eight seven six five four two one'),
    ('plan -"plan three"', 'eight seven six five four two one'), ('plan -from:ann', 'eight seven six five four two'), ('-from:ann', 'eight seven six five four two'),
    ('plan -FROM:@ann -from:bob', 'eight six four'), ('-in:lobby', 'seven five four three'), ('plan -in:"project x" -in:lobby', 'seven five'), ('-has:link', 'eight seven six five four two one'),
    ('plan −three –two', 'eight seven six five four one'), ('plan NOT three', 'eight seven six five four two one'), ('NOT from:ann', 'eight seven six five four two'),
    ('plan AND NOT three', 'eight seven six five four two one'), ('plan -(three OR two)', 'eight seven six five four one'), ('plan -(from:ann two)', 'eight seven six five four'),
    ('plan --three', 'three'), ('plan - three', 'three'), ('one -one', ''), ('-nowhere plan', ALL), ('-from:bob from:bob', ''),
    ('one OR two', 'two one'), ('plan one OR two', 'two one'), ('one OR two plan', 'two one'), ('one OR two OR "plan three"', 'three two one'), ('one or two', ''), ('(one OR two)', 'two one'),
    ('one OR two three OR one', 'one'), ('from:ann OR from:carl', 'four three one'), ('from:ann OR two', 'three two one'), ('one OR has:link', 'three one'), ('in:carl OR in:"project x"', 'five four three'),
    ('(from:ann OR from:carl) four', 'four'), ('two OR -from:bob', 'eight six four three two one'), ('one OR nowhere', 'one'), ('from:nobody OR one', 'one'), ('plan OR', ALL), ('plan AND', ALL), ('plan AND one', 'one'),
    ('+plan +one', 'one'), ('one | two', 'two one'), ('plan one | two', 'two one'), ('one || two', 'two one'), ('plan -(one | two)', 'eight seven six five four three'),
    ('| one', ''), ('one |', 'one'), ('"one | two"', ''),
    ('on:2026-01-31', 'two'), ('on:2026-01-31 on:2026-02-01', 'three two'), ('on:2026-01-31 OR on:2026-02-01', 'three two'), ('plan -on:2026-01-31', 'eight seven six five four three one'),
    ('-on:2026-01-31 -on:2026-02-01 before:2026-02-04', 'five four one'), ('on:2026-01-31 from:ann', ''), ('on:2020-01-01', ''), ('after:2026-02-05 on:2026-02-06', 'eight'), ('before:2026-02-05 on:2026-02-06', ''),
    ('-before:2026-02-05', 'eight seven'), ('-after:2026-01-31', 'two one'), ('on:9999-12-31', ''), ('on:0001-01-01', ''), ('-on:0001-01-01', ALL), ('after:0001-01-01', ALL), ('before:9999-12-31', ALL),
    ('on:2026-2-1', 'three'), ('on:2026/02/01', 'three'), ('on:2026.2.01', 'three'), ('ON: 2026-02-01', 'three'), ('on:"2026-02-01"', 'three'), ('after:2020-1-1', ALL), ('before:today', ALL), ('after:today', ''),
    ('on:today', ''), ('on:Yesterday', ''), ('before:yesterday plan', ALL), ('-after:yesterday', ALL), ('on:２０２６-02-01', 'three'),
    ('from: ann', 'three one'), ('from:  ann one', 'one'), ('in: lobby', 'eight six two one'), ('in: "Project X"', 'four three'), ('in: #lobby one', 'one'), ('has: link', 'three'), ('from：ann', 'three one'),
    ('before: 2026-01-31', 'one'), ('-from: ann -in: lobby', 'seven five four'), ('in: from:ann', 'three one'), ('plan from:', ALL), ('plan in: -three', 'eight seven six five four two one'), ('plan on:', ALL), ('plan has:', ALL),
    ('“plan two”', 'two'), ('„plan two“', 'two'), ('«plan two»', 'two'), ('»plan two«', 'two'), ('‹plan two›', 'two'), ('「plan two」', 'two'), ('『plan two』', 'two'), ('《plan two》', 'two'), ('”plan two”', 'two'),
    ('‘plan two’', 'two'), ('‚plan two‘', 'two'), ('＂plan two＂', 'two'), ('〝plan two〟', 'two'), ('“two plan”', ''), ('‘two plan’', ''), ('-“plan two” in:lobby', 'eight six one'), ('from:“Ann Lee”', 'six'), ('in:„Project X“', 'four three'),
    ('plan „tw', ''), ('plan „two', 'two'), ('‘plan', ALL),
])
async def test_what_people_bring_along_is_understood(said, asked, expected):
    """It never means its opposite, nor silently nothing."""
    assert await found(asked) == [next(text for *_, text in SAID if f'plan {number}' in text) for number in expected.split()]


@pytest.mark.parametrize(('asked', 'sentence'), [
    *((f'{name}:{value}', f'"{name}:" takes a day, as in {name}:2026-01-31, or today, or yesterday.') for name in ('before', 'after', 'on')
      for value in ('tomorrow', '2026', '2026-02-30', '2026-13-01', '31.1.2026', '1/31/2026', 'x', '"last week"', '2026-01-31x', '20260131')),
    ('plan -on:soon', '"on:" takes a day, as in on:2026-01-31, or today, or yesterday.'), ('before: soon', '"before:" takes a day, as in before:2026-01-31, or today, or yesterday.'),
    *((asked, '"has:" takes link, as in has:link.') for asked in ('has:wings', 'HAS:nonsense', 'has:"a link"', '-has:x', 'has: x', 'plan OR has:x')),
    *((asked, 'OR joins words, "phrases", from:, in: and has:, or days that have on: before them.') for asked in (
        'plan OR before:2026-01-31', 'on:2026-01-31 OR plan', 'after:today OR after:yesterday', 'on:today OR -on:yesterday')),
])
async def test_what_a_filter_does_not_take_is_refused_with_what_it_takes(path, asked, sentence):
    with pytest.raises(Refused) as refused:
        await found(asked)
    assert (refused.value.code, refused.value.sentence) == ('invalid', sentence)


@pytest.mark.parametrize(('asked', 'note', 'count'), [
    ('from:nobody', 'There is nobody called "nobody".', 0), ('plan from:@nobody', 'There is nobody called "@nobody".', 0), ('from:nobody from:carl', 'There is nobody called "nobody".', 1),
    ('-from:nobody', 'There is nobody called "nobody".', 8), ('one OR from:nobody', 'There is nobody called "nobody".', 1), ('in:nowhere', 'You are in no room called "nowhere".', 0),
    ('from:nobody in:nowhere', 'There is nobody called "nobody". You are in no room called "nowhere".', 0), (f'from:{"x" * 90}', f'There is nobody called "{"x" * 40}…".', 0),
    *((f'{name}:bob plan', f'There is no filter "{name}:"; there are from:, in:, has:, on:, before: and after:.', 0) for name in ('to', 'is', 'since', 'until', 'during', 'mentions')),
    ('plan -Since:2026-01-01', '', 8), ('plan to:x is:x', 'There is no filter "to:"; there are from:, in:, has:, on:, before: and after:.', 0), ('to:bob from:nobody', 'There is nobody called "nobody".', 0),
    ('nothing:here', '', 0), ('file:///x', '', 0),
    ('from:ann', '', 2), ('in:lobby', '', 4), ('from:', '', 0), ('plan', '', 8)])
async def test_a_name_that_nobody_has_is_said(said, asked, note, count):
    results = await finding.search(acting(BOB), asked)
    assert (results.note, len(results.results)) == (note, count)


async def test_a_room_is_meant_by_what_it_is_shown_as(path):
    """Quotes in its name do not count; of twins one is meant with its maker, as it is completed, and both without."""
    places = {name: (await management.create(acting(by), name, 'closed', ['bob'] if by != BOB else [])).id
              for by, name in ((ANN, 'Twins'), (CARL, 'TWINS'), (ANN, 'The "big" one'), (ANN, '„Projekt“'), (ANN, '""'))}
    for name, room in places.items():
        await say(f'plan {name}', by=CARL if name == 'TWINS' else ANN, room=room)
    for asked, expected in {
            'in:twins': ['plan TWINS', 'plan Twins'], 'in:"Twins (by ann)"': ['plan Twins'], 'in:"TWINS (by Carl)" plan': ['plan TWINS'], '-in:"twins (BY ann)" in:twins': ['plan TWINS'],
            'in:"Twins (by bob)"': [], 'in:"The big one"': ['plan The "big" one'], 'in:“The big one”': ['plan The "big" one'], 'in:„Projekt“': ['plan „Projekt“'], 'in:projekt': ['plan „Projekt“'],
            'in:"The big one (by ann)"': []}.items():
        assert await found(asked) == expected, asked


async def test_names_in_filters_are_found_without_accents_unless_somebody_has_just_that_one(path):
    for name in ('José', 'Zoë', 'zoe', 'Große'):
        await auth.register(name, 'correct horse 7')
    for name, number in (('José', 4), ('Zoë', 5), ('zoe', 6), ('Große', 7)):
        await say(f'plan of {name}', by=number)
    for name in ('Café', 'Büro', 'Buro', 'Ann'):
        await say(f'plan in {name}', room=(await management.create(acting(ANN), name, 'closed', ['bob'])).id)
    for asked, expected in {
            'from:jose': ['plan of José'], 'from:@JOSE': ['plan of José'], 'from:jose\u0301': ['plan of José'], 'from:zoe': ['plan of zoe'], 'from:zoë': ['plan of Zoë'], 'from:grosse': ['plan of Große'],
            '-from:jose in:lobby': ['plan of Große', 'plan of zoe', 'plan of Zoë'], 'from:jos': [], 'from:@': [], 'in:cafe': ['plan in Café'], 'in:#CAFE': ['plan in Café'], 'in:buro': ['plan in Buro'],
            'in:büro': ['plan in Büro'], 'in:caf': [], 'in:änn': ['plan in Ann'], 'in:#': []}.items():
        assert await found(asked) == expected, asked
    assert (await finding.search(acting(BOB), 'from:jos')).note == 'There is nobody called "jos".'


async def test_what_a_word_leaves_out_is_what_it_finds(path):
    """So a query is divided by a word into two."""
    await say(*TEXTS)
    whole = set(await found('-nowhere'))
    for asked in ('rel', '"release"', 'c++', '東京', '👍', 'dont', '$5', 'from:ann', 'in:lobby', 'has:link', 'on:today'):
        with_it, without = set(await found(asked)), set(await found(f'-{asked}'))
        assert (with_it | without, with_it & without) == (whole, set()), asked


async def test_a_day_is_that_of_the_reader(path):
    await say('here')
    for zone in ('UTC', 'Pacific/Kiritimati', 'Etc/GMT+12', 'Asia/Kathmandu'):
        assert [await found(asked, zone=zone) for asked in ('on:today', 'on:yesterday', 'after:yesterday', 'before:today', '-on:today')] == [['here'], [], ['here'], [], []], zone


@pytest.mark.parametrize(('zone', 'expected'), [
    ('UTC', 'plan two'), ('Europe/Berlin', 'plan one'), ('America/New_York', 'plan two'), ('Pacific/Kiritimati', 'plan one'), ('Nowhere/At_all', 'plan two'),
    ('', 'plan two'), ('../../etc/passwd', 'plan two'), ('Europe', 'plan two'), ('\0', 'plan two'), ('x' * 5_000, 'plan two')])
async def test_a_day_begins_where_the_reader_is(said, zone, expected):
    assert (await found('before:2026-02-01 in:lobby', zone=zone))[0] == expected
    first_after = 'plan four' if zone == 'America/New_York' else 'plan three https://x.org'
    assert (await found('after:2026-01-31 in:"project x"', zone=zone))[-1] == first_after


async def test_a_clock_that_was_set_back_hides_nothing(path):
    numbers = await say(*(f'plan {i}' for i in range(60)))

    def times():
        for number in numbers:
            hour = number if number % 3 else number - 20  # every third 20 hours too early
            when = datetime(2026, 1, 1, tzinfo=UTC).timestamp() + hour * 3600
            db.execute_sql('UPDATE messages SET created_at = ? WHERE id = ?', (datetime.fromtimestamp(when, UTC).isoformat(timespec='milliseconds'), number))
        return database.Written(None)

    await database.write(times)
    for asked, belongs in (('before:2026-01-02', '< "2026-01-02"'), ('after:2026-01-02', '>= "2026-01-03"')):
        expected = await database.read(lambda belongs=belongs: [row[0] for row in db.execute_sql(
            f'SELECT body FROM messages WHERE created_at {belongs} ORDER BY id DESC LIMIT 25'.replace('"', "'"))])
        assert await found(asked) == expected != []


async def test_newest_first_25_at_a_time(path):
    await say(*(f'plan {i}' for i in range(60)))
    seen, before = [], None
    for has_more in (True, True, False):
        page = await finding.search(acting(BOB), 'plan', before)
        assert page.has_more is has_more
        seen += [entry.text for entry, _ in page.results]
        before = page.results[-1][0].id
    assert seen == [f'plan {i}' for i in reversed(range(60))]
    assert (await finding.search(acting(BOB), 'plan', 0)).results == []


async def test_nobody_finds_what_is_said_where_they_are_not(path):
    room = (await management.create(acting(ANN), 'Secret', 'closed', ['bob'])).id
    direct = (await management.open_direct(acting(ANN), ['bob'])).id
    await say('plan', room=room)
    await say('plan', room=direct)
    for asked in ('plan', 'plan in:secret', 'plan in:ann', 'plan in:"ann, bob"', 'plan from:ann', 'in:secret', 'in:bob', '\ue000r2', '"\ue000r2"'):
        assert await found(asked, by=CARL) == [], asked
    assert await found('plan in:secret') == ['plan']
    await management.remove(acting(ANN), room, 'bob')
    assert await found('plan in:secret') == []
    assert len(await found('plan')) == 1
    await management.update(acting(ANN), room, archived=True)
    assert await found('plan in:secret', by=ANN) == ['plan'], 'archived rooms are found'


async def test_what_somebody_wrote_last_in_a_room(path):
    number = (await management.create(acting(ANN), 'Closed', 'closed', [])).id
    assert await finding.last_of(acting(ANN), number) is None, 'what happened was written by nobody'
    first, second = await say('first', 'second', room=number)
    await say('elsewhere')
    await say('of somebody else', by=BOB)
    assert await finding.last_of(acting(ANN), number) == second
    await messages.delete(acting(ANN), second)
    assert await finding.last_of(acting(ANN), number) == first
    with pytest.raises(Refused, match='no such room'):
        await finding.last_of(acting(BOB), number)


async def test_the_memberships_are_asked_even_if_the_index_is_asked_for_too_much(path, monkeypatch):
    await say('plan', room=(await management.create(acting(ANN), 'Secret', 'closed', [])).id)
    monkeypatch.setattr(rooms, 'ids', lambda user_id: [1, 2, 3])
    assert await found('plan') == []


@pytest.mark.parametrize('asked', ['x' * 10_000, 'word ' * 2_000, '東京' * 5_000, '"' * 10_000, '+' * 10_000, 'from:a ' * 1_500, 'in:"b" ' * 1_500,
                                   'a:' * 5_000, '(' * 10_000, '\u0301' * 10_000, 'ﷺ' * 10_000, 'before:2026-01-31 ' * 600, '\\' * 10_000])
async def test_long_queries_are_answered(path, asked):
    await say('word word', '東京')
    async with asyncio.timeout(5):
        assert await found(asked) == (['word word'] if asked.startswith('word') else [])


async def test_what_comes_after_32_words_does_not_count(path):
    await say(' '.join(f'w{i}x' for i in range(40)))
    assert len(await found(' '.join(f'w{i}x' for i in range(32)) + ' nowhere')) == 1
    assert len(await found(' '.join(f'w{i}x' for i in range(31)) + ' nowhere')) == 0
    assert len(await found(' '.join(f'w{i}x' for i in range(40)) + ' from:bob')) == 0, 'operators do'


async def test_what_is_edited_and_deleted_is_found_as_it_is(path):
    (number,) = await say('first wording')
    await messages.edit(acting(ANN), number, 'second https://example.org')
    assert await found('first') == []
    assert await found('second has:link') == ['second https://example.org']
    await messages.delete(acting(ANN), number)
    assert await found('second') == await found('from:ann') == []
    assert await exact()


async def exact():
    """The index is whole, and holds the tokens of the messages that are there, and no other."""
    def query():
        db.execute_sql("INSERT INTO search (search) VALUES ('integrity-check')")
        rows = list(db.execute_sql(f'SELECT id, room, author, body {index.INDEXED} ORDER BY id'))
        expected = {(token, number) for number, *rest in rows for token in index._tokens(*rest).split()}
        db.execute_sql("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab('main', 'search', 'instance')")
        stored = set(db.execute_sql('SELECT term, doc FROM temp.vocabulary'))
        db.execute_sql('DROP TABLE temp.vocabulary')
        assert stored == expected
        assert [row[0] for row in db.execute_sql('SELECT id FROM search_docsize ORDER BY id')] == [row[0] for row in rows]
        return database.Written(True)

    return await database.write(query)


async def test_a_refused_change_leaves_the_index_as_it_was(path):
    """The index keeps this when others in the same transaction are stored, too."""
    room = (await management.create(acting(ANN), 'Old', 'closed', ['bob'])).id
    (old,) = await say('archived words', room=room)
    (mine,) = await say('words of mine')
    await management.update(acting(ANN), room, archived=True)
    results = await asyncio.gather(
        messages.post(acting(ANN), LOBBY, 'before it'), messages.edit(acting(ANN), old, 'other'), messages.delete(acting(ANN), old), messages.post(acting(ANN), room, 'too late'),
        messages.edit(acting(ANN), mine, ''), messages.edit(acting(BOB), mine, 'not yours'), messages.edit(acting(ANN), mine, 'better words'), messages.post(acting(ANN), LOBBY, 'after it'),
        return_exceptions=True)
    assert [isinstance(result, Refused) for result in results] == [False, True, True, True, True, True, False, False]
    assert await found('words') == ['better words', 'archived words']
    assert await found('it') == ['after it', 'before it']
    assert await found('other') == await found('late') == []
    assert await exact()


async def test_a_transaction_that_fails_leaves_the_index_as_it_was(path):
    (number,) = await say('kept words')

    def failing():
        index.remove(number, LOBBY, ANN, 'kept words')
        index.add(99, LOBBY, ANN, 'never said')
        database.at_end(lambda: 1 / 0)
        return Written(None)

    with pytest.raises(ZeroDivisionError):
        await database.write(failing)
    assert await found('kept') == ['kept words']
    assert await found('never') == []
    assert await exact()


async def test_many_changes_at_once_keep_it_exact(path):
    numbers = await say(*(f'text {i} about {TEXTS[i % len(TEXTS)]}' for i in range(100)))
    await asyncio.gather(*(messages.delete(acting(ANN), number) if number % 2 else messages.edit(acting(ANN), number, f'edited {number} {TEXTS[number % 7]}')
                           for number in numbers), index.tidy(), *(messages.post(acting(BOB), LOBBY, f'more {i}') for i in range(50)))
    assert await exact()
    await index.tidy()
    assert await exact()
    assert len(await found('text')) == 0
    assert len(await found('edited')) == 25


SECRET = 'Zyxophonquaggatext'
TAIL = b'ophonquaggatext'
'''The beginning may be shared with another word.'''


def content(path):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    return path.read_bytes()


@pytest.mark.parametrize('act', [lambda number: messages.delete(acting(ANN), number), lambda number: messages.edit(acting(ANN), number, 'harmless')])
@pytest.mark.parametrize('others', [0, 300])
async def test_a_word_that_was_removed_is_nowhere_in_the_file_after_the_clean_up(path, act, others):
    await say(*(f'one of the others {i}' for i in range(others)))
    numbers = await say(f'about {SECRET} and more', f'{SECRET.upper()} again')
    await say(*(f'one of the others {i}' for i in range(others)))
    for number in numbers:
        await act(number)
    assert await found(SECRET) == []
    assert TAIL in content(path), 'without the clean-up it is still there'
    await index.tidy()
    assert TAIL not in content(path).lower()
    assert await exact()
    assert await database.read(index._removed) is None


async def test_what_is_removed_during_the_clean_up_is_cleaned_up_by_the_next(path, monkeypatch):
    first, second = await say(f'about {SECRET}', f'and {SECRET}')
    await messages.delete(acting(ANN), first)
    seen = await database.read(index._removed)
    await messages.delete(acting(ANN), second)
    with monkeypatch.context() as earlier:
        earlier.setattr(index, '_removed', lambda: seen)
        await index.tidy()
    assert await database.read(index._removed) is not None
    await index.tidy()
    assert TAIL not in content(path).lower()


async def test_it_is_cleaned_up_when_it_stops(path):
    (number,) = await say(f'about {SECRET}')
    await say('other words')
    await messages.delete(acting(ANN), number)
    index.start()
    await index.stop()
    await database.stop()
    assert TAIL not in path.read_bytes().lower()


async def test_no_copy_is_left_in_the_gaps_of_pages_when_it_stops(path):
    """SQLite leaves some where it moves rows of different sizes."""
    chance, here, gone = random.Random(5), {}, []

    def text():
        return f'secret{chance.randrange(10**12):012} ' + 'and more ' * chance.choice([1, 5, 30, 200])

    for i in range(900):
        said = text()
        here[(await say(said))[0]] = said.split()[0]
        number = chance.choice(list(here))
        if i % 3 == 0:
            gone.append(here.pop(number))
            await messages.delete(acting(ANN), number)
        elif i % 3 == 1:
            gone.append(here[number])
            said = text()
            here[number] = said.split()[0]
            await messages.edit(acting(ANN), number, said)
    await index.stop()
    await database.stop()
    stored = path.read_bytes()
    assert [word for word in gone if word.encode() in stored] == []
    assert all(word.encode() in stored for word in here.values())


async def test_it_is_cleaned_up_some_time_after_a_start(path, monkeypatch):
    monkeypatch.setattr(index, 'QUIET_SECONDS', 0.1)
    (number,) = await say(f'about {SECRET}')
    await messages.delete(acting(ANN), number)
    index.start()
    async with asyncio.timeout(5):
        while await database.read(index._removed):
            await asyncio.sleep(0.05)
    assert TAIL not in content(path).lower()
    await index.stop()


def marked(text, asked):
    return snippets.snippet(text, query.parse(asked, 'UTC').terms)


@pytest.mark.parametrize(('text', 'asked', 'shown'), [
    ('The release is out', 'rel', 'The <mark>release</mark> is out'),
    ('a Café & <b>', 'cafe b', 'a <mark>Café</mark> &amp; &lt;<mark>b</mark>&gt;'),
    ('<script>alert("x")</script>', 'script', '&lt;<mark>script</mark>&gt;alert(&quot;x&quot;)&lt;/<mark>script</mark>&gt;'),
    ('東京タワー', '京タ', '東<mark>京タ</mark>ワー'), ('use c++ here', 'c++', 'use <mark>c++</mark> here'),
    ('x "release, notes" y', '"release notes"', 'x &quot;<mark>release, notes</mark>&quot; y'), ('ทุกคนครับ', 'คน', 'ทุก<mark>คน</mark>ครับ'),
    ('กำลัง', 'กำ', '<mark>กำ</mark>ลัง'), ('한국어', '하', '<mark>한국어</mark>'), ('2 ½ pints', '½', '2 <mark>½</mark> pints'), ('a\n\n b', 'b', 'a <mark>b</mark>'),
    ('release releases', '"release"', '<mark>release</mark> releases'), ('a b a b', '"a b" "b a"', '<mark>a b a b</mark>'), ('no hit', 'from:ann', 'no hit'),
    ('👍🏽', '👍', '<mark>👍</mark>🏽'),
])
def test_snippets(text, asked, shown):
    assert marked(text, asked) == shown


@pytest.mark.parametrize('text', ['word ' * 300 + 'needle ' + 'more ' * 300, 'x' * 2_000 + ' needle ' + 'y' * 2_000, '東' * 2_000 + 'needle' + '京' * 2_000,
                                  'e\u0301' * 1_000 + ' needle' + '👩\u200d👧' * 1_000, '\n' * 100 + 'needle' + '\n' * 100 + 'x', 'needle' * 600])
def test_a_snippet_is_short_and_whole(text):
    shown = marked(text, 'needle')
    plain = unescape(re.sub('</?mark>', '', shown))
    assert '<mark>needle' in shown
    assert len(plain) <= snippets.LENGTH + 10
    assert plain.strip('…') in re.sub(r'\s+', ' ', text)
    assert not re.search('^…?\u0301', plain)


@pytest.mark.parametrize('version', ['1 of before', None])
async def test_an_index_of_another_version_is_made_anew(path, version):
    await say('other words')
    (number,) = await say('some words')
    await say('the end')
    await messages.delete(acting(ANN), number)
    await database.stop()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'search'", [version or index.VERSION])
        connection.execute("INSERT INTO search (rowid, tokens) VALUES (?, 'of another version')", [number])
        connection.commit()
    index.prepare(path)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert len(connection.execute("SELECT rowid FROM search WHERE search MATCH 'version'").fetchall()) == (0 if version else 1)
    database.start(path, lambda changes: None)
    assert await found('words') == ['other words']
    if version:
        assert await exact()


def test_messages_from_before_are_found(tmp_path, monkeypatch):
    path = tmp_path / 'chatroom.db'
    prepare_as_of(4, path, monkeypatch)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO users (username, password, name_key, created_at) VALUES ('ann', 'x', 'ann', '2026')")
        connection.executemany("INSERT INTO messages (room, author, body, created_at, revision, deleted_at) VALUES (1, 1, ?, '2026', ?, ?)", [
            ('an Älter text', 1, None), ('', 2, '2026'), ('東京', 3, None)])
        connection.commit()
    migrations.prepare(path)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        def ids(match):
            return [row[0] for row in connection.execute('SELECT rowid FROM search WHERE search MATCH ?', [match])]

        assert (ids('alter'), ids('"東 京"'), ids(f'"{index.room(1)}"'), ids(f'"{index.author(1)}"')) == ([1], [3], [1, 3], [1, 3])


async def test_by_a_program(server, bob):
    sent = await bob.ask('send_message', 'An <unusual> needle')
    answer = await bob.ask('search', {'query': 'needle from:bob', 'surprise': 1})
    assert answer == {'results': [{'id': sent['id'], 'room': 1, 'revision': sent['revision'], 'username': 'bob', 'message': 'An <unusual> needle',
                                   'created_at': sent['created_at'], 'edited_at': None, 'deleted': False, 'reply_to': None, 'reactions': {}, 'system': None,
                                   'snippet': 'An &lt;unusual&gt; <mark>needle</mark>'}], 'more': False}
    assert (await bob.ask('search', {'query': 'needle', 'before': sent['id']}))['results'] == []


@pytest.mark.parametrize('asked', [{}, {'query': 5}, {'query': None}, {'query': 'x', 'before': '1'}, {'query': 'x', 'before': -1}, {'query': 'x', 'before': 2**63}, 'x', None])
async def test_what_is_no_search(bob, asked):
    assert (await bob.ask('search', asked))['code'] == 'invalid'


@pytest.mark.parametrize('asked', ['', '"', 'x' * 10_000, '東' * 10_000, 'zq ' * 20_000, '\0'])
async def test_any_text_is_answered(bob, asked):
    assert await bob.ask('search', {'query': asked, 'before': 2**63 - 1}) == {'results': [], 'more': False}


async def test_too_many_searches_are_refused(make_server):
    with make_server(CHATROOM_RATE_LIMITS='on') as server:
        async with server.program('ann') as ann:
            answers = [await ann.ask('search', {'query': 'x'}) for _ in range(60)]
    refused = [answer for answer in answers if 'error' in answer]
    assert answers[:30] == [{'results': [], 'more': False}] * 30
    assert refused
    assert all(answer['code'] == 'too_fast' and answer['retry_after'] >= 1 for answer in refused)


async def test_a_server_that_stops_leaves_nothing_of_what_was_deleted(make_server, monkeypatch):
    with make_server() as server:
        async with server.program('ann') as ann:
            sent = await ann.ask('send_message', f'about {SECRET}')
            assert len((await ann.ask('search', {'query': SECRET}))['results']) == 1
            with contextlib.closing(sqlite3.connect(server.database)) as connection:
                tokens = index._tokens(1, 1, f'about {SECRET}')
                connection.execute("UPDATE messages SET body = '', deleted_at = '2026' WHERE id = ?", [sent['id']])
                connection.execute(index.REMOVE, [sent['id'], tokens])
                connection.execute(index.COUNT_REMOVED)
                connection.commit()
        server.stop()
        assert TAIL not in server.database.read_bytes().lower()


def test_messages_that_were_put_into_the_file_by_hand_are_found_after_the_next_start(tmp_path):
    """They can be edited, too: FTS5 takes an index for broken from which something is removed that was never added."""
    path = tmp_path / 'chatroom.db'
    migrations.prepare(path)
    index.prepare(path)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO users (username, password, created_at) VALUES ('ann', 'x', '2026')")
        connection.execute("INSERT INTO messages (room, author, body, created_at, revision) VALUES (1, 1, 'needle', '2026', 1)")
        connection.commit()
    index.prepare(path)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT rowid FROM search WHERE search MATCH 'needle'").fetchall() == [(1,)]
