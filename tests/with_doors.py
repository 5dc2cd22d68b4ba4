"""The server, with events for what has no button: editing and deleting, another time of day, a look inside."""
import asyncio
import gc
import runpy
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[0] = str(ROOT)

from nicegui import Client, core  # noqa: E402

import auth  # noqa: E402
import limits  # noqa: E402
import models  # noqa: E402
from chat import live, messages  # noqa: E402
from doors.events import actor_at  # noqa: E402
from hub import sockets  # noqa: E402
from ties import engineio  # noqa: E402

shift = 0.0
delay = 0.0
looked_up = written_at_once = 0
spent = ''
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
    return live.html(await messages.edit(actor_at(sockets.socket(sid)), message_id, text))


async def delete(sid, message_id):
    return live.html(await messages.delete(actor_at(sockets.socket(sid)), message_id))


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
    global looked_up
    found = await find(token)
    looked_up += 1
    await asyncio.sleep(delay)
    looked_up -= 1
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
            'people': len(sockets._sockets), 'held': sum(map(sockets.held, sockets.users())), 'looked_up': looked_up,
            'written_at_once': written_at_once}


async def tell(sid, event, data):
    """To everybody who is connected."""
    await core.sio.emit(event, data)


async def collect(sid):
    """What is garbage is not held: the server itself collects it seldom."""
    gc.collect()


async def hurry(sid):
    """From now on who is gone is forgotten after seconds, and not after a minute."""
    core.app.config.reconnect_timeout = core.sio.eio.ping_interval = core.sio.eio.ping_timeout = 2
    Client.prune_instances.__func__.__kwdefaults__['client_age_threshold'] = 2


async def spend(sid, kind):
    """From now on all of this kind that anybody may ask for was asked for just before."""
    global spent
    spent = kind


def after_spending(kind, check):
    def checked(user_id, cost=1):
        while spent == kind:
            check(user_id)
        check(user_id, cost)

    return checked


def write_and_count(socket, frame):
    global written_at_once
    is_written = write(socket, frame)
    written_at_once += is_written
    return is_written


write, engineio.QuickSocket.write = engineio.QuickSocket.write, write_and_count
newest_page, live.newest_page = live.newest_page, newest_page_when_released
find, auth.find = auth.find, find_late
seen_by, live._seen_by = live._seen_by, seen_late
for kind in ('look', 'signal'):
    setattr(limits, f'check_{kind}', after_spending(kind, getattr(limits, f'check_{kind}')))
for name, door in (('edit', edit), ('delete', delete), ('clock', set_clock), ('inside', inside), ('hold', hold),
                   ('release', release), ('delay', set_delay), ('tell', tell), ('collect', collect), ('hurry', hurry), ('spend', spend)):
    core.sio.on(f'test_{name}', door)
runpy.run_path(str(ROOT / 'main.py'), run_name='__main__')
