"""Which names can be mistaken for one another, by mixing or changing scripts: skeletons of Unicode's UTS 39, section 4.

The table is Unicode's, from the package `confusable-homoglyphs`. When a newer one comes with it, a migration makes anew
what is stored.
"""
import unicodedata
from bisect import bisect_right
from functools import cache

from confusable_homoglyphs.utils import load

LONGEST = 1_000
'''Characters up to which a name is compared: normalizing takes quadratic time for misordered marks.'''
SIGNS = '\u200e\u200f'
'''What the table has around letters of scripts from right to left.'''
DIGITS = 'digits from'
NO_SCRIPT = {'COMMON', 'INHERITED', 'UNKNOWN'}


def skeleton(name: str) -> str:
    """Return what all names have in common that look alike, as they are written or in lower case.

    Capitals are looked at before they are folded, since В looks like B, and в does not; afterwards "I", which looks
    like "l", and "i", which is the same in a name, are one.
    """
    return name if len(name) > LONGEST else _look(unicodedata.normalize('NFKC', name))


def scripts(name: str) -> list[str]:
    """Return the script of each character of a name's skeleton, "" for one that any script has.

    Each other kind of digits is a script, too.
    """
    letters = unicodedata.normalize('NFD', unicodedata.normalize('NFKC', name[:LONGEST]))
    return [script for letter in letters for script in [_script(letter)] * len(_look(letter))]


def are_mistaken(one: str, other: str) -> bool:
    """Whether two names that are not of the same scripts look alike. ("tom" and "torn" are two names.)

    Names that mix the same scripts in other places are not of the same either. What any script has, as the digits
    "101", is of the same as a name of one script ("lol"), as UTS 39 says, too.
    """
    if skeleton(one) != skeleton(other):
        return False
    here, there = scripts(one), scripts(other)
    named, others = {*here} - {''}, {*there} - {''}
    if not (named and others):
        return len(named | others) > 1 or any(script.startswith(DIGITS) for script in named | others)
    return named != others or any(a != b for a, b in zip(here, there, strict=False) if a and b)


def _look(text: str) -> str:
    return _prototypes_of(_prototypes_of(text).casefold()).replace('i', 'l')


def _prototypes_of(text: str) -> str:
    known = _prototypes()
    apart = ''.join(known.get(character, character) for character in unicodedata.normalize('NFD', text))
    return unicodedata.normalize('NFD', apart)


@cache
def _prototypes() -> dict[str, str]:
    """Return by character what it looks like.

    The package has each line of Unicode's table in both directions: a prototype is what has several others, or, of two
    that have only each other, what is longer.
    """
    alike = {_bare(one): [_bare(other['c']) for other in others] for one, others in load('confusables.json').items()}
    found = {one: others[0] for one, others in alike.items() if len(one) == 1 and len(others) == 1
             and (len(alike[others[0]]), len(others[0]), others[0]) > (1, 1, one)}
    return {one: _resolved(other, found) for one, other in found.items()}


def _bare(text: str) -> str:
    return text.strip(SIGNS) or text


def _resolved(text: str, prototypes: dict[str, str]) -> str:
    """Replace what has a prototype itself, as parts of longer ones may."""
    return ''.join(prototypes.get(character, character) for character in text)


def _script(character: str) -> str:
    """Return the script of a letter, or of a digit that is not of ASCII; '' for what belongs to any script."""
    if unicodedata.category(character) == 'Nd' and not character.isascii():
        return f'{DIGITS} {ord(character) - unicodedata.digit(character):x}'
    starts, named = _ranges()
    _, end, script = named[bisect_right(starts, ord(character)) - 1]
    return script if ord(character) <= end and script not in NO_SCRIPT else ''


@cache
def _ranges() -> tuple[list[int], list[tuple[int, int, str]]]:
    """Return the ranges of code points by script, and where they start."""
    table = load('categories.json')
    named = [(start, end, table['iso_15924_aliases'][script]) for start, end, script, _ in table['code_points_ranges']]
    return [start for start, _, _ in named], named
