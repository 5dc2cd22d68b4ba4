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
_ESCAPED = frozenset('\\`*_~[]:@＠')
_AT_START = frozenset('-+>#')
'''What has a meaning only at the start of a line.'''
_WITHIN_WORDS = frozenset('_:@')
'''What has no meaning between letters anyway.'''
_SHRUG = '\\_(ツ)_/'
_SPECIAL_NAME = re.compile(r'__[A-Za-z]++(?P<parts>(?:_[A-Za-z]++)*+)__(?!\w)')
_SPECIAL_NAMES = {'__main__', '__all__', '__file__', '__version__', '__slots__', '__future__', '__pycache__',
                  '__proto__', '__FILE__', '__LINE__', '__DIR__',
                  *(name for kind in vars(builtins).values() for name in dir(kind) if name.startswith('__'))}
'''Names that languages give a meaning: `__init__` is code that somebody did not mark as such, and never bold.'''
_FACE = re.compile(r'(?<![^\s(\["\'])([*_])[!-)+-/:-@\[-`{-~]{1,5}\1(?![\w*])|_\(ツ\)_')
'''Nothing but punctuation between two marks: `*.*`, `(*^^*)`.'''
_PATH = re.compile(r'(?<![A-Za-z0-9])[A-Za-z]:[\\/]|(?<!\S)(?:\\\\[\w?.]|\.{1,2}\\|~\\)|%\w+%\\'
                   r'|^[^\s\\]*[\w:]\\(?:\w|\*\*\\)')
'''What makes a word with a backslash a path.'''


def emphasis(state: StateInline, _silent: bool) -> bool:
    """Add each mark as a token, which becomes emphasis if there is another one that belongs to it."""
    marker = state.src[state.pos]
    if marker not in MARKS:
        return False
    if as_typed := _as_typed(state):
        state.append_pending(as_typed)
        state.pos += len(as_typed)
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


def _as_typed(state: StateInline) -> str:
    """What begins here with marks, but is a name of code, or a face; '' if nothing does."""
    face = _FACE.match(state.src, state.pos, state.posMax)
    name = _SPECIAL_NAME.match(state.src, state.pos, state.posMax)
    is_code = name and (name['parts'] or name[0] in _SPECIAL_NAMES)
    return face[0] if face else name[0] if name and is_code else ''


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
    is_line = text[start] == '_'
    if (is_joined(before[1]) or is_joined(after[0])) and not (is_line and is_word(before[1]) and is_word(after[0])):
        return not after[0].isspace() and after != '/*', not before[1].isspace()
    is_strong = end - start > 1 and not is_line
    is_product = not is_strong and after[0] in '(['
    return (_opens(before, after, is_strong=is_strong),
            (_closes(before, after, is_strong=is_strong) and not is_product) or _ends_within_a_word(text, start, end))


def _opens(before: str, after: str, *, is_strong: bool) -> bool:
    if after[0].isspace() or after[0] in ',;)]}' or (after[0] == '/' and after[1].isspace()):
        return False
    if before[1] == '/':
        return is_word(after[0]) and (before[0] in MARKS or (is_strong and is_word(before[0])))
    is_quoted = before[1] in '"\'' and before[1] == after[0]
    return not (is_word(before[1]) or before[1] == '\\' or is_quoted or (not is_strong and _goes_on(before)))


def _goes_on(before: str) -> bool:
    """Whether a sum, a pattern or a code of strings goes on with a mark: `(a)*b`, `.*a`, `"a"*2`, but not `l'*a*`."""
    in_word = is_word(before[0])
    return (before[1] in ')]}' or (before[1] == '.' and before[0] != '.') or (before[1] == '"' and in_word)
            or (before[1] == "'" and before[0].isdigit()))


def _closes(before: str, after: str, *, is_strong: bool) -> bool:
    if before[1].isspace() or before[1] in '([{' or is_word(after[0]) or after[0] == '\\':
        return False
    if before[1] == '/':
        return is_word(before[0]) and after[0] != '/'
    return is_strong or after[0] != '.' or not is_word(after[1])


def _ends_within_a_word(text: str, start: int, end: int) -> bool:
    """Whether letters may follow, as in `**API**s`: what is emphasised is one word, and begins as a word does."""
    marks = text[start:end]
    begin = text.rfind(marks, max(0, start - LONGEST), start)
    if len(marks) < 2 or begin < 0 or not text[end:end + 1].isalpha():
        return False
    word, before = text[begin + len(marks):start], text[max(0, begin - 2):begin].rjust(2)
    return bool(word) and not any(map(str.isspace, word)) and _opens(before, word[:2].ljust(2), is_strong=False)


def _escaped(text: str, at: int) -> tuple[str, int]:
    """What a backslash and the character behind it are shown as, and how many these are; 0 if it has no meaning."""
    follows, beyond = text[at + 1:at + 2], text[at + 2:at + 3] or ' '
    if text.startswith(_SHRUG, at):
        return _SHRUG, len(_SHRUG)
    if follows == '\\' and not beyond.isspace() and beyond not in _ESCAPED:
        return '\\\\', 2
    is_inside = at > 0 and is_word(text[at - 1]) and is_word(beyond) and follows in _WITHIN_WORDS
    is_mark = follows in _ESCAPED or (follows in _AT_START and _begins_line(text, at))
    if not follows or not is_mark or is_inside or _PATH.search(text[_word_start(text, at):at + 4]):
        return '', 0
    return follows, 2


def _begins_line(text: str, at: int) -> bool:
    return not text[text.rfind('\n', 0, at) + 1:at].strip()


def _word_start(text: str, at: int) -> int:
    start = at
    while start and not text[start - 1].isspace() and at - start < LONGEST:
        start -= 1
    return start
