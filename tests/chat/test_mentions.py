"""Whom a message names."""
from pathlib import Path
from unicodedata import normalize

import pytest

import database
import settings
from chat import history, mentions, messages
from chat.text import markdown
from database import Written, db, migrations
from models import LOBBY, Membership, Room, User
from names import key
from tests.people import acting

PEOPLE = ['ann', 'bob', 'bobby', 'Jose', 'José', 'नेहा', 'พิมพ์', 'محمّد', 'דנה', '小明', 'bob.', 'Mary Ann', "o'neil"]
AUTHOR = 1


@pytest.fixture
async def room():
    path = settings.load().database
    migrations.prepare(Path(path))
    database.start(path, lambda _: None)

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
    ('@bob.', {'bob.'}),
    ('@bobby. Next', {'bobby'}),
    ('@bobby...', {'bobby'}),
    ('@ann is the author', set()),
    ('@nobody', set()),
    ('mail@bob.org, @@bob, a.@bob, and/@bob', set()),
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


@pytest.mark.parametrize('text', ['@a' + '._-' * 1330, '@a' + '.' * 3990, ' '.join(f'@x{i}' for i in range(900)), '@' * 4000,
                                  'https://' * 500, '@' + 'ﷺ' * 3900])
async def test_no_text_can_be_abused_to_hold_up_the_writer(room, text, monkeypatch):
    """A few queries of bounded size, however much looks like a name."""
    asked = []
    real = database.db.execute_sql
    monkeypatch.setattr(database.db, 'execute_sql', lambda sql, given=None: asked.append(given or []) or real(sql, given))
    await named(room, text)
    assert len(asked) <= 3
    assert sum(map(len, asked)) <= 2 * mentions.MOST_NAMED * (mentions.MOST_PREFIXES + 1) + 10
    assert max((len(str(each)) for given in asked for each in given), default=0) <= 20 * mentions.MOST_LETTERS


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
    number = (await messages.post(acting(1), LOBBY, '`@bob` and @everyone')).id
    other = (await messages.post(acting(1), LOBBY, '`@everyone` and @bob')).id
    monkeypatch.delattr(markdown, 'without_code')
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


@pytest.mark.parametrize(('text', 'html'), [
    ('hi @bob.', 'hi <span class="mention">@bob</span>.'),
    ('@BOB and @ann', '<span class="mention">@BOB</span> and @ann'),
    ('<b>@bob</b>', '&lt;b&gt;<span class="mention">@bob</span>&lt;/b&gt;'),
    ('https://x.org/@bob @bob', ('<a href="https://x.org/@bob" target="_blank" rel="noopener noreferrer nofollow">https://x.org/@bob</a> '
                                '<span class="mention">@bob</span>')),
])
def test_names_are_set_apart_where_they_stand(text, html):
    assert markdown.body(text, lambda source: mentions.places(source, [(2, 'bob')])) == html
