"""What has a meaning inside of a paragraph: addresses, links, names, emoji. (Marks: marks.py; code: markdown-it.)"""
import re
from bisect import bisect_left

from markdown_it.rules_inline import StateInline

from . import addresses, shortcodes

SPECIAL = '\\`*_~[]@＠:'
'''The characters at which a rule may apply.'''
_SPECIAL = re.compile(f'[{re.escape(SPECIAL)}]')
_ADDRESS = re.compile(r'(?<=\w)://[^\s<>`]++')
_LABEL = re.compile(r'\[((?:[^\[\]\\`]|\\.|`[^`\n]*+`|\[[^\[\]\n]*+\])++)\]\([ \t]*+')
_NESTED = 8
'''Levels of brackets in the address of a link.'''
_BARE = r'[^\s()<>]*+(?:\(' * _NESTED + r'[^\s()<>]*+' + r'\)[^\s()<>]*+)*+' * _NESTED
_DESTINATION = re.compile(rf'(?:<(?P<angled>[^\n<>]++)>|(?P<bare>{_BARE}))'
                          r'(?:[ \t]++(?:"[^"\n]*+"|\'[^\'\n]*+\'|\([^()\n]*+\)))?+[ \t]*+\)')
_ESCAPED = re.compile(r'\\([!-/:-@\[-`{-~])')


def text(state: StateInline, _silent: bool) -> bool:
    """All up to the next character at which another rule may apply, or the next address, is text."""
    found = _SPECIAL.search(state.src, state.pos, state.posMax)
    end = found.start() if found else state.posMax
    if starts := state.env['starts']:
        end = min(end, starts[bisect_left(starts, state.pos)])
    if end <= state.pos:
        return False
    state.append_pending(state.src[state.pos:end])
    state.pos = end
    return True


def address(state: StateInline, _silent: bool) -> bool:
    """Make links of addresses, but not in links; nothing inside an address of any scheme is markup."""
    found = state.env['addresses'].get(state.pos)
    if found and found.end <= state.posMax:
        end = found.end
        _push_address(state, state.src[found.start:end], found.href)
    elif state.src[state.pos] == ':' and (match := _ADDRESS.match(state.src, state.pos, state.posMax)):
        end = match.start() + len(match[0].rstrip('*_~'))
        state.append_pending(state.src[state.pos:end])
    else:
        return False
    state.pos = end
    return True


def _push_address(state: StateInline, shown: str, href: str) -> None:
    if state.linkLevel:
        state.append_pending(shown)
        return
    state.push('link_open', 'a', 1).attrs = {'href': href}
    state.push('text', '', 0).content = shown
    state.push('link_close', 'a', -1)


def emoji(state: StateInline, _silent: bool) -> bool:
    """Emoji for one shortcode, or several without spaces."""
    may_begin = state.src[state.pos] == ':'
    match = shortcodes.SHORTCODES.match(state.src, state.pos, state.posMax) if may_begin else None
    shown = shortcodes.written(match[0]) if match else ''
    if not match or shown == match[0]:
        return False
    state.append_pending(shown)
    state.pos = match.end()
    return True


def name(state: StateInline, _silent: bool) -> bool:
    """Make a mention of a name that `people` found; `at` is where it stands in the paragraph."""
    if state.src[state.pos] not in '@＠':
        return False
    end = state.env['people'].get(state.pos, 0)
    if not 0 < end <= state.posMax:
        return False
    mention = state.push('mention', 'span', 0)
    mention.content, mention.meta['at'] = state.src[state.pos:end], state.pos
    state.pos = end
    return True


def link(state: StateInline, _silent: bool) -> bool:
    """Parse `[text](address)` if its text is no other address; `_silent` is ignored, since no rule here looks ahead."""
    may_begin = state.src[state.pos] == '[' and not state.linkLevel
    label = _LABEL.match(state.src, state.pos, state.posMax) if may_begin else None
    target = _DESTINATION.match(state.src, label.end(), state.posMax) if label else None
    href = addresses.target(_typed(target)) if target else ''
    if not label or not target or not addresses.is_allowed(href) or not addresses.is_honest(label[1], href):
        return False
    state.push('link_open', 'a', 1).attrs = {'href': href}
    state.pos, maximum, state.posMax = label.start(1), state.posMax, label.end(1)
    state.linkLevel += 1
    state.md.inline.tokenize(state)
    state.linkLevel -= 1
    state.push('link_close', 'a', -1)
    state.pos, state.posMax = target.end(), maximum
    return True


def _typed(target: re.Match[str]) -> str:
    """The address of a link as a browser takes it: without backslashes before punctuation, and without spaces."""
    return _ESCAPED.sub(r'\1', target['angled'] or target['bare'] or '').strip().replace(' ', '%20')
