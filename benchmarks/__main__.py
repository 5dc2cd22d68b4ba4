"""`python -m benchmarks [PART ...]`: our app beside its peers, in turns, three rounds on fresh databases.

Prints tables and writes them into benchmarks/RESULTS.md. Where the system allows, the server has one core and the load
another one.
"""
import argparse
import asyncio
import os
import platform
import statistics
import subprocess
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from . import workloads
from .apps import LOAD_CORE, App, Original, Ours, Tutorial, Usual, pin
from .workloads import Figures

ROUNDS = 3
RESULTS = Path(__file__).parent / 'RESULTS.md'
Run = Callable[[], Awaitable[Figures]]


def parts() -> dict[str, dict[str, Run]]:
    """Each part has the runs that are compared."""
    def fan_out(browsers: int, *kinds: type[App]) -> dict[str, Run]:
        return {f'{kind.name}, {browsers} browsers': lambda kind=kind: workloads.fan_out(kind, browsers)  # type: ignore[misc]
                for kind in kinds}

    return {
        'fan-out': fan_out(1_000, Ours, Original),
        'fan-out-100': fan_out(100, Ours, Original, Usual, Tutorial),
        'sustained': {f'{rate} messages/s, 1000 browsers': lambda rate=rate: workloads.sustained(Ours, 1_000, rate)  # type: ignore[misc]
                      for rate in (100, 500, 1_000)},
        'posts': {'8 programs, 64 in flight each': lambda: workloads.posts(Ours)},
        'pages': {'/chat, 16 at a time, 100,000 messages': lambda: workloads.pages(Ours)},
        'memory': {'1000 browsers': lambda: workloads.memory(Ours, 1_000)},
        'logins': {'50 people log in, 100 browsers': lambda: workloads.logins(Ours)},
        'start': {'process to first page': lambda: workloads.start(Ours)},
    }


async def measure(name: str) -> str:
    """One part, in turns; a table in Markdown: the median, and the lowest and highest of the rounds."""
    runs = parts()[name]
    found: dict[str, list[Figures]] = {}
    for _ in range(ROUNDS):
        for label, run in runs.items():
            found.setdefault(label, []).append(await run())
    lines = [f'### {name}', '', '| run | figure | median | rounds |', '|---|---|---:|---|']
    for label, rounds in found.items():
        for figure in rounds[0]:
            values = [figures[figure] for figures in rounds]
            lines.append(f'| {label} | {figure} | {statistics.median(values):,.1f} '
                         f'| {min(values):,.1f} to {max(values):,.1f} |')
    return '\n'.join(lines)


def where() -> str:
    """The machine, the versions and the commit."""
    commit = subprocess.run(['git', 'rev-parse', '--short', 'HEAD'], capture_output=True, text=True, check=False).stdout
    return (f'{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}), '
            f'Python {platform.python_version()}, commit {commit.strip()}. '
            f'Server on one core, load on another. Medians of {ROUNDS} rounds.')


def main() -> None:
    """Measure the parts that were named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('part', nargs='*', help=', '.join(parts()))
    chosen = parser.parse_args().part or list(parts())
    pin(os.getpid(), LOAD_CORE)
    tables = []
    for name in chosen:
        tables.append(asyncio.run(measure(name)))
        print(tables[-1], end='\n\n', flush=True)
        RESULTS.write_text('# Results\n\n' + where() + '\n\n' + '\n\n'.join(tables) + '\n')


if __name__ == '__main__':
    main()
