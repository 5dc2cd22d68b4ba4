"""The syntax of messages: parses text to tokens of markdown-it, with rules of our own where chats differ from Markdown.

Texts with too much markup are not parsed, so that none costs more than 20 ms.
"""
import logging
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache

from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, fence, list_block
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType

from . import emoji

log = logging.getLogger('chatroom')

Places = Callable[[str], Sequence[tuple[int, int]]]
'''A function that returns the (start, end) positions of mentions in a source text.'''
MOST_NESTED = 12
'''Levels of quotes and lists from which on a text is not parsed; a list counts as two levels.'''
MOST_STARTS = 200
'''Maximum lines that may begin a list or a quote, or that are empty and so may begin a paragraph.'''
MOST_MARKS = 500
'''Maximum characters, outside of code blocks, that may be markup.'''
MOST_LINKS = 100
_MARKS = re.compile(r'[\\`*_~\[\]@＠:]')
_STARTS = re.compile(r'^[ \t]*+(?:$|(?:[-+*>]|\d{1,9}[.)])[ \t>])', re.MULTILINE)
_EMPTY_ITEM = re.compile(r'(?:(?:[-+*]|\d{1,9}[.)])(?:[ \t]++|$))++')
_FENCE = re.compile('`{3,}+(?=[^`]*$)|~{3,}+')
_QUOTE = re.compile(r'>[> \t]*[ \t][^\s>]')
_ESCAPED = frozenset('\\`*_~[]:>-+@＠')
_SHRUG = '\\_(ツ)_/'
SHORTCODE = re.compile(r'(?<![^\W_]):([^\s:`]{1,60}):(?![^\W_])')
_ADDRESS = re.compile(r'(?<=\w)://[^\s<>`]++')
_LINK = re.compile(r'\[((?:[^\[\]\\`\n]|\\.|`[^`\n]*+`|\[[^\[\]\n]*+\])++)\]'
                   r'\(([^\s()<>\[\]]++(?:\([^\s()<>]*+\)[^\s()<>]*+)*+)\)')
_MAILTO = re.compile(r'mailto:[\w.+-]+@[\w-]+(?:\.[\w-]+)+', re.ASCII | re.IGNORECASE)
_LIKE_AN_ADDRESS = re.compile(
    r'://|\bwww\.|\blocalhost\b|\b\d++\.\d++\.\d++\.\d|[\w-]\.(?:com|org|net|edu|gov|io|dev|app|info|biz|bank|co|uk|de'
    r'|eu|ru|cn|jp|fr|it|nl|pl|br|us|ca|ch|at|se|no|es|tv|xyz|top|site|online|shop)\b', re.IGNORECASE)
_WITH_USER = re.compile(r'\w+://[^/?#]*@')
_HIDDEN = re.compile('[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f'
                     '\u2800\u3164\ufeff\uffa0]')
'''Characters that are invisible or change the order of others, so that a link may look like another one.'''
_links = LinkifyIt({'ftp:': None, 'mailto:': None, '//': None},
                   {'fuzzy_link': False, 'fuzzy_email': False, 'fuzzy_ip': False})


def parsed(text: str, people: Places) -> list[Token] | None:
    """The tokens of a text, with those of inline markup; None for a text that is shown as typed."""
    try:
        return _parsed(text, people)
    except Exception:  # a bug that one message triggers must not make its room unusable
        log.exception('A text could not be parsed')
        return None


def _parsed(text: str, people: Places) -> list[Token] | None:
    tokens = blocks(text)
    if tokens is None or sum(len(_MARKS.findall(each.content)) for each in tokens if each.type != 'fence') > MOST_MARKS:
        return None
    env: EnvType = {'people': cache(lambda source: dict(people(source))), 'addresses': cache(_by_colon),
                    'quotes': 0}
    for token in tokens:
        env['quotes'] += token.nesting if token.type.startswith('blockquote') else 0
        if token.type == 'inline':
            token.children = _markdown.inline.parse(token.content, _markdown, env, [])
    return tokens


def blocks(text: str) -> list[Token] | None:
    """Parse paragraphs, lists, quotes and code blocks, but no inline markup; None for a text that is shown as typed."""
    if sum(1 for _ in _STARTS.finditer(text)) > MOST_STARTS:
        return None
    tokens = _markdown.block.parse(text, _markdown, {}, []) or []
    return None if any(token.level >= MOST_NESTED for token in tokens) else tokens


def addresses(text: str) -> list[tuple[int, int, str]]:
    """The web addresses that become links, as (start, end, href)."""
    if not 0 < text.count('://') <= MOST_LINKS:
        return []
    found = ((match.index, match.index + len(match.raw.rstrip('*_~'))) for match in _links.match(text) or [])
    return [(start, end, text[start:end]) for start, end in found if not _is_deceptive(text[start:end])]


def emoji_named(name: str) -> str | None:
    """The emoji with this shortcode, as it is written or else in lower case; None if there is none."""
    return emoji.BY_NAME.get(name) or emoji.BY_NAME.get(name.lower())


def _is_deceptive(address: str) -> bool:
    return bool(_WITH_USER.match(address) or _HIDDEN.search(address))


def _by_colon(source: str) -> dict[int, tuple[int, int, str]]:
    return {source.index(':', start): (start, end, href) for start, end, href in addresses(source)}


