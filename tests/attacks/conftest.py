import pytest

from .raw import Connection


@pytest.fixture(autouse=True)
async def hang_up():
    """No test leaves a connection behind, however it ends."""
    yield
    while Connection.opened:
        await Connection.opened.pop().close()
