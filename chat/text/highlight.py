"""Syntax highlighting of comments, strings, numbers and keywords, by one regular expression per language.

Pygments knows more, but its lexers need up to a second for 4,000 hostile characters, and one of them a minute. These
expressions never backtrack (possessive quantifiers, `*+`), and an escaped quote never begins a string, so their time is
linear in the length of the code.
"""
import re
from collections.abc import Iterator
from functools import cache
from html import escape
from itertools import groupby

HASH, DASHES = r'\#[^\n]*+', r'--[^\n]*+'
SLASHES = r'//[^\n]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/)?'
SGML = r'<!--(?:[^-]|-(?!->))*+(?:-->)?'
QUOTES = r'"(?:[^"\\\n]|\\.)*+"|\'(?:[^\'\\\n]|\\.)*+\''
TRIPLE = r'"""(?:[^"\\]|\\.|"(?!""))*+"""|' + r"'''(?:[^'\\]|\\.|'(?!''))*+'''|" + QUOTES
TICKS = r'`(?:[^`\\]|\\.)*+`|' + QUOTES
DOUBLE = r'"(?:[^"\\\n]|\\.)*+"|\'(?:[^\'\\\n]|\\[^\n]{1,9})\''
KEY = r'^[ \t]*+(?:-[ \t]++)?[\w.-]++(?=[ \t]*+[:=])|"(?:[^"\\\n]|\\.)*+"(?=\s*+:)'
TAG = r'</?[\w:.-]++|/?>|(?<![\w:-])[\w:-]++(?==)'

C_LIKE = '''
    break case char class const continue default do double else enum extern false float for goto if inline int long
    namespace new null private protected public return short static struct super switch this throw true try catch
    finally typedef union unsigned using virtual void volatile while
'''
SCRIPT = C_LIKE + '''
    async await debugger delete export extends from function import in instanceof interface let of type typeof
    undefined var yield readonly declare as implements keyof
'''
PYTHON = '''
    False None True and as assert async await break class continue def del elif else except finally for from global if
    import in is lambda match case nonlocal not or pass raise return try while with yield self
'''
SHELL = '''
    if then else elif fi for while until do done case esac in function return export local echo exit set cd sudo
'''
SQL = '''
    add all alter and as asc begin between by case check column commit create cross default delete desc distinct drop
    else end exists foreign from full group having if in index inner insert into is join key left like limit not null
    offset on or order outer primary references returning right rollback select set table then union unique update
    using values view when where with
'''

