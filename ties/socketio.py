"""Socket.IO's own handlers of Engine.IO connections, which ours replace and call."""
from typing import Any

from nicegui import core
from socketio.packet import CONNECT


async def opened(eio_sid: str, environ: dict[str, Any]) -> None:
    """Let Socket.IO handle a new Engine.IO connection."""
    await core.sio._handle_eio_connect(eio_sid, environ)


async def received(eio_sid: str, data: str) -> None:
    """Let Socket.IO handle a message of a connection. Raises whatever Socket.IO raises for a malformed one."""
    await core.sio._handle_eio_message(eio_sid, data)
    if data.startswith(str(CONNECT)) and eio_sid not in core.sio.environ:
        # a polling connection that ended meanwhile: Socket.IO misses the disconnect of a socket that is connecting
        await core.sio._handle_eio_disconnect(eio_sid, core.sio.reason.TRANSPORT_CLOSE)
