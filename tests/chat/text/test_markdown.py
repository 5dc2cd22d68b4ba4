"""What is typed, and what is shown."""
import re
from collections import Counter
from html import unescape
from html.parser import HTMLParser
from typing import ClassVar

import pytest

from chat.messages import check_text
from chat.text import addresses, highlight, markdown, parsing
from tests import corpus

LINK = 'target="_blank" rel="noopener noreferrer nofollow"'


@pytest.mark.parametrize(('text', 'html'), [
    ('**bold** __bold__', '<strong>bold</strong> <strong>bold</strong>'),
    ('*italic* _italic_', '<em>italic</em> <em>italic</em>'),
    ('***both***', '<em><strong>both</strong></em>'),
    ('~~gone~~ ~not~', '<s>gone</s> ~not~'),
    ('`**code**`', '<code>**code**</code>'),
    ('``a ` b``', '<code>a ` b</code>'),
    ('one\ntwo', 'one\ntwo'),
    ('one\n\ntwo', '<p>one</p><p>two</p>'),
    ('> quoted\nnot quoted', '<blockquote><p>quoted</p></blockquote><p>not quoted</p>'),
    ('> a\n> > b\n> c', '<blockquote><p>a</p><blockquote><p>b</p></blockquote><p>c</p></blockquote>'),
    ('- a\n- b\nafter', '<ul><li>a</li><li>b</li></ul><p>after</p>'),
    ('so:\n* a\n  - b', '<p>so:</p><ul><li>a<ul><li>b</li></ul></li></ul>'),
    ('- a\n  more', '<ul><li>a\nmore</li></ul>'),
    ('1. a\n2. b', '<ol><li>a</li><li>b</li></ol>'),
    ('3. a\n4. b\n8. c', '<ol start="3"><li>a</li><li>b</li><li value="8">c</li></ol>'),
    ('1986. A year\n1987. Another', '<ol start="1986" class="long"><li>A year</li><li>Another</li></ol>'),
    ('a [link](https://x.org/a_(b))', f'a <a href="https://x.org/a_(b)" {LINK}>link</a>'),
    ('[**b** `c`](https://x.org)', f'<a href="https://x.org" {LINK}><strong>b</strong> <code>c</code></a>'),
    ('[ann](mailto:ann@x.org)', f'<a href="mailto:ann@x.org" {LINK}>ann</a>'),
    ('**https://x.org/*a**', f'<strong><a href="https://x.org/*a" {LINK}>https://x.org/*a</a></strong>'),
    ('![a](https://x.org/a.png)', f'!<a href="https://x.org/a.png" {LINK}>a</a>'),
    ('```\na <b>\n\n c\n```', '<pre dir="ltr"><code>a &lt;b&gt;\n\n c</code></pre>'),
    ('```py\nif 1: "a"  # b\n```', ('<pre dir="ltr"><code class="language-python"><span class="k">if</span> '
     '<span class="n">1</span>: <span class="s">"a"</span>  <span class="c"># b</span></code></pre>')),
    ('```diff\n-a\n+b\n```', ('<pre dir="ltr"><code class="language-diff"><span class="d">-a\n</span>'
                             '<span class="i">+b</span></code></pre>')),
    ('```erlang\na\n```', '<pre dir="ltr"><code>a</code></pre>'),
    ('```no language\na\n```', '<pre dir="ltr"><code>no language\na</code></pre>'),
    ('```make it so\na\n```', '<pre dir="ltr"><code>make it so\na</code></pre>'),
    ('```objective-c\na\n```', '<pre dir="ltr"><code>a</code></pre>'),
    ('```python3.11\na\n```', '<pre dir="ltr"><code>a</code></pre>'),
    ('```fish {1,3}\na\n```', '<pre dir="ltr"><code>a</code></pre>'),
    ('```js title="x.js"\na\n```', '<pre dir="ltr"><code class="language-javascript">a</code></pre>'),
    ('```unclosed\na', '<pre dir="ltr"><code>unclosed\na</code></pre>'),
    ('```this is all\nI wrote', '<pre dir="ltr"><code>this is all\nI wrote</code></pre>'),
    ('```\nfoo\nbar```', '<pre dir="ltr"><code>foo\nbar</code></pre>'),
    ('```py\na``` \n*b*', '<pre dir="ltr"><code class="language-python">a</code></pre><p><em>b</em></p>'),
    ('````\na```\n````', '<pre dir="ltr"><code>a```</code></pre>'),
    ('- ```\n  a```\nb', '<ul><li><pre dir="ltr"><code>a</code></pre></li></ul><p>b</p>'),
])
def test_markdown(text, html):
    assert markdown.body(text) == html


