"""Renders a message as one safe HTML fragment, the same for every viewer.

What differs between viewers (own messages, local time, grouping) is decided in the browser by CSS and `data-`
attributes.
"""
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from html import escape
from itertools import starmap

from . import markdown, parsing

GOLDEN_ANGLE = 137.508
'''Degrees between the hues of consecutive user ids, so that few users look alike.'''
ACTION = '/me '
MOST_BODIES, MOST_CHARACTERS = 2_000, 16_000_000
'''Size of the cache of rendered texts, in texts and in characters.'''
UNFOLD = '<button class="unfold" type="button" data-call="unfold">Show more</button>'
EACH = '<button class="each" type="button" data-call="showEach" hidden>and <span></span> others</button>'
GONE = '<span class="gone">This message was deleted.</span>'
MOST_LINES, WIDTH = 24, 85
'''Lines of a text, of so many characters, beyond which it is folded; on a phone that is up to 1,200 px.'''
MOST_NAMES, QUOTED = 30, 120
'''Names listed per reaction, beyond which users are only counted; characters of a quoted text that a reply shows.'''


class Bodies:
    """An LRU cache of rendered texts, by message id and revision."""

    def __init__(self, most: int, most_characters: int) -> None:
        self.most, self.most_characters = most, most_characters
        self.kept: dict[tuple[int, int], str] = {}
        self.characters = 0

    def get(self, key: tuple[int, int], render: Callable[[], str]) -> str:
        """The cached HTML of a text, which is made by `render` if it isn't cached."""
        html = self.kept.pop(key, None)
        if html is None:
            html = render()
            self.characters += len(html)
        self.kept[key] = html
        while len(self.kept) > self.most or self.characters > self.most_characters:
            self.characters -= len(self.kept.pop(next(iter(self.kept))))
        return html

    def forget(self) -> None:
        """Clear the cache."""
        self.kept.clear()
        self.characters = 0


bodies = Bodies(MOST_BODIES, MOST_CHARACTERS)


def article(*, id: int, revision: int, author_id: int, author: str, text: str,  # noqa: A002, PLR0913
            created_at: datetime, edited_at: datetime | None = None, mentions: Sequence[int] = (),
            people: parsing.Places = markdown.nobody, quote: str = '', reactions: str = '', is_pinned: bool = False,
            client_id: str | None = None) -> str:
    """The HTML of a message; `mentions` are user ids (0: everyone), and `people` finds the mentions in its text."""
    actor = f'<bdi class="actor">{escape(author)}</bdi> ' if text.startswith(ACTION) else ''
    pinned = ' <span class="pinned">pinned</span>' if is_pinned else ''
    sent = f' data-sent="{escape(client_id)}"' if client_id else ''
    long, unfold = (' data-long', UNFOLD) if _lines(text) > MOST_LINES else ('', '')
    body = bodies.get((id, revision), lambda: _body(author, text, edited_at, people))
    return (
        f'<article id="m{id}" data-id="{id}" data-revision="{revision}" data-author="{author_id}"'
        f'{_naming(mentions)}{sent}{long}>'
        f'{avatar(author_id, author)}'
        f'<div class="by"><bdi class="name">{escape(author)}</bdi> '
        f'<time datetime="{timestamp(created_at)}">{created_at:%H:%M}</time>{pinned}</div>{quote}'
        f'<div class="text{" action" if actor else ""}" dir="auto">'
        f'{actor}{body}</div>{unfold}{reactions}'
        '</article>'
    )


def happened(*, id: int, revision: int, author: str, what: str,  # noqa: A002
             created_at: datetime, counts_for: int | None) -> str:
    """The HTML of a system message: a line, in which the browser also says what the next ones say (`folding.js`)."""
    whom = f' data-for="{counts_for}"' if counts_for else ''
    return (f'<article id="m{id}" class="system" data-id="{id}" data-revision="{revision}"{whom}>'
            f'<p><span class="one"><bdi class="name">{escape(author)}</bdi> <span>{what}</span></span>'
            f'<span class="others"></span> {EACH} </p>'
            f'<time datetime="{timestamp(created_at)}">{created_at:%H:%M}</time></article>')


def named(name: str) -> str:
    """The HTML of a room's name, or a topic, inside of a sentence."""
    return f'<bdi>{escape(name)}</bdi>'


def person(name: str) -> str:
    """The HTML of somebody's name inside of a sentence."""
    return f'<bdi class="name">{escape(name)}</bdi>'


