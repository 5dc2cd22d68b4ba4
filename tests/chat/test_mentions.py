"""Whom a message names."""
import re
from pathlib import Path
from unicodedata import normalize

import pytest

import database
import settings
from chat import calls, history, keeping, live, mentions, messages, reactions, reading
from chat.rooms import RoomChange
from chat.text import markdown, render
from database import Written, db, migrations
from models import LOBBY, Membership, Room, User
from names import key
from tests.people import acting

PEOPLE = ['ann', 'bob', 'bobby', 'Jose', 'José', 'नेहा', 'พิมพ์', 'محمّد', 'דנה', '小明', 'bob.', 'Mary Ann', "o'neil"]
AUTHOR = 1


@pytest.fixture
def published():
    return []


@pytest.fixture
async def room(monkeypatch, published):
    monkeypatch.setenv('CHATROOM_RATE_LIMITS', 'off')
    render.bodies.forget()
    path = settings.load().database
    migrations.prepare(Path(path))
    database.start(path, published.extend)

    def operation():
        room = Room.create(name='Room')
        add(room, *PEOPLE)
        db.execute_sql('INSERT INTO memberships (room, user) SELECT 1, id FROM users')
        User.update(taken_over=True).where(User.username.in_(['Mary Ann', "o'neil"])).execute()
        return Written(room.id)

    yield await database.write(operation)
    await database.stop()


def add(room, *usernames):
    for name in usernames:
        Membership.create(room=room, user=User.create(username=name, password='x', name_key=key(name)))


async def named(room, text):
    return {username for _, username in await database.read(lambda: mentions.found(AUTHOR, room, text))}


@pytest.mark.parametrize(('text', 'whom'), [
    ('hello @bob', {'bob'}),
    ('@BOB!', {'bob'}),
    ('(@bob), "@bobby"', {'bob', 'bobby'}),
    ('@bob.', {'bob'}), ('Thanks @bob.', {'bob'}), ('@bob. Next', {'bob'}), ('(@bob.)', {'bob'}), ('_@bob._', {'bob'}), ('@bob...', {'bob'}), ('@bob.!', {'bob'}),
    ('@bob., look', {'bob.'}), ('@bob.: look', {'bob.'}), ('@bob_', {'bob'}), ('@bob. and @bob., both', {'bob', 'bob.'}),
    ('@bobby. Next', {'bobby'}),
    ('@bobby...', {'bobby'}),
    ('@ann is the author', set()),
    ('@nobody', set()),
    ('mail@bob.org, @@bob, and/@bob', set()),
    ('see https://example.com/@bob?to=@bobby', set()),
    ('see https://example.com/ @bob', {'bob'}),
    ('@José', {'José'}),
    (normalize('NFD', '@José'), {'José'}),
    ('@Jose', {'Jose'}),
    ('@नेहा कैसे', {'नेहा'}), ('@พิมพ์', {'พิมพ์'}), ('@محمّد', {'محمّد'}), ('@דנה,', {'דנה'}), ('@小明', {'小明'}),
    ('@小明你好', set()),
    ("@Mary Ann and @o'neil", {'Mary Ann', "o'neil"}),
    ('@mary annette', set()),
    ('`@bob` and `@everyone`', set()), ('```\n@bob\n```\n@bobby', {'bobby'}), ('`@bob', {'bob'}), ('> ```\n> @bob', set()),
    ('`@Mary Ann`', set()),
    ('@everyone', {'everyone'}), ('@Everyone.', {'everyone'}), ('@everyones', set()),
])
async def test_who_is_named(room, text, whom):
    assert await named(room, text) == whom


