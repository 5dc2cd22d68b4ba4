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

import auth  # noqa: E402
import models  # noqa: E402
from chat import live, messages  # noqa: E402
from hub import hub  # noqa: E402

shift = 0.0
delay = 0.0
released = asyncio.Event()
released.set()
real_time = time.time


class ShiftedDatetime(datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + timedelta(seconds=shift)


models.datetime = ShiftedDatetime
time.time = lambda: real_time() + shift


async def edit(sid, message_id, text):
    return live.html(await messages.edit(hub.socket(sid).user_id, message_id, text))


async def delete(sid, message_id):
    return live.html(await messages.delete(hub.socket(sid).user_id, message_id))


async def hold(sid):
    """From now on the newest page of a room is read only after `release`, by whoever is let in before."""
    released.clear()


async def release(sid):
    released.set()


async def set_delay(sid, seconds):
    """From now on it takes so long to use what was looked up: who makes a connection, and what people see of a room."""
    global delay
    delay = seconds


async def find_late(token):
    found = await find(token)
    await asyncio.sleep(delay)
    return found


def seen_late(keys):
    found = seen_by(keys)
    time.sleep(delay)
    return found


async def newest_page_when_released(room_id):
    await released.wait()
    return await newest_page(room_id)


async def set_clock(sid, seconds):
    global shift
    shift = seconds


async def inside(sid):
    return {'tasks': len(asyncio.all_tasks()), 'clients': len(Client.instances), 'sockets': len(core.sio.eio.sockets),
            'people': len(hub._sockets)}


newest_page, live.newest_page = live.newest_page, newest_page_when_released
find, auth.find = auth.find, find_late
seen_by, live._seen_by = live._seen_by, seen_late
for name, door in (('edit', edit), ('delete', delete), ('clock', set_clock), ('inside', inside), ('hold', hold),
                   ('release', release), ('delay', set_delay)):
    core.sio.on(f'test_{name}', door)
runpy.run_path(str(ROOT / 'main.py'), run_name='__main__')
