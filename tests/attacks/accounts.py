"""Accounts in this process, where it can be seen what is hashed."""
import threading
from contextlib import asynccontextmanager
from pathlib import Path

import bcrypt

import auth
import database
import settings
from accounts import hashing
from database import migrations


@asynccontextmanager
async def accounts():
    """The accounts of the database that is set."""
    path = settings.load().database
    migrations.prepare(Path(path))
    database.start(path, lambda changes: None)
    auth.start()
    try:
        yield
    finally:
        await auth.stop()
        await database.stop()


class Hashes:
    """Counts what is hashed, by cost; `hold` lets every hash wait for `release`, though not for ever."""

    def __init__(self, monkeypatch):
        self.costs, self.passwords, self.begun = [], [], []
        self.is_held, self.permits = False, threading.Semaphore(0)
        for name in ('checkpw', 'hashpw'):
            monkeypatch.setattr(hashing.bcrypt, name, self._counting(getattr(bcrypt, name)))

    def _counting(self, function):
        def counting(password, salt):
            self.begun.append(password.decode())
            if self.is_held:
                self.permits.acquire(timeout=20)
            self.passwords.append(password.decode())
            self.costs.append(int(salt[4:6]))
            return function(password, salt)

        return counting

    def hold(self):
        self.is_held = True

    def release(self, count=None):
        """Let so many of those that wait go on, or everybody."""
        self.is_held = self.is_held and count is not None
        self.permits.release(count or 1_000)
