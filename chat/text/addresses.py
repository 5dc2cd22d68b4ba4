"""Finds web and mail addresses in texts, and where each of them ends.

An address ends where people go on writing: at punctuation that is none of its own, at a bracket or quote that began
before it, at punctuation of scripts without spaces.
"""
import re
from typing import NamedTuple

from .scripts import JOINED, WIDE

MOST = 100
'''Maximum addresses in a text; in a text with more, none is a link.'''
_LABEL = r'[^\W_](?:[\w-]{0,61}[^\W_])?+'
_LAST_LABEL = rf'(?:[A-Za-z0-9](?:[A-Za-z0-9_-]{{0,61}}[A-Za-z0-9])?+(?!(?![{JOINED}])[^\W\d_])|{_LABEL})'
'''The last label of a host: it ends where a script without spaces follows Latin letters, as in "x.orgです".'''
_HOST = rf'(?:\[[0-9a-f:.]{{2,45}}\]|(?:_*+{_LABEL}\.)*_*+{_LAST_LABEL})(?::\d{{1,5}}+)?+'
_WEB = re.compile(rf'https?://{_HOST}', re.IGNORECASE)
_BEGINNING = re.compile(
    rf'(?<![A-Za-z0-9+.-]){_WEB.pattern}'
    rf'|(?<![A-Za-z0-9+.@/:_-])www\.(?:{_LABEL}\.)*[A-Za-z0-9-]{{1,63}}\.[A-Za-z]{{2,24}}+(?![A-Za-z0-9_-])'
    r'|(?<![A-Za-z0-9+./:@-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?!v?\d+\.\d|\dx\.)(?:[A-Za-z0-9-]{1,63}\.){1,8}'
    r'[A-Za-z]{2,24}+(?![A-Za-z0-9_@/-]|:\w|\.[A-Za-z0-9])', re.IGNORECASE)
_QUOTES = '\u2018-\u201f\u2039\u203a\u00ab\u00bb'
_STOP = re.compile(rf"[\s<>\"`\\\u2026{_QUOTES}{WIDE}]|'s\b|[,;|](?=https?://|www\.)|\Z", re.IGNORECASE)
_BRACKET = re.compile(r'[()\[\]{}]')
_CLOSING = {')': '(', ']': '[', '}': '{'}
_NOT_LAST = ".,:;!?'*_~([{"
_NAMED_END = re.compile(r'/:[\w+-]++:\Z')
_WITH_USER = re.compile(r'\w+://[^/?#]*@')
_HIDDEN = re.compile('[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f'
                     '\u2800\u3164\ufeff\uffa0]')
'''Characters that are invisible or change the order of others, so that a link may look like another one.'''
_MAILTO = re.compile(r'mailto:[\w.+-]+@[\w-]+(?:\.[\w-]+)+', re.ASCII | re.IGNORECASE)
_ADDRESS_ITSELF = re.compile(
    rf'(?:[a-z][a-z0-9+.-]*://)?(?:[^\s@/]*@)?(?P<host>localhost|\d+(?:\.\d+){{3}}|\[[0-9a-f:.]+\]|(?:{_LABEL}\.)+'
    r'(?:com|org|net|edu|gov|io|dev|app|info|biz|bank|co|uk|de|eu|ru|cn|jp|fr|it|nl|pl|br|us|ca|ch|at|se|no|es|tv|xyz'
    r'|top|site|online|shop|example)|(?<=://)[^\s/?#:]+)(?::\d+)?(?:[/?#]\S*)?', re.IGNORECASE)
'''A text that is nothing but an address, with or without its scheme.'''


class Address(NamedTuple):
    """Where an address stands in a text, and where it leads."""

    start: int
    end: int
    href: str


def find(text: str) -> list[Address]:
    """The addresses that become links."""
    if '://' not in text and '@' not in text and 'www.' not in text.lower():
        return []
    found: list[Address] = []
    at = 0
    while len(found) <= MOST and (match := _BEGINNING.search(text, at)):
        at = _end(text, match)
        if not is_deceptive(_whole(text, match.start())):
            found.append(Address(match.start(), at, _href(text[match.start():at])))
    return found if len(found) <= MOST else []


def is_deceptive(address: str) -> bool:
    """Whether an address may look like another one: by a name before its host, or by what can't be seen."""
    return bool(_WITH_USER.match(address) or _HIDDEN.search(address))


def is_allowed(href: str) -> bool:
    """Whether a link may lead there: to a web or mail address that does not look like another one."""
    match = _WEB.match(href)
    leads = match is not None and href[match.end():match.end() + 1] in ('', *'/?#')
    return bool(leads or _MAILTO.fullmatch(href)) and not is_deceptive(href)


def is_honest(label: str, href: str) -> bool:
    """Whether a text may be that of a link: it can be seen, and is not the address of another host."""
    shown = re.sub(r'[*_~`\\]', '', label).strip()
    if _HIDDEN.search(label) or not any(map(str.isprintable, shown)) or not re.search(r'[^\W_]|[^\w\s]', shown):
        return False
    itself = _ADDRESS_ITSELF.fullmatch(re.sub(r'^[\W_]+(?=\w)|[\W_]+$', '', shown)) or _ADDRESS_ITSELF.fullmatch(shown)
    return not itself or (_bare(itself['host']) == _bare(_host_of(href)) and ('@' not in shown or shown in href))


def _whole(text: str, start: int) -> str:
    return text[start:_STOP.search(text, start).start()]  # type: ignore[union-attr]


def _end(text: str, match: re.Match[str]) -> int:
    start, end = match.span()
    if text[end:end + 1] in ('', *'/?#') and '@' not in match[0]:
        quoted = text.find("'", end) if text[start - 1:start] == "'" else -1
        stop = _STOP.search(text, end).start()  # type: ignore[union-attr]
        end = _closed(text, end, min(stop, quoted) if quoted >= 0 else stop)
    if text[end - 1] == ':' and _NAMED_END.search(text, start, end):
        return end
    return start + len(text[start:end].rstrip(_NOT_LAST))


def _closed(text: str, start: int, end: int) -> int:
    """The place of the first bracket that closes one from before the address, or else `end`."""
    opened: list[str] = []
    for bracket in _BRACKET.finditer(text, start, end):
        if bracket[0] not in _CLOSING:
            opened.append(bracket[0])
        elif _CLOSING[bracket[0]] not in opened:
            return bracket.start()
        else:
            while opened.pop() != _CLOSING[bracket[0]]:
                pass
    return end


def _href(address: str) -> str:
    if '://' in address[:8]:
        return address
    return f'https://{address}' if address[:4].lower() == 'www.' else f'mailto:{address}'


def _host_of(href: str) -> str:
    return re.sub(r'^(?:mailto:[^@]*@|\w+://)', '', href).partition('/')[0].partition('?')[0].partition('#')[0]


def _bare(host: str) -> str:
    return re.sub(r':\d+$', '', host).lower().removeprefix('www.').rstrip('.')
