"""`python -m tests.attacks.fuzz --inputs 10000 --seed 1`: raw bytes to the port of a server, beside a member who chats.

At the end there is no traceback in the log and no 500 among the answers, the member's every message was answered, and
the server holds as many sockets and clients as before and no more memory. What fails is tried again one by one, so
that the input is known by its number: `--only N` sends that one again.
"""
import argparse
import asyncio
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.running import WITH_DOORS, Program, Server

from .grammar import CLIENT, ENTRY, SESSION, SID, Input, make
from .raw import PROGRAM, Connection, LoadedPage, connected, opened_polling

AT_ONCE = 24
WARM_UP = 400
'''Inputs after which caches are full.'''
TOLERANCE = 12_000_000
'''Bytes of memory that come and go.'''
FRESH_EVERY = 10 * AT_ONCE
'''Inputs after which the member logs in again, and opens pages anew.'''
WAIT_SECONDS_FIRST, WAIT_SECONDS, WAIT_SECONDS_LAST = 0.3, 0.01, 0.1
'''For an answer that may never come.'''
SETTLE_SECONDS = 60
'''In which those who are gone must be forgotten.'''
MESSAGE_EVERY = 0.3
HELD = ('clients', 'sockets', 'people')
FAILED = re.compile(rb'HTTP/1\.1 50\d .*')
ADDRESS = re.compile(r'0x[0-9a-f]+')
TRACEBACK = re.compile(r'^Traceback .*\n(?: .*\n)*?( +File .*\n(?: {4}.*\n)*)(\w.*)$', re.MULTILINE)


@dataclass
class Fuzz:
    """A server, and what was found in it."""

    server: Server
    seed: int
    found: dict[str, str] = field(default_factory=dict)
    '''What is wrong, each of its kind once, and who may have done it.'''
    sent: Counter[str] = field(default_factory=Counter)
    answered: int = 0
    read: int = 0
    '''Letters of the log.'''
    names: dict[str, str] = field(default_factory=dict)

    async def run(self, numbers: Sequence[int], until: float = float('inf')) -> None:
        """Send these inputs, some at a time, as long as there is time."""
        for at in range(0, len(numbers), AT_ONCE):
            if time.monotonic() > until:
                break
            if at % FRESH_EVERY == 0:
                await self.give_names()
            batch = numbers[at:at + AT_ONCE]
            answers = await asyncio.gather(*(self.send(make(self.seed, number)) for number in batch))
            for number, answer in zip(batch, answers, strict=True):
                for status in FAILED.findall(answer):
                    self.found.setdefault(status.decode(), f'[{number}]')
            for trace in self.new_tracebacks():
                self.found.setdefault(trace, f'{list(batch)}')

    async def give_names(self) -> None:
        """What a server gives out."""
        cookie = await asyncio.to_thread(self.server.cookie, 'mallory')
        chat, entry = await asyncio.gather(*(asyncio.to_thread(LoadedPage, self.server.port, path, who)
                                             for path, who in (('/chat', cookie), ('/', None))))
        self.names = {SESSION: cookie['chatroom_session'], CLIENT: chat.client_id, ENTRY: entry.client_id, SID: ''.ljust(len(SID))}
        assert all(len(name) == len(value) for name, value in self.names.items()), self.names

    async def send(self, made: Input) -> bytes:
        """All that came back."""
        self.sent[made.kind] += 1
        answer = b''
        if made.kind == 'polling':  # a session ends with its first mistake
            self.names[SID] = await opened_polling(self.server.port, PROGRAM, {'chatroom_session': self.names[SESSION]})
        async with connected(self.server.port) as connection:
            for i, piece in enumerate(made.pieces):
                await asyncio.wait_for(connection.send(self.named(piece)), 10)
                answer += await self.comes(connection, WAIT_SECONDS if i else WAIT_SECONDS_FIRST)
            if made.says_goodbye and connection.writer.can_write_eof():
                with suppress(OSError):
                    connection.writer.write_eof()
            while more := await self.comes(connection, WAIT_SECONDS_LAST):
                answer += more
        return answer

    async def comes(self, connection: Connection, seconds: float) -> bytes:
        """What comes in this time, if anything does."""
        with suppress(TimeoutError, ConnectionError):
            return await asyncio.wait_for(connection.reader.read(1_000_000), seconds)
        return b''

    def named(self, piece: bytes) -> bytes:
        """With what this server gave out; a mask of zeros keeps names as they are."""
        for name, value in self.names.items():
            piece = piece.replace(name.encode(), value.encode())
        return piece

    def new_tracebacks(self) -> list[str]:
        """Those that were logged since this was asked before: where each arose, and what it was."""
        text, self.read = self.server.log[self.read:], len(self.server.log)
        return [ADDRESS.sub('0x', '\n'.join(trace.group(1, 2))) for trace in TRACEBACK.finditer(text)]

    async def chat(self, program: Program) -> None:
        """A member who writes all the time; each message is answered, and comes back."""
        while True:
            text = f'message {self.answered}'
            answer = await program.ask('send_message', {'message': text})
            if 'id' not in answer:
                self.found.setdefault(f'a message was answered {answer}', text)
            self.answered += 1
            await asyncio.sleep(MESSAGE_EVERY)


