"""Builds HTML from templates, with every text escaped."""
import json
from collections.abc import Iterable, Mapping
from functools import cache
from string import Formatter

from markupsafe import Markup, escape

from chat.text import markdown


def html(template: str, /, **values: object) -> Markup:
    """Put values into a template's `{name}` fields; each is escaped unless it is Markup already.

    `Markup.format` does the same, but parses the template on every call, which takes seven times as long.
    """
    found: list[str] = []
    for text, name in _parts(template):
        found.append(text)
        if name:
            value = values[name]
            found.append(value if type(value) is Markup else escape(value))
    return Markup(''.join(found))  # noqa: S704


def inline(text: str) -> Markup:
    """Render a text that has links, emoji and inline marks, such as a topic."""
    return Markup(markdown.line(text))  # noqa: S704


def joined(parts: Iterable[Markup]) -> Markup:
    """Concatenate HTML fragments."""
    return Markup().join(parts)


def attributes(**does: object) -> Markup:
    """What a control does when it is pressed (see `elements/runtime.js`), as attributes: `ask`, `with_`, `say` ..."""
    return joined(html(' data-{name}="{value}"', name=name.rstrip('_'), value=json.dumps(value)
                       if isinstance(value, Mapping) else value) for name, value in does.items())


@cache
def _parts(template: str) -> list[tuple[str, str | None]]:
    return [(text, name) for text, name, _, _ in Formatter().parse(template)]
