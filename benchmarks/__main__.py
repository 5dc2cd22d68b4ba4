"""`python -m benchmarks [PART ...]`: compare our app with its peers, alternately, three rounds on fresh databases.

Prints tables, stores the figures in benchmarks/results.json, and writes benchmarks/RESULTS.md from it. Where the system
allows, the server runs on one core and the load on another one.
"""
import argparse
import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from . import attacks, report, rooms, search, seed, workloads
from .apps import LOAD_CORE, App, Channels, Original, Ours, Usual, pin
from .chromium import chromium
from .workloads import Figures

ROUNDS = 3
RATES: dict[type[App], list[int]] = {
    Ours: [100, 250, 500, 750, 1_000, 1_250, 1_500, 2_000], Original: [1, 2, 4, 6, 8, 10, 15, 20]}
Run = Callable[[], Awaitable[Figures]]


def parts() -> dict[str, dict[str, Run]]:
    """Return the runs of each part, which are compared with each other."""
    def fan_out(kind: type[App], browsers: int, times: int) -> Run:
        return lambda: workloads.fan_out(kind, browsers, times)

    def sustained(kind: type[App]) -> Run:
        return lambda: workloads.sustained(kind, 1_000, RATES[kind])

    def attack(name: str) -> Run:
        return lambda: attacks.attack(name)

    def history(messages: int) -> Run:
        return lambda: workloads.history(Ours, messages)

    return {
        'fan-out': {kind.name: fan_out(kind, 1_000, 40) for kind in (Ours, Original)},
        'fan-out-100': {kind.name: fan_out(kind, 100, 20) for kind in (Ours, Original, Usual, Channels)},
        'sustained': {kind.name: sustained(kind) for kind in (Ours, Original)},
        'posts': {Ours.name: lambda: workloads.posts(Ours)},
        'pages': {Ours.name: lambda: workloads.pages(Ours)},
        'memory': {Ours.name: lambda: workloads.memory(Ours, 1_000)},
        'logins': {Ours.name: lambda: workloads.logins(Ours)},
        'reconnect': {Ours.name: lambda: workloads.reconnect(Ours)},
        'history': {f'{messages:,} messages': history(messages) for messages in (1_000, 1_000_000)},
        'packets': {Ours.name: lambda: rooms.packets(Ours)},
        'elsewhere': {Ours.name: lambda: rooms.elsewhere(Ours)},
        'presence': {'all come back': lambda: rooms.presence(Ours), 'all come': lambda: rooms.coming(Ours)},
        'switching': {Ours.name: lambda: rooms.switching(Ours)},
        'search': {Ours.name: lambda: search.search(Ours)},
        'chromium': {Ours.name: lambda: chromium(Ours)},
        'attacks': {name: attack(name) for name in attacks.ATTACKS},
        'render': {'text': workloads.render},
        'start': {Ours.name: lambda: workloads.start(Ours)},
    }


async def measure(runs: dict[str, Run], rounds: int) -> report.Found:
    """Run all rounds of one part; return the value of each figure in each round."""
    found: report.Found = {label: {} for label in runs}
    for _ in range(rounds):
        for label, run in runs.items():
            for figure, value in (await run()).items():
                found[label].setdefault(figure, []).append(value)
    return found


def main() -> None:
    """Measure the parts named on the command line, or all."""
    known = parts()
    parser = argparse.ArgumentParser(prog='python -m benchmarks', description=__doc__)
    parser.add_argument('part', nargs='*', metavar='PART', choices=[*known, *attacks.ATTACKS, []],
                        help=f'{", ".join(known)}; after "attacks" only some of them: {", ".join(attacks.ATTACKS)}')
    parser.add_argument('--seed', metavar='FILE', type=Path,
                        help=f'write a database with {seed.MESSAGES:,} messages to look at, and measure nothing')
    chosen = parser.parse_args()
    if chosen.seed:
        seed.write(chosen.seed)
        return
    pin(LOAD_CORE)
    if some := [name for name in chosen.part if name in attacks.ATTACKS]:
        known['attacks'] = {name: known['attacks'][name] for name in some}
    for name in [name for name in chosen.part if name in known] or known:
        found = asyncio.run(measure(known[name], 1 if name == 'attacks' else ROUNDS))
        print(report.table(name, found), end='\n\n', flush=True)
        report.keep(name, found)
    report.write()


if __name__ == '__main__':
    main()
