"""A message's text, in the Markdown that chat people know, becomes safe HTML.

Everything typed is shown: what is no markup here (HTML, headings, tables, images, rules, entities) stands as it was
typed. Text that is marked up beyond measure is shown as typed altogether, so that no text costs more than 20 ms.
White space is kept by CSS.
"""
import re
from collections.abc import Sequence
from html import escape

import nh3
from markdown_it.token import Token

from . import code, emoji
from .syntax import SHORTCODE, Places, addresses, blocks, emoji_named, parsed

MOST_JUMBO = 12
'''Emoji that are shown large if there is nothing else.'''
_MAY_MEAN = re.compile(r'[\\`*@\r\xa0\ufeff]|(?<!\w)_|~~|\]\(|:[^\s:`]{1,60}:|://|^[ \t]*+(?:>|(?:[-+]|\d++[.)])[ \t])|'
                       r'\n[ \t]*\n|\A\s|\s\Z', re.MULTILINE)
_RUN = re.compile(r'\\.|`+', re.DOTALL)
_INFO = re.compile(r'([\w+#.-]++)(?:[ \t]*+\{.*|[ \t]++[\w-]++=.*)?')
'''A language, maybe with attributes.'''
_LETTER = re.compile(r'[^\W\d_]')
_REL = 'noopener noreferrer nofollow'
_cleaner = nh3.Cleaner(
    tags={'p', 'strong', 'em', 's', 'code', 'pre', 'blockquote', 'ul', 'ol', 'li', 'a', 'span'},
    attributes={'a': {'href'}, 'ol': {'start'}, 'li': {'value'}},
    tag_attribute_values={'a': {'target': {'_blank'}, 'rel': {_REL}}, 'pre': {'dir': {'ltr'}}},
    allowed_classes={'span': {'mention', 'jumbo', *code.CLASSES}, 'ol': {'long'},
                     'code': {f'language-{name}' for name in code.LANGUAGES}},
    url_schemes={'http', 'https', 'mailto'}, url_relative='deny', link_rel=None)


def nobody(_source: str) -> Sequence[tuple[int, int]]:
    """The places of a text that names no one."""
    return ()


def body(text: str, people: Places = nobody) -> str:
    """A text as HTML; `people` is asked for the names in the source of each paragraph."""
    if not _MAY_MEAN.search(text) and not _only_emoji(text):
        return escape(text, quote=False)
    return full(text, people)


def full(text: str, people: Places = nobody) -> str:
    """The same, always by way of the parser."""
    text = _with_newlines(text)
    if large := _only_emoji(text):
        return f'<span class="jumbo">{escape(large)}</span>'
    tokens = parsed(text, people)
    return _cleaner.clean(_html(tokens) if tokens else _as_typed(text, people))


def plain(text: str, most: int) -> str:
    """The start of a text on one line: without markup, with an ellipsis where it is cut."""
    start = _with_newlines(text[:4 * most])
    if _MAY_MEAN.search(start) and (tokens := parsed(start, nobody)):
        start = ' '.join(''.join(piece.content for piece in token.children or [token]) for token in tokens)
    line = ' '.join(start.split())
    return line if len(line) <= most and len(text) <= 4 * most else line[:most - 1].rstrip() + '…'


def without_code(text: str) -> str:
    """A text of the same length, with spaces in place of code."""
    if '`' not in text and '~~~' not in text:
        return text
    lines = text.replace('\r\n', ' \n').replace('\r', '\n').split('\n')
    for token in blocks('\n'.join(lines)) or []:
        start, end = token.map or (0, 0)
        if token.type == 'fence':
            lines[start:end] = [' ' * len(line) for line in lines[start:end]]
        elif token.type == 'inline':
            lines[start:end] = _without_spans('\n'.join(lines[start:end])).split('\n')
    return '\n'.join(lines)