CALLS = {
    'any punctuation before it': {
        '@bob/@bobby': ['@bob', '@bobby'], '@bob-@bobby': ['@bob', '@bobby'], '.@bob': ['@bob'], 'hi...@bob': ['@bob'], 'a.@bob': ['@bob'],
        'so:@bob': ['@bob'], '#@bob': ['@bob'], 'a+@bob': ['@bob'], '"@bob"': ['@bob'], '!@bob!': ['@bob'], '“@bob”': ['@bob'], '😀@bob': ['@bob'],
        '(@bob)/@bobby': ['@bob', '@bobby'], '@bob/@bobby/@José': ['@bob', '@bobby', '@José'], '@zoe/@bob': ['@bob'], '、@bob': ['@bob']},
    'a letter that is not of ASCII': {
        '请@bob': ['@bob'], 'お疲れ様です@bob さん': ['@bob'], 'спасибо@bob': ['@bob'], 'é@bob': ['@bob'], 'e\u0301@bob': ['@bob'], '١@bob': ['@bob']},
    'full width': {'＠bob': ['＠bob'], '请＠bob': ['＠bob'], '＠ｂｏｂ': ['＠ｂｏｂ'], '＠ｅｖｅｒｙｏｎｅ': ['＠ｅｖｅｒｙｏｎｅ'], '\\＠bob': [], 'x＠bob': []},
    'an address or a path': {
        'x@bob': [], 'x@bob.org': [], '1@bob': [], 'a/@bob': [], 'node_modules/@bob': [], 'node_modules/@zoe/@bob': [], '@bob/x/@bobby': ['@bob'],
        './@bob': [], '~/@bob': [], 'a//@bob': [], 'и/@bob': [], 'x@bob/@bobby': [], 'x.org/@bob': [], 'www.x.org/?to=@bob&cc=@bobby': [],
        'x.org/a,@bob': ['@bob'], 'https://x.org/a?to=@bob': [], 'ftp://x.org/@bob': [], '[x](https://x.org/@bob)': [], 'https://a.b@bob/': []},
    'markup around it': {
        '_@bob_': ['@bob'], '__@bob__': ['@bob'], '**@bob**@bobby': ['@bob', '@bobby'], '_hi_@bob': ['@bob'], '[@bob](https://x.org)': ['@bob']},
    'said by others, or not meant': {
        '> @bob': [], '> @bob\n@bobby': ['@bobby'], '> a\n\n@bob': ['@bob'], '> > @bob': [], '- > @bob\n- @bobby': ['@bobby'], '> @everyone': [],
        '>@bob': ['@bob'], '\\@bob': [], '\\@bob @bobby': ['@bobby'], '\\\\@bob': ['@bob'], '\\@everyone': [], 'a\\@bob': [], '请\\@bob': [], 'C:\\@bob': [], '/me > @bob': [],
        '/me waves to @bob': ['@bob'], '> @bob\n' * 300 + '@bobby': ['@bobby'], '`@bob` `@bobby': ['@bobby']},
    'the sentence goes on in another script': {
        '@bobさん': ['@bob'], '@bob_さん': ['@bob'], '@BOB님': ['@BOB'], '@bob你好': ['@bob'], '@小明さん': ['@小明'], '@小明hello': ['@小明'],
        '@José你好': ['@José'], '@everyoneさん': ['@everyone'], '@さん': [], '@bobbé': [], '@Joséphine': [], '@Jose\u0301': ['@Jose\u0301'], '@小明2': []},
    'all': {
        '@all': ['@all'], '@channel, look': ['@channel'], '@HERE!': ['@HERE'], '@everyone and @bob': ['@everyone', '@bob'], '@bob @all': ['@bob', '@all'],
        '@allow @heretic @channels': [], '`@all`': [], 'x@all': []},
}
WHOM = {'all': 'everyone', 'channel': 'everyone', 'here': 'everyone'}


@pytest.mark.parametrize('kind', CALLS)
async def test_whom_a_text_calls_and_what_of_it_is_set_apart(room, kind):
    """One decision: who is called is who stands there set apart, when it is sent and when it is read again."""
    sent = [await messages.post(acting(AUTHOR), room, text) for text in CALLS[kind]]
    called = {entry.text: {key(name) for _, name in entry.mentions} for entry in sent}
    assert called == {text: {WHOM.get(key(each[1:]), key(each[1:])) for each in marked} for text, marked in CALLS[kind].items()}
    assert {entry.text: set_apart(entry) for entry in sent} == CALLS[kind]
    render.bodies.forget()
    assert {entry.text: set_apart(entry) for entry in (await history.history(acting(AUTHOR), room)).entries} == CALLS[kind]


def set_apart(entry):
    return re.findall('class="mention">(.*?)<', live.html(entry))


