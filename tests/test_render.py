from datetime import UTC, datetime

import pytest

from chat import render


@pytest.mark.parametrize(('text', 'html'), [
    ('a < b & c > "d" \'e\'', 'a &lt; b &amp; c &gt; &quot;d&quot; &#x27;e&#x27;'),
    ('<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'),
    ('<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)&gt;'),
    ('javascript:alert(1)', 'javascript:alert(1)'),
    ('javascript://%0aalert(1)', 'javascript://%0aalert(1)'),
    ('data:text/html,<b>', 'data:text/html,&lt;b&gt;'),
    ('ftp://example.com', 'ftp://example.com'),
    ('//example.com www.example.com ann@example.com', '//example.com www.example.com ann@example.com'),
    ('two\nlines', 'two\nlines'),
])
def test_text_is_shown_and_never_run(text, html):
    assert render.body(text) == html


@pytest.mark.parametrize(('text', 'href', 'rest'), [
    ('https://example.com', 'https://example.com', ''),
    ('see http://example.com/a?b=1&c=2.', 'http://example.com/a?b=1&amp;c=2', '.'),
    ('(https://example.com/a_(b))', 'https://example.com/a_(b)', ')'),
    ('<https://example.com>', 'https://example.com', '&gt;'),
    ('https://example.com/"onmouseover="alert(1)', 'https://example.com/&quot;onmouseover=&quot;alert(1)', ''),
    ('http://localhost:5000/chat', 'http://localhost:5000/chat', ''),
    ('https://münchen.example/ü', 'https://münchen.example/ü', ''),
])
def test_web_addresses_become_links(text, href, rest):
    html = render.body(text)
    assert f'<a href="{href}" target="_blank" rel="noopener noreferrer nofollow">{href}</a>{rest}' in html
    assert html.count('<') == 2


def test_an_article_says_who_and_when_and_escapes_the_name():
    html = render.article(id=7, revision=9, author_id=3, author='<b>ann', text='hi', is_edited=False,
                          created_at=datetime(2026, 11, 22, 9, 30, tzinfo=UTC))
    assert html.startswith('<article id="m7" data-id="7" data-revision="9" data-author="3">')
    assert '&lt;b&gt;ann' in html
    assert '<b>' not in html
    assert 'datetime="2026-11-22T09:30:00.000000Z"' in html
    assert 'dir="auto">hi</div>' in html


@pytest.mark.parametrize(('name', 'initials'), [
    ('ann', 'A'), ('ann.lee', 'AL'), ('a-b-c', 'AB'), ('हिन्दी', 'हि'), ('日本', '日'), ('...', '.'), ('_x', 'X'), ('ßa', 'SS')])
def test_initials(name, initials):
    assert render.initials(name) == initials


@pytest.mark.parametrize('text', ['http://' * 500, 'https://a.b/' + '(' * 3900, 'https://' + 'a.' * 1990, '://' * 1300])
def test_hostile_addresses_cost_little(text):
    assert render.body(text)
