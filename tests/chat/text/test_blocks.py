"""Blocks as they were meant: code, lists, tables, headings, white space."""
import re
from html import unescape

import pytest

from chat.messages import check_text
from chat.text import blocks, markdown

CODE = '<pre dir="ltr"><code>b</code></pre>'


@pytest.mark.parametrize(('text', 'html'), [
    ('a ```\nb\n```\nc', f'<p>a</p>{CODE}<p>c</p>'),
    ('a```\nb\n```', f'<p>a</p>{CODE}'),
    ('x\ny ```\nb\n```\nd\ne', f'<p>x\ny</p>{CODE}<p>d\ne</p>'),
    ('a ```py\n1\n``` c', '<p>a</p><pre dir="ltr"><code class="language-python"><span class="n">1</span></code></pre><p>c</p>'),
    ('a ```\nb``` c', f'<p>a</p>{CODE}<p>c</p>'),
    ('a ```\nb```', f'<p>a</p>{CODE}'),
    ('```\nb\n``` c\nd', f'{CODE}<p>c\nd</p>'),
    ('```\nb\n```c', f'{CODE}<p>c</p>'),
    ('~~~\nb\n~~~ c', f'{CODE}<p>c</p>'),
    ('- a ```\n  b\n  ```\n- c', f'<ul><li>a{CODE}</li><li>c</li></ul>'),
    ('> a ```\n> b\n> ``` c\n> d', f'<blockquote><p>a</p>{CODE}<p>c\nd</p></blockquote>'),
    ('**a** ```\nb\n``` **c**', f'<p><strong>a</strong></p>{CODE}<p><strong>c</strong></p>'),
    ('a ```\nb\n``` - c', f'<p>a</p>{CODE}<ul><li>c</li></ul>'),
    ('a ```\nb\n``` c ```\nb\n```', f'<p>a</p>{CODE}<p>c</p>{CODE}'),
    ('a ```b\n```', f'<p>a</p>{CODE}'),
    ('a ```b {\nc\n``` d', '<p>a</p><pre dir="ltr"><code>b {\nc</code></pre><p>d</p>'),
    ('a ```これは\nb```', '<p>a</p><pre dir="ltr"><code>これは\nb</code></pre>'),
    ('a ```c``` then\n```\nb\n```', f'<p>a <code>c</code> then</p>{CODE}'),
    ('a ```c``` and ```\nb\n```', f'<p>a <code>c</code> and</p>{CODE}'),
    ('a ``` for it\n\n```\nb\n```', f'<p>a ``` for it</p>{CODE}'),
    ('- a ```\nb\n```\n- c', f'<ul><li>a{CODE}</li><li>c</li></ul>'),
    ('1. a\n   ```\nb\n``` d\n2. c', f'<ol><li>a{CODE}d</li><li>c</li></ol>'),
    ('- a ```\n- c\n\n```\nb\n```', f'<ul><li>a ```</li><li>c</li></ul>{CODE}'),
    ('> a ```\n> b\n\nc ```\nb\n```', f'<blockquote><p>a ```\nb</p></blockquote><p>c</p>{CODE}'),
    ('- ```\nb\n```', f'<ul><li>{CODE}</li></ul>'),
    ('> - a ```\n> b\n> ```\nc', f'<blockquote><ul><li>a{CODE}</li></ul></blockquote><p>c</p>'),
])
def test_a_fence_after_a_word_opens_and_text_behind_its_end_is_text(text, html):
    assert markdown.body(text) == html


@pytest.mark.parametrize('text', ['use ``` for code', 'hello ```\nb', 'hello ``` and\nmore', 'hello~~~\nyes~~~'])
def test_a_lone_fence_in_a_sentence_stays_text(text):
    assert markdown.body(text) == text


@pytest.mark.parametrize('text', ['```json {"a":1}\n{}\n```', '```js x=1;\ny=2;\n```', '```{"a":1}\n{}```', 'a ```sh -c b\nc\n```', '```make it so\na\n```'])
def test_what_stands_behind_a_fence_and_is_more_than_a_language_is_code(text):
    """In the message, and in what notifications say of it."""
    words = text.replace('```', '').split()
    assert re.sub('<[^>]*>', ' ', markdown.body(text)).replace('&quot;', '"').split() == words
    assert markdown.plain(text, 100).split() == words


@pytest.mark.parametrize(('text', 'whom'), [
    ('@a ```\n@b\n``` @c', 'ac'), ('- @a ```\n  @b\n  ```\n- @c', 'ac'), ('> ```\n> @b\n> ``` @c\n@d', 'd'), ('| @a | `@b` |\n|---|---|\n| @c | @d |', 'acd'), ('# @a', 'a')])
def test_a_name_in_code_calls_nobody_and_one_beside_it_does(text, whom):
    called = markdown.called(text, lambda source: [(at, at + 2) for at, letter in enumerate(source) if letter == '@'])
    assert ''.join(source[at + 1] for source, at in called) == whom


