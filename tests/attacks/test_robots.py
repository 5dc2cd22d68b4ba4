"""Pages that nobody comes back for: robots ask for them, and each is kept until its browser connects."""
from nicegui import Client

from tests.pages.conftest import enter


async def test_of_pages_that_never_connect_the_latest_are_kept(user):
    from pages import clients

    await user.open('/')
    await enter(user, 'Register', 'ann')
    await user.should_see('Lobby', retries=50)
    connected = user.client.id
    first = None
    for _ in range(clients.MOST_WAITING + 20):
        await user.http_client.get('/chat')
        first = first or next(reversed(Client.instances))
    assert len(clients._waiting) == clients.MOST_WAITING
    assert len(Client.instances) <= clients.MOST_WAITING + 3
    assert first not in Client.instances
    assert connected in Client.instances, 'who is here stays'


async def test_who_connects_or_goes_waits_no_longer(user):
    from pages import clients

    await user.open('/')
    assert clients._waiting == {}
    await user.http_client.get('/')
    (waiting,) = clients._waiting
    waiting.delete()
    assert clients._waiting == {}
