"""Searching costs who searches, and nobody else: it is done aside, some at a time, and no text makes it long."""
import asyncio
import re
import threading
from pathlib import Path

import pytest

import auth
import database
import settings
from chat import history, messages
from chat.search import finding, index, query, snippets, words
from chat.search.words import Word
from database import migrations
from errors import Refused
from names import MARKS
from pages import events
from tests.people import acting
from tests.running import PASSWORD

LOBBY, ANN = 1, 1
LONG = ['ﷺ', '的', '☃', '㌀', '½', '™', 'ガ', '가', 'a', 'ab ', 'e\u0301', 'a' + '\u0301' * 30, '\u0f73', '\u0315\u0300', '\uff9e', 'กำ', '+', '😀', 'İ']
'''What makes many words or many letters of a few characters.'''


@pytest.fixture
async def people(monkeypatch):
    """A database, and how to make as many people as are needed."""
    monkeypatch.setenv('CHATROOM_RATE_LIMITS', 'off')
    path = Path(settings.load().database)
    migrations.prepare(path)
    database.start(path, lambda changes: None)
    auth.start()

    async def make(count):
        for i in range(count):
            await auth.register(f'person{i}', PASSWORD)
        return range(1, count + 1)

    yield make
    await auth.stop()
    await database.stop()


@pytest.fixture
def held(monkeypatch):
    """Searches come to a stop in their reader, until they are let go."""
    begun, go, real = threading.Event(), threading.Event(), finding._found

    def slow(*args):
        begun.set()
        go.wait(20)
        return real(*args)

    monkeypatch.setattr(finding, '_found', slow)
    yield begun, go
    go.set()


async def test_nobody_else_waits_for_those_who_search(people, held):
    """Two readers answer everything else; six people who searched kept both, and then the chat opened after 10 s."""
    six = await people(6)
    begun, go = held
    searching = [asyncio.ensure_future(finding.search(acting(person), '的')) for person in six]
    await asyncio.to_thread(begun.wait)
    assert await asyncio.gather(*(history.history(acting(ANN), LOBBY) for _ in range(10)))
    assert (await messages.post(acting(ANN), LOBBY, 'hello')).id
    assert not any(search.done() for search in searching)
    go.set()
    assert len(await asyncio.gather(*searching)) == 6


async def test_only_some_people_search_at_a_time_and_the_next_is_told_to_wait(people, held, monkeypatch):
    monkeypatch.setattr(finding, 'MOST_AT_ONCE', 3)
    *some, last = await people(4)
    begun, go = held
    searching = [asyncio.ensure_future(finding.search(acting(person), 'x')) for person in some]
    await asyncio.to_thread(begun.wait)
    with pytest.raises(Refused, match='try again in a moment') as refused:
        await finding.search(acting(last), 'x')
    assert (refused.value.code, refused.value.retry_after) == ('too_fast', 1)
    assert database.readers.long.qsize() <= 3
    go.set()
    await asyncio.gather(*searching)
    await finding.search(acting(last), 'x')


async def test_who_searches_in_many_tabs_takes_no_place_from_others(people, held, monkeypatch):
    monkeypatch.setattr(finding, 'MOST_AT_ONCE', 3)
    _, other = await people(2)
    begun, go = held
    searching = [asyncio.ensure_future(finding.search(acting(ANN), 'x')) for _ in range(50)]
    await asyncio.to_thread(begun.wait)
    searching.append(asyncio.ensure_future(finding.search(acting(other), 'x')))
    await asyncio.sleep(0)
    assert len(finding._under_way) == 2
    assert database.readers.long.qsize() == 1, 'the other one waits for one search, not for fifty'
    go.set()
    await asyncio.gather(*searching)
    assert finding._under_way == set()