@pytest.mark.parametrize(('text', 'html', 'plain'), [
    ('1. a\n2024. b', '<ol class="long"><li>a</li><li value="2024">b</li></ol>', '1. a 2024. b'),
    ('24. a\n25. b', '<ol start="24"><li>a</li><li>b</li></ol>', '24. a 25. b'),
    ('24. Dezember ist frei', '24. Dezember ist frei', None),
    ('2) und mehr', '2) und mehr', None),
    ('+ 49 170 1234567', '+ 49 170 1234567', None),
    ('+ 49 170\n+ 49 171', '+ 49 170\n+ 49 171', '+ 49 170 + 49 171'),
    ('- 5 °C', '- 5 °C', None),
    ('so:\n- 5 °C', 'so:\n- 5 °C', 'so: - 5 °C'),
    ('- 5 °C\n- 7 °C', '<ul><li>5 °C</li><li>7 °C</li></ul>', '- 5 °C - 7 °C'),
    ('- $5 off', '- $5 off', None),
    ('- €5\n- €7', '<ul><li>€5</li><li>€7</li></ul>', '- €5 - €7'),
    ('- milk', '<ul><li>milk</li></ul>', 'milk'),
    ('1. a', '<ol><li>a</li></ol>', '1. a'),
    ('> 24. Mai', '<blockquote><p>24. Mai</p></blockquote>', '24. Mai'),
])
def test_a_number_at_the_start_is_content_unless_it_is_that_of_a_list(text, html, plain):
    assert markdown.body(text) == html
    assert markdown.plain(text, 100) == (text if plain is None else plain)


@pytest.mark.parametrize(('typed', 'kept'), [
    ('    if x:\n        return 1', '    if x:\n        return 1'), ('\n \n  a\n\n', '  a'), ('\r\n\ta \n', '\ta'), (' a', ' a'), ('a\n\n  b', 'a\n\n  b')])
def test_white_space_at_the_start_is_content(typed, kept):
    assert check_text(typed) == kept
    assert markdown.body(kept).replace('<p>', '').replace('</p>', '\n\n').strip('\n') == kept


@pytest.mark.parametrize(('text', 'html'), [
    ('| a | b |\n|---|:-:|\n| 1 | 2 |\nafter', ('<table><thead><tr><th>a</th><th align="center">b</th></tr></thead>'
     '<tbody><tr><td>1</td><td align="center">2</td></tr></tbody></table><p>after</p>')),
    ('so:\na | b\n--|-:\n**1** | `x`', ('<p>so:</p><table><thead><tr><th>a</th><th align="right">b</th></tr></thead>'
     '<tbody><tr><td><strong>1</strong></td><td align="right"><code>x</code></td></tr></tbody></table>')),
    ('| a\\|b |\n|--|', '<table><thead><tr><th>a|b</th></tr></thead></table>'),
    ('|a|b|\n|-|-|\n|1|2|\n|3|4|5|', ('<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>'
     '<p>|3|4|5|</p>')), ('|a|b|\n|-|-|-|', '|a|b|\n|-|-|-|'), ('|a\\||b|\n|-|-|\n||`1\\|2`|', ('<table><thead><tr><th>a|</th><th>b</th></tr></thead>'
     '<tbody><tr><td></td><td><code>1|2</code></td></tr></tbody></table>')),
    ('a | b\nc | d', 'a | b\nc | d'), ('a | b\n---', 'a | b\n---'), ('| a |', '| a |')])
def test_tables(text, html):
    assert markdown.body(text) == html


def test_a_table_with_too_many_cells_is_shown_as_typed():
    row, delimiters = '|' + 'a|' * 40, '|' + '-|' * 40
    assert '<table>' in markdown.body(f'{row}\n{delimiters}\n{row}')
    many = '\n'.join([row, delimiters, *[row] * (blocks.MOST_CELLS // 40)])
    assert markdown.body(many) == many


@pytest.mark.parametrize(('text', 'html'), [
    ('# a', '<h3>a</h3>'), ('## a **b** #', '<h4>a <strong>b</strong></h4>'), ('### a\nb', '<h5>a</h5><p>b</p>'), ('a\n# b', '<p>a</p><h3>b</h3>'),
    ('> # a', '<blockquote><h3>a</h3></blockquote>'), ('#### a', '#### a'), ('#42', '#42'), ('# #42 is it', '<h3>#42 is it</h3>'), ('# #', '# #'), ('    if x:\n    # a', '    if x:\n    # a'), ('#lobby', '#lobby'), ('# ', '#'), ('a # b', 'a # b'), ('- # a', '<ul><li># a</li></ul>')])
def test_headings(text, html):
    assert markdown.body(text) == html


@pytest.mark.parametrize(('text', 'apart'), [
    ('שלום --help עולם', ['--help']), ('C++ و foo()', ['C++', 'foo()']), ('קובץ /etc/passwd, כן', ['/etc/passwd']), ('(--no_cache) שלום', ['--no_cache']),
    ('שלום world, 3', []), ('אני ב-C++ ו-.NET', ['C++', '.NET']), ('תריץ git commit --amend עכשיו', []), ('תריץ sudo rm -r /tmp/* עכשיו', ['sudo rm -r /tmp/*']),
    ('</div> סוגר', ['</div>']), ('שלום (C++), (see foo()).', ['C++', 'see foo()']), ('אלף (foo) bar() סוף', ['bar()']), ('טלפון: +972-50-123, -5 מעלות', ['+972-50-123, -5']),
    ('ה--help או: --x?', ['--help', '--x']), ('ה-API-ים, API-ים', []), ('שלום world - עולם', []), ('API-ים', []), ('.NET is better than שלום', ['.NET']),
    ('نعم، foo()؟', ['foo()']), ('שלום:--x, נכון?--y', ['--x', '--y']), ('hello --help', [])])
def test_words_with_signs_keep_their_order_in_a_text_from_right_to_left(text, apart):
    html = markdown.body(text)
    assert [unescape(part.partition('</bdi>')[0]) for part in html.split('<bdi dir="ltr">')[1:]] == apart
    assert unescape(html.replace('<bdi dir="ltr">', '').replace('</bdi>', '')) == text
