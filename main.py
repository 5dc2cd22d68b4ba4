"""Start here: `python main.py`."""
import os
import signal

IS_SIMULATED = 'NICEGUI_USER_SIMULATION' in os.environ
'''NiceGUI's User fixture runs this file inside of pytest.'''
if not IS_SIMULATED:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C while the imports run is no error of theirs

import argparse
import asyncio
import gc
import logging
import socket
import sqlite3
import sys
import warnings
from pathlib import Path
from types import FrameType

from nicegui import app, ui

import api
import auth
import backup
import database
import files
import guard
import migrations
import settings
import sockets
from chat import index, live
from errors import SetupError
from hub import hub
from pages import chat as chat_page
from pages import clients, theme
from pages import entry as entry_page
from pages import events as page_events

__all__ = ['entry_page']

RECONNECT_SECONDS = 30.0
'''For so long a page that lost its connection is kept; a later one reloads.'''
SHUTDOWN_SECONDS = 2
SQLITE = (3, 35)
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def main() -> None:
    """Prepare everything, then run until told to stop. A start that can't work ends with status 2 and one sentence."""
    if not IS_SIMULATED:
        tame_output()
        for number in SIGNALS:
            signal.signal(number, leave_early)
    try:
        chosen = settings.load()
        path = chosen.database.resolve()
        if not IS_SIMULATED and sys.argv[1:]:
            command(path)
            return
        if not IS_SIMULATED:
            check_machine(chosen)
            files.claim(path)
        migrations.prepare(path)
        index.prepare(path)
    except SetupError as error:
        print(f'chatroom: {error}', file=sys.stderr)
        sys.exit(2)
    sockets.install()
    clients.install()
    guard.install()
    api.install(chat_page.revive, page_events.EVENTS)
    theme.install()
    app.on_startup(start)
    app.on_shutdown(stop)
    if not IS_SIMULATED:
        quiet_garbage_collector()
    try:
        ui.run(
            host=chosen.host, port=chosen.port, title=theme.TITLE, viewport=theme.VIEWPORT, favicon=theme.FAVICON,
            dark=None, language='en-US', tailwind=False, show=False, reload=False, show_welcome_message=False,
            binding_refresh_interval=None, reconnect_timeout=RECONNECT_SECONDS, message_history_length=100,
            ws_per_message_deflate=False, ws_ping_interval=None, timeout_graceful_shutdown=SHUTDOWN_SECONDS)
    finally:
        if not IS_SIMULATED:
            database.halt()


def command(database_path: Path) -> None:
    """`backup FILE` and `restore FILE`."""
    parser = argparse.ArgumentParser(prog='main.py', description='Without a command: start the chat.')
    parser.add_argument('command', choices=['backup', 'restore'])
    parser.add_argument('file', type=Path, help='the backup')
    chosen = parser.parse_args()
    if chosen.command == 'backup':
        backup.backup(database_path, chosen.file.absolute())
        say(f'The backup is {chosen.file}.')
    else:
        kept = backup.restore(database_path, chosen.file.absolute())
        say(f'{chosen.file} is restored.' + (f' What it replaced is kept as {kept.name}.' if kept else ''))


def start() -> None:
    """Build what needs the running loop."""
    chosen = settings.current()
    database.start(chosen.database.resolve(), live.publish)
    auth.start()
    index.start()
    if not IS_SIMULATED:
        for number in SIGNALS:
            leave_on(number)
        host = 'localhost' if chosen.host == '127.0.0.1' else chosen.host
        say(f'Chatroom is ready at http://{f"[{host}]" if ":" in host else host}:{chosen.port}')


async def stop() -> None:
    """Store what was accepted, and end every thread."""
    await auth.stop()
    await index.stop()
    await database.stop()
    await hub.stop()
    live.stop()


def tame_output() -> None:
    """Nobody may be listening, and what is said may have letters that the terminal lacks."""
    for name in ('stdout', 'stderr'):
        stream = getattr(sys, name) or Path(os.devnull).open('w')  # noqa: SIM115
        stream.reconfigure(errors='backslashreplace')
        setattr(sys, name, stream)


def say(text: str) -> None:
    """Print, if anybody listens."""
    try:
        print(text, flush=True)
    except OSError:
        sys.stdout = Path(os.devnull).open('w')  # noqa: SIM115


def leave_early(number: int, *_: object) -> None:
    """End a start that is under way, a server that has stopped, or a command, which then was not carried out."""
    warnings.simplefilter('ignore')  # about what was being made and will not be used
    sys.exit(128 + number if sys.argv[1:] else 0)


def leave_on(number: signal.Signals) -> None:
    """Close all sockets as soon as the signal comes, for the server waits for them; a second signal changes nothing."""
    loop = asyncio.get_running_loop()
    end_server = signal.getsignal(number)

    def leave(received: int, frame: FrameType | None) -> None:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        logging.getLogger('uvicorn.error').setLevel(logging.CRITICAL)  # which requests it had to cut off
        asyncio.run_coroutine_threadsafe(sockets.hang_up_all(), loop)
        if callable(end_server):
            end_server(received, frame)

    signal.signal(number, leave)


def check_machine(chosen: settings.Settings) -> None:
    """Raise SetupError while nothing is changed yet."""
    if sqlite3.sqlite_version_info < SQLITE:
        raise SetupError(f'SQLite {sqlite3.sqlite_version} is too old: this needs {SQLITE[0]}.{SQLITE[1]} or later.')
    try:
        info = socket.getaddrinfo(chosen.host, chosen.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(info[0], info[1]) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # or a restart right after a kill is refused
            probe.bind(info[4])
    except (OSError, UnicodeError) as error:
        reason = getattr(error, 'strerror', None) or 'this is no address'
        raise SetupError(f"The server can't listen on {chosen.host} port {chosen.port}: {reason}. "
                         'Set CHATROOM_HOST or CHATROOM_PORT to another one.') from None


def quiet_garbage_collector() -> None:
    """With Python's defaults, full collections over NiceGUI's objects stop the loop for 400 ms at 1,000 browsers."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)


if __name__ in {'__main__', '__mp_main__'}:
    main()