def _own_line(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """Disable lazy continuation: an unmarked line after a quote or a list item is not part of it."""
    return silent and (state.parentType == 'blockquote' or state.sCount[start] < state.blkIndent)


def _quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A quote begins with ">" and a space: `>_<` is an emoticon."""
    return bool(_QUOTE.match(_line(state, start))) and blockquote(state, start, end, silent)


def _list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A list has text in its first item: `-` and `- - -` are shown as typed."""
    return not _EMPTY_ITEM.fullmatch(_line(state, start)) and list_block(state, start, end, silent)


def _fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A code block has a closing fence, maybe at the end of a line of code, or at least one line of code."""
    opening = _FENCE.match(_line(state, start))
    if not opening or silent:
        return bool(opening) and fence(state, start, end, silent)
    last = _last_of_code(state, start, end, opening[0])
    if last == start or not fence(state, start, last + 1, silent):
        return False
    code, line = state.tokens[-1], _line(state, last).rstrip()
    code.meta['is_closed'] = line.endswith(opening[0])
    if code.meta['is_closed'] and line.strip(opening[0][0]):
        code.content = code.content.rstrip().rstrip(opening[0][0])
    return True


def _last_of_code(state: StateBlock, start: int, end: int, marker: str) -> int:
    for number in range(start + 1, end):
        line = _line(state, number)
        if line and state.sCount[number] < state.blkIndent:
            return number - 1
        if line.rstrip().endswith(marker):
            return number
    return end - 1


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number]:state.eMarks[number]]


def _colon(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != ':':
        return False
    return _address(state, silent) if state.src.startswith('://', state.pos) else _shortcode(state, silent)


def _address(state: StateInline, _silent: bool) -> bool:
    """Make links of http and https addresses; nothing inside an address of any scheme is markup."""
    start, end, href = state.env['addresses'](state.src).get(state.pos, (0, 0, ''))
    scheme = state.src[start:state.pos]
    if href and not state.linkLevel and state.pending.endswith(scheme):
        state.pending = state.pending[:-len(scheme)]
        state.push('link_open', 'a', 1).attrs = {'href': href}
        state.push('text', '', 0).content = href
        state.push('link_close', 'a', -1)
    elif match := _ADDRESS.match(state.src, state.pos, state.posMax):
        end = match.start() + len(match[0].rstrip('*_~'))
        state.append_pending(state.src[state.pos:end])
    else:
        return False
    state.pos = end
    return True


def _shortcode(state: StateInline, _silent: bool) -> bool:
    match = SHORTCODE.match(state.src, state.pos, state.posMax)
    character = emoji_named(match[1]) if match else None
    if not match or not character:
        return False
    state.append_pending(character)
    state.pos = match.end()
    return True


def _name(state: StateInline, _silent: bool) -> bool:
    """A name calls somebody, but not in a quote: there somebody else called them. `at` is where it stands."""
    if state.src[state.pos] not in '@＠' or state.env['quotes']:
        return False
    end = state.env['people'](state.src).get(state.pos, 0)
    if not 0 < end <= state.posMax:
        return False
    state.push('mention', 'span', 0).meta['at'] = state.pos
    state.tokens[-1].content = state.src[state.pos:end]
    state.pos = end
    return True


def _escape(state: StateInline, _silent: bool) -> bool:
    r"""A backslash before a markup character escapes it; but `¯\_(ツ)_/¯` is shown whole."""
    at = state.pos
    if state.src[at] != '\\':
        return False
    if state.src.startswith(_SHRUG, at):
        shown, size = _SHRUG, len(_SHRUG)
    elif at + 1 < state.posMax and state.src[at + 1] in _ESCAPED:
        shown, size = state.src[at + 1], 2
    else:
        return False
    state.append_pending(shown)
    state.pos += size
    return True


def _link(state: StateInline, _silent: bool) -> bool:
    """Parse `[text](address)` if its text is no other address; `_silent` is ignored, since no rule here looks ahead."""
    may_begin = state.src[state.pos] == '[' and not state.linkLevel
    match = _LINK.match(state.src, state.pos, state.posMax) if may_begin else None
    if not match or not _is_honest(match[1], match[2]):
        return False
    state.push('link_open', 'a', 1).attrs = {'href': match[2]}
    state.pos, maximum, state.posMax = match.start(1), state.posMax, match.end(1)
    state.linkLevel += 1
    state.md.inline.tokenize(state)
    state.linkLevel -= 1
    state.push('link_close', 'a', -1)
    state.pos, state.posMax = match.end(), maximum
    return True


def _is_honest(label: str, href: str) -> bool:
    """Whether a link has an allowed address, and a visible text that does not look like another address."""
    leads = (_MAILTO.fullmatch(href) or [(0, len(href), href)] == addresses(href)) and not _HIDDEN.search(label)
    is_seen = any(unicodedata.category(letter)[0] in 'LNPS' for letter in label)
    whole = href.rstrip('/')
    label = re.sub(r'[*_~`\\]', '', label)
    is_itself = label.strip().rstrip('/') in {whole, whole.partition(':')[2].lstrip('/')}
    return bool(leads and is_seen and (is_itself or not _LIKE_AN_ADDRESS.search(label)))


def _parser() -> MarkdownIt:
    parser = MarkdownIt('zero', {'maxNesting': MOST_NESTED + 1})
    parser.enable(['fence', 'blockquote', 'list', 'backticks', 'strikethrough', 'emphasis'])
    parser.inline.ruler2.disable('fragments_join')
    parser.inline.add_terminator_char('＠')
    parser.block.ruler.at('fence', _fence, {'alt': ['paragraph', 'blockquote', 'list']})
    parser.block.ruler.at('blockquote', _quote, {'alt': ['paragraph', 'blockquote', 'list']})
    parser.block.ruler.at('list', _list, {'alt': ['paragraph', 'blockquote']})
    parser.block.ruler.push('own_line', _own_line, {'alt': ['paragraph', 'blockquote']})
    for name, inline in (('colon', _colon), ('name', _name), ('own_escape', _escape), ('own_link', _link)):
        parser.inline.ruler.after('text', name, inline)
    return parser


_markdown = _parser()
