"""The blocks that a message is made of: paragraphs, lists, quotes, code, tables, headings.

Rules for markdown-it where chats differ from Markdown: what is pasted after a word, begins with a number that is
content, or with spaces, stays what it was meant to be.
"""
import re
from bisect import bisect_right
from typing import NamedTuple

from markdown_it.rules_block import StateBlock, blockquote, heading, list_block, table

MOST_CELLS = 500
'''Maximum cells of all tables of a text.'''
MOST_FENCES = 40
CODE_INDENT = 4
'''Spaces before a line from which on it is code in Markdown.'''
STARTS = re.compile(r'^[ \t]*+(?:$|(?:[-+*>]|\#{1,3}|\d{1,9}[.)])[ \t>])', re.MULTILINE)
'''Lines that may begin a list, a quote or a heading, or are empty and so may begin a paragraph.'''
_DELIMITERS = re.compile(r'(?=.*\|)[|: \t-]++')
_PIPE = re.compile(r'(?<!\\)\|')
_EMPTY_ITEM = re.compile(r'(?:(?:[-+*]|\d{1,9}[.)])(?:[ \t]++|$))++')
AMOUNT = re.compile(r'[$£€¥₹₽₩₪]?\d')
_ITEM = re.compile(rf'(?:(?P<number>\d{{1,9}})(?P<ordered>[.)])|(?P<bullet>[-+*]))[ \t]++(?P<amount>{AMOUNT.pattern})?')
_FENCE = re.compile('`{3,}+(?=[^`]*$)|~{3,}+')
_LATE_FENCE = re.compile(r'(?<!`)`{3,}+(?=(?P<info>[^`]*+)$)')
'''A fence after text on its line, and the text behind it.'''
_LANGUAGE = re.compile(r'[ \t]*+[\w+#.-]*+[ \t]*+', re.ASCII)
_QUOTE = re.compile(r'>[> \t]*[ \t][^\s>]')
_HEADING = re.compile(r'#{1,3}[ \t]++(?!#*+[ \t]*+$)\S')


class _Closing(NamedTuple):
    """Where a code block ends: the line, and in the source its fence; both places are the end if there is no fence."""

    line: int
    start: int
    end: int