@pytest.mark.parametrize('text', [
    '#heading', '#### a', '#', 'a\n===', 'a\n---', '---', '***', '- - -', '-', '1.', '>', '>_<', '>:(', '| a | b |', '```', '2 * 3 * 4', 'snake_case_name',
    '&amp; &copy; &#60;', '<b>bold</b>', '<!-- a -->', '    a'.strip(), 'a\n    b', 'C:\\Users', r'\d+\.\d*', 'a\\', 'a\\\nb', 'a  \nb',
    '¯\\_(ツ)_/¯', '10:30:45', '10:100:45', ':nosuch:', 'javascript:alert(1)', 'data:text/html,<b>', 'ftp://x.org/*a*/:smile:',
    '//x.org x.org ann@x', '[a](javascript:alert(1))', '[a](data:text/html,x)', '[a](/path)', '[a](java\tscript:x)', '[^1]', '[a]: b\n[a]',
    '请_「', 'https://bank.com@evil.example/', 'https://x.org/\u202egnp.exe', '**open', '[', '😀' * 13, 'Grüße',
])
def test_what_has_no_meaning_is_shown_as_typed(text):
    assert markdown.body(text) == text.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')


@pytest.mark.parametrize(('text', 'shown'), [
    (r'\*a\* \`b\`', '*a* `b`'), (r'\- a', '- a'), (r'\\', '\\'), ('`\\`', '<code>\\</code>'), ('*¯\\_(ツ)_/¯*', '<em>¯\\_(ツ)_/¯</em>')])
def test_a_backslash_takes_the_meaning_away(text, shown):
    assert markdown.body(text) == shown


@pytest.mark.parametrize('text', [
    '[https://bank.example](https://evil.example)', '[bank.com](https://evil.example)', '[www.bank.de](https://evil.example)',
    '[ann@bank.com](mailto:eve@evil.example)', '[x\u202e](https://evil.example)', '[](https://evil.example)', '[ ](https://evil.example)',
    '[\u3164](https://evil.example)', '[a](https://bank.com@evil.example)'])
def test_a_link_can_not_be_abused_to_say_where_it_does_not_lead(text):
    html = markdown.body(text)
    for href, shown in re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', html):
        assert href in {shown, f'https://{shown}', f'mailto:{shown}'}


@pytest.mark.parametrize(('text', 'html'), [
    (':smile: :+1:', '<span class="jumbo">😄 👍</span>'), ('😀', '<span class="jumbo">😀</span>'), ('so :Smile:', 'so 😄'), ('a:smile:b', 'a:smile:b'),
    ('`:smile:`', '<code>:smile:</code>'), ('https://x.org/:smile:', f'<a href="https://x.org/:smile:" {LINK}>https://x.org/:smile:</a>'),
    (':smile::heart: a', '😄❤️ a'), ('12', '12'), ('1️⃣', '<span class="jumbo">1️⃣</span>')])
def test_emoji(text, html):
    assert markdown.body(text) == html


@pytest.mark.parametrize(('text', 'html'), [
    ('@bob', '<span class="mention">@bob</span>'), ('**@bob**', '<strong><span class="mention">@bob</span></strong>'),
    ('> @bob\n@bob', '<blockquote><p>@bob</p></blockquote><p><span class="mention">@bob</span></p>'), ('`@bob`', '<code>@bob</code>'),
    ('\\@bob', '@bob'), ('\\\\@bob', '\\<span class="mention">@bob</span>'), ('- > @bob\n- @bob', '<ul><li><blockquote><p>@bob</p></blockquote></li><li><span class="mention">@bob</span></li></ul>'),
    ('```\n@bob\n```', '<pre dir="ltr"><code>@bob</code></pre>'), ('@bob ' * 600, '<span class="mention">@bob</span> ' * 600)])