@pytest.mark.parametrize('change', [
    lambda number: keeping.pin(acting(AUTHOR), number, on=True), lambda number: reactions.react(acting(AUTHOR), number, '👍', on=True),
    lambda number: messages.edit(acting(AUTHOR), number, '@bob and @everyone, again, and @Mary Ann')], ids=['pin', 'reaction', 'edit'])
async def test_who_is_called_beside_everyone_stays_set_apart(room, change):
    number = (await messages.post(acting(AUTHOR), room, '@bob and @everyone, and @Mary Ann')).id
    await change(number)
    render.bodies.forget()
    (entry,) = (await history.history(acting(AUTHOR), room)).entries
    assert set_apart(entry) == ['@bob', '@everyone', '@Mary Ann']


async def test_who_has_the_name_all_is_called_by_it(room):
    """They came before it was a word for everyone, and need not be in this room; one more "all" nobody may be."""
    await database.write(lambda: Written(add(room, 'All')))
    await database.write(lambda: Written(User.create(username='channel', password='x', name_key='channel').id))
    assert await named(room, '@all @channel') == {'All'}
    assert await named(room, '@here') == {'everyone'}


@pytest.mark.parametrize(('people', 'text', 'whom'), [
    (['kim.', 'kim'], '@kim.', {'kim'}), (['kim.'], '@kim.', {'kim.'}), (['kim.'], '@kim', set()), (['kim..', 'kim.'], '@kim..', {'kim..'}),
    (['kim_', 'kim'], '@kim_.', {'kim_'}), (['kim_', 'kim'], 'hi @kim_', {'kim_'}), (['.kim', 'kim'], '@.kim', {'.kim'}), (['kim-', 'kim'], '@kim-', {'kim-'}),
    (['KIM.', 'kim'], '@Kim.', {'kim'}), (['kim.', 'kim'], '@kim.\n@kim., you', {'kim', 'kim.'})])
async def test_dots_at_the_end_of_a_sentence_are_its_own(room, people, text, whom):
    """Unless only somebody is called so who came before names had to end in a letter."""
    await database.write(lambda: Written(add(room, *people)))
    assert await named(room, text) == whom
    entry = await messages.post(acting(AUTHOR), room, text)
    assert {key(marked[1:]) for marked in set_apart(entry)} == {key(name) for name in whom}


@pytest.mark.parametrize('text', ['@a' + '._-' * 1330, '@a' + '.' * 3990, ' '.join(f'@x{i}' for i in range(900)), '@' * 4000,
                                  'https://' * 500, '@' + 'ﷺ' * 3900, '@' + 'aあ' * 1999, '@' + 'ａあ.' * 1300])
async def test_no_text_can_be_abused_to_hold_up_the_writer(room, text, monkeypatch):
    """A few queries of bounded size, however much looks like a name."""
    asked = []
    real = database.db.execute_sql
    monkeypatch.setattr(database.db, 'execute_sql', lambda sql, given=None: asked.append(given or []) or real(sql, given))
    await named(room, text)
    assert len(asked) <= 3
    assert sum(map(len, asked)) <= 2 * mentions.MOST_NAMED * (calls.MOST_PREFIXES + 1) + 10
    assert max((len(str(each)) for given in asked for each in given), default=0) <= 20 * calls.MOST_LETTERS


async def test_the_longest_odd_name_hides_no_shorter_one_and_case_does_not_count(room):
    """Two people with names that are one name by their keys came from the original app: the second has no key."""
    def taken_over():
        for name, name_key in (('Mary Ann Lee', 'mary ann lee'), ('MARY ANN', None), ('Ann (ops)', 'ann (ops)'), ('*', '*')):
            Membership.create(room=room, user=User.create(username=name, password='x', name_key=name_key, taken_over=True))
        return Written(None)

    await database.write(taken_over)
    assert await named(room, 'x @mary ann lee') == {'Mary Ann', 'MARY ANN', 'Mary Ann Lee'}
    assert await named(room, '@MARY ANN, @ann (OPS)? @*!') == {'Mary Ann', 'MARY ANN', 'Ann (ops)', '*'}
    assert await named(room, '@mary ann9 me@mary ann @ann (ops)x') == set()