def _without_spans(source: str) -> str:
    """Without inline code, which ends at the next run of as many backticks."""
    runs = [match.span() for match in _RUN.finditer(source) if match[0][0] == '`']
    parts, done, at = [], 0, 0
    while at < len(runs):
        start, size = runs[at][0], runs[at][1] - runs[at][0]
        close = next((i for i in range(at + 1, len(runs)) if runs[i][1] - runs[i][0] == size), None)
        if close is not None:
            end = runs[close][1]
            parts += [source[done:start], re.sub(r'[^\n]', ' ', source[start:end])]
            done, at = end, close
        at += 1
    return ''.join([*parts, source[done:]])


def _with_newlines(text: str) -> str:
    return text.replace('\r\n', '\n').replace('\r', '\n')


def _only_emoji(text: str) -> str:
    """The emoji of a text that has nothing else; empty if there is anything else, or too many."""
    if text.isascii() and ':' not in text:
        return ''
    shown = SHORTCODE.sub(lambda match: emoji_named(match[1]) or match[0], text) if len(text) < 500 else ''
    return shown if not _LETTER.search(shown) and 0 < emoji.count(shown) <= MOST_JUMBO else ''


def _as_typed(text: str, people: Places) -> str:
    """Everything as it stands, but for addresses and names."""
    links = [(start, end, _anchor(href) + escape(text[start:end]) + '</a>') for start, end, href in addresses(text)]
    names = [(start, end, _mention(text[start:end])) for start, end in people(text)]
    parts: list[str] = []
    done = 0
    for start, end, html in sorted(links + names):
        if start >= done:
            parts += [escape(text[done:start]), html]
            done = end
    return ''.join([*parts, escape(text[done:])])


def _anchor(href: str) -> str:
    return f'<a href="{escape(href)}" target="_blank" rel="{_REL}">'


def _mention(name: str) -> str:
    return f'<span class="mention">{escape(name)}</span>'


def _html(tokens: Sequence[Token]) -> str:
    """A single paragraph stands without an element."""
    if len(tokens) == 3 and tokens[1].type == 'inline':
        return _inline(tokens[1])
    _number(tokens)
    return ''.join(map(_block, tokens))


def _number(tokens: Sequence[Token]) -> None:
    """Let each item keep the number that was typed."""
    following = [0]
    for token in tokens:
        if token.type == 'ordered_list_open':
            following.append(int(token.attrs.get('start', 1)))
            if following[-1] >= 100:
                token.attrs['class'] = 'long'
        elif token.type == 'ordered_list_close':
            following.pop()
        elif token.type == 'list_item_open' and token.info:
            if int(token.info) != following[-1]:
                token.attrs['value'] = token.info
            following[-1] = int(token.info) + 1


def _block(token: Token) -> str:
    if token.type == 'inline':
        return _inline(token)
    if token.type == 'fence':
        return _code(token.info.strip(), token.content.removesuffix('\n'), token.meta['is_closed'])
    if token.hidden:
        return ''
    attributes = ''.join(f' {name}="{value}"' for name, value in token.attrs.items())
    return f'<{"/" if token.nesting < 0 else ""}{token.tag}{attributes}>'


def _code(info: str, source: str, is_closed: bool) -> str:
    """What stands after the fence without being a language is a line of the code."""
    named = _INFO.fullmatch(info) if is_closed else None
    language = code.language(named[1] if named else info)
    if language:
        return f'<pre dir="ltr"><code class="language-{language}">{code.highlighted(source, language)}</code></pre>'
    shown = source if named or language == '' else f'{info}\n{source}'.rstrip('\n')
    return f'<pre dir="ltr"><code>{escape(shown)}</code></pre>'


def _inline(token: Token) -> str:
    return ''.join(map(_piece, token.children or []))


def _piece(token: Token) -> str:
    match token.type:
        case 'link_open':
            return _anchor(str(token.attrs['href']))
        case 'mention':
            return _mention(token.content)
        case 'code_inline':
            return f'<code>{escape(token.content)}</code>'
        case 'text':
            return escape(token.content)
        case _:
            return f'<{"/" if token.nesting < 0 else ""}{token.tag}>'