def test_names_are_set_apart_but_not_in_code_nor_in_quotes(text, html):
    assert markdown.body(text, bob) == html


def bob(source):
    return [match.span() for match in re.finditer('@bob', source)]


@pytest.mark.parametrize(('text', 'most', 'shown'), [
    ('plain', 10, 'plain'), ('two\nlines', 10, 'two lines'), ('**a** `b` [c](https://x.org)', 20, 'a b c'), ('> a\n\n- b', 20, 'a b'),
    ('```py\nx = 1\n```', 20, 'x = 1'), (':smile: a', 20, '😄 a'), ('a' * 30, 10, 'a' * 9 + '…'), ('2 * 3', 10, '2 * 3'), ('@bob', 10, '@bob')])
def test_the_start_of_a_text_without_markup(text, most, shown):
    assert markdown.plain(text, most) == shown


@pytest.mark.parametrize('text', [
    'a @bob', '`@bob` @bob', '```\n@bob\n```\n@bob', '```\n@bob```\n@bob', '`@bob', '\\`@bob`', '> `a\n> @bob` @bob\n@bob', '\\@bob @bob', 'a\r\n`@bob`\r\n@bob',
    '[@bob](https://x.org/@bob)', 'https://x.org/@bob ftp://x.org/@bob @bob', '~~~\n@bob\n~~~\n@bob', '- @bob\n  > @bob', '*@bob*@bob',
    '> @bob\n' * 300 + '@bob', '\\@bob @bob ' * 300 + 'ftp://x.org/@bob', '@bob ' * 600])
def test_who_is_called_is_set_apart_and_nobody_else(text):
    """One decision: in code, quotes and addresses, or escaped, a name is neither."""
    called = markdown.called(text, bob)
    assert called
    assert all(source.startswith('@bob', at) for source, at in called)
    assert markdown.body(text, bob).count('<span class="mention">') == len(called)


class Page(HTMLParser):
    """Raises AssertionError for what no message may contain; keeps what is read."""

    ALLOWED: ClassVar = {
        'p': {}, 'strong': {}, 'em': {}, 's': {}, 'blockquote': {}, 'ul': {}, 'ol': {'start': r'\d+', 'class': 'long'}, 'li': {'value': r'\d+'},
        'pre': {'dir': 'ltr'}, 'code': {'class': rf'language-({"|".join(highlight.LANGUAGES)})'},
        'span': {'class': f'mention|jumbo|{"|".join(highlight.CLASSES)}'}, 'bdi': {'dir': 'ltr'}, 'h3': {}, 'h4': {}, 'h5': {},
        'table': {}, 'thead': {}, 'tbody': {}, 'tr': {}, 'th': {'align': 'left|center|right'}, 'td': {'align': 'left|center|right'},
        'a': {'href': r'(?i:https?://|mailto:).+', 'target': '_blank', 'rel': 'noopener noreferrer nofollow'}}

    def __init__(self, html):
        super().__init__()
        self.text, self.open = '', []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            assert re.fullmatch(self.ALLOWED[tag][name], value)
        self.open.append(tag)
        assert tag in self.ALLOWED

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


@pytest.mark.parametrize('text', corpus.TEXTS)
def test_the_corpus_can_be_sent_and_does_no_harm(text):
    assert check_text(text) == text
    html = markdown.body(text, bob)
    page = Page(html)
    assert len(html) < 60_000
    assert not letters(UNSEEN.sub('', text)) - letters(page.text)


UNSEEN = re.compile(r'(?<=```)(?:python|html|css|rust|yaml|js)$|\]\([^)\n]*\)|:(?:smile|heart|\+1|rolling_eyes|skin-tone-3|heart-on-fire):|^[> ]*\d+[.)]',
                    re.IGNORECASE | re.MULTILINE)


def letters(text):
    return Counter(re.findall(r'[^\W_]', text))


@pytest.mark.parametrize('text', corpus.TEXTS)
def test_the_short_way_leads_where_the_long_one_does(text):
    assert markdown.body(text) == markdown.full(text)