async def test_who_is_called_is_known_of_stored_messages_and_not_looked_for_again(room, monkeypatch):
    """Finding what is code in a text may take 20 ms, and a page of history has 200 texts."""
    number = (await messages.post(acting(1), LOBBY, '`@x` and @everyone')).id
    other = (await messages.post(acting(1), LOBBY, '`@everyone` and @bob')).id
    monkeypatch.delattr(markdown, 'called')
    entries = {entry.id: [name for _, name in entry.mentions] for entry in (await history.history(acting(1), LOBBY)).entries}
    assert entries == {number: ['everyone'], other: ['bob']}


async def test_everyone_may_be_called_by_anybody_in_a_small_room_and_by_administrators_in_a_large_one(room):
    await database.write(lambda: Written(add(room, *(f'more{i}' for i in range(mentions.SMALL - len(PEOPLE))))))
    assert await named(room, '@everyone') == {'everyone'}
    await database.write(lambda: Written(add(room, 'one_too_many')))
    with pytest.raises(mentions.Refused, match='administrators'):
        await named(room, '@everyone')
    await database.write(lambda: Written(User.update(is_admin=True).where(User.id == AUTHOR).execute()))
    assert await named(room, '@everyone') == {'everyone'}


BOB, BOBBY, CARL = 2, 3, 14


@pytest.mark.parametrize(('before', 'after', 'concerned', 'counting'), [
    ('hello', '@bob', {BOB}, {BOB}), ('@bob', 'hello', {BOB}, {BOB}), ('@bob', '> @bob', {BOB}, {BOB}), ('@bob', '@bobby', {BOB, BOBBY}, {BOB, BOBBY}),
    ('@bob hi', 'ho @bob', set(), set()), ('a', 'b', set(), set()), ('hello', '@carl', {CARL}, set()), ('@carl', '@bob', {CARL, BOB}, {BOB}),
    ('hello', '@all', {BOB, BOBBY, CARL}, {BOB, BOBBY}), ('@bob @all', '@bob', {BOBBY, CARL}, {BOBBY}), ('@all', '@everyone', set(), set())])
async def test_an_edit_is_told_to_those_it_begins_or_ceases_to_name(room, published, before, after, concerned, counting):
    """To their lists of mentions; and the counts of a room only to those who have not read the message (Carl has)."""
    await database.write(lambda: Written(add(room, 'carl')))
    await database.write(lambda: Written(Membership.delete().where(Membership.room == room, Membership.user.not_in([AUTHOR, BOB, BOBBY, CARL])).execute()))
    number = (await messages.post(acting(AUTHOR), room, before)).id
    await reading.read(acting(CARL), room, number)
    published.clear()
    await messages.edit(acting(AUTHOR), number, after)
    is_all = 'all' in before + after
    assert published[1:] == ([mentions.Recalled(room, frozenset(concerned), is_all), RoomChange(room, told=frozenset(counting))] if concerned else [])


@pytest.mark.parametrize('is_all', [True, False])
def test_that_everyone_is_named_is_told_by_one_packet(monkeypatch, is_all):
    told = []
    monkeypatch.setattr(live.sockets, 'users', lambda: {BOB, BOBBY})
    monkeypatch.setattr(live.sockets, 'tell_aside', lambda room, event, data: told.append((room, event, data)))
    monkeypatch.setattr(live.sockets, 'tell_user', lambda user, event, data: told.append((user, event, data['page'])))
    live.publish([mentions.Recalled(7, frozenset({BOB, CARL}), is_all)])
    assert told == [(7 if is_all else BOB, 'named', {'room': 7})]


@pytest.mark.parametrize(('text', 'html'), [
    ('hi @bob.', 'hi <span class="mention">@bob</span>.'),
    ('@everyone, @all and @bob', '@everyone, @all and <span class="mention">@bob</span>'),
    ('@BOB and @ann', '<span class="mention">@BOB</span> and @ann'),
    ('<b>@bob</b>', '&lt;b&gt;<span class="mention">@bob</span>&lt;/b&gt;'),
    ('https://x.org/@bob @bob', ('<a href="https://x.org/@bob" target="_blank" rel="noopener noreferrer nofollow">https://x.org/@bob</a> '
                                '<span class="mention">@bob</span>')),
])
def test_names_are_set_apart_where_they_stand(text, html):
    assert markdown.body(text, lambda source: mentions.places(source, [(2, 'bob')])) == html
