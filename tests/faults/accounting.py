"""What was acknowledged, what is stored, what was seen: exactly."""
import asyncio
import os
import re
import sqlite3
from contextlib import closing, suppress

from socketio.exceptions import ConnectionError, SocketIOError  # noqa: A004

from tests.running import Program

IS_FULL = os.environ.get('CHATROOM_FAULTS') == 'full'
'''`CHATROOM_FAULTS=full pytest tests/faults` takes the times and numbers that we promise; without it they are smaller.'''


class Sender:
    """A program that repeats each message, with its `client_id`, until it is acknowledged, through any disconnection.

    It reads, too: what it missed it asks for by revision whenever it is back.
    """

    def __init__(self, server, name):
        self.server, self.name = server, name
        self.token = None
        self.acknowledged: dict[str, dict] = {}
        self.attempts = 0
        self.heard: dict[int, int] = {}
        self.transcript: dict[int, str] = {}
        self.revision = 0
        self.program = None

    async def connect(self):
        since = self.revision  # before anything is heard live
        while True:
            with suppress(ConnectionError, RuntimeError, OSError, TimeoutError, SocketIOError):
                self.program = Program()
                self.program.sio.on('receive_message', self.hear)
                self.program.sio.on('message_changed', self.take)
                await self.program.connect(self.server, self.token)
                await self.catch_up(since)
                return
            await asyncio.sleep(0.1)

    async def catch_up(self, since):
        is_complete = False
        while not is_complete:
            answer = await self.program.sio.call('changes', {'room': 1, 'since': since}, timeout=2)
            for message in answer['changes']:
                self.take(message)
            since, is_complete = answer['revision'], answer['complete']

    def hear(self, message):
        self.heard[message['id']] = self.heard.get(message['id'], 0) + 1
        self.take(message)

    def take(self, message):
        self.revision = max(self.revision, message['revision'])
        if not message['system']:
            self.transcript[message['id']] = message['message']

    async def send(self, number):
        client_id = f'{self.name}-{number}'
        while client_id not in self.acknowledged:
            self.attempts += 1
            try:
                answer = await self.program.sio.call('send_message', {'message': client_id, 'client_id': client_id}, timeout=1)
            except (SocketIOError, TimeoutError):
                await self.connect()
            else:
                if 'id' in answer:
                    self.acknowledged[client_id] = answer
                else:
                    await asyncio.sleep(answer.get('retry_after', 0.2))


def stored(database):
    """What people wrote as (client_id, id, text, revision); the file must be whole, and its count of revisions right."""
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute('PRAGMA integrity_check').fetchone() == ('ok',)
        assert connection.execute('PRAGMA foreign_key_check').fetchone() is None
        rows = connection.execute('SELECT client_id, id, body, revision, system FROM messages ORDER BY id').fetchall()
        (revision,) = connection.execute('SELECT revision FROM rooms WHERE id = 1').fetchone()
        (times,) = connection.execute('SELECT count(DISTINCT revision) FROM messages').fetchone()
    assert times == len(rows)
    assert revision == max((row[3] for row in rows), default=0)
    return [row[:4] for row in rows if row[4] is None]


def texts_stored(database):
    """The texts that are there to be read, in order."""
    return [row[2] for row in stored(database) if row[2]]


async def texts_shown(page):
    """What the transcript of a page shows, with nothing pending, from top to bottom."""
    assert await page.locator('.pending').count() == 0
    shown = await page.locator('article:not([hidden]) .text').all_inner_texts()
    return [re.sub(r'\s*\(edited\)$', '', text) for text in shown]
