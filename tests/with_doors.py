"""The server, with events for what has no button: editing and deleting, another time of day, a look inside."""
import asyncio
import runpy
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[0] = str(ROOT)

from nicegui import Client, core  # noqa: E402

import api  # noqa: E402
import models  # noqa: E402
from chat import messages  # noqa: E402
from hub import hub  # noqa: E402

shift = 0.0
real_time = time.time


class ShiftedDatetime(datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + timedelta(seconds=shift)


models.datetime = ShiftedDatetime
time.time = lambda: real_time() + shift


async def edit(sid, message_id, text):
    return api.live.html(await messages.edit(hub.socket(sid).user_id, message_id, text))


async def delete(sid, message_id):
    return api.live.html(await messages.delete(hub.socket(sid).user_id, message_id))


async def set_clock(sid, seconds):
    global shift
    shift = seconds


async def inside(sid):
    return {'tasks': len(asyncio.all_tasks()), 'clients': len(Client.instances), 'sockets': len(core.sio.eio.sockets)}


for name, door in (('edit', edit), ('delete', delete), ('clock', set_clock), ('inside', inside)):
    core.sio.on(f'test_{name}', door)
runpy.run_path(str(ROOT / 'main.py'), run_name='__main__')
