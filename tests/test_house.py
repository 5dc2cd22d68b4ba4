"""The house: which room may know which. What stands further down knows nothing of what stands above it."""
import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter

import pytest

from pages import revival
from tests.running import ROOT

ORDER = ['main', 'pages', 'elements', 'doors', 'chat', 'auth', 'accounts', 'models', 'database', 'limits', 'names',
         'skeletons', 'hub', 'settings', 'addresses', 'ties', 'errors']
'''Each may import what follows it.'''
BESIDE = {'tests', 'benchmarks'}
WITH_NICEGUI = {'main', 'pages', 'elements', 'doors', 'ties'}
MAY_KNOW = {
    'ties': ('pages', 'elements', 'doors', 'hub'),
    'hub': ('pages', 'elements', 'doors', 'chat', 'auth', 'accounts'),
    'limits': ('pages', 'doors', 'chat', 'auth'),
    'database': ('chat', 'auth', 'accounts', 'models'),
    'models': ('pages', 'doors', 'chat', 'auth', 'accounts'),
    'addresses': ('doors', 'limits', 'settings'),
}
'''By a room, those that may import it, besides `main`.'''
KNOW_NOTHING = ('errors', 'ties', 'addresses', 'skeletons', 'accounts.tokens', 'chat.text')
'''They import no module of ours but those beside them.'''

SQL = re.compile(r'\b(?:SELECT .*\bFROM|INSERT (?:OR \w+ )?INTO|UPDATE \w+ SET|DELETE FROM|VACUUM INTO)\b', re.DOTALL)
PRIVATE = '''
import importlib, inspect, re, sys
for name in sys.argv[1:]:
    for made in vars(importlib.import_module(name)).values():
        if inspect.isclass(made) and made.__module__ == name:
            theirs = {part for base in made.__mro__ if base.__module__ not in sys.argv for part in dir(base)} - {"_is_protocol"}
            replaced = [part for part, value in vars(made).items() if inspect.isfunction(value) and part in theirs]
            used = re.findall(r"self[.](_(?:props|classes|style|slots|event_listeners))", inspect.getsource(made))
            print(*(f"{name}.{made.__name__}.{part}" for part in replaced + used if re.match("_[a-z]", part)))
'''
'''Names the private parts of libraries that classes in these modules replace or use.'''


def name_of(path):
    parts = path.relative_to(ROOT).with_suffix('').parts
    return '.'.join(parts[:-1] if parts[-1] == '__init__' else parts)


PATHS = [path for path in ROOT.rglob('*.py') if path.relative_to(ROOT).parts[0] not in BESIDE]
MODULES = {name_of(path): path for path in PATHS if '.venv' not in path.parts}


def imports(module):
    """What a module names in its imports, also in those inside of functions, as far as they can be modules."""
    path = MODULES[module]
    package = module.split('.') if path.name == '__init__.py' else module.split('.')[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = '.'.join([*(package[:len(package) - node.level + 1] if node.level else []), *([node.module] if node.module else [])])
            for alias in node.names:
                yield f'{base}.{alias.name}' if f'{base}.{alias.name}' in MODULES else base


def room(module):
    return module.partition('.')[0]


GRAPH = {module: set(imports(module)) for module in MODULES}
OURS = {module: {other for other in others if other in MODULES} for module, others in GRAPH.items()}


def test_every_module_is_looked_at():
    assert {room(module) for module in MODULES} == set(ORDER)
    assert OURS['chat.live'] >= {'hub', 'database', 'chat.text.render', 'hub.telling'}
    assert OURS['main'] >= {'pages.entry', 'doors.gate', 'ties.uvicorn'}


def test_there_is_no_circle():
    TopologicalSorter({module: others - {module} for module, others in OURS.items()}).prepare()  # or else it raises CycleError


@pytest.mark.parametrize('module', sorted(MODULES))
def test_arrows_run_one_way(module):
    below = ORDER[ORDER.index(room(module)):]
    assert {room(other) for other in OURS[module]} <= set(below)
    for alone in KNOW_NOTHING:
        if module == alone or module.startswith(f'{alone}.'):
            assert [other for other in OURS[module] if other != alone and not other.startswith(f'{alone}.')] == []


@pytest.mark.parametrize(('below', 'above'), MAY_KNOW.items())
def test_an_arrow_that_is_not_drawn_is_none(below, above):
    """Order alone would let what is drawn apart know each other."""
    knowing = {room(module) for module, others in OURS.items() if below in map(room, others)} - {below}
    assert knowing <= {'main', *above}


def test_nicegui_stays_upstairs():
    assert {room(module) for module, others in GRAPH.items() if 'nicegui' in map(room, others)} <= WITH_NICEGUI


def test_private_parts_of_libraries_are_used_in_one_room():
    """Ruff's SLF001 finds them; nobody may tell it to look away."""
    assert 'SLF' in re.search(r'^select = (.*?\])', (ROOT / 'pyproject.toml').read_text(), re.MULTILINE | re.DOTALL)[1]
    assert [module for module, path in MODULES.items() if 'SLF001' in path.read_text()] == []


def test_no_class_replaces_a_private_part_of_a_library():
    """Ruff does not see that a method of ours has the name of one of theirs, nor what `self` has of them."""
    modules = [module for module in MODULES if room(module) not in {'main', 'ties'} and 'migrations' not in module]
    found = subprocess.run([sys.executable, '-c', PRIVATE, *modules], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.split() == []


@pytest.mark.parametrize('module', sorted(MODULES))
def test_sql_has_one_style_of_parameters(module):
    """Those that stand in it by name."""
    texts = [node.value for node in ast.walk(ast.parse(MODULES[module].read_text()))
             if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert [text for text in texts if SQL.search(text) and re.search(r'(?<!\w)\?|%s', text)] == []


def test_python_is_no_javascript():
    """What `repr` makes of a text is often JavaScript, too, and sometimes it is not: JSON always is."""
    scripts = [path for path in MODULES.values() if path.parent.name == 'pages']
    assert scripts
    assert [path.name for path in scripts if '!r}' in path.read_text() or 'repr(' in path.read_text()] == []


def test_the_number_of_this_version_covers_every_file_of_it():
    """Pages of another version reload; one that did not would speak to a server that means something else."""
    assert set(revival.sources()) == {*PATHS, *(ROOT / 'elements').glob('*.js'), *(ROOT / 'elements/styles').glob('*.css')}
