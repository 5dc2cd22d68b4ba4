"""Finds web and mail addresses in texts, and where each of them ends.

An address ends where people go on writing: at punctuation that is none of its own, at a bracket or quote that began
before it, at punctuation of scripts without spaces.
"""
import re
import unicodedata
from collections.abc import Iterator
from heapq import merge
from typing import NamedTuple

from .scripts import JOINED, WIDE

MOST = 100
'''Maximum addresses in a text; in a text with more, none is a link.'''
SEEN = 300
'''Characters after the host of an address in which it may not deceive: a hundred are not read to the end each.'''
_LABEL = r'[^\W_](?:[\w-]{0,61}[^\W_])?+'
_LAST_LABEL = rf'(?:[A-Za-z0-9](?:[A-Za-z0-9_-]{{0,61}}[A-Za-z0-9])?+(?!(?![{JOINED}])[^\W\d_])|{_LABEL})'
'''The last label of a host: it ends where a script without spaces follows Latin letters, as in "x.orgです".'''
_HOST = rf'(?:\[[0-9a-f:.]{{2,45}}\]|(?:[\w-]{{1,63}}+\.)*_*+{_LAST_LABEL})(?::\d{{1,5}}+)?+'
_TOP = rf'(?:[A-Za-z]{{2,24}}+(?![A-Za-z0-9_-])(?!(?![{JOINED}])[^\W\d_])|[^\W\d_A-Za-z]{{2,24}}+(?![\w-]))'
_WEB = re.compile(rf'https?://{_HOST}', re.IGNORECASE)
_MAIL = (
    rf'(?<![A-Za-z0-9+./@-])(?<!(?![{JOINED}])[^\W\d_])[A-Za-z0-9](?:[A-Za-z0-9._%+-]|\'(?=[A-Za-z0-9])){{0,63}}'
    r'@(?!v?\d+\.\d|\dx\.)(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}+(?![A-Za-z0-9@/-]|_\w|:[\w/~]|\.[A-Za-z0-9])')
_BEGINNINGS = {mark: (reach, re.compile(pattern, re.IGNORECASE)) for mark, reach, pattern in (
    ('://', 5, rf'(?<![A-Za-z0-9])(?<![A-Za-z0-9]\+){_WEB.pattern}'),
    ('www.', 0, rf'(?<![A-Za-z0-9+.@/:_-])www\.(?:{_LABEL}\.)+{_TOP}(?::\d{{1,5}}+)?+'),
    ('@', 64, _MAIL))}
'''How each kind of address begins, by what all of that kind have, and how many characters may stand before that.'''
_QUOTES = '\u2018-\u201f\u2039\u203a\u00ab\u00bb'
_STOP = re.compile(rf"[\s<>\"`\\\u2014\u2026{_QUOTES}{WIDE}]|'s(?![\w/=&-])|[,;|](?=https?://|www\.)|\Z",
                   re.IGNORECASE)
_BRACKET = re.compile(r'[()\[\]{}]')
_CLOSING = {')': '(', ']': '[', '}': '{'}
_NOT_LAST = ".,:;!?'*_~([{\u0589\u060c\u061b\u061f\u06d4\u0964\u0965\u104a\u104b\u1362\u1363\u17d4\u17d5"
_NAMED_END = re.compile(r'/:[\w+-]++:\Z')
_WITH_USER = re.compile(r'\w+://[^/?#]*@')
_HIDDEN = re.compile('[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f'
                     '\u2800\u3164\ufeff\uffa0]')
'''Characters that are invisible or change the order of others, so that a link may look like another one.'''
_MAILTO = re.compile(r'mailto:[\w.+-]+@[\w-]+(?:\.[\w-]+)+', re.ASCII | re.IGNORECASE)
_AROUND = re.compile(r'[\W_]*+')
_ADDRESS_ITSELF = re.compile(
    r'(?:[a-z][a-z0-9+.-]*://)?(?:[^\s@/]*@)?(?P<host>localhost|\d+(?:\.\d+){3}|\[[0-9a-f:.]+\]|(?:[\w-]{1,63}\.)+'
    r'(?:com|org|net|edu|gov|io|dev|app|info|biz|bank|xyz|top|site|online|shop|example|ae|ar|at|au|be|bg|br|ca|ch|cl|cn'
    r'|co|cz|de|dk|ee|eg|es|eu|fi|fr|gr|hk|hr|hu|id|ie|il|in|ir|it|jp|ke|kr|lt|lu|lv|mx|ng|nl|no|nz|ph|pk|pl|pt|ro|ru'
    r'|sa|se|sg|si|sk|th|tr|tv|tw|ua|uk|us|vn|za|\u0440\u0444|\u4e2d\u56fd)|www\.[^\s/?#:]+|(?<=://)[^\s/?#:]+)'
    r'(?::\d+)?(?:[/?#]\S*)?', re.IGNORECASE)
