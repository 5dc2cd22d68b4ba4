"""Where an address begins and ends, and what may be the text of a link."""
import re
from html import escape, unescape

import pytest

from chat.text import addresses, markdown


def links(text):
    return [(text[start:end] if text[start:end] != href else '', href) for start, end, href in addresses.find(text)]


@pytest.mark.parametrize(('text', 'shown'), [
    ('{"url":"https://x.org/a","b":1}', ['https://x.org/a']),
    ("{'url':'https://x.org/a','b':1}", ['https://x.org/a']),
    ('https://a.org/x,https://b.org/y', ['https://a.org/x', 'https://b.org/y']),
    ('https://a.org/x;www.b.org/y', ['https://a.org/x', 'www.b.org/y']),
    ('https://x.org/a,b;c', ['https://x.org/a,b;c']),
    ('https://x.org/foo。これは次', ['https://x.org/foo']),
    ('请看https://x.org/a，好', ['https://x.org/a']),
    ('「https://x.org/foo」です', ['https://x.org/foo']),
    ('（https://x.org/foo）', ['https://x.org/foo']),
    ('https://x.orgです', ['https://x.org']),
    ('https://例え.テスト/あ', ['https://例え.テスト/あ']),
    ('https://münchen.example/ü', ['https://münchen.example/ü']),
    ('https://x.org/a’s', ['https://x.org/a']),
    ("https://x.org/a's", ['https://x.org/a']),
    ("https://x.org/O'Reilly", ["https://x.org/O'Reilly"]),
    ('“https://x.org/a”', ['https://x.org/a']),
    ('«https://x.org/a»', ['https://x.org/a']),
    ('https://x.org/a…', ['https://x.org/a']),
    ('look at https://x.org/a: good', ['https://x.org/a']),
    ('https://x.org/a?! https://x.org/b.', ['https://x.org/a', 'https://x.org/b']),
    ('https://x.org/#a:b', ['https://x.org/#a:b']),
    ('https://x.org/(W(601))/Main?S=1', ['https://x.org/(W(601))/Main?S=1']),
    ('https://x.org/a{b', ['https://x.org/a{b']),
    ('(https://x.org/a)b', ['https://x.org/a']),
    ('[https://x.org/a_(b)]', ['https://x.org/a_(b)']),
    ('(see https://x.org/a(', ['https://x.org/a']),
    ('http://my_host:8080/x', ['http://my_host:8080/x']),
    ('https://foo_bar.example.org/', ['https://foo_bar.example.org/']),
    ('http://[::1]:8080/', ['http://[::1]:8080/']),
    ('http://localhost:5000/chat', ['http://localhost:5000/chat']),
    ('https://x.org', ['https://x.org']),
    ('https://x.org. https://x.org?a', ['https://x.org', 'https://x.org?a']),
    ('www.example.org', ['www.example.org']),
    ('WWW.example.org/a_(b)),', ['WWW.example.org/a_(b)']),
    ('ann@example.org, a.b+c@x-y.co.', ['ann@example.org', 'a.b+c@x-y.co']),
    ('x@163.com', ['x@163.com']),
    ("https://x.org/what's-new https://x.org/a's b", ["https://x.org/what's-new", 'https://x.org/a']),
    ('https://a-.example.org/ https://-b.example.org/', ['https://a-.example.org/', 'https://-b.example.org/']),
    ('1.https://x.org -https://x.org here.https://x.org', ['https://x.org'] * 3),
    ('https://x.org/a، https://x.org/a؟ https://x.org/a। https://x.org/a։', ['https://x.org/a'] * 4),
    ('https://x.org/a—b', ['https://x.org/a']),
    ('(https://x.org)@bob', ['https://x.org']),
    ("o'neil@x.org 'ann@x.org'", ["o'neil@x.org", 'ann@x.org']),
    ('Mail:ann@x.org mailto:ann@x.org _ann@x.org_', ['ann@x.org'] * 3),
    ('www.münchen.de www.пример.рф www.x.orgです', ['www.münchen.de', 'www.пример.рф', 'www.x.org']),
    ('www.x.org:8080/a', ['www.x.org:8080/a']),
    ('İİİİİİ www.x.org İ ann@x.org', ['www.x.org', 'ann@x.org']),
    ('www.a.org ann@b.org http://c.org @ www. :// ann@d.org WWW.e.org', ['www.a.org', 'ann@b.org', 'http://c.org', 'ann@d.org', 'WWW.e.org']),
    ('https://web.archive.org/web/2020/https://x.org/', ['https://web.archive.org/web/2020/https://x.org/']),
])
def test_an_address_ends_where_people_go_on_writing(text, shown):
    assert [text[start:end] for start, end, _ in addresses.find(text)] == shown


