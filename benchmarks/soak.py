"""`python -m benchmarks.soak --minutes N`: find memory or other resources of the server that grow without end.

While messages are sent, 100 pages are connected, each replaced by another after 5 to 25 seconds, half of them without
closing the connection. Prints what the server process holds, and how that changed per hour after the warm-up (the first
quarter): the slope of a straight line through the figures.
"""
import argparse
import asyncio
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp

from tests.running import WITH_DOORS, Browser, Program, Server, browsing

CONNECTIONS = 100
SECONDS = (5, 25)
'''The shortest and the longest life of a connection.'''
MESSAGES_PER_SECOND = 10
CACHED_MESSAGES = 30_000
SAMPLE_SECONDS = 15
SHOWN_EVERY = 8
'''Samples per printed line.'''
FIGURES = ('memory KB', 'open files', 'threads', 'tasks', 'clients', 'sockets')


async def main(minutes: float) -> None:
    """Run the server and its load for some minutes, and print the figures."""
    print(f'{"minute":>6}', *(f'{name:>11}' for name in FIGURES), f'{"pages":>7}', f'{"messages":>9}')
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder), main=WITH_DOORS) as server:
        async with browsing() as session, server.program('ann') as ann:
            counts = {'pages': 0, 'messages': 0}
            await fill_caches(ann)
            cookie = await asyncio.to_thread(server.cookie, 'bob')
            working = [asyncio.create_task(come_and_go(session, server, cookie, counts)) for _ in range(CONNECTIONS)]
            working.append(asyncio.create_task(talk(ann, counts)))
            samples = await watch(server, ann, minutes, counts)
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)
        assert 'Traceback' not in server.log
    print_trend(samples[len(samples) // 4:])


async def come_and_go(session: aiohttp.ClientSession, server: Server, cookie: dict[str, str],
                      counts: dict[str, int]) -> None:
    """Keep one of the 100 connections: open one page after the other."""
    while True:
        browser = await Browser().open(session, server, cookie)
        counts['pages'] += 1
        await asyncio.sleep(random.uniform(*SECONDS))  # noqa: S311
        await (browser.close() if counts['pages'] % 2 else browser.vanish())


async def fill_caches(program: Program) -> None:
    """Fill SQLite's caches (up to 4 MB per connection), or filling them would look like growth for an hour."""
    for _ in range(0, CACHED_MESSAGES, 200):
        await asyncio.gather(*(program.ask('send_message', 'x' * 100) for _ in range(200)))
    before = 2**62
    for _ in range(0, CACHED_MESSAGES, 200):
        page = await program.ask('history', {'room': 1, 'before': before, 'limit': 200})
        before = page['messages'][0]['id']
    program.heard.clear()


async def talk(program: Program, counts: dict[str, int]) -> None:
    """Send messages of 100 bytes, with a pause of 1 / MESSAGES_PER_SECOND after each."""
    while True:
        answer = await program.ask('send_message', f'{counts["messages"]:8} ' + 'x' * 91)
        counts['messages'] += 'id' in answer
        program.heard.clear()
        await asyncio.sleep(1 / MESSAGES_PER_SECOND)


async def watch(server: Server, program: Program, minutes: float, counts: dict[str, int]) -> list[list[float]]:
    """Take and print samples; return a row of figures for each, beginning with the minute."""
    samples: list[list[float]] = []
    started = time.monotonic()
    while (minute := (time.monotonic() - started) / 60) < minutes:
        samples.append([minute, *await figures(server, program)])
        if len(samples) % SHOWN_EVERY == 1:
            print(f'{minute:6.1f}', *(f'{figure:11.0f}' for figure in samples[-1][1:]), f'{counts["pages"]:7}',
                  f'{counts["messages"]:9}', flush=True)
        await asyncio.sleep(SAMPLE_SECONDS)
    return samples


async def figures(server: Server, program: Program) -> list[float]:
    """Return what the server holds now, in the order of FIGURES."""
    assert server.process
    process = Path(f'/proc/{server.process.pid}')
    inside: dict[str, Any] = await program.ask('test_inside')
    return [server.memory() / 1000, len(list((process / 'fd').iterdir())), len(list((process / 'task').iterdir())),
            inside['tasks'], inside['clients'], inside['sockets']]


def print_trend(samples: list[list[float]]) -> None:
    """Print the change of each figure per hour, its median and its range, after the warm-up."""
    hours = [sample[0] / 60 for sample in samples]
    print('\nAfter the warm-up, change per hour:')
    for i, name in enumerate(FIGURES, 1):
        values = [sample[i] for sample in samples]
        slope = statistics.linear_regression(hours, values).slope
        print(f'{name:>11}: {slope:+8.1f}   median {statistics.median(values):.0f}, '
              f'{min(values):.0f} to {max(values):.0f}')


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--minutes', type=float, default=20)
    asyncio.run(main(parser.parse_args().minutes))
