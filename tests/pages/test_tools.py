"""The menu of a message: what its entries ask is what the server does."""
import re

import pytest

import auth
from accounts.actor import Actor
from chat import keeping, messages, rooms
from chat.text.render import reactions
from models import LOBBY
from pages.composer import CANCEL, NOTES, SMILEY
from pages.editing import EDITOR, UNDO
from pages.html import attributes, html
from pages.tools import COPY, MENU, TOOLS
from tests.running import PASSWORD, ROOT

from .controls import Controls, press

SCRIPTS = ''.join(path.read_text() for path in (ROOT / 'elements').glob('*.js'))


def test_arguments_stand_in_attributes_and_are_quoted():
    assert attributes(ask='save', with_={'on': True, 'name': '"><b>'}, say="it's") == (
        ' data-ask="save" data-with="{&#34;on&#34;: true, &#34;name&#34;: &#34;\\&#34;&gt;&lt;b&gt;&#34;}" data-say="it&#39;s"')


@pytest.mark.parametrize('view', [MENU, TOOLS, COPY, EDITOR, UNDO, SMILEY, html(NOTES, close=CANCEL), reactions({'👍': [(1, 'ann')]})],
                         ids=['menu', 'tools', 'copy', 'editor', 'undo', 'smiley', 'composer', 'reactions'])
def test_what_controls_call_is_offered_by_a_script(view):
    called = {does['data-call'] for does, _, _ in Controls(view).found if 'data-call' in does}
    assert called
    assert called <= set(re.findall(r'^offer\("(\w+)"', SCRIPTS, re.MULTILINE))


@pytest.fixture
async def ann(user):
    await user.open('/')
    return Actor(await auth.register('ann', PASSWORD), 'ann', session_id=0)


async def saved(actor):
    return [entry.id for entry in await keeping.saved(actor)]


async def pinned(actor):
    return [entry.id for entry, _ in await keeping.pinned(actor, LOBBY)]


@pytest.mark.parametrize(('on', 'off', 'listed'), [('Save for me', 'Remove from saved', saved), ('Pin to this room', 'Unpin', pinned)])
async def test_entries_that_undo_each_other(ann, on, off, listed):
    number = (await messages.post(ann, LOBBY, 'a message')).id
    assert await press(ann, MENU, on, room=LOBBY, id=number) == {'id': number}
    assert await listed(ann) == [number]
    assert await press(ann, MENU, off, room=LOBBY, id=number) == {'id': number}
    assert await listed(ann) == []


async def test_a_message_is_marked_as_unread_from_the_menu(ann):
    number = (await messages.post(ann, LOBBY, 'a message')).id
    await press(ann, MENU, 'Mark as unread from here', room=LOBBY, id=number)
    assert (await rooms.get(ann, LOBBY)).last_read_id < number
