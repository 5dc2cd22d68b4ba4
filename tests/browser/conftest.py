import itertools

import pytest

from tests.running import WITH_LIMITS, Server

from .acting import create

NUMBERS = itertools.count(1)


@pytest.fixture(scope='module')
def server(tmp_path_factory):
    """One real server for the tests of a module. What people do in a browser never meets a limit."""
    with Server(tmp_path_factory.mktemp('server'), main=WITH_LIMITS, CHATROOM_RATE_LIMITS='on') as running:
        yield running
        assert 'Traceback' not in running.log


@pytest.fixture
async def ann(server):
    """A program of Ann's."""
    async with server.program('ann') as program:
        yield program


@pytest.fixture
async def room(request, ann, bob):
    """A room of this test alone, made by Ann; everybody is in it."""
    return await create(ann, f'{request.node.name.removeprefix("test_")[:50]} {next(NUMBERS)}')