_Table = dict[str, tuple[str, str, str, str]]
_TABLE: _Table = {  # comments, strings, keys or tags, keywords
    'python': (HASH, TRIPLE, r'@[\w.]++', PYTHON),
    'javascript': (SLASHES, TICKS, '', SCRIPT),
    'typescript': (SLASHES, TICKS, '', SCRIPT + 'any boolean number string never unknown abstract'),
    'json': ('', QUOTES, KEY, 'true false null'),
    'html': (SGML, QUOTES, TAG, ''),
    'xml': (SGML, QUOTES, TAG, ''),
    'css': (SLASHES, QUOTES, r'(?<![\w-])[\w-]++(?=\s*+:)|@[\w-]++', 'important'),
    'bash': (HASH, QUOTES, r'\$\{?\w++\}?', SHELL),
    'sql': (DASHES + '|' + SLASHES, QUOTES, '', SQL + SQL.upper()),
    'yaml': (HASH, QUOTES, KEY, 'true false null yes no on off'),
    'toml': (HASH, TRIPLE, KEY + r'|^\[[^\]\n]*+\]', 'true false'),
    'ini': (r'^[ \t]*+[;#][^\n]*+', QUOTES, KEY + r'|^\[[^\]\n]*+\]', 'true false'),
    'go': (SLASHES, TICKS, '', C_LIKE + '''
        chan defer fallthrough func go import interface map nil package range select type var string error bool byte
        any'''),
    'rust': (SLASHES, DOUBLE, r'\#!?\[[^\]\n]{0,100}+\]', C_LIKE + '''
        as async await crate dyn fn impl in let loop match mod move mut pub ref self Self trait type unsafe use
        where bool str String Some None Ok Err'''),
    'java': (SLASHES, TRIPLE, r'@\w++', C_LIKE + '''
        abstract boolean extends final implements import instanceof interface package record synchronized throws
        var'''),
    'kotlin': (SLASHES, TRIPLE, r'@\w++', C_LIKE + '''
        as by companion data fun import in interface internal is it lateinit object open override package sealed
        suspend val var when'''),
    'c': (SLASHES, DOUBLE, r'^[ \t]*+\#[ \t]*+\w++', C_LIKE + 'auto bool register signed sizeof size_t NULL'),
    'cpp': (SLASHES, DOUBLE, r'^[ \t]*+\#[ \t]*+\w++', C_LIKE + '''
        auto bool constexpr delete explicit friend mutable noexcept nullptr operator override sizeof template
        typename'''),
    'csharp': (SLASHES, DOUBLE, '', C_LIKE + '''
        abstract as async await base bool decimal foreach in interface internal is object out override params
        readonly record ref sealed string var yield get set'''),
    'ruby': (HASH, QUOTES, r'(?<![\w:]):\w++|@{1,2}\w++', '''
        alias and begin break case class def do else elsif end ensure false for if in module next nil not or redo
        require rescue retry return self super then true undef unless until when while yield'''),
    'php': (SLASHES + '|' + HASH, QUOTES, r'\$\w++|<\?(?:php)?|\?>', C_LIKE + '''
        abstract as echo elseif extends final foreach fn function global implements include interface isset match
        readonly require trait use yield'''),
    'swift': (SLASHES, TRIPLE, r'@\w++', C_LIKE + '''
        as associatedtype async await defer extension fileprivate func guard import in init inout is let mutating
        nil override protocol self Self some throws var where'''),
    'dockerfile': (HASH, QUOTES, r'\$\{?\w++\}?', '''
        FROM AS RUN CMD LABEL EXPOSE ENV ADD COPY ENTRYPOINT VOLUME USER WORKDIR ARG ONBUILD STOPSIGNAL HEALTHCHECK
        SHELL'''),
    'lua': (DASHES, QUOTES, '', '''
        and break do else elseif end false for function if in local nil not or repeat return then true until while'''),
    'haskell': (DASHES + r'|\{-(?:[^-]|-(?!\}))*+(?:-\})?', DOUBLE, '', '''
        case class data deriving do else if import in infixl infixr instance let module newtype of then type where'''),
    'elixir': (HASH, TRIPLE, r'(?<![\w:]):\w++|@\w++', '''
        after alias and case catch cond def defmodule defp defstruct do else end false fn for if import in nil not or
        quote raise receive require rescue true try unless use when with'''),
    'perl': (HASH, QUOTES, r'[$@%]\w++', '''
        my our local sub use no package require if elsif else unless while until for foreach return last next die'''),
    'r': (HASH, QUOTES, '', 'function if else for while repeat in next break return library TRUE FALSE NULL NA'),
    'julia': (HASH, TRIPLE, r'@\w++', '''
        abstract begin break catch const continue do else elseif end export false finally for function global if import
        in let local macro module mutable nothing quote return struct true try using where while'''),
    'scala': (SLASHES, TRIPLE, r'@\w++', C_LIKE + '''
        abstract def extends final given implicit import lazy match object override package sealed then trait type val
        var with yield'''),
    'dart': (SLASHES, TRIPLE, r'@\w++', C_LIKE + '''
        abstract as async await bool dynamic extends factory final get implements import in is late library mixin on
        operator override part required set String var with yield'''),
    'zig': (SLASHES, DOUBLE, r'@\w++', C_LIKE + '''
        and comptime defer errdefer fn or orelse pub test unreachable usize var'''),
    'powershell': (HASH, QUOTES, r'\$\w++', '''
        function param begin process end if elseif else switch foreach for while do until return try catch finally'''),
    'makefile': (HASH, QUOTES, r'^[\w.%/-]++(?=[ \t]*+:)|\$\([\w ]{0,100}+\)',
                 'include define endef ifeq ifneq ifdef ifndef else endif export'),
    'hcl': (HASH + '|' + SLASHES, QUOTES, KEY, '''
        data locals module output provider resource terraform variable true false'''),
    'graphql': (HASH, QUOTES, r'[@$]\w++', '''
        query mutation subscription fragment on type input enum interface union scalar extend implements schema'''),
    'proto': (SLASHES, QUOTES, '', C_LIKE + '''
        syntax package import message service rpc returns repeated optional oneof map'''),
    'diff': (r'^@@[^\n]*+', '', '', ''),
}
_ALIASES = {
    'py': 'python', 'python3': 'python', 'js': 'javascript', 'jsx': 'javascript', 'mjs': 'javascript',
    'ts': 'typescript', 'tsx': 'typescript', 'htm': 'html', 'svg': 'xml', 'scss': 'css', 'less': 'css',
    'sh': 'bash', 'shell': 'bash', 'zsh': 'bash', 'console': 'bash', 'yml': 'yaml', 'cfg': 'ini', 'conf': 'ini',
    'golang': 'go', 'rs': 'rust', 'kt': 'kotlin', 'h': 'c', 'c++': 'cpp', 'cc': 'cpp', 'hpp': 'cpp',
    'cs': 'csharp', 'c#': 'csharp', 'rb': 'ruby', 'docker': 'dockerfile', 'patch': 'diff', 'json5': 'json',
    'jsonc': 'json', 'sqlite': 'sql', 'postgres': 'sql', 'hs': 'haskell', 'ex': 'elixir', 'exs': 'elixir', 'pl': 'perl',
    'jl': 'julia', 'ps1': 'powershell', 'pwsh': 'powershell', 'make': 'makefile', 'terraform': 'hcl', 'tf': 'hcl',
    'protobuf': 'proto', 'gql': 'graphql', 'vue': 'html', 'svelte': 'html',
}
_PLAIN = frozenset('''
    asm clojure csv erlang fsharp http latex log lisp markdown md mermaid nginx nim ocaml output plain plaintext tex
    text txt vim
'''.split())
'''Languages that are not highlighted, but whose names are known, so that a name is not shown as a line of code.'''
LANGUAGES = frozenset(_TABLE)
CLASSES = frozenset({'c', 's', 'n', 'k', 'f', 't', 'd', 'i'})
'''CSS classes of parts of code: comment, string, number, keyword, function, tag or key, deleted and inserted line.'''