'''A text that is nothing but an address, with or without its scheme.'''


class Address(NamedTuple):
    """Where an address stands in a text, and where it leads."""

    start: int
    end: int
    href: str


def find(text: str) -> list[Address]:
    """The addresses that become links."""
    lower, at, found = text.replace('\u0130', 'i').lower(), 0, list[Address]()  # it is the one letter that becomes two
    kinds = [_beginnings(text, lower, mark) for mark in _BEGINNINGS if mark in lower]
    for match in merge(*kinds, key=re.Match.start):
        if match.start() < at:
            continue
        start, at = match.start(), _end(text, match)
        if not is_deceptive(_whole(text, match)) and not _is_login(text, match):
            found.append(Address(start, at, target(text[start:at])))
        if len(found) > MOST:
            return []
    return found


def _beginnings(text: str, lower: str, mark: str) -> Iterator[re.Match[str]]:
    reach, pattern = _BEGINNINGS[mark]
    at = 0
    while (found := lower.find(mark, at)) >= 0 and (match := pattern.search(text, max(at, found - reach))):
        yield match
        at = match.end()


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
    shown = unicodedata.normalize('NFKC', re.sub(r'[*_~`\\]', '', label)).replace('\u3002', '.').strip()
    if _HIDDEN.search(label) or not any(map(str.isprintable, shown)) or not re.search(r'[^\W_]|[^\w\s]', shown):
        return False
    itself = _ADDRESS_ITSELF.fullmatch(_words(shown)) or _ADDRESS_ITSELF.fullmatch(shown)
    return not itself or (_bare(itself['host']) == _bare(_host_of(href)) and ('@' not in shown or shown in href))


def target(address: str) -> str:
    """Where an address leads, with its scheme, which is that of the web after "www.", and else that of mail."""
    if '://' in address[:8] or _MAILTO.match(address):
        return address
    return f'https://{address}' if address[:4].lower() == 'www.' else f'mailto:{address}'


def closed(text: str, start: int, end: int) -> int:
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


def _words(shown: str) -> str:
    """A text without what is no letter nor digit at its ends."""
    start, end = _AROUND.match(shown), _AROUND.match(shown[::-1])
    return shown[start.end():len(shown) - end.end()] if start and end else shown


def _whole(text: str, match: re.Match[str]) -> str:
    """What people take for the address, up to SEEN characters."""
    stop = _STOP.search(text, match.end(), match.end() + SEEN).start()  # type: ignore[union-attr]  # the end is a stop
    return text[match.start():closed(text, match.end(), stop)]


def _is_login(text: str, match: re.Match[str]) -> bool:
    """Whether what looks like a mail address is a part of another one: `ftp://user:password@x.org`."""
    return '@' in match[0] and '://' in re.split(r'\s', text[max(0, match.start() - 100):match.start()])[-1]


def _end(text: str, match: re.Match[str]) -> int:
    start, end = match.span()
    if text[end:end + 1] in ('', *'/?#') and '@' not in match[0]:
        quoted = text.find("'", end) if text[start - 1:start] == "'" else -1
        stop = _STOP.search(text, end).start()  # type: ignore[union-attr]
        end = closed(text, end, min(stop, quoted) if quoted >= 0 else stop)
    if text[end - 1] == ':' and _NAMED_END.search(text, start, end):
        return end
    return start + len(text[start:end].rstrip(_NOT_LAST))


def _host_of(href: str) -> str:
    return re.sub(r'^(?:mailto:[^@]*@|\w+://)', '', href).partition('/')[0].partition('?')[0].partition('#')[0]


def _bare(host: str) -> str:
    return re.sub(r':\d+$', '', host).lower().removeprefix('www.').rstrip('.')
