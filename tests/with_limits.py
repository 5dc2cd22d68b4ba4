"""The server with doors, with limits on what pages do: programs, by which tests fill rooms, write faster than people."""
import runpy
import sys
from contextlib import asynccontextmanager
from contextvars import ContextVar, copy_context
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[0] = str(ROOT)

import database  # noqa: E402
import limits  # noqa: E402
from hub import sockets  # noqa: E402

asks_as_program = ContextVar('asks_as_program', default=False)
answering, are_on, write = sockets.answering, limits.are_on, database.write


@asynccontextmanager
async def answering_a_kind(socket):
    async with answering(socket):
        asks_as_program.set(socket.kind == 'program')
        yield


def write_for_a_kind(operation):
    """The writer's thread knows as much as who asks."""
    context = copy_context()
    return write(lambda: context.run(operation))


sockets.answering, database.write = answering_a_kind, write_for_a_kind
limits.are_on = lambda: are_on() and not asks_as_program.get()
runpy.run_path(str(ROOT / 'tests' / 'with_doors.py'), run_name='__main__')
