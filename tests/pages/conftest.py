import httpx
import pytest
from nicegui import core, ui
from nicegui.testing import User

PASSWORD = 'correct horse 7'


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """Several tests run at once: what is to be seen may take more than NiceGUI's three tenths of a second."""
    for look in (User.should_see, User.should_not_see):
        monkeypatch.setitem(look.__kwdefaults__, 'retries', 50)


@pytest.fixture
def another_user(user):
    """Another person, in the same running app."""
    return User(httpx.AsyncClient(transport=httpx.ASGITransport(core.app), base_url='http://test'))


async def enter(person, how, username, password=PASSWORD, *, press=True):
    """Fill in the form of the entry page and press its button "Log in" or "Register"."""
    await person.open('/')
    fields = sorted(person.find(ui.input).elements, key=lambda field: field.id)
    with person:
        fields[0].value, fields[1].value = username, password
    if press:
        person.find(kind=ui.button, content=how).click()
