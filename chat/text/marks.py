r"""What `*`, `_`, `~` and `\` mean, by what stands beside them.

CommonMark lets a mark begin or end emphasis by whether space or punctuation stands beside it. In chats that is wrong
beside scripts without spaces (`**重要：**请` is no emphasis there, since a letter follows punctuation), and in sums,
paths and code (`5*4*3` is). So here words of scripts without spaces may stand beside a mark, others may not.
"""
import builtins
import re

from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter

from .scripts import is_joined, is_word

MARKS = '*_~'
LONGEST = 100
'''Characters of emphasis that ends within a word, as in `**API**s`.'''
_ESCAPED = frozenset('\\`*_~[]:>-+#|@＠')
_WITHIN_WORDS = frozenset('_-+>#:@')
'''What has no meaning between letters anyway.'''
_SHRUG = '\\_(ツ)_/'
_SPECIAL_NAME = re.compile(r'__[a-z]++(?:_[a-z]++)*+__(?!\w)')
_SPECIAL_NAMES = {'__main__', '__all__', '__file__', '__version__', '__slots__', '__future__', '__pycache__',
                  *(name for kind in vars(builtins).values() for name in dir(kind) if name.startswith('__'))}
'''Names that Python gives a meaning: `__init__` is code that somebody did not mark as such, and never bold.'''
_PATH = re.compile(r'[A-Za-z]:|\\\\\w|\.{1,2}\\|~\\|%\w+%\\|[^\s\\]*\w\\\w')
'''A word with a backslash that is a path.'''


def emphasis(state: StateInline, _silent: bool) -> bool:
    """Add each mark as a token, which becomes emphasis if there is another one that belongs to it."""
    marker = state.src[state.pos]
    if marker not in MARKS:
        return False
    if marker == '_' and (special := _SPECIAL_NAME.match(state.src, state.pos)) and special[0] in _SPECIAL_NAMES:
        state.append_pending(special[0])
        state.pos = special.end()
        return True
    end = state.pos
    while end < state.posMax and state.src[end] == marker:
        end += 1
    _push_marks(state, marker, end)
    state.pos = end
    return True


def escape(state: StateInline, _silent: bool) -> bool:
    r"""A backslash before a mark takes its meaning away, if it has one; `¯\_(ツ)_/¯` and paths are shown whole."""
    at = state.pos
    if state.src[at] != '\\':
        return False
    shown, size = _escaped(state.src[:state.posMax], at)
    if size:
        state.append_pending(shown)
        state.pos += size
    return bool(size)


def _push_marks(state: StateInline, marker: str, end: int) -> None:
    size = 2 if marker == '~' else 1
    length = end - state.pos
    opens, closes = _flanks(state.src[:state.posMax], state.pos, end)
    if length % size:
        state.push('text', '', 0).content = marker
    for _ in range(length // size):
        state.push('text', '', 0).content = marker * size
        state.delimiters.append(Delimiter(marker=ord(marker), length=0 if marker == '~' else length,
                                          token=len(state.tokens) - 1, end=-1, open=opens, close=closes))


def _flanks(text: str, start: int, end: int) -> tuple[bool, bool]:
    """Whether emphasis may begin, and end, with the marks from `start` to `end`."""
    before, after = text[max(0, start - 2):start].rjust(2), text[end:end + 2].ljust(2)
    if text[start] != '_' and (is_joined(before[1]) or is_joined(after[0])):
        return not after[0].isspace(), not before[1].isspace()
    is_product = end - start == 1 and after[0] in '(['
    return _opens(before, after), (_closes(before, after) and not is_product) or _ends_within_a_word(text, start, end)


def _opens(before: str, after: str) -> bool:
    if after[0].isspace() or after[0] in ',;)]}' or (after[0] == '/' and after[1].isspace()):
        return False
    if before[1] == '/':
        return before[0] in MARKS and is_word(after[0])
    if before[1] in '."\'':
        return not is_word(before[0])
    return not is_word(before[1]) and before[1] not in '\\)]}'


def _closes(before: str, after: str) -> bool:
    if before[1].isspace() or before[1] in '([{' or is_word(after[0]) or after[0] == '\\':
        return False
    if before[1] == '/':
        return is_word(before[0]) and after[0] != '/'
    return after[0] != '.' or not is_word(after[1])


def _ends_within_a_word(text: str, start: int, end: int) -> bool:
    """Whether letters may follow, as in `**API**s`: what is emphasised is one word, and begins as a word does."""
    marks = text[start:end]
    begin = text.rfind(marks, max(0, start - LONGEST), start)
    if len(marks) < 2 or begin < 0 or not text[end:end + 1].isalpha():
        return False
    word, before = text[begin + len(marks):start], text[max(0, begin - 2):begin].rjust(2)
    return bool(word) and not any(map(str.isspace, word)) and _opens(before, word[:2].ljust(2))


def _escaped(text: str, at: int) -> tuple[str, int]:
    """What a backslash and the character behind it are shown as, and how many these are; 0 if it has no meaning."""
    follows, beyond = text[at + 1:at + 2], text[at + 2:at + 3] or ' '
    if text.startswith(_SHRUG, at):
        return _SHRUG, len(_SHRUG)
    if follows == '\\' and beyond.isalnum():
        return '\\\\', 2
    is_inside = at > 0 and is_word(text[at - 1]) and is_word(beyond) and follows in _WITHIN_WORDS
    if follows not in _ESCAPED or is_inside or _PATH.match(text[_word_start(text, at):at + 2]):
        return '', 0
    return follows, 2


def _word_start(text: str, at: int) -> int:
    start = at
    while start and not text[start - 1].isspace() and at - start < LONGEST:
        start -= 1
    return start
