"""Stores figures in benchmarks/results.json, and shows them in RESULTS.md beside the targets."""
import json
import os
import platform
import re
import statistics
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .apps import python_of_peers

FOLDER = Path(__file__).parent
KEPT, RESULTS, PLOT = FOLDER / 'results.json', FOLDER / 'RESULTS.md', FOLDER / 'send-to-seen.png'
BY_HAND = '## What each change bought'
'''From this heading on RESULTS.md is written by hand, and kept.'''
INTRODUCTION = '''`python -m benchmarks` writes this file down to "What each change bought". Server on one core, load
on another; medians of three rounds on fresh databases.'''
Found = dict[str, dict[str, list[float]]]
'''Run -> figure -> its value in each round.'''


class Medians:
    """Medians of the stored figures of all parts."""

    def __init__(self, kept: dict[str, Any]) -> None:
        self.kept = kept

    def __call__(self, part: str, figure: str, run: str = 'chatroom') -> float:
        """Return the median of a figure. Raises KeyError if it was not measured."""
        values: list[float] = self.kept[part]['found'][run][figure]
        return statistics.median(values)

    def ratio(self, part: str, figure: str, run: str, peer: str) -> float:
        """Return the ratio of a figure in one run to the same figure in another."""
        return self(part, figure, run) / self(part, figure, peer)


@dataclass(frozen=True)
class Want:
    """A target: a figure, and the most or the least that it should be."""

    what: str
    value: Callable[[Medians], float]
    most: float | None = None
    least: float | None = None
    unit: str = ''

    def row(self, medians: Medians) -> str:
        """Return a row of the table; '' if its part was not measured."""
        try:
            value = self.value(medians)
        except KeyError:
            return ''
        is_met = value <= self.most if self.most is not None else value >= (self.least or 0)
        wanted = f'at most {self.most:,g}' if self.most is not None else f'at least {self.least:,g}'
        return f'| {self.what} | {wanted}{self.unit} | {_short(value)}{self.unit} | {"yes" if is_met else "**no**"} |'


def _history(figure: str) -> Callable[[Medians], float]:
    return lambda m: m.ratio('history', figure, '1,000,000 messages', '1,000 messages')


def _worst_attack(what: str) -> Callable[[Medians], float]:
    return lambda m: max(m('attacks', f'{what}, most times', attack) for attack in m.kept['attacks']['found'])


WANTS = [
    Want('one message to the last of 1,000 browsers, to `original`',
         lambda m: m.ratio('fan-out', 'last ms', 'chatroom', 'original'), most=0.6, unit=' x'),
    Want('the worst of it, to its median',
         lambda m: m('fan-out', 'worst ms') / m('fan-out', 'last ms'), most=2, unit=' x'),
    Want('messages/s to 1,000 browsers, stored, p99 within 400 ms', lambda m: m('sustained', 'messages/s'), least=500),
    Want('deliveries/s in it', lambda m: m('sustained', 'deliveries/s'), least=500_000),
    Want('durable posts/s, 8 programs with 64 in flight each', lambda m: m('posts', 'posts/s'), least=800),
    Want('`/chat` opened 16 at a time, 100,000 messages, pages/s', lambda m: m('pages', 'pages/s'), least=120),
    Want('server memory per browser, 1,000 connected, 20 rooms',
         lambda m: m('memory', 'KB/browser'), most=130, unit=' KB'),
    Want('its growth while 10,000 messages flow', lambda m: m('memory', 'grown KB/browser'), most=5, unit=' KB'),
    Want('idle CPU, 1,000 connected', lambda m: m('memory', 'idle core %'), most=5, unit=' % of a core'),
    Want('send-to-seen p99 while 50 people log in, to the quiet one',
         lambda m: m('logins', 'p99 ms') / m('logins', 'quiet p99 ms'), most=3, unit=' x'),
    Want('1,000 pages caught up after a restart', lambda m: m('reconnect', 'seconds'), most=15, unit=' s'),
    Want('opening with 1,000,000 messages, to 1,000', _history('open ms'), most=1.3, unit=' x'),
    Want('scrolling with 1,000,000 messages, to 1,000', _history('scroll ms'), most=1.3, unit=' x'),
    Want('posting with 1,000,000 messages, to 1,000', _history('post ms'), most=1.3, unit=' x'),
    Want('searching a rare word in 1,000,000 messages, to 1,000', _history('rare word ms'), most=1.3, unit=' x'),
    Want('searching a common word in 1,000,000 messages, to 1,000', _history('common word ms'), most=1.3, unit=' x'),
    Want('packets per message and browser: 20 rooms, 1,000 members, 200 connected',
         lambda m: m('packets', 'packets/message/browser'), most=1),
    Want('one message elsewhere to the marks of 1,000 sidebars, to one in the room that is shown',
         lambda m: m('elsewhere', 'last ms') / m('fan-out', 'last ms'), most=1.3, unit=' x'),
    Want('presence packets per browser while 1,000 people come back',
         lambda m: m('presence', 'packets', 'all come back') / 1_000, most=15),
    Want('opening an old message among 100,000', lambda m: m('switching', 'around an old message ms'), 150, unit=' ms'),
    Want('Chromium, cold load to a letter in the composer', lambda m: m('chromium', 'cold load ms'), 1_000, unit=' ms'),
    Want('bytes of it on the wire', lambda m: m('chromium', 'cold KB'), most=350, unit=' KB'),
    Want('Chromium, warm load', lambda m: m('chromium', 'warm load ms'), most=500, unit=' ms'),
    Want('packets sent while 30 keys are typed', lambda m: m('chromium', 'packets for 30 keys'), most=1),
    Want('what somebody else waits in the worst attack, to quiet: p50', _worst_attack('p50'), most=10, unit=' x'),
    Want('and the worst of it', _worst_attack('worst'), most=10, unit=' x'),
    Want('start of the process to the first page', lambda m: m('start', 'seconds'), most=2.5, unit=' s'),
]


