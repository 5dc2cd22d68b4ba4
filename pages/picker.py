"""The emoji picker with all emoji, which a page fetches when it is first opened."""
from markupsafe import Markup

from chat.text.emoji import takes_tone

from . import palette
from .html import html, joined

COLUMNS = 8
TONES = (('', 'Default', '#fc4'), ('🏻', 'Light', '#f7dece'), ('🏼', 'Medium light', '#f3d2a2'),
         ('🏽', 'Medium', '#d5ab88'), ('🏾', 'Medium dark', '#af7e57'), ('🏿', 'Dark', '#7c533e'))
PICKER = '''<dialog class="picker" aria-label="Emoji" style="--columns: {columns}">\
<input type="search" pattern=".*\\S.*" placeholder="Search emoji" autocomplete="off" role="combobox" \
aria-expanded="true" aria-controls="emoji" aria-label="Search emoji">\
<nav aria-label="Groups">{jumps}</nav><div class="emoji" id="emoji" role="listbox" aria-label="Emoji" tabindex="-1">\
<section class="recent"><h3>Recent</h3><div></div></section>\
<div class="every">{groups}</div><section class="result"><h3>Found</h3><div></div></section>\
<p class="none" role="status">No emoji has this name.</p></div>\
<div class="bottom"><p class="foot" aria-hidden="true"></p>\
<div class="tones" role="radiogroup" aria-label="Skin tone">{tones}</div></div></dialog>'''


def html_of_all() -> Markup:
    """Return the picker. What it shows of itself depends on what is typed, and on what its lists have."""
    groups = palette.groups()
    return html(PICKER, columns=COLUMNS, groups=joined(_group(title, emoji) for title, emoji in groups.items()),
                jumps=joined(html('<button type="button" title="{title}" aria-label="{title}" data-call="jump">{emoji}'
                                  '</button>',
                                  title=title, emoji=next(iter(emoji))) for title, emoji in groups.items()),
                tones=joined(html('<input type="radio" name="tone" value="{value}" title="{title}" data-call="tone" '
                                  'data-on="input" '
                                  'style="--colour: {colour}">', value=value, title=title, colour=colour)
                             for value, title, colour in TONES))


def _group(title: str, emoji: dict[str, tuple[str, ...]]) -> Markup:
    return html('<section data-group="{title}" style="--rows: {rows}"><h3>{title}</h3><div>{cells}</div></section>',
                title=title, rows=-(-len(emoji) // COLUMNS), cells=joined(_cell(*item) for item in emoji.items()))


def _cell(emoji: str, names: tuple[str, ...]) -> Markup:
    words = [name.replace('_', ' ') for name in names]
    plain = html(' data-plain="{emoji}"', emoji=emoji) if takes_tone(emoji) else ''
    return html('<button role="option" tabindex="-1" aria-label="{label}" data-key="{key}"{plain}>{emoji}</button>',
                label=words[0], key='\n'.join(words), plain=plain, emoji=emoji)
