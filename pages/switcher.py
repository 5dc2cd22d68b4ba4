"""The quick switcher, and all keyboard shortcuts."""
from markupsafe import Markup

from .commands import COMMANDS
from .html import html, joined

KEYS = {
    'Ctrl K': 'Go to a room or a person',
    'Alt ↑, Alt ↓': 'Previous, next room',
    'Alt Shift ↑, Alt Shift ↓': 'Previous, next unread room',
    'Ctrl Shift F': 'Search messages',
    'Ctrl ↑, Ctrl ↓': 'Move a favourite that has the focus',
    'Esc': 'Mark this room as read',
    '↑': 'In an empty field: edit my last message',
    'Ctrl Z': 'Undo a deletion, for five seconds',
    'Page ↑, Page ↓': 'From an empty field: scroll the messages',
    'Enter': 'Send',
    'Shift Enter, Alt Enter': 'New line',
    'Ctrl B, Ctrl I': 'Bold, italic',
    'Ctrl E, Ctrl Shift X': 'Code, struck through',
    'Ctrl V': 'A link over selected words: link them',
    '@': 'Name somebody: ↑ and ↓ choose, Enter or Tab takes',
    ':': 'An emoji by its name, as :tada:',
    '?': 'This list, while no field has the focus',
}
SWITCHER = html('''<dialog class="switcher" aria-label="Go to"><input type="search" autocomplete="off" role="combobox"
aria-controls="choices" aria-expanded="true" placeholder="Go to a room or a person"
aria-label="Go to a room or a person">
<ul id="choices" role="listbox"></ul><p class="none" role="status">Nothing by this name.</p>
<button class="quiet" type="button" data-call="help">All keys</button></dialog>''')


def _keys(keys: str, does: str) -> Markup:
    names = joined(html('<kbd>{key}</kbd>', key=key) for key in keys.split(', '))
    return html('<dt>{names}</dt><dd>{does}</dd>', names=names, does=does)


HELP = html('<dialog class="keys" aria-label="Keys"><h2>Keys</h2><dl tabindex="0" autofocus>{keys}{commands}</dl>'
            '<form method="dialog"><button class="solid">Close</button></form></dialog>',
            keys=joined(_keys(*item) for item in KEYS.items()),
            commands=joined(_keys(f'/{name}', does) for name, does in COMMANDS.items()))
