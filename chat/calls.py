"""Where a text may call somebody, and by which names: what stands before an "@", and what follows it.

What is code, quoted, escaped or part of a web address is not known here: `chat.text` says it, and asks for the others.
"""
import re
from collections.abc import Iterator
from itertools import islice

import names

MOST_LETTERS = 100
'''Characters read after an "@".'''
MOST_PREFIXES = 8
'''How many shorter names than the longest one may be meant.'''
LETTERS = re.compile(rf'[\w{names.MARKS}.-]*+')
HOSTED = re.compile(r'(?<![\w@＠.-])[a-z\d-]++(?:\.[a-z\d-]++)++(?::\d++)?/(?:[a-z\d@/?=&%#:~+*_$-]|[,.;!](?!@))*+',
                    re.IGNORECASE | re.ASCII)
'''An address without its scheme, up to the punctuation of the sentence around it: `x.org/?to=@bob`.'''
AT = re.compile(rf'(?<!/)(?P<slashes>/*+)(?<![a-zA-Z0-9@＠])(?<!(?<!\\)\\)[@＠]{LETTERS.pattern}(?!@[a-z\d-]++\.[a-z])',
                re.IGNORECASE)
SENTENCE_END = re.compile(r'\.++_*+(?![\w,;:-])')
'''Dots at the end of a sentence, with what may close emphasis around it.'''
STEP = re.compile(rf'[\w{names.MARKS}.~-]')
'''What makes a path of the slash after it.'''
LATIN = r'A-Za-z0-9._\-\u00c0-\u02af\u0300-\u036f\u1e00-\u1eff\uff10-\uff5a'
CHANGE = re.compile(rf'(?<=[{LATIN}])(?=[^\W\d_])(?![{LATIN}])|(?<=[^{LATIN}])(?=[A-Za-z])'
                    r'|(?<=[^\u3041-\u309f])(?=[\u3041-\u309f])|(?<=[^.-])(?=\.\.|--)')
'''Where the script changes between Latin and another one, or to Hiragana, in which Japanese goes on after a name; and
where an ellipsis or a dash begins.'''


def may_call(text: str) -> bool:
    """Whether it is worth looking."""
    return '@' in text or '＠' in text


def positions(text: str) -> Iterator[int]:
    """Where each "@" stands that may call.

    Before it may stand anything but a letter or digit of ASCII, which makes an address (`x@bob.org`), another "@", a
    backslash, or a word and a slash, which make a path (`node_modules/@bob`), unless that word calls (`@ann/@bob`).
    """
    end = -1
    for match in AT.finditer(HOSTED.sub(lambda address: ' ' * len(address[0]), text)):
        start = match.start()
        if not match['slashes'] or start == end or not STEP.match(text[start - 1:start]):
            yield match.end('slashes')
            end = match.end()


def prefixes(text: str, position: int) -> tuple[str, ...]:
    """The names that may be meant by what follows an "@", in this order.

    A name goes as far as it can. Punctuation at its end may belong to the sentence, and so may another script. Dots at
    the end of a sentence are its own, unless nobody is called so without them: names of before may end in one.
    """
    letters = LETTERS.match(text, position + 1)[0][:MOST_LETTERS]  # type: ignore[index]  # it matches no letters, too
    ends = [len(letters), *reversed([match.start() for match in CHANGE.finditer(letters)])]
    found = dict.fromkeys(prefix for end in ends for prefix in _without_punctuation(letters[:end]))
    said = letters.rstrip('_').rstrip('.') if letters.rstrip('_').endswith('.') else ''
    if said and SENTENCE_END.match(text, position + 1 + len(said)):
        found = {said: None} | found
    return tuple(islice(found, MOST_PREFIXES + 1))


def _without_punctuation(letters: str) -> Iterator[str]:
    shortest = len(letters.rstrip('.-_'))
    return (letters[:end] for end in range(min(len(letters), shortest + MOST_PREFIXES), max(shortest - 1, 0), -1))