@pytest.mark.parametrize('text', [
    'x.org', 'www.', 'www.x', 'xwww.x.org', 'ann@example', '@example.org', 'git@github.com:org/x.git', 'icon@2x.png', 'react@18.2.0',
    'pkg@1.0.0-beta.rc', 'https://', 'http://...', 'ftp://x.org', 'https://user:pw@x.org/', 'https://bank.com\u200b.evil.example',
    'https://x.org/\u202egnp.exe', 'user@host.example.org:/path', 'root@host.example.org:~$', 'müller@x.org', 'postgres://user:pw@db.example.org', 'www.x.o',
    'git+https://x.org/a', 'www.x.de-foo'])
def test_what_is_no_address_or_may_look_like_another_one_is_no_link(text):
    assert addresses.find(text) == []


def test_addresses_without_a_scheme_lead_where_they_say():
    assert links('www.example.org ann@example.org') == [('www.example.org', 'https://www.example.org'), ('ann@example.org', 'mailto:ann@example.org')]


@pytest.mark.parametrize(('label', 'href'), [
    ('ASP.NET docs', 'https://learn.microsoft.com/aspnet'), ('Node.js', 'https://nodejs.org'), ('main.py', 'https://x.org/main.py'),
    ('v1.2.3', 'https://x.org'), ('go to bank.com', 'https://x.org'), ('x.org', 'https://x.org/a'), ('www.x.org', 'https://x.org'),
    ('https://x.org/a', 'https://x.org/b'), ('ann@x.org', 'mailto:ann@x.org'), ('👍', 'https://x.org'),
    ('a\nb', 'https://x.org'), ('configure.ac', 'https://x.org'), ('lib.rs', 'https://x.org')])
def test_a_text_that_merely_looks_like_an_address_is_that_of_a_link(label, href):
    html = markdown.body(f'[{label}]({href})')
    assert re.fullmatch(rf'<a href="{re.escape(href)}"[^>]*>{re.escape(label)}</a>', html)


@pytest.mark.parametrize(('label', 'href'), [
    ('bank.com', 'https://evil.example'), ('BANK.com/login', 'https://evil.example'), ('"bank.com."', 'https://evil.example'),
    ('**bank.com**', 'https://evil.example'), ('https://bank.example', 'https://evil.example'), ('localhost:5000', 'https://evil.example'),
    ('1.2.3.4', 'https://evil.example'), ('bаnk.com', 'https://evil.example'), ('bank.com@evil.example', 'https://evil.example'),
    ('ann@bank.com', 'mailto:eve@evil.example'), ('bank.com', 'https://bank.com.evil.example'),
    ('bank.ie', 'https://evil.example'), ('bank.com.au', 'https://evil.example'), ('банк.рф', 'https://evil.example'), ('bank․com', 'https://evil.example'),
    ('bank。com', 'https://evil.example'), ('ｂａｎｋ．ｃｏｍ', 'https://evil.example'), ('www.bank.zz', 'https://evil.example'), ('my-.bank.com', 'https://evil.example')])
def test_a_text_that_is_the_address_of_another_host_is_shown_as_typed(label, href):
    assert unescape(re.sub(r'<[^>]*>', '', markdown.body(f'[{label}]({href})'))) == re.sub(r'\*\*', '', f'[{label}]({href})')


@pytest.mark.parametrize(('text', 'href'), [
    ('[a](https://x.org "title")', 'https://x.org'), ("[a](https://x.org 'title')", 'https://x.org'), ('[a](<https://x.org>)', 'https://x.org'),
    ('[a]( https://x.org )', 'https://x.org'), ('[k](https://x.org/?p[]=1)', 'https://x.org/?p[]=1'), ('[k](https://x.org/a(b(c)))', 'https://x.org/a(b(c))'),
    ('[a](https://x.org/a.)', 'https://x.org/a.'), ('[a](<https://x.org/a b>)', 'https://x.org/a%20b'), ('[a](https://x.org/\\(b\\_c\\))', 'https://x.org/(b_c)'),
    ('[a](www.x.org)', 'https://www.x.org'), ('[a](ann@x.org)', 'mailto:ann@x.org')])
def test_a_link_takes_what_markdown_takes(text, href):
    html = markdown.body(text)
    assert html.startswith(f'<a href="{escape(href)}"')
    assert html.endswith(f'>{text[1]}</a>')