def table(name: str, found: Found) -> str:
    """Return one part as a Markdown table: the median, and the lowest and highest of the rounds."""
    lines = [f'### {name}', '', '| run | figure | median | rounds |', '|---|---|---:|---|']
    for label, figures in found.items():
        for figure, values in figures.items():
            rounds = ' to '.join(map(_short, (min(values), max(values))))
            lines.append(f'| {label} | {figure} | {_short(statistics.median(values))} | {rounds} |')
    return '\n'.join(lines)


def keep(name: str, found: Found) -> None:
    """Store the figures of these runs, in place of their earlier ones."""
    kept = _kept()
    before = kept[name]['found'] if name in kept else {}
    kept[name] = {'where': _where(), 'found': before | found}
    KEPT.write_text(json.dumps(kept, indent=1) + '\n')


def write() -> None:
    """Write RESULTS.md and the plot from the stored figures."""
    kept = _kept()
    by_hand = RESULTS.read_text().partition(BY_HAND)[2] if RESULTS.exists() else '\n'
    lines = ['# Results', '', INTRODUCTION, '',
             '| what | wanted | measured | met |', '|---|---|---|---|',
             *filter(None, (want.row(Medians(kept)) for want in WANTS)), '', '![](send-to-seen.png)', '']
    for name, part in kept.items():
        lines += [table(name, part['found']), '', part['where'], '']
    RESULTS.write_text('\n'.join(lines) + '\n' + BY_HAND + by_hand)
    if 'sustained' in kept:
        found = json.dumps(kept['sustained']['found'])
        subprocess.run([python_of_peers(), FOLDER / 'plot.py', PLOT], input=found, text=True, check=True)


def _kept() -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    return kept


def _where() -> str:
    """Return the date, the machine, the versions and the commit."""
    commit = subprocess.check_output(['git', 'describe', '--always', '--dirty'], text=True)
    versions = ', '.join(f'{name} {version(name)}' for name in ('nicegui', 'python-socketio', 'uvicorn', 'peewee'))
    return (f'{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({_processor()}), {platform.system()}, '
            f'Python {platform.python_version()}, {versions}, peers as in peers/requirements.txt, '
            f'commit {commit.strip()}.')


def _processor() -> str:
    """Return the name of the processor, or else the type of the machine."""
    about = Path('/proc/cpuinfo')
    found = re.search(r'model name\s*: (.+)', about.read_text()) if about.exists() else None
    return found[1] if found else platform.machine()


def _short(value: float) -> str:
    digits = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2
    return f'{value:,.{digits}f}'
