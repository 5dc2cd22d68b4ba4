"""What a page has at hand from its beginning: views that must answer at once, also without a connection."""
import json
from urllib.parse import quote

import names
from chat.messages import LENGTH
from chat.rooms import MOST_COUNTED
from elements.assets import script, serve
from models import LOBBY

from . import days, picker, tone
from .card import CARD
from .commands import ROWS
from .completion import CHIP, COMPLETION
from .composer import PENDING, SAID
from .editing import EDITOR, UNDO
from .html import html, joined
from .lists import LISTS, OPTIONS
from .panel import PANEL, PEOPLE
from .saying import LEFT, SAYS
from .sidebar import OLDEST, ROOM
from .switcher import HELP, SWITCHER
from .theme import FAVICON, TITLE
from .tools import COPY, MENU, NAMES, REACTIONS, TOOLS, USUAL


def _image(svg: str) -> str:
    return 'data:image/svg+xml,' + quote(svg)


CALLING = FAVICON.replace('</svg>', '<circle cx="25" cy="8" r="7" fill="#e5484d"/></svg>')
VIEWS = html(
    '<div><div class="at-once">{at_once}</div>{views}</div>',
    at_once=joined([SAID, MENU, NAMES, UNDO, PANEL, CARD, SWITCHER, HELP, days.PICKER]),
    views=joined([PENDING, TOOLS, COPY, REACTIONS, EDITOR, LISTS, PEOPLE, ROOM, COMPLETION, CHIP, ROWS, OPTIONS,
                  days.LINE, days.NEW, LEFT]))
'''The views; those `at_once` are in the page from its beginning.'''
KNOWN: dict[str, object] = {
    'VIEWS': VIEWS, 'SAYS': SAYS, 'TITLE': TITLE, 'QUIET': _image(FAVICON), 'CALLING': _image(CALLING),
    'TONE': serve(tone.wave(), 'wav'), 'PICKER': serve(picker.html_of_all(), 'html'), 'USUAL': USUAL, 'LOBBY': LOBBY,
    'MOST_COUNTED': MOST_COUNTED, 'OLDEST': OLDEST, 'MOST_TEXT': LENGTH, 'FOUND_AS': names.FOUND_AS,
    'ACCENTS': names.ACCENTS.pattern, 'QUOTES': names.QUOTES}
'''What the scripts know of Python, by their names for it.'''
DECLARED = ''.join(f'const {name} = {json.dumps(value, ensure_ascii=False)};\n' for name, value in KNOWN.items())
BEHAVIOURS = ('cards', 'citing', 'copying', 'days', 'favourites', 'folding', 'notices', 'pasting', 'people',
              'reactions', 'tools')
'''Scripts of the chat page from which no other one needs anything.'''
SCRIPT = serve(DECLARED + script('page', *BEHAVIOURS), 'js')
'''The address of the chat page's script. The views stand in it, since browsers keep it: in each page they would cost
the server a fifth of the time that a page takes.'''
