"""What was acknowledged, what is stored, what was seen: exactly."""
import asyncio
import sqlite3
from contextlib import closing, suppress

from socketio.exceptions import ConnectionError, SocketIOError  # noqa: A004

from tests.running import Program


class Sender:
    """A program that repeats each message, with its `client_id`, until it is acknowledged, through any disconnection."""

    def __init__(self, server, name):
        self.server, self.name = server, name
        self.token = None
        self.acknowledged: dict[str, dict] = {}
        self.attempts = 0
        self.seen: dict[int, int] = {}
        self.since = 0
        self.program = None

    async def connect(self):
        while True:
            with suppress(ConnectionError, RuntimeError, OSError, TimeoutError):
                self.program = Program()
                self.program.sio.on('receive_message', self.hear)
                await self.program.connect(self.server, self.token)
                return
            await asyncio.sleep(0.1)

    def hear(self, message):
        self.seen[message['id']] = self.seen.get(message['id'], 0) + 1

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
    """The messages by client_id; the file must be whole."""
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute('PRAGMA integrity_check').fetchone() == ('ok',)
        assert connection.execute('PRAGMA foreign_key_check').fetchone() is None
        rows = connection.execute('SELECT client_id, id, body, revision FROM messages ORDER BY id').fetchall()
        (revision,) = connection.execute('SELECT revision FROM rooms WHERE id = 1').fetchone()
    assert [row[3] for row in rows] == sorted(row[3] for row in rows)
    assert revision == max((row[3] for row in rows), default=0)
    return rows
