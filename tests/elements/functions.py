"""The functions of a script, and how many lines the body of each has."""
import re

WORDS = re.compile(r'''//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'
                       |(?<=[(,=:\[!&|?{};>])\s*/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*''', re.DOTALL | re.VERBOSE)
TEMPLATE = re.compile(r'`(?:\\.|[^`\\])*`')
OPEN, CLOSE = '([{', ')]}'


def bare(script):
    """The script with nothing in its strings, regular expressions and comments; as many lines as before."""
    return TEMPLATE.sub('``', WORDS.sub(lambda found: '""' + '\n' * found[0].count('\n'), script))


def texts(script):
    """Its strings, regular expressions, templates and comments, in their order."""
    for found in re.finditer(f'{WORDS.pattern}|{TEMPLATE.pattern}', script, WORDS.flags):
        yield found[0].strip()


def without_texts(line):
    return TEMPLATE.sub('', WORDS.sub('', line))


def end_of(script, start):
    """Where the body ends that starts here: a block at its bracket, an expression before what is not its own."""
    depth, is_block = 0, script[start] == '{'
    for at in range(start, len(script)):
        if script[at] in OPEN:
            depth += 1
        elif script[at] in CLOSE:
            depth -= 1
            if depth < 0 or (depth == 0 and is_block):
                return at
        elif depth == 0 and script[at] in ',;':
            return at
    raise AssertionError('a bracket is missing')


def lengths(script):
    """The number of lines in the body of each function; a block's brackets are not counted."""
    script = bare(script)
    for arrow in re.finditer(r'=>\s*', script):
        start = arrow.end()
        body = script[start:end_of(script, start)].strip('{').strip()
        yield len([line for line in body.splitlines() if line.strip()])
