from datetime import UTC, datetime
from html import escape

import pytest

from chat.text import markdown, render


@pytest.mark.parametrize(('text', 'href', 'rest'), [
    ('https://example.com', 'https://example.com', ''),
    ('see http://example.com/a?b=1&c=2.', 'http://example.com/a?b=1&c=2', '.'),
    ('(https://example.com/a_(b))', 'https://example.com/a_(b)', ')'),
    ('<https://example.com>', 'https://example.com', '&gt;'),
    ('https://example.com/"onmouseover="alert(1)', 'https://example.com/', '"onmouseover="alert(1)'),
    ('http://localhost:5000/chat', 'http://localhost:5000/chat', ''),
    ('https://münchen.example/ü', 'https://münchen.example/ü', ''),
])
def test_web_addresses_become_links(text, href, rest):
    html = markdown.body(text)
    assert f'<a href="{escape(href)}" target="_blank" rel="noopener noreferrer nofollow">{escape(href, quote=False)}</a>{rest}' in html
    assert html.count('<') == 2


def article(**changed):
    render.bodies.forget()
    return render.article(**{'id': 7, 'revision': 9, 'author_id': 3, 'author': '<b>ann', 'text': 'hi',
                             'created_at': datetime(2026, 11, 22, 9, 30, tzinfo=UTC)} | changed)


def test_an_article_says_who_and_when_and_escapes_the_name():
    html = article()
    assert html.startswith('<article id="m7" data-id="7" data-revision="9" data-author="3">')
    assert '&lt;b&gt;ann' in html
    assert '<b>' not in html
    assert 'datetime="2026-11-22T09:30:00.000000Z"' in html
    assert '<div class="text" dir="auto">hi</div>' in html


def test_an_action_begins_with_its_actor():
    html = article(text='/me waves *both* hands')
    assert '<div class="text action" dir="auto"><bdi class="actor">&lt;b&gt;ann</bdi> waves <em>both</em> hands</div>' in html
    assert 'actor' not in article(text='/meow') + article(text='/me')


def test_a_quote_has_what_was_said_and_no_marks():
    for text, start in (('one\n\n**two**', 'one two'), ('/me waves', 'waves')):
        assert f'<span class="start" dir="auto">{start}</span>' in render.quote(id=7, author='ann', text=text, is_deleted=False)


def test_a_revision_is_rendered_once_while_it_is_asked_for():
    rendered, kept = [], render.Bodies(most=2, most_characters=10)

    def get(key, html='a'):
        return kept.get((key, 1), lambda: rendered.append(key) or html)

    for key in (1, 2, 1, 3, 1, 2):
        assert get(key) == 'a'
    assert rendered == [1, 2, 3, 2]
    assert get(4, 'a' * 11) == 'a' * 11
    assert not kept.kept
    assert kept.characters == 0


@pytest.mark.parametrize(('name', 'initials'), [
    ('ann', 'A'), ('ann.lee', 'AL'), ('a-b-c', 'AB'), ('हिन्दी', 'हि'), ('日本', '日'), ('...', '.'), ('_x', 'X'), ('ßa', 'SS')])
def test_initials(name, initials):
    assert render.initials(name) == initials


@pytest.mark.parametrize('text', ['http://' * 500, 'https://a.b/' + '(' * 3900, 'https://' + 'a.' * 1990, '://' * 1300])
def test_hostile_addresses_cost_little(text):
    assert markdown.body(text)


def test_what_was_edited_or_deleted_has_with_it_what_its_quotes_say_now():
    """So that a browser need not cut a text as the server does."""
    for text in ('one\n\n**two** <b>', '/me waves', 'long ' * 100):
        quote = render.quote(id=7, author='<b>ann', text=text, is_deleted=False)
        said = quote.partition('>')[2].removesuffix('</a>')
        assert f'<template>{said}</template></div>' in article(text=text, edited_at=datetime(2026, 11, 22, 9, 31, tzinfo=UTC))
        assert '<template>' not in article(text=text)
    assert '<template><span class="gone">This message was deleted.</span></template></article>' in render.tombstone(id=7, revision=9)