def opening(name: str) -> str:
    """The HTML of somebody's name within a link, which opens their card; elsewhere the browser makes it a button."""
    return f'<bdi class="name" role="button" tabindex="0">{escape(name)}</bdi>'


def _lines(text: str) -> int:
    """The lines that a text takes, about."""
    return sum(1 + len(line) // WIDTH for line in text.split('\n')) if len(text) > MOST_LINES else 1


def _body(author: str, text: str, edited_at: datetime | None, people: parsing.Places) -> str:
    """The HTML of a text. One that was edited has with it what its quotes say now."""
    body = markdown.body(text.removeprefix(ACTION), people)
    if edited_at is None:
        return body
    edited = f'<time class="edited" datetime="{timestamp(edited_at)}">(edited)</time>'
    return f'{body} {edited}{_new_quote(_quoted(author, text))}'


def tombstone(*, id: int, revision: int) -> str:  # noqa: A002
    """A hidden placeholder of a deleted message, whose revision keeps a client from showing an older form again."""
    return (f'<article id="m{id}" data-id="{id}" data-revision="{revision}" data-deleted hidden>'
            f'{_new_quote(GONE)}</article>')


def quote(*, id: int, author: str, text: str, is_deleted: bool) -> str:  # noqa: A002
    """The line above a reply: the author and the start of the quoted message, as a link to it."""
    said = GONE if is_deleted else _quoted(author, text)
    return f'<a class="quote" href="?at={id}" data-to="{id}" data-call="showQuoted">{said}</a>'


def _quoted(author: str, text: str) -> str:
    return (f'{opening(author)} '
            f'<span class="start" dir="auto">{escape(start(text, QUOTED))}</span>')


def start(text: str, most: int) -> str:
    """The start of a message as plain text; that of an action, which is read after its author's name, without "/me"."""
    return markdown.plain(text.removeprefix(ACTION), most)


def whole(text: str) -> str:
    """A message as plain text, like `start`, but all of it."""
    return markdown.plain_lines(text.removeprefix(ACTION))


def notice(author: str, text: str, most: int) -> str:
    """What a notification says; an action has nobody's name before it, so it begins with its actor."""
    return f'{author} {start(text, most)}' if text.startswith(ACTION) else start(text, most)


def _new_quote(said: str) -> str:
    """What the quotes of a message say from now on, for the browser, which may show some of them."""
    return f'<template>{said}</template>'


def reactions(given: Mapping[str, Sequence[tuple[int, str]]]) -> str:
    """A button for each emoji, with the ids and the names of the users who reacted; '' without reactions."""
    return f'<div class="reactions">{"".join(starmap(reaction, given.items()))}</div>' if given else ''


def reaction(emoji: str, people: Sequence[tuple[int, str]]) -> str:
    """A button with an emoji and how many reacted with it; its label says who, and `reactions.js` changes it alike."""
    named = ', '.join(name for _, name in people[:MOST_NAMES])
    names = escape(f'{named} and {len(people) - MOST_NAMES} more' if len(people) > MOST_NAMES else named)
    ids = ' '.join(str(user_id) for user_id, _ in people)
    return (f'<button class="reaction" type="button" data-emoji="{emoji}" data-people="{ids}" data-call="react" '
            f'aria-label="{emoji} {names}">{emoji} <span>{len(people)}</span></button>')


def timestamp(moment: datetime) -> str:
    """A time in UTC as ISO 8601; browsers show it in their own time zone."""
    return f'{moment:%Y-%m-%dT%H:%M:%S.%fZ}'


def avatar(user_id: int, username: str) -> str:
    """A user's initials on a colour that depends on the user id."""
    return (f'<div class="avatar" aria-hidden="true" style="--hue:{user_id * GOLDEN_ANGLE % 360:.0f}">'
            f'{escape(initials(username))}</div>')


def _naming(mentions: Sequence[int]) -> str:
    """The attribute by which the browser finds messages that mention its user."""
    return f' data-mentions="{" ".join(map(str, mentions))}"' if mentions else ''


def initials(name: str) -> str:
    """The first letters of up to two words of a name, in any script, with their combining marks."""
    words = [word for word in name.replace('.', ' ').replace('_', ' ').replace('-', ' ').split() if word]
    return ''.join(_first_letter(word) for word in words[:2]) or name[:1]


def _first_letter(word: str) -> str:
    marks = 0
    while marks < 2 and unicodedata.category(word[1 + marks:2 + marks] or 'x')[0] == 'M':
        marks += 1
    return word[0].upper() + word[1:1 + marks]
