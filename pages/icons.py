"""Icons for buttons: SVG drawings made of lines in the colour of the text."""
from markupsafe import Markup

from .html import html, joined

SHAPES = {
    'at': '<circle cx="12" cy="12" r="4"/><path d="M16 8v5a3 3 0 0 0 6 0v-1a10 10 0 1 0-4 8"/>',
    'bell': '<path d="M6 9a6 6 0 0 1 12 0c0 6 2 7 2 7H4s2-1 2-7M10 20a2 2 0 0 0 4 0"/>',
    'close': '<path d="M6 6l12 12M18 6 6 18"/>',
    'browse': '<path d="M4 6h9M4 12h9M4 18h6M17 4v12M13 12l4 4 4-4"/>',
    'dots': '<path stroke-width="3.5" d="M5 12h.01M12 12h.01M19 12h.01"/>',
    'edit': '<path d="M4 20l1-4L16 5l3 3L8 19zM14 7l3 3"/>',
    'fold': '<path d="m7 10 5 5 5-5"/>',
    'link': '<path d="M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1"/>',
    'menu': '<path d="M4 7h16M4 12h16M4 17h16"/>',
    'people': '<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20a6.5 6.5 0 0 1 13 0M16 5a3.5 3.5 0 0 1 0 6.5M18 14.5'
              'a6.5 6.5 0 0 1 3.5 5.5"/>',
    'pin': '<path d="M12 16v5M8 4h8l-1 6 3 3v3H6v-3l3-3z"/>',
    'plus': '<path d="M12 5v14M5 12h14"/>',
    'reply': '<path d="M9 6 4 11l5 5M4 11h9a7 7 0 0 1 7 7"/>',
    'save': '<path d="M7 4h10v16l-5-4-5 4z"/>',
    'search': '<circle cx="11" cy="11" r="6.5"/><path d="m16 16 4.5 4.5"/>',
    'send': '<path d="M12 19V5M5.5 11.5 12 5l6.5 6.5"/>',
    'smile': '<circle cx="12" cy="12" r="9"/><path d="M8 14a4.5 4.5 0 0 0 8 0M9 9.5h.01M15 9.5h.01"/>',
    'sound': '<path d="M4 9.5v5h3.5L12 18V6L7.5 9.5zM16 9a4 4 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11"/>',
    'star': '<path d="m12 3.5 2.6 5.5 6 .8-4.4 4.2 1.1 6-5.3-2.9L6.7 20l1.1-6-4.4-4.2 6-.8z"/>',
    'unread': '<path d="M4 6h16v12H4z"/><path d="m4 7 8 6 8-6"/>',
}


def icon(name: str) -> Markup:
    """Return an icon as SVG, hidden from screen readers."""
    return html('<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" '
                'stroke-linejoin="round" aria-hidden="true">{shape}</svg>', shape=Markup(SHAPES[name]))  # noqa: S704


def button(image: str, label: str, **attributes: str) -> Markup:
    """Return a button that shows only an icon; in names of attributes, "_" is written for "-"."""
    more = joined(html(' {name}="{value}"', name=key.replace('_', '-'), value=value)
                  for key, value in attributes.items())
    return html('<button class="icon" type="button" aria-label="{label}" title="{label}"{more}>{icon}</button>',
                label=label, more=more, icon=icon(image))
