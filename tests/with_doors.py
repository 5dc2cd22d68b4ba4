"""The server, with events for what has no button yet: editing and deleting one's own messages."""
import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[0] = str(ROOT)

from nicegui import core  # noqa: E402

import api  # noqa: E402
from chat import messages  # noqa: E402
from hub import hub  # noqa: E402


async def edit(sid, message_id, text):
    return api.live.html(await messages.edit(hub.socket(sid).user_id, message_id, text))


async def delete(sid, message_id):
    return api.live.html(await messages.delete(hub.socket(sid).user_id, message_id))


core.sio.on('test_edit', edit)
core.sio.on('test_delete', delete)
runpy.run_path(str(ROOT / 'main.py'), run_name='__main__')
