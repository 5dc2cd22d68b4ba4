import socket

import pytest

from tests.running import WITH_DOORS, Server


@pytest.fixture(autouse=True)
def small_world(tmp_path, monkeypatch):
    """Every test has its own folder and database, and passwords that are hashed fast."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv('CHATROOM_DATABASE', str(tmp_path / 'chatroom.db'))
    monkeypatch.setenv('CHATROOM_BCRYPT_ROUNDS', '4')


@pytest.fixture(scope='module')
def server(tmp_path_factory):
    """One real server for the tests of a module."""
    with Server(tmp_path_factory.mktemp('server'), main=WITH_DOORS) as running:
        yield running
        assert 'Traceback' not in running.log


@pytest.fixture
def make_server(tmp_path):
    """Servers with settings of their own; none of them may leave a traceback."""
    servers = []

    def make(**settings):
        servers.append(Server(tmp_path, **settings))
        return servers[-1]

    yield make
    for running in servers:
        running.__exit__()
        assert 'Traceback' not in running.log


@pytest.fixture
def taken_port():
    with socket.socket() as other:
        other.bind(('127.0.0.1', 0))
        other.listen()
        yield other.getsockname()[1]