def own_line(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """Disable lazy continuation: an unmarked line after a quote or a list item is not part of it."""
    return silent and (state.parentType == 'blockquote' or state.sCount[start] < state.blkIndent)


def quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A quote begins with ">" and a space: `>_<` is an emoticon."""
    return bool(_QUOTE.match(_line(state, start))) and blockquote(state, start, end, silent)


def headline(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A heading has up to three "#" and a space; it stands in no list, and not far in, as a comment in code does."""
    is_far_in = state.blkIndent or state.sCount[start] >= CODE_INDENT
    return not is_far_in and bool(_HEADING.match(_line(state, start))) and heading(state, start, end, silent)


def grid(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A table; a line without "|" ends it, and one with more cells than its head, which would not be shown.

    Beyond MOST_CELLS there are none, since each row is filled with cells.
    """
    if start + 1 >= end or not _DELIMITERS.fullmatch(_line(state, start + 1)) or state.env['cells'] > MOST_CELLS:
        return False
    width = _cells(_line(state, start + 1))
    end = next((line for line in range(start, end) if not 0 < _cells(_line(state, line)) <= width), end)
    cells = width * (end - start)
    if not silent or cells > MOST_CELLS:
        state.env['cells'] += cells
    return state.env['cells'] <= MOST_CELLS and table(state, start, end, silent)


def _cells(line: str) -> int:
    """The cells of a row of a table; 0 if it is none."""
    return 1 + len(_PIPE.findall(line.strip().removeprefix('|').removesuffix('|'))) if '|' in line else 0


def items(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A list has text in its first item (`-` is shown as typed), and that does not begin with a number as content."""
    item = _ITEM.match(line := _line(state, start))
    is_list = item and not _EMPTY_ITEM.fullmatch(line) and not _is_content(state, start, end, item)
    return bool(is_list) and list_block(state, start, end, silent)


def _is_content(state: StateBlock, start: int, end: int, item: re.Match[str]) -> bool:
    """Whether what looks like an item is none: "+ 49 170 1", or "24. Dezember", "- 5 °C" with no other item below."""
    counts = item['ordered'] and int(item['number']) > 1
    is_signed = item['bullet'] in ('+', '-') and item['amount']
    is_alone = (counts or is_signed) and not _has_sibling(state, start, end, item)
    return bool(is_alone or (is_signed and item['bullet'] == '+'))


def _has_sibling(state: StateBlock, start: int, end: int, item: re.Match[str]) -> bool:
    indent = state.sCount[start] + item.end() - len(item['amount'] or '')
    for number in range(start + 1, end):
        if state.isEmpty(number) or state.sCount[number] >= indent:
            continue
        other = _ITEM.match(_line(state, number))
        return bool(other and (other['ordered'], other['bullet']) == (item['ordered'], item['bullet']))
    return False


def paragraph(state: StateBlock, start: int, most: int, _silent: bool) -> bool:
    """A paragraph keeps white space at its beginning, and may end where a code block begins in the middle of a line."""
    end, code = _end_of_paragraph(state, start, most)
    if code is None:
        _push_paragraph(state, start, end)
        return True
    line = end - 1
    whole = state.bMarks[line], state.tShift[line], state.sCount[line], state.eMarks[line]
    state.eMarks[line] = code
    _push_paragraph(state, start, end)
    _begin_line(state, line, code)
    state.eMarks[line] = whole[3]
    fence(state, line, most, silent=False)
    state.bMarks[line], state.tShift[line], state.sCount[line], _ = whole
    return True


def _end_of_paragraph(state: StateBlock, start: int, most: int) -> tuple[int, int | None]:
    """The line after a paragraph, and the position in its last line where a code block begins, if one does."""
    parent, state.parentType = state.parentType, 'paragraph'
    line, code = start, _late_fence(state, start, most)
    while code is None and (line := line + 1) < most and not _ends(state, line):
        code = _late_fence(state, line, most)
    state.parentType = parent
    return (line, None) if code is None else (line + 1, code)


def _ends(state: StateBlock, line: int) -> bool:
    if state.isEmpty(line):
        return True
    is_own = 0 <= state.sCount[line] <= state.blkIndent + 3
    return is_own and any(rule(state, line, state.lineMax, True) for rule in state.md.block.ruler.getRules('paragraph'))


def _push_paragraph(state: StateBlock, start: int, end: int) -> None:
    content = state.getLines(start, end, state.blkIndent, keepLastLF=False)
    state.line = end
    state.push('paragraph_open', 'p', 1).map = [start, end]
    inline = state.push('inline', '', 0)
    inline.content = content.strip() if state.blkIndent else content.rstrip()
    inline.map, inline.children = [start, end], []
    state.push('paragraph_close', 'p', -1)


def fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A code block has a closing fence, maybe with text before or behind it, or at least one line of code.

    Its token has in `meta` whether it is closed (`is_closed`).
    """
    begin = state.bMarks[start] + state.tShift[start]
    opening = _FENCE.match(_line(state, start))
    if not opening or silent:
        return bool(opening)
    closing = _closing(state, start, end, opening[0])
    if closing.line == start:
        return False
    code = state.push('fence', 'code', 0)
    code.info, code.map = state.src[begin + opening.end():state.eMarks[start]], [start, closing.line + 1]
    code.meta = {'is_closed': closing.start < closing.end}
    code.content = _code(state, start, closing)
    state.line = closing.line + 1
    behind = state.src[closing.end:state.eMarks[closing.line]]
    if behind.strip():
        _begin_line(state, closing.line, closing.end + len(behind) - len(behind.lstrip()))
        state.line = closing.line
    return True


def _code(state: StateBlock, start: int, closing: _Closing) -> str:
    indent, last = state.sCount[start], closing.line
    if closing.start == closing.end:
        return state.getLines(start + 1, last + 1, indent, keepLastLF=False)
    whole, state.eMarks[last] = state.eMarks[last], closing.start
    code = state.getLines(start + 1, last + 1, indent, keepLastLF=False)
    state.eMarks[last] = whole
    return code.rstrip(' \t').removesuffix('\n') if code.strip() else code.removesuffix('\n')


def _closing(state: StateBlock, start: int, end: int, marker: str) -> _Closing:
    """The first line that begins or ends with the fence, or else has it anywhere; or else where the code ends.

    Code in an item of a list need not be indented as the item is, if a line of its own ends it, and the fences below
    are not pairs without this one.
    """
    within, number, is_inside = None, start, True
    has_partner = state.src.count(marker, state.eMarks[start]) % 2
    while (found := state.src.find(marker, state.eMarks[number])) >= 0:
        above, number = number, bisect_right(state.bMarks, found, number + 1) - 1
        if number >= end:
            break
        is_inside = is_inside and _last_inside(state, above, number + 1) >= number
        at = state.bMarks[number] + state.tShift[number]
        run, is_sure = _fence_in(_line(state, number), marker)
        closing = _Closing(number, at + run.start(), at + run.end())
        if is_sure and (is_inside or (has_partner and not run.start())):
            return closing
        within = within or (closing if is_inside else None)
    last = _last_inside(state, start, end)
    return within or _Closing(last, state.eMarks[last], state.eMarks[last])


def _last_inside(state: StateBlock, start: int, end: int) -> int:
    """The last line from `start` on that belongs to the same list item, if to any."""
    outside = (number for number in range(start + 1, end)
               if state.sCount[number] < state.blkIndent and not state.isEmpty(number))
    return next(outside, end) - 1


def _fence_in(line: str, marker: str) -> tuple[re.Match[str], bool]:
    """The fence in a line, and whether it closes: it is at the beginning, but not with a language, or at the end."""
    runs = list(re.finditer(f'{marker}{marker[0]}*+', line))
    if not runs[0].start() and not line[runs[0].end():runs[0].end() + 1].isalnum():
        return runs[0], True
    return (runs[-1], True) if not line[runs[-1].end():].strip() else (runs[0], False)


def _late_fence(state: StateBlock, line: int, end: int) -> int | None:
    """The position of a fence that opens a code block after text, if it is closed on a later line.

    One that ends code in its line does not, nor does one with more than a language behind it that has no other one.
    """
    text = _line(state, line)
    found = _LATE_FENCE.search(text) if '```' in text else None
    if not found or not found.start() or text.count(found[0], 0, found.start()) % 2:
        return None
    if not _LANGUAGE.fullmatch(found['info']) and state.src.count(found[0], state.eMarks[line]) % 2 == 0:
        return None
    closing = _closing(state, line, end, found[0])
    return state.bMarks[line] + state.tShift[line] + found.start() if closing.start < closing.end else None


def _begin_line(state: StateBlock, line: int, position: int) -> None:
    """Make a line begin at this position of the source."""
    state.bMarks[line], state.tShift[line], state.sCount[line] = position, 0, state.blkIndent


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number]:state.eMarks[number]]
