"""Scripts are modules of two forms, which can be joined by leaving out a few words; each function is small."""
import re
import statistics
from collections import Counter
from graphlib import TopologicalSorter

import pytest

from elements import assets
from pages.theme import GUARDS
from pages.views import BEHAVIOURS
from tests.elements.functions import lengths, texts, without_texts
from tests.running import ROOT

NAMES = sorted(path.stem for path in (ROOT / 'elements').glob('*.js'))
BEGIN = {'page': BEHAVIOURS, 'entry': (), 'guard': GUARDS}
'''What pages load, and what beside it; everything else is imported.'''
TOP = re.compile(r'^(?:export )?(?:const|let|function|class|async function) (.*)', re.MULTILINE)
LONGEST_LINE, LONGEST_FUNCTION, SMALL = 120, 60, 3


def imports(name):
    return {module: [word for word in re.split(r'[,\s]+', words) if word] for words, module in re.findall(
        r'^import \{([^}]*)\} from "\./(\w+)\.js";$', assets.source(name), re.MULTILINE)}


def declared(name):
    """The top-level names of a module."""
    for line in TOP.findall(assets.source(name)):
        depth, part, parts = 0, '', []
        for character in line:
            depth += (character in '([{') - (character in ')]}')
            part += character
            if depth == 0 and character in ',;':
                parts.append(part)
                part = ''
        for each in [*parts, part]:
            if found := re.match(r'\s*(?:([\w$]+)\s*(?:[=,;(]|$)|[\[{](.*?)[\]}]\s*=)', each):
                yield from ([found[1]] if found[1] else
                            [word.rpartition(':')[2].partition('=')[0].strip() for word in found[2].split(',')])


@pytest.mark.parametrize('name', NAMES)
def test_only_two_forms_of_modules_are_used(name):
    source = assets.source(name)
    assert source.startswith('// '), 'what it does stands at its top'
    for line in source.splitlines():
        assert len(line) <= LONGEST_LINE
        if re.match(r'\s*import\b(?!\()', line):
            assert re.fullmatch(r'import \{[\w, ]*\} from "\./\w+\.js";', line)
        if 'export' in re.findall(r'\w+', line.split('//')[0]):
            assert re.match(r'export (const|let) ', line)
        assert '`' not in without_texts(line), 'a text of several lines would lose its indentation'


def test_what_is_imported_is_exported_and_used():
    for name in NAMES:
        for module, words in imports(name).items():
            exported = {word for line in re.findall(r'^export .*', assets.source(module), re.MULTILINE) for word in re.findall(r'[\w$]+', line)}
            assert set(words) <= exported, (name, module)


def test_there_is_no_circle_and_nothing_that_no_page_loads():
    order = TopologicalSorter({name: imports(name) for name in NAMES}).static_order()
    assert set(order) == set(NAMES)
    assert {module for begin in BEGIN for module in assets.modules(begin, *BEGIN[begin])} == set(NAMES)


@pytest.mark.parametrize('begin', BEGIN)
def test_a_name_stands_for_one_thing_in_all_files_that_are_joined(begin):
    names = Counter(name for module in assets.modules(begin, *BEGIN[begin]) for name in declared(module))
    assert [name for name, count in names.items() if count > 1] == []
    assert names


def test_joined_scripts_import_nothing_and_export_what_their_last_module_does():
    for begin, beside in BEGIN.items():
        joined = assets.script(begin, *beside)
        assert not re.search(r'^import\b(?!\()', joined, re.MULTILINE)
        assert len(re.findall(r'^export ', joined, re.MULTILINE)) == len(re.findall(r'^export ', assets.source(begin), re.MULTILINE))


@pytest.mark.parametrize('begin', BEGIN)
def test_what_is_quoted_goes_out_as_it_is_and_comments_do_not(begin):
    """The minifier tells regular expressions from divisions by what stands before them."""
    written, sent = assets.script(begin, *BEGIN[begin]), assets.compact(assets.script(begin, *BEGIN[begin]), 'js')
    quoted = [found for found in texts(written) if not found.startswith(('//', '/*'))]
    assert quoted == list(texts(sent))
    assert len(quoted) > 1


def test_functions_are_small():
    found = [length for name in NAMES for length in lengths(assets.source(name))]
    assert len(found) > 500
    assert max(found) <= LONGEST_FUNCTION
    assert statistics.median(found) <= SMALL
    assert sum(length <= SMALL for length in found) >= len(found) / 2


@pytest.mark.parametrize(('script', 'expected'), [
    ('const a = () => 1;', [1]), ('const a = (b) => {\n  b();\n  c();\n};', [2]), ('a((b) => {\n  b();\n});', [1]),
    ('a(() => b\n  .c(), d);', [2]), ('const a = "=> {"; b(/=> {/);', []), ('const a = () => `${b}`;', [1]),
    ('const a = () => {\n  // why\n  b((c) => c);\n};', [2, 1]),
])
def test_lengths_of_functions(script, expected):
    assert list(lengths(script)) == expected


def test_no_script_and_no_style_sheet_stands_in_a_python_string():
    """Nothing that an editor, a linter or a reader would take for a string."""
    paths = [path for path in ROOT.rglob('*.py') if path.relative_to(ROOT).parts[0] in {'pages', 'elements', 'doors', 'ties', 'main.py'}]
    assert len(paths) > 50
    for path in paths:
        for text in re.findall(r"'''.*?'''|\"\"\".*?\"\"\"", path.read_text(), re.DOTALL):
            script = [line for line in text.splitlines() if re.search(r'=> |\bconst \w|addEventListener|[\w-]+: [^;{}]+;\s*[\w-]+: |\) \{$', line)]
            assert len(script) <= 3, path