@pytest.mark.parametrize('piece', [
    'a. b', 'a: b', 'a.\nb', 'a\nb', 'a\n\nb', 'a\n- b', 'a\n1. b', 'a\n# b', 'a\n b', 'www.x.org', 'Www.x.org', 'a:smile:', 'a :smile: b', ':smile:', 'a.',
    'a...', 'a:', 'a ', 'a\n', 'a@x.org', 'https://x.org', 'e.g. a', "it's 100 % (or \"so\"); yes/no?", 'a\u2028b', 'a\x0bb', 'aאb', 'a & b', 'a < b'])
def test_prose_that_has_something_in_it_is_rendered_as_the_long_way_does(piece):
    for text in (piece, f'It is late, {piece}', f'{piece} and so on', f'Done\n{piece}\nand so on'):
        assert markdown.body(text) == markdown.full(text)


@pytest.mark.parametrize('text', corpus.TEXTS)
def test_cleaning_takes_nothing_away_that_was_rendered(text, monkeypatch):
    class Unclean:
        @staticmethod
        def clean(html):
            return html

    cleaned = Page(markdown.full(text, bob))
    monkeypatch.setattr(markdown, '_cleaner', Unclean)
    rendered = Page(markdown.full(text, bob))
    assert rendered.text.removeprefix('\ufeff') == cleaned.text


@pytest.mark.parametrize('text', [
    '- a\n' * (parsing.MOST_STARTS + 1), '> ' * (parsing.MOST_NESTED + 2) + 'a', '*a* ' * parsing.MOST_MARKS,
    '\n'.join('  ' * i + '- a' for i in range(parsing.MOST_NESTED))])
def test_markup_beyond_measure_is_shown_as_typed(text):
    assert Page(markdown.body(text)).text == text
    assert '<' not in markdown.body(text)


@pytest.mark.parametrize('text', corpus.MONSTERS)
def test_the_work_for_a_text_is_bounded(text, monkeypatch):
    """Tokens are counted, since time is not the same everywhere."""
    counted = []
    piece, block = markdown._piece, markdown._block
    monkeypatch.setattr(markdown, '_piece', lambda token: counted.append(token) or piece(token))
    monkeypatch.setattr(markdown, '_block', lambda token: counted.append(token) or block(token))
    markdown.full(text, bob)
    assert len(counted) <= 7 * parsing.MOST_STARTS + 3 * parsing.MOST_MARKS


@pytest.mark.parametrize('name', sorted(highlight.LANGUAGES))
def test_colours_change_no_code(name):
    for text in corpus.ATTACKS:
        assert Page(highlight.highlighted(text, name)).text == text


@pytest.mark.parametrize(('name', 'source', 'colours'), [
    ('lua', 'local x -- why', {'k': 'local', 'c': '-- why'}), ('haskell', 'let {- a - b -} n = 1', {'k': 'let', 'c': '{- a - b -}', 'n': '1'}),
    ('elixir', 'def go(:ok) do', {'k': 'def do', 'f': 'go', 't': ':ok'}), ('makefile', 'all: $(OUT) # x', {'t': 'all $(OUT)', 'c': '# x'}),
    ('hcl', 'count = "2" // x', {'t': 'count', 's': '"2"', 'c': '// x'}), ('powershell', 'if ($x) {}', {'k': 'if', 't': '$x'}),
    ('vue', '<a href="x">', {'t': '<a href >', 's': '"x"'}), ('tf', 'data', {'k': 'data'})])
def test_colours(name, source, colours):
    found = {}
    for colour, text in re.findall('<span class="(.)">(.*?)</span>', highlight.highlighted(source, highlight.language(name))):
        found[colour] = f'{found.get(colour, "")} {unescape(text)}'.strip()
    assert found == colours


@pytest.mark.parametrize('text', ['[a](b)', '[the file](./x)', '[1](2)', 'see [x](#y)', '[a]()', '[](b)', '[a](:)'])
def test_what_leads_nowhere_is_no_link(text):
    assert markdown.body(text) == text
    assert markdown.plain(text, 100) == text


def test_a_mistake_of_ours_costs_the_markup_of_one_message_and_not_its_room(monkeypatch):
    monkeypatch.setattr(addresses, 'is_honest', lambda *_: 1 / 0)
    assert markdown.body('**<b>** [a](https://b.example)').startswith('**&lt;b&gt;** [a](<a href="https://b.example"')
    assert markdown.plain('[a](b)', 10) == '[a](b)'
