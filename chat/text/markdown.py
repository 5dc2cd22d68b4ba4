"""Renders the text of a message, written in the Markdown that is usual in chats, as safe HTML.

Everything typed is shown: what is no markup here (HTML, headings, tables, images, rules, entities) is shown as it was
typed. A text with too much markup is shown as typed as a whole, so that no text costs more than 20 ms.
White space is kept by CSS.
"""
import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import zip_longest

import nh3
from markdown_it.token import Token

from . import addresses, blocks, direction, emoji, highlight, shortcodes
from .parsing import Places, line_tokens, parsed
from .scripts import RTL

HEADINGS = {'h1': 'h3', 'h2': 'h4', 'h3': 'h5'}
'''Headings of a message stand below those of the page.'''
MOST_JUMBO = 12
'''Maximum emoji in a message of nothing else for which they are shown large.'''
SIGNS = '+-'
'''Signs of lists that may also be meant as signs.'''
_MAY_MEAN = re.compile(
    r'[\\`*@＠\r\xa0\ufeff]|(?<!\w)_|_(?!\w)|~~|\]\(|:[^\s:`]{1,60}:|://|[wW]{3}\.|'
    r'^[ \t]*+(?:>|(?:[-+]|\#{1,3}|\d++[.)])[ \t]|[:|-])|'
    rf'\n[ \t]*\n|\A\s|\s\Z|[{RTL}]', re.MULTILINE)
_MARKS = re.compile(r'[\\`*_~\[\]<>:#|]')
'''Without these a text has no markup but the signs of lists.'''
_PROSE = re.compile(r'[A-Za-z](?:[A-Za-z0-9 ,!?;()"\'/%-]|(?:\.++|:)(?=\s|\Z)|\n(?=[A-Za-z]))*+(?<!\s)')
'''What has no meaning for sure: most messages; found in a tenth of the time of all that may have one.'''
_SILENT = re.compile(r'\b\w++://\S++|^[ \t]*+>[> \t]*[ \t].*+', re.MULTILINE)
'''What calls nobody in a text that is shown as typed: addresses, quotes.'''
_INFO = re.compile(
    r'([\w+#.-]++)(?:[ \t]*+\{[\w\s.,=#"-]*+\}|(?:[ \t]++[\w-]++=(?:"[^"]*+"|\'[^\']*+\'|[\w.,/-]++))*+)', re.ASCII)
'''The text after a code fence, if it is a language, maybe with attributes.'''
_LETTER = re.compile(r'[^\W\d_]')
_REL = 'noopener noreferrer nofollow'
_ALIGNED = {'left', 'center', 'right'}
_cleaner = nh3.Cleaner(
    tags={'p', 'strong', 'em', 's', 'code', 'pre', 'blockquote', 'ul', 'ol', 'li', 'a', 'span', 'bdi', 'h3', 'h4', 'h5',
          'table', 'thead', 'tbody', 'tr', 'th', 'td'},
    attributes={'a': {'href'}, 'ol': {'start'}, 'li': {'value'}},
    tag_attribute_values={'a': {'target': {'_blank'}, 'rel': {_REL}}, 'pre': {'dir': {'ltr'}},
                          'bdi': {'dir': {'ltr'}}, 'th': {'align': _ALIGNED}, 'td': {'align': _ALIGNED}},
    allowed_classes={'span': {'mention', 'jumbo', *highlight.CLASSES}, 'ol': {'long'},
                     'code': {f'language-{name}' for name in highlight.LANGUAGES}},
    url_schemes={'http', 'https', 'mailto'}, url_relative='deny', link_rel=None)


def nobody(_source: str) -> Sequence[tuple[int, int]]:
    """The positions of mentions in a text that has none."""
    return ()


def body(text: str, people: Places = nobody) -> str:
    """Render a text as HTML; `people` finds the mentions in the source of each paragraph."""
    if not _may_mean(text) and not _only_emoji(text):
        return escape(text, quote=False)
    return full(text, people)


def _may_mean(text: str) -> bool:
    return not _PROSE.fullmatch(text) and bool(_MAY_MEAN.search(text))


def full(text: str, people: Places = nobody) -> str:
    """Render a text like `body`, but without its shortcut for texts that have no markup."""
    text = _with_newlines(text)
    if large := _only_emoji(text):
        return f'<span class="jumbo">{escape(large)}</span>'
    tokens = parsed(text, people)
    return _cleaner.clean(_html(tokens) if tokens else _as_typed(text, people))


def line(text: str) -> str:
    """Render a text of one line: links, emoji and inline marks, but no blocks and no mentions."""
    if not _may_mean(text):
        return escape(text, quote=False)
    return _cleaner.clean(_inline(line_tokens(text)[0]))


def plain(text: str, most: int) -> str:
    """The start of a text as one line of up to `most` characters: without markup, with an ellipsis where it is cut."""
    start = _with_newlines(text[:4 * most])
    if _may_mean(start) and (tokens := parsed(start, nobody)):
        start = ' '.join(_plain(tokens))
    line = ' '.join(start.split())
    return line if len(line) <= most and len(text) <= 4 * most else line[:most - 1].rstrip() + '…'


def plain_lines(text: str) -> str:
    """All of a text, without markup, but with the numbers and signs before the items of lists: they may be meant."""
    if not _MARKS.search(text):
        return text
    text = _with_newlines(text)
    tokens = parsed(text, nobody) if _may_mean(text) else None
    return ' '.join(filter(None, _plain(tokens, SIGNS))) if tokens else text


