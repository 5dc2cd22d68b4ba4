"""The syntax of messages: parses a text to tokens of markdown-it, by rules of our own where chats differ from Markdown.

Texts with too much markup are not parsed, so that none costs more than 20 ms.
"""
import logging
from collections.abc import Callable, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.token import Token

from . import addresses, blocks, inline, marks

log = logging.getLogger('chatroom')

Places = Callable[[str], Sequence[tuple[int, int]]]
'''A function that returns the (start, end) positions of mentions in a source text.'''
MOST_NESTED = 12
'''Levels of quotes and lists from which on a text is not parsed; a list counts as two levels.'''
MOST_STARTS = 200
'''Maximum lines that may begin a block.'''
MOST_MARKS = 500
'''Maximum characters, outside of code blocks, that may be markup.'''


def parsed(text: str, people: Places) -> list[Token] | None:
    """The tokens of a text, with those of inline markup; None for a text that is shown as typed."""
    try:
        return _parsed(text, people)
    except Exception:  # a bug that one message triggers must not make its room unusable
        log.exception('A text could not be parsed')
        return None


def _parsed(text: str, people: Places) -> list[Token] | None:
    tokens = block_tokens(text)
    if tokens is None or sum(map(_marks_in, tokens)) > MOST_MARKS:
        return None
    quotes = 0
    for token in tokens:
        quotes += token.nesting if token.type.startswith('blockquote') else 0
        if token.type == 'inline':
            found = _found_in(token.content, people, is_quoted=quotes > 0)
            token.children = _markdown.inline.parse(token.content, _markdown, found, [])
    return tokens


def line_tokens(text: str) -> list[Token]:
    """Parse the inline markup of a text that has no blocks, such as a topic."""
    line = Token('inline', '', 0, content=text)
    if _marks_in(line) <= MOST_MARKS:
        line.children = _markdown.inline.parse(text, _markdown, _found_in(text, lambda _: (), is_quoted=True), [])
    return [line]


def block_tokens(text: str) -> list[Token] | None:
    """Parse paragraphs, lists, quotes, code and so on, but no inline markup; None for a text that is shown as typed."""
    if text.count('```') + text.count('~~~') > blocks.MOST_FENCES or _starts_in(text) > MOST_STARTS:
        return None
    tokens = _markdown.block.parse(text, _markdown, {'cells': 0}, []) or []
    return None if any(token.level >= MOST_NESTED for token in tokens) else tokens


def _starts_in(text: str) -> int:
    """The lines that may begin a block, which are only counted where there may be too many."""
    lines = text.count('\n') + 1
    return lines if lines <= MOST_STARTS else sum(1 for _ in blocks.STARTS.finditer(text))


def _marks_in(token: Token) -> int:
    return sum(map(token.content.count, inline.SPECIAL)) if token.type == 'inline' else 0


def _found_in(source: str, people: Places, *, is_quoted: bool) -> dict[str, Any]:
    """The addresses in a paragraph, and where mentions end, by where they start, for the rules in inline.py.

    A quote mentions nobody: somebody else said it.
    """
    found = addresses.find(source)
    return {'addresses': {address.start: address for address in found},
            'starts': [*(address.start for address in found), len(source)] if found else [],
            'people': {} if is_quoted else dict(people(source))}


def _parser() -> MarkdownIt:
    parser = MarkdownIt('zero', {'maxNesting': MOST_NESTED + 1})
    parser.enable(['fence', 'blockquote', 'list', 'heading', 'table', 'backticks', 'strikethrough', 'emphasis'])
    parser.inline.ruler2.disable('fragments_join')
    everywhere: RuleOptionsType = {'alt': ['paragraph', 'blockquote', 'list']}
    parser.block.ruler.at('fence', blocks.fence, everywhere)
    parser.block.ruler.at('blockquote', blocks.quote, everywhere)
    parser.block.ruler.at('list', blocks.items, {'alt': ['paragraph', 'blockquote']})
    parser.block.ruler.at('heading', blocks.headline, everywhere)
    parser.block.ruler.at('table', blocks.grid, {'alt': ['paragraph']})
    parser.block.ruler.at('paragraph', blocks.paragraph)
    parser.block.ruler.push('own_line', blocks.own_line, {'alt': ['paragraph', 'blockquote']})
    parser.inline.ruler.at('text', inline.text)
    parser.inline.ruler.at('emphasis', marks.emphasis)
    parser.inline.ruler.disable('strikethrough')
    for name, rule in (('link', inline.link), ('escape', marks.escape), ('name', inline.name),
                       ('emoji', inline.emoji), ('address', inline.address)):
        parser.inline.ruler.after('text', f'own_{name}', rule)
    return parser


_markdown = _parser()
