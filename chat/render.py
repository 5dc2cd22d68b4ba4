"""A message's text becomes one safe HTML fragment, the same for every viewer.

What differs from viewer to viewer (mine, local time, grouping) is decided in the browser by CSS and `data-`
attributes.
"""
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from html import escape
from itertools import starmap

from . import markdown, syntax

GOLDEN_ANGLE = 137.508
'''Degrees between the colours of neighbouring ids, so that few people look alike.'''
ACTION = '/me '
MOST_BODIES, MOST_CHARACTERS = 2_000, 16_000_000
'''Kept of what was rendered.'''
MOST_NAMES, QUOTED = 30, 120
'''Of those who reacted with one emoji, more are counted; characters of what a reply quotes.'''


class Bodies:
    """What was rendered lately, by message and revision; what was asked for last comes last."""

    def __init__(self, most: int, most_characters: int) -> None:
        self.most, self.most_characters = most, most_characters
        self.kept: dict[tuple[int, int], str] = {}
        self.characters = 0

    def get(self, key: tuple[int, int], render: Callable[[], str]) -> str:
        """Rendered now, if it isn't here."""
        html = self.kept.pop(key, None)
        if html is None:
            html = render()
            self.characters += len(html)
        self.kept[key] = html
        while len(self.kept) > self.most or self.characters > self.most_characters:
            self.characters -= len(self.kept.pop(next(iter(self.kept))))
        return html

    def forget(self) -> None:
        """Everything."""
        self.kept.clear()
        self.characters = 0


bodies = Bodies(MOST_BODIES, MOST_CHARACTERS)


def article(*, id: int, revision: int, author_id: int, author: str, text: str,  # noqa: A002, PLR0913
            created_at: datetime, edited_at: datetime | None = None, mentions: Sequence[int] = (),
            people: syntax.Places = markdown.nobody, quote: str = '', reactions: str = '', is_pinned: bool = False,
            client_id: str | None = None) -> str:
    """One message; `mentions` are the ids of whom it names, 0 for everyone, and `people` finds them in its text."""
    actor = f'<bdi class="actor">{escape(author)}</bdi> ' if text.startswith(ACTION) else ''
    edited = f' <time class="edited" datetime="{timestamp(edited_at)}">(edited)</time>' if edited_at else ''
    pinned = ' <span class="pinned">pinned</span>' if is_pinned else ''
    sent = f' data-sent="{escape(client_id)}"' if client_id else ''
    body = bodies.get((id, revision), lambda: markdown.body(text.removeprefix(ACTION), people))
    return (
        f'<article id="m{id}" data-id="{id}" data-revision="{revision}" data-author="{author_id}"'
        f'{_naming(mentions)}{sent}>'
        f'{avatar(author_id, author)}'
        f'<div class="by"><bdi class="name">{escape(author)}</bdi> '
        f'<time datetime="{timestamp(created_at)}">{created_at:%H:%M}</time>{pinned}</div>{quote}'
        f'<div class="text{" action" if actor else ""}" dir="auto">'
        f'{actor}{body}{edited}</div>{reactions}'
        '</article>'
    )


def tombstone(*, id: int, revision: int) -> str:  # noqa: A002
    """What is left of a deleted message: its place and its revision, so that no older form of it comes back."""
    return f'<article id="m{id}" data-id="{id}" data-revision="{revision}" data-deleted hidden></article>'


def quote(*, id: int, author: str, text: str, is_deleted: bool) -> str:  # noqa: A002
    """The line above a reply: whom it answers, and the start of what they said."""
    said = '<span class="gone">This message was deleted.</span>' if is_deleted else (
        f'<bdi class="name">{escape(author)}</bdi> '
        f'<span class="start" dir="auto">{escape(markdown.plain(text.removeprefix(ACTION), QUOTED))}</span>')
    return f'<a class="quote" href="?at={id}" data-to="{id}">{said}</a>'


def reactions(given: Mapping[str, Sequence[tuple[int, str]]]) -> str:
    """Each emoji with the ids and the names of those who reacted."""
    return f'<div class="reactions">{"".join(starmap(_reaction, given.items()))}</div>' if given else ''


def _reaction(emoji: str, people: Sequence[tuple[int, str]]) -> str:
    named = ', '.join(name for _, name in people[:MOST_NAMES])
    names = escape(f'{named} and {len(people) - MOST_NAMES} more' if len(people) > MOST_NAMES else named)
    ids = ' '.join(str(user_id) for user_id, _ in people)
    return (f'<button class="reaction" type="button" data-emoji="{emoji}" data-people="{ids}" data-names="{names}" '
            f'aria-label="{emoji} {names}">{emoji} <span>{len(people)}</span></button>')


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


def initials(name: str) -> str:
    """Up to two first letters, of any script, with the marks that belong to them."""
    words = [word for word in name.replace('.', ' ').replace('_', ' ').replace('-', ' ').split() if word]
    return ''.join(_first_letter(word) for word in words[:2]) or name[:1]


def _first_letter(word: str) -> str:
    marks = 0
    while marks < 2 and unicodedata.category(word[1 + marks:2 + marks] or 'x')[0] == 'M':
        marks += 1
    return word[0].upper() + word[1:1 + marks]