def language(name: str) -> str | None:
    """The language named after a fence: one of LANGUAGES, '' for no name or one not highlighted, None if unknown."""
    name = name.lower()
    known = _ALIASES.get(name, name)
    return known if known in LANGUAGES else '' if not name or name in _PLAIN else None


def highlighted(code: str, language: str) -> str:
    """The HTML of code in one of LANGUAGES; adjacent parts of the same class share an element."""
    parts = _lines(code) if language == 'diff' else _parts(code, language)
    return ''.join(_span(name, ''.join(text for _, text in some))
                   for name, some in groupby((part for part in parts if part[1]), lambda part: part[0]))


def _span(name: str, text: str) -> str:
    return f'<span class="{name}">{escape(text)}</span>' if name else escape(text)


def _parts(code: str, language: str) -> Iterator[tuple[str, str]]:
    done = 0
    expression, words = _expression(language)
    for match in expression.finditer(code):
        name = match.lastgroup or ''
        if name == 'w':
            name = 'k' if match[0] in words else 'f' if code.startswith('(', match.end()) else ''
        if name and name != 'e':
            yield '', code[done:match.start()]
            yield name, match[0]
            done = match.end()
    yield '', code[done:]


@cache
def _expression(language: str) -> 'tuple[re.Pattern[str], frozenset[str]]':
    comments, strings, tags, words = _TABLE[language]
    groups = {'c': comments, 't': tags, 's': strings, 'e': r'\\.', 'n': r'\b\d[\w.]*+', 'w': r'[^\W\d]\w*+'}
    choices = '|'.join(f'(?P<{name}>{each})' for name, each in groups.items() if each)
    return re.compile(choices, re.MULTILINE | re.DOTALL), frozenset(words.split())


def _lines(code: str) -> Iterator[tuple[str, str]]:
    classes = {'+': 'i', '-': 'd', '@': 'c'}
    return ((classes.get(line[0], ''), line) for line in code.splitlines(keepends=True))
