"""Start here: `python main.py`."""
import gc
import signal
import socket
import sqlite3
import sys
from contextlib import suppress

from nicegui import app, helpers, ui

import api
import auth
import database
import guard
import migrations
import settings
from chat import live
from errors import SetupError
from hub import hub
from pages import chat as chat_page
from pages import entry as entry_page
from pages import theme

__all__ = ['chat_page', 'entry_page']

RECONNECT_SECONDS = 30.0
'''For so long a page that lost its connection is kept; a later one reloads.'''
SHUTDOWN_SECONDS = 2
SQLITE = (3, 35)


def main() -> None:
    """Prepare everything, then run until told to stop. A start that can't work ends with status 2 and one sentence."""
    is_simulated = helpers.is_user_simulation()
    try:
        chosen = settings.load()
        if not is_simulated:
            check_machine(chosen)
        migrations.prepare(chosen.database)
    except SetupError as error:
        sys.exit(complain(str(error)))
    guard.install()
    api.install()
    theme.install()
    app.on_startup(start)
    app.on_shutdown(stop)
    if not is_simulated:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        quiet_garbage_collector()
    with suppress(KeyboardInterrupt):
        ui.run(
            host=chosen.host, port=chosen.port, title=theme.TITLE, viewport=theme.VIEWPORT, favicon=theme.FAVICON,
            dark=None, language='en-US', tailwind=False, show=False, reload=False, show_welcome_message=False,
            binding_refresh_interval=None, reconnect_timeout=RECONNECT_SECONDS, message_history_length=100,
            ws_per_message_deflate=False, timeout_graceful_shutdown=SHUTDOWN_SECONDS)


def start() -> None:
    """Build what needs the running loop."""
    chosen = settings.current()
    database.start(chosen.database, live.publish)
    auth.start()
    if not helpers.is_user_simulation():
        host = 'localhost' if chosen.host == '127.0.0.1' else chosen.host
        print(f'Chatroom is ready at http://{f"[{host}]" if ":" in host else host}:{chosen.port}', flush=True)


async def stop() -> None:
    """Store what was accepted, and end every thread."""
    await auth.stop()
    await database.stop()
    await hub.stop()
    live.stop()


def check_machine(chosen: settings.Settings) -> None:
    """Raise SetupError while nothing is changed yet."""
    if sqlite3.sqlite_version_info < SQLITE:
        raise SetupError(f'SQLite {sqlite3.sqlite_version} is too old: this needs {SQLITE[0]}.{SQLITE[1]} or later.')
    try:
        info = socket.getaddrinfo(chosen.host, chosen.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(info[0], info[1]) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # or a restart right after a kill is refused
            probe.bind(info[4])
    except OSError as error:
        raise SetupError(f"The server can't listen on {chosen.host} port {chosen.port}: {error.strerror}. "
                         'Set CHATROOM_HOST or CHATROOM_PORT to another one.') from None


def complain(sentence: str) -> int:
    """Tell the operator; return the exit status."""
    print(f'chatroom: {sentence}', file=sys.stderr)
    return 2


def quiet_garbage_collector() -> None:
    """With Python's defaults, full collections over NiceGUI's objects stop the loop for 400 ms at 1,000 browsers."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)


if __name__ in {'__main__', '__mp_main__'}:
    main()
