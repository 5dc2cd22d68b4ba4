"""Entry point: `python main.py` starts the server."""
import gc
import os
import signal

IS_SIMULATED = 'NICEGUI_USER_SIMULATION' in os.environ
'''Whether NiceGUI's User test fixture runs this file inside pytest.'''
if not IS_SIMULATED:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C during the imports ends the process without a traceback
    gc.disable()  # imported objects stay alive: collections that scan them take a tenth of the start-up time

import argparse
import asyncio
import logging
import socket
import sqlite3
import sys
import warnings
from pathlib import Path
from types import FrameType
from typing import NoReturn

from nicegui import app, core, ui
from uvicorn.config import STARTUP_FAILURE

import addresses
import auth
import database
import settings
from chat import live
from chat.search import index
from database import backup, files, migrations
from doors import compression, forms, gate, guard, packets, transports, turns
from doors import sockets as socket_doors
from errors import SetupError
from hub import sockets, wire
from pages import chat as chat_page
from pages import clients, plain, theme
from pages import entry as entry_page
from pages import events as page_events
from ties import logs, nicegui, uvicorn

__all__ = ['entry_page']

RECONNECT_SECONDS = 30.0
'''Seconds for which the server keeps a page's client after its connection is lost; later it is revived or reloads.'''
SHUTDOWN_SECONDS = 2
SQLITE = (3, 35)
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def main() -> None:
    """Run a command, or set up and run the server. A failed start prints one sentence and exits with status 2."""
    if not IS_SIMULATED:
        tame_output()
        logs.install()
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
        index.prepare(path, say)
    except SetupError as error:
        give_up(error)
    install(chosen)
    if not IS_SIMULATED:
        quiet_garbage_collector()
    try:
        ui.run(
            host=chosen.host, port=chosen.port, title=theme.TITLE, viewport=theme.VIEWPORT, favicon=theme.FAVICON,
            dark=None, language='en-US', tailwind=False, show=False, reload=False, show_welcome_message=False,
            binding_refresh_interval=None, reconnect_timeout=RECONNECT_SECONDS, message_history_length=100,
            http=uvicorn.Http, ws_per_message_deflate=False, ws_ping_interval=None, proxy_headers=False,
            server_header=False, log_config=None, access_log=False, timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            gzip_middleware_factory=compression.Compression)
    except SystemExit as ended:
        sys.exit(2 if ended.code == STARTUP_FAILURE else ended.code)
    finally:
        if not IS_SIMULATED:
            database.halt()


def install(chosen: settings.Settings) -> None:
    """Install our routes, middleware, event handlers and library patches in NiceGUI's application."""
    bound_connections(chosen)
    nicegui.install()
    wire.install(core.sio)
    clients.install()
    guard.install()
    gate.install(plain.answer)
    plain.install()
    packets.install()
    transports.install()
    forms.install()
    socket_doors.install(chat_page.revive, page_events.events)
    theme.install()
    app.on_startup(start)
    app.on_shutdown(stop)


def command(database_path: Path) -> None:
    """Run `backup FILE` or `restore FILE` from the command line. Raises SetupError."""
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
    """Start the components that need a running event loop."""
    chosen = settings.current()
    try:
        database.start(chosen.database.resolve(), live.publish)
    except SetupError as error:
        give_up(error)
    auth.start()
    index.start()
    turns.start()
    socket_doors.start()
    if not IS_SIMULATED:
        for number in SIGNALS:
            leave_on(number)
        host = 'localhost' if chosen.host == '127.0.0.1' else chosen.host
        say(f'Chatroom is ready at http://{f"[{host}]" if ":" in host else host}:{chosen.port}')


def give_up(error: SetupError) -> NoReturn:
    """Print the error's sentence and exit with status 2."""
    logging.getLogger('uvicorn.error').setLevel(logging.CRITICAL)  # it would log this exit as an error of ours
    print(f'chatroom: {error}', file=sys.stderr)
    sys.exit(2)


async def stop() -> None:
    """Commit the accepted writes, and stop all background tasks and threads."""
    socket_doors.stop()
    await auth.stop()
    await index.stop()
    await database.stop()
    await sockets.stop()
    live.stop()


def tame_output() -> None:
    """Make printing safe: replace missing streams by the null device, escape what the terminal can't encode."""
    for name in ('stdout', 'stderr'):
        stream = getattr(sys, name) or Path(os.devnull).open('w')  # noqa: SIM115
        stream.reconfigure(errors='backslashreplace')
        setattr(sys, name, stream)


def say(text: str) -> None:
    """Print a line; if standard output is closed, discard this line and all later ones."""
    try:
        print(text, flush=True)
    except OSError:
        sys.stdout = Path(os.devnull).open('w')  # noqa: SIM115


def leave_early(number: int, *_: object) -> None:
    """Handle a signal while no server runs: exit with 0, or from an unfinished command with 128 + the number."""
    warnings.simplefilter('ignore')  # about objects that were created and will not be used
    sys.exit(128 + number if sys.argv[1:] else 0)


def leave_on(number: signal.Signals) -> None:
    """On this signal close all sockets, since the server's shutdown waits for them; ignore later signals."""
    loop = asyncio.get_running_loop()
    end_server = signal.getsignal(number)

    def leave(received: int, frame: FrameType | None) -> None:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        logging.getLogger('uvicorn.error').setLevel(logging.CRITICAL)  # it would log the requests that are cut off
        asyncio.run_coroutine_threadsafe(wire.hang_up_all(), loop)
        if callable(end_server):
            end_server(received, frame)

    signal.signal(number, leave)


def check_machine(chosen: settings.Settings) -> None:
    """Raise SetupError if SQLite is too old or the port can't be bound; call this before anything is changed."""
    if sqlite3.sqlite_version_info < SQLITE:
        raise SetupError(f'SQLite {sqlite3.sqlite_version} is too old: this needs {SQLITE[0]}.{SQLITE[1]} or later.')
    try:
        info = socket.getaddrinfo(chosen.host, chosen.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(info[0], info[1]) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # else a restart right after a kill is refused
            probe.bind(info[4])
    except (OSError, UnicodeError) as error:
        reason = getattr(error, 'strerror', None) or 'this is no address'
        raise SetupError(f"The server can't listen on {chosen.host} port {chosen.port}: {reason}. "
                         'Set CHATROOM_HOST or CHATROOM_PORT to another one.') from None


def bound_connections(chosen: settings.Settings) -> None:
    """Limit connections by the open files allowed; exempt proxies from the limit per address; set frame limits."""
    if not IS_SIMULATED:
        uvicorn.connections.most = uvicorn.raise_file_limit()
    uvicorn.connections.network = addresses.network
    uvicorn.connections.is_exempt = lambda address: addresses.is_in(address, chosen.trusted_proxies)
    uvicorn.Wire.is_metered = chosen.rate_limits == 'on'


def quiet_garbage_collector() -> None:
    """Make collections rare: by default full ones over NiceGUI's objects block the loop 400 ms at 1,000 browsers."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 50, 50)


if __name__ in {'__main__', '__mp_main__'}:
    main()