def _plain(tokens: Sequence[Token], signs: str = '') -> Iterator[str]:
    """The texts of the blocks, with the numbers of lists, these signs of theirs, and others that numbers follow."""
    for token, following in zip_longest(tokens, tokens[2:]):
        if token.type == 'list_item_open' and (token.info or token.markup in signs
                                               or (following and blocks.AMOUNT.match(following.content))):
            yield token.info + token.markup
        is_code = token.type == 'fence'
        yield _source(token)[1] if is_code else ''.join(piece.content for piece in token.children or [token])


def called(text: str, people: Places) -> list[tuple[str, int]]:
    """The sources, and the positions in them, where `people` finds mentions in a text: where `body` sets them apart."""
    text = _with_newlines(text)
    tokens = parsed(text, people)
    if not tokens:
        return [(text, start) for start, _ in _in_typed(text, people)]
    return [(token.content, piece.meta['at']) for token in tokens for piece in token.children or ()
            if piece.type == 'mention']


def _with_newlines(text: str) -> str:
    return text.replace('\r\n', '\n').replace('\r', '\n')


def _only_emoji(text: str) -> str:
    """The emoji of a text that has nothing else; '' if there is anything else, or more than MOST_JUMBO."""
    if text.isascii() and ':' not in text:
        return ''
    shown = shortcodes.SHORTCODES.sub(lambda match: shortcodes.written(match[0]), text) if len(text) < 500 else ''
    return shown if not _LETTER.search(shown) and 0 < emoji.count(shown) <= MOST_JUMBO else ''


def _as_typed(text: str, people: Places) -> str:
    """Escape a text that is shown as typed; only web addresses and mentions get elements."""
    links = [(start, end, _anchor(href) + escape(text[start:end]) + '</a>')
             for start, end, href in addresses.find(text)]
    names = [(start, end, _mention(text[start:end])) for start, end in _in_typed(text, people)]
    parts: list[str] = []
    done = 0
    for start, end, html in sorted(links + names):
        if start >= done:
            parts += [escape(text[done:start]), html]
            done = end
    return ''.join([*parts, escape(text[done:])])


def _in_typed(text: str, people: Places) -> Sequence[tuple[int, int]]:
    """The mentions in a text that is shown as typed."""
    return people(_SILENT.sub(lambda silent: ' ' * len(silent[0]), text))


def _anchor(href: str) -> str:
    return f'<a href="{escape(href)}" target="_blank" rel="{_REL}">'


def _mention(name: str) -> str:
    return f'<span class="mention">{escape(name)}</span>'


def _html(tokens: Sequence[Token]) -> str:
    """Render the tokens of a text; a single paragraph gets no <p> element."""
    if len(tokens) == 3 and tokens[0].type == 'paragraph_open':
        return _inline(tokens[1])
    _number(tokens)
    return ''.join(map(_block, tokens))


def _number(tokens: Sequence[Token]) -> None:
    """Make each list item show the number that was typed."""
    following, lists = [0], list[Token]()
    for token in tokens:
        if token.type == 'ordered_list_open':
            lists.append(token)
            following.append(int(token.attrs.get('start', 1)))
        elif token.type == 'ordered_list_close':
            lists.pop()
            following.pop()
        elif token.type == 'list_item_open' and token.info:
            if int(token.info) != following[-1]:
                token.attrs['value'] = token.info
            following[-1] = int(token.info) + 1
            if int(token.info) >= 100:
                lists[-1].attrs['class'] = 'long'


def _block(token: Token) -> str:
    if token.type == 'inline':
        return _inline(token)
    if token.type == 'fence':
        return _code(*_source(token))
    if token.hidden:
        return ''
    attributes = ''.join(_attribute(name, str(value)) for name, value in token.attrs.items())
    return f'<{"/" if token.nesting < 0 else ""}{HEADINGS.get(token.tag, token.tag)}{attributes}>'


def _attribute(name: str, value: str) -> str:
    """An attribute as HTML; markdown-it aligns the cells of tables by a style, which no message may have."""
    return f' align="{value.removeprefix("text-align:")}"' if name == 'style' else f' {name}="{value}"'


def _source(token: Token) -> tuple[str | None, str]:
    """The language of a code block, and its code: what stands behind the fence, too, if it is no language of a code."""
    info, code = token.info.strip(), token.content.removesuffix('\n')
    if not code.strip():
        return None, info
    named = _INFO.fullmatch(info) if token.meta['is_closed'] else None
    language = highlight.language(named[1] if named else info)
    return language, code if named or language is not None else f'{info}\n{code}'.rstrip('\n')


def _code(language: str | None, source: str) -> str:
    if not language:
        return f'<pre dir="ltr"><code>{escape(source)}</code></pre>'
    shown = highlight.highlighted(source, language)
    return f'<pre dir="ltr"><code class="language-{language}">{shown}</code></pre>'


def _inline(token: Token) -> str:
    pieces = token.children or []
    return ''.join(map(_piece, direction.apart(pieces) if direction.is_rtl(token.content) else pieces))


def _piece(token: Token) -> str:
    match token.type:
        case 'text':
            return escape(token.content, quote=False)
        case 'link_open':
            return _anchor(str(token.attrs['href']))
        case 'mention':
            return _mention(token.content)
        case 'ltr':
            return f'<bdi dir="ltr">{escape(token.content)}</bdi>'
        case 'code_inline':
            return f'<code>{escape(token.content)}</code>'
        case _:
            return f'<{"/" if token.nesting < 0 else ""}{token.tag}>'
