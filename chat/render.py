"""A message's text becomes one safe HTML fragment, the same for every viewer.

What differs from viewer to viewer (mine, local time, grouping) is decided in the browser by CSS and `data-`
attributes.
"""
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from html import escape

from linkify_it import LinkifyIt

_links = LinkifyIt({'ftp:': None, 'mailto:': None, '//': None},
                   {'fuzzy_link': False, 'fuzzy_email': False, 'fuzzy_ip': False})

GOLDEN_ANGLE = 137.508
'''Degrees between the colours of neighbouring ids, so that few people look alike.'''


def article(*, id: int, revision: int, author_id: int, author: str, text: str,  # noqa: A002, PLR0913
            created_at: datetime, is_edited: bool, mentions: Sequence[int] = (),
            places: Sequence[tuple[int, int]] = ()) -> str:
    """One message; `mentions` are the ids of whom it names, 0 for everyone, and `places` is where in the text."""
    edited = ' <span class="edited">(edited)</span>' if is_edited else ''
    return (
        f'<article id="m{id}" data-id="{id}" data-revision="{revision}" data-author="{author_id}"{_naming(mentions)}>'
        f'{avatar(author_id, author)}'
        f'<div class="by"><bdi class="name">{escape(author)}</bdi> '
        f'<time datetime="{timestamp(created_at)}">{created_at:%H:%M}</time></div>'
        f'<div class="text" dir="auto">{body(text, places)}{edited}</div>'
        '</article>'
    )


def tombstone(*, id: int, revision: int) -> str:  # noqa: A002
    """What is left of a deleted message: its place and its revision, so that no older form of it comes back."""
    return f'<article id="m{id}" data-id="{id}" data-revision="{revision}" data-deleted hidden></article>'


def timestamp(moment: datetime) -> str:
    """For browsers, which show it in their own time zone."""
    return f'{moment:%Y-%m-%dT%H:%M:%S.%fZ}'


def avatar(user_id: int, username: str) -> str:
    """Somebody's initials on a colour of their own."""
    return (f'<div class="avatar" aria-hidden="true" style="--hue:{user_id * GOLDEN_ANGLE % 360:.0f}">'
            f'{escape(initials(username))}</div>')


def _naming(mentions: Sequence[int]) -> str:
    """By this the browser finds what names its reader."""
    return f' data-mentions="{" ".join(map(str, mentions))}"' if mentions else ''


def body(text: str, places: Sequence[tuple[int, int]] = ()) -> str:
    """Escape everything, then make http and https addresses clickable, and set apart the names at these places.

    Line breaks are kept by CSS.
    """
    links = [(match.index, match.last_index, _link(match.url, match.raw))
             for match in (_links.match(text) or [])] if '://' in text else []
    names = [(start, end, f'<span class="mention">{escape(text[start:end])}</span>') for start, end in places]
    parts: list[str] = []
    done = 0
    for start, end, html in sorted(links + names):
        if start >= done:
            parts += [escape(text[done:start]), html]
            done = end
    return ''.join([*parts, escape(text[done:])])


def _link(url: str, shown: str) -> str:
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer nofollow">{escape(shown)}</a>'


def initials(name: str) -> str:
    """Up to two first letters, of any script, with the marks that belong to them."""
    words = [word for word in name.replace('.', ' ').replace('_', ' ').replace('-', ' ').split() if word]
    return ''.join(_first_letter(word) for word in words[:2]) or name[:1]


def _first_letter(word: str) -> str:
    marks = 0
    while marks < 2 and unicodedata.category(word[1 + marks:2 + marks] or 'x')[0] == 'M':
        marks += 1
    return word[0].upper() + word[1:1 + marks]
