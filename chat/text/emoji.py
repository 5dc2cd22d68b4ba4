"""Recognises emoji and their `:shortcodes:`, as in GitHub and Slack (by the tables of the `emoji` package)."""
import re
from collections.abc import Mapping, Sequence
from typing import Any

from emoji import EMOJI_DATA, STATUS, emoji_list, purely_emoji

SHORTCODE = re.compile(r'(?<!\S)[a-z0-9_+-]+(?!\S)')
UNWRITTEN = str.maketrans('', '', ":.'’")
OURS: Mapping[str, str] = {'egg': '🥚'}
'''Shortcodes that the tables of the package give to another emoji.'''


def _names(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The shortcodes of an emoji, best known first: the aliases, then the English name, if they can be typed."""
    names = ' '.join((*data.get('alias', ()), data['en'])).lower().translate(UNWRITTEN)
    return tuple(dict.fromkeys(SHORTCODE.findall(names)))


def _by_name(claims: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Map each shortcode to the emoji that is better known by it: the one that lists it earlier."""
    by_name = dict(OURS)
    for at in range(max(map(len, claims.values()))):
        for character, names in claims.items():
            if len(names) > at:
                by_name.setdefault(names[at], character)
    return by_name


_NORMAL: Mapping[str, str] = {
    data['en']: character for character, data in EMOJI_DATA.items() if data['status'] == STATUS['fully_qualified']}
_CLAIMS = {character: _names(EMOJI_DATA[character]) for character in _NORMAL.values()}
BY_NAME: Mapping[str, str] = _by_name(_CLAIMS)
NAMES: Mapping[str, tuple[str, ...]] = {
    character: tuple(name for name in names if BY_NAME[name] == character) for character, names in _CLAIMS.items()}
'''By emoji, the shortcodes that stand for it, in lower case, the best known first.'''


SELECTORS = '\ufe0e\ufe0f'
'''Variation selectors: they follow a character and show it as text, or as emoji.'''
BEFORE_TONE = re.compile('\ufe0f(?=[\U0001f3fb-\U0001f3ff])')
'''A variation selector before a skin tone: some keyboards write it, though the tone says the same (UTS #51, ED-13).'''


def normal(text: str) -> str | None:
    """The normal form of an emoji, with its variation selectors; None for a text that is not a single emoji."""
    text = BEFORE_TONE.sub('', text)
    bare = text.rstrip(SELECTORS)
    known = next((form for form in (text, bare, bare + SELECTORS[-1]) if form in EMOJI_DATA), None)
    return _NORMAL.get(EMOJI_DATA[known]['en']) if known and len(text) <= len(known) + 1 else None


TONES = '🏻🏼🏽🏾🏿'
NEWEST = 15.1
'''Latest version of emoji that is offered with skin tones: few systems draw newer ones as one glyph yet.'''


def takes_tone(character: str) -> bool:
    """Whether an emoji exists in all skin tones, with the tone after its first character."""
    forms = [character[0] + tone + character[1:].removeprefix(SELECTORS[-1]) for tone in TONES]
    return all(normal(form) == form and EMOJI_DATA[form]['E'] <= NEWEST for form in forms)


def count(text: str) -> int:
    """The number of emoji in a text of emoji and white space only; 0 if there is anything else."""
    packed = ''.join(text.split())
    return len(emoji_list(packed)) if packed and purely_emoji(packed) else 0