async def settled(program: Program, before: dict[str, int]) -> dict[str, Any]:
    """What the server holds once it has forgotten those who are gone, or after it should have."""
    until = time.monotonic() + SETTLE_SECONDS
    while True:
        inside: dict[str, Any] = await program.ask('test_inside')
        if all(inside[name] <= before[name] for name in HELD) or time.monotonic() > until:
            await program.ask('test_collect')
            return inside
        await asyncio.sleep(0.5)


async def fuzz(server: Server, seed: int, numbers: Sequence[int], seconds: float = float('inf')) -> Fuzz:
    """Send inputs beside a member, after a warm-up, and look at what is left."""
    fuzzing = Fuzz(server, seed)
    async with server.program('ann') as ann:
        chatting = asyncio.create_task(fuzzing.chat(ann))
        await ann.ask('test_hurry')
        before = await ann.ask('test_inside')
        await fuzzing.run(range(-WARM_UP, 0), time.monotonic() + seconds)
        await settled(ann, before)
        memory, warm = server.memory(), sum(fuzzing.sent.values())
        await fuzzing.run(numbers, time.monotonic() + seconds)
        inside = await settled(ann, before)
        fuzzing.found |= {f'{inside[name]} {name} are left, and there were {before[name]}': 'all'
                          for name in HELD if inside[name] > before[name]}
        grown = server.memory() - memory
        if grown > TOLERANCE:
            fuzzing.found[f'{grown / 1e6:.1f} MB more are held'] = f'{sum(fuzzing.sent.values()) - warm} inputs'
        if chatting.done():
            fuzzing.found[f'message {fuzzing.answered} of the member was not answered'] = str(chatting)
        chatting.cancel()
        await asyncio.gather(chatting, return_exceptions=True)
    return fuzzing


async def culprits(seed: int, what: str, suspects: str) -> list[int]:
    """Return the inputs of a batch that leave this traceback alone, each on a server of its own."""
    guilty = []
    for number in map(int, re.findall(r'-?\d+', suspects)):
        with tempfile.TemporaryDirectory() as folder, Server(Path(folder), main=WITH_DOORS) as server:
            alone = Fuzz(server, seed)
            await alone.run([number])
            if what in alone.found or what in alone.new_tracebacks():
                guilty.append(number)
    return guilty


def show(made: Input) -> None:
    """An input, as it is sent."""
    print(made.kind, *made.pieces, sep='\n')


async def main(chosen: argparse.Namespace) -> int:
    """0 when nothing was found."""
    numbers = range(chosen.inputs) if chosen.only is None else [chosen.only]
    if chosen.only is not None:
        show(make(chosen.seed, chosen.only))
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder), main=WITH_DOORS, CHATROOM_RATE_LIMITS='on') as server:
        fuzzing = await fuzz(server, chosen.seed, numbers, chosen.seconds)
    print(f'{sum(fuzzing.sent.values())} inputs of seed {chosen.seed} ({dict(fuzzing.sent)}), {fuzzing.answered} messages answered.')
    for what, suspects in fuzzing.found.items():
        print(f'--- by {suspects}\n{what}')
        if suspects.startswith('[') and chosen.only is None:
            print(f'alone: --seed {chosen.seed} --only', await culprits(chosen.seed, what, suspects) or 'none of them')
    return bool(fuzzing.found)


if __name__ == '__main__':
    parser = argparse.ArgumentParser(prog='python -m tests.attacks.fuzz', description=__doc__)
    parser.add_argument('--inputs', type=int, default=10_000)
    parser.add_argument('--seed', type=int, default=random.randrange(10**6))
    parser.add_argument('--seconds', type=float, default=float('inf'), help='at most, for the inputs')
    parser.add_argument('--only', type=int, metavar='N', help='only the input of this number, which is shown, too')
    sys.exit(asyncio.run(main(parser.parse_args())))