async def test_a_search_that_takes_too_long_ends_with_a_sentence_and_the_next_one_is_answered(people, monkeypatch):
    await people(1)
    await messages.post(acting(ANN), LOBBY, 'needle')
    with monkeypatch.context() as endless:
        endless.setattr(database.readers, 'MOST_SECONDS', 0.1)
        endless.setattr(finding, 'FOUND', 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n')
        with pytest.raises(Refused, match='took too long'):
            await finding.search(acting(ANN), 'needle')
    assert len((await finding.search(acting(ANN), 'needle')).results) == 1


async def test_a_message_of_a_list_is_looked_through_aside_too(people, monkeypatch):
    await people(1)
    number = (await messages.post(acting(ANN), LOBBY, 'a needle')).id
    threads, real = [], finding.snippet
    monkeypatch.setattr(finding, 'snippet', lambda *args: threads.append(threading.current_thread()) or real(*args))
    answer = await events.excerpt(acting(ANN), id=number, query='needle')
    assert '<mark>needle</mark>' in str(answer['html'])
    assert threading.main_thread() not in threads != []


@pytest.mark.parametrize('unit', LONG)
@pytest.mark.parametrize('wanted', ['everywhere', 'needle'])
def test_no_text_can_be_abused_to_make_a_snippet_dear(unit, wanted, monkeypatch):
    """Each piece is split once, which is fast; only words of one piece, and what is shown, get their places, which is slow."""
    size = min(3_990, words.MOST_DECOMPOSED // (2 * len(words._decomposed(unit))) * len(unit))
    text = (unit * size)[:size] + ' needle'
    terms = query.parse(unit if wanted == 'everywhere' else wanted, 'UTC').terms
    has_words = words.BEGINNING.search(text[:size], 1)
    most = max(1, len(words.split(unit)) // len(unit)) * words.PIECE if has_words else words.MOST_DECOMPOSED
    placed, split_up, split = [], [], words.split
    monkeypatch.setattr(words, 'Word', lambda *args: placed.append(args) or Word(*args))
    monkeypatch.setattr(words, 'split', lambda piece: split_up.append(piece) or split(piece))
    shown = snippets.snippet(text, terms)
    assert ('<mark>' in shown) == bool(terms)
    assert sum(map(len, split_up)) <= len(text)
    assert len(placed) <= most + 2 * (snippets.LENGTH + query.MOST_TOKENS)


@pytest.mark.parametrize('unit', [*LONG, *(f'{unit} ' for unit in LONG)])
def test_no_text_can_be_abused_to_make_its_tokens_dear(unit, monkeypatch):
    """They are made in the writer, at each edit twice. Marks are sorted one by one, and one character may be 18."""
    decomposed, real = [], words._decomposed
    monkeypatch.setattr(words, '_decomposed', lambda text: decomposed.append(text) or real(text))
    tokens = index._tokens(1, 1, (unit * messages.LENGTH)[:messages.LENGTH])
    assert len(tokens) <= 2 * words.MOST_DECOMPOSED + 20
    assert not any(re.search(f'[{MARKS}]{{{3 * words.MOST_MARKS}}}', text) for text in decomposed)


def test_what_people_write_is_found_to_its_end():
    """Texts are found to their end where each letter is three, too, and with as many accents as anybody needs."""
    for unit in ('한국어 ', 'Việt ', 'नमस्ते ', 'שָׁלוֹם ', 'การ', '東京', 'a' + '\u0301' * words.MOST_MARKS + ' '):
        size = messages.LENGTH - len('needle ')
        assert words.split((unit * size)[:size] + ' needle')[-1] == 'needle'


@pytest.mark.parametrize('asked', ['x ' * 500_000, 'ﷺ' * 500_000, '"' * 500_000, 'before:2026-01-31 ' * 50_000, '\u0f73' * 500_000, '的 ' * 500_000])
def test_no_query_can_be_abused_to_be_read_for_long(asked, monkeypatch):
    """No more is split than counts, and the time zone is looked up once, from the disk."""
    split_up, zones, real, zone = [], [], words.split, query.ZoneInfo
    monkeypatch.setattr(words, 'split', lambda text: split_up.append(len(text)) or real(text))
    monkeypatch.setattr(query, 'ZoneInfo', lambda name: zones.append(name) or zone(name))
    query.parse(asked, 'No/Such_Zone' * 50_000)
    assert sum(split_up) <= query.MOST_CHARACTERS
    assert [len(name) for name in zones] == [query.MOST_OF_ZONE]
