"""The dialogs in which rooms are made and changed."""
import asyncio

import pytest
from nicegui import ui
from nicegui.testing.user_interaction import UserInteraction

import database
from tests.people import acting

from .conftest import enter


def act(person, what, room=1, **more):
    """What the page's script sends when a button is pressed."""
    UserInteraction(person, {person.client.layout}, None).trigger('act', {'what': what, 'room': room, **more})


async def closed(person):
    """No dialog is open, now or soon; where no browser runs, nothing takes closed ones away."""
    from pages.managing import Dialog
    layout = person.client.layout
    for _ in range(50):
        forms = [form for form in layout.descendants() if isinstance(form, Dialog)]
        if not any(form.value for form in forms):
            for form in forms:
                form._go()
            return
        await asyncio.sleep(0.02)
    raise AssertionError([form.problem.text for form in forms])


def press(person, label):
    """A button of the dialog that is open."""
    from pages.managing import Dialog
    for button in person.find(kind=ui.button).elements:
        form = next(above for above in button.ancestors() if isinstance(above, Dialog))
        if button.text == label and form.value:
            UserInteraction(person, {button}, None).click()


def choose(person, *names):
    """What the page's script tells of a field for people."""
    from pages.managing import People
    for field in person.client.layout.descendants():
        if isinstance(field, People):
            UserInteraction(person, {field}, None).trigger('chosen', {'detail': [*names]})


async def rooms_of(name):
    import models
    from chat import rooms
    return {room.name: room for room in await rooms.get_all(acting(models.User.get(username=name).id))}


async def create(person, name, kind='closed'):
    act(person, 'new')
    await person.should_see('New room')
    person.find('Name').type(name)
    for radio in person.find(kind=ui.radio).elements:
        radio.value = kind
    press(person, 'Create room')
    await closed(person)


@pytest.fixture
async def ann(user):
    """The administrator."""
    await enter(user, 'Register', 'ann')
    await user.should_see('Lobby')
    return user


@pytest.fixture
async def bob(ann, another_user):
    await enter(another_user, 'Register', 'bob')
    await another_user.should_see('Lobby')
    return another_user


async def test_a_room_is_made_and_everyone_or_nobody_else_is_in_it(ann, bob):
    await create(ann, 'All of us', 'open')
    await create(ann, 'Just me', 'closed')
    assert {'All of us', 'Just me'} <= (await rooms_of('ann')).keys()
    assert 'All of us' in await rooms_of('bob')
    assert 'Just me' not in await rooms_of('bob')


async def test_a_room_without_a_name_is_refused_in_the_dialog(ann):
    act(ann, 'new')
    await ann.should_see('New room')
    press(ann, 'Create room')
    await ann.should_see('give it one')
    await ann.should_see('Create room')


async def test_members_are_chosen_for_a_closed_room(ann, bob):
    act(ann, 'new')
    await ann.should_see('New room')
    ann.find('Name').type('With Bob')
    next(iter(ann.find(kind=ui.radio).elements)).value = 'closed'
    choose(ann, 'bob')
    press(ann, 'Create room')
    await closed(ann)
    assert 'With Bob' in await rooms_of('bob')


async def test_a_direct_conversation_is_found_again(ann, bob):
    for person, other in ((ann, 'bob'), (bob, 'ann')):
        act(person, 'direct')
        await person.should_see('New direct message')
        choose(person, other)
        press(person, 'Open conversation')
        await closed(person)
    assert [room.kind for room in (await rooms_of('ann')).values()].count('direct') == 1


async def test_a_direct_conversation_with_nobody_is_refused(ann):
    act(ann, 'direct')
    await ann.should_see('New direct message')
    press(ann, 'Open conversation')
    await ann.should_see('besides yourself')


@pytest.mark.parametrize('told', [None, 5, 'bob', [], {}, {'detail': None}, {'detail': 'bob'}, {'detail': [5]}, {'detail': [['bob']]}, {'detail': ['x'] * 1001}])
async def test_what_is_no_list_of_names_chooses_nobody(ann, told):
    from pages.managing import People
    act(ann, 'direct')
    await ann.should_see('New direct message')
    [field] = [each for each in ann.client.layout.descendants() if isinstance(each, People)]
    field.choose({'detail': ['bob']})
    field.choose(told)
    assert field.value == ['bob']


async def test_name_and_topic_are_changed(ann):
    await create(ann, 'Before')
    room = (await rooms_of('ann'))['Before'].id
    act(ann, 'settings', room)
    await ann.should_see('What calls me here')
    ann.find('Name').clear().type('After')
    ann.find('Topic').type('Why we are here')
    press(ann, 'Save')
    await closed(ann)
    assert (await rooms_of('ann'))['After'].topic == 'Why we are here'


async def test_opening_a_closed_room_says_that_its_history_becomes_readable_and_asks(ann, bob):
    await create(ann, 'Secret')
    act(ann, 'settings', (await rooms_of('ann'))['Secret'].id)
    await ann.should_see('What calls me here')
    next(radio for radio in ann.find(kind=ui.radio).elements if radio.value == 'closed').value = 'open'
    press(ann, 'Save')
    await ann.should_see('history becomes readable')
    assert 'Secret' not in await rooms_of('bob')
    press(ann, 'Open it')
    await closed(ann)
    assert 'Secret' in await rooms_of('bob')


async def test_only_creator_and_administrators_can_change_a_room(ann, bob):
    await create(bob, 'Of Bob', 'open')
    room = (await rooms_of('bob'))['Of Bob'].id
    act(ann, 'settings', room)
    await ann.should_see('Archive this room')
    press(ann, 'Cancel')
    act(bob, 'settings')
    await bob.should_see('What calls me here')
    await bob.should_not_see('Topic')
    await bob.should_not_see('Leave this room')


async def test_archived_and_brought_back(ann):
    await create(ann, 'Old')
    room = (await rooms_of('ann'))['Old'].id
    for label, question, button, is_archived in (
            ('Archive this room', 'Archive "Old"?', 'Archive', True),
            ('Bring back from the archive', 'Bring "Old" back?', 'Bring back', False)):
        act(ann, 'settings', room)
        await ann.should_see(label)
        press(ann, label)
        await ann.should_see(question)
        press(ann, button)
        await closed(ann)
        assert (await rooms_of('ann'))['Old'].is_archived is is_archived


async def test_who_left_an_open_room_finds_it_by_browsing(ann, bob):
    await create(ann, 'Garden', 'open')
    act(bob, 'settings', (await rooms_of('ann'))['Garden'].id)
    await bob.should_see('Leave this room')
    press(bob, 'Leave this room')
    await bob.should_see('You can come back')
    press(bob, 'Leave')
    await closed(bob)
    assert 'Garden' not in await rooms_of('bob')
    act(bob, 'browse')
    await bob.should_see('Garden')
    press(bob, 'Join')
    await closed(bob)
    assert 'Garden' in await rooms_of('bob')


async def test_what_calls_me_is_mine_alone_and_hidden_rooms_come_back(ann, bob):
    await create(ann, 'Loud', 'open')
    room = (await rooms_of('ann'))['Loud'].id
    act(bob, 'settings', room)
    await bob.should_see('What calls me here')
    next(iter(bob.find(kind=ui.radio).elements)).value = 'hidden'
    press(bob, 'Save')
    await closed(bob)
    assert ((await rooms_of('bob'))['Loud'].level, (await rooms_of('ann'))['Loud'].level) == ('hidden', 'all')
    act(bob, 'browse')
    await bob.should_see('Loud')
    press(bob, 'Show')
    await closed(bob)
    assert (await rooms_of('bob'))['Loud'].level == 'all'


async def test_all_open_rooms_are_listed_with_what_is_in_them_and_found_by_some_letters(ann, bob):
    from chat import management, messages
    for name, kind in (('Zebra crossing', 'open'), ('Böse Gärten', 'open'), ('Secret', 'closed')):
        await create(ann, name, kind)
    there = await rooms_of('ann')
    await management.update(acting(1), there['Zebra crossing'].id, topic='All about stripes')
    await messages.post(acting(1), there['Zebra crossing'].id, 'hello')
    act(bob, 'browse')
    await bob.should_see('Zebra crossing')
    await bob.should_see('2 members · active just now')
    await bob.should_see('2 members · nothing written yet')
    await bob.should_not_see('Secret')
    for typed, seen, unseen in (('STRIPES', 'Zebra crossing', 'Böse Gärten'), ('#zebra', 'Zebra crossing', 'Böse Gärten'), ('böse', 'Böse Gärten', 'Zebra crossing'),
                                ('nowhere', 'No room by this name.', 'Zebra crossing'), ('', 'Zebra crossing', 'No room by this name.')):
        next(iter(bob.find('Search rooms').elements)).value = typed
        await bob.should_see(seen)
        await bob.should_not_see(unseen)
    press(bob, 'Open')
    await closed(bob)


async def test_rooms_of_one_name_are_listed_with_their_makers(ann, bob):
    """Two open ones are from before; a closed one is in the sidebar only."""
    from models import Room
    for name, kind in (('Twins', 'open'), ('Other', 'open'), ('Third', 'closed'), ('Single', 'open')):
        await create(ann, name, kind)
    await database.write(lambda: database.Written(Room.update(name='TWINS').where(Room.name == 'Other').execute()))
    act(bob, 'browse')
    for title in ('Twins (by ann)', 'TWINS (by ann)', 'Single'):
        await bob.should_see(title)
    await bob.should_not_see('Single (')
    press(bob, 'Close')
    await database.write(lambda: database.Written(Room.update(name='single').where(Room.name == 'Third').execute()))
    act(ann, 'browse')
    await ann.should_see('Single (by ann)')


async def test_a_closed_room_that_is_hidden_is_in_the_list_and_others_are_not(ann, bob):
    from chat import reading
    await create(ann, 'Attic')
    await create(ann, 'Cellar')
    await reading.notify(acting(1), (await rooms_of('ann'))['Attic'].id, 'hidden')
    act(ann, 'browse')
    await ann.should_see('Attic')
    await ann.should_not_see('Cellar')
    press(ann, 'Show')
    await closed(ann)
    assert (await rooms_of('ann'))['Attic'].level == 'all'


async def test_a_list_of_very_many_rooms_shows_some_and_finds_the_others(ann, monkeypatch):
    from pages import managing
    monkeypatch.setattr(managing, 'MOST_LISTED', 3)
    for number in range(5):
        await create(ann, f'Room {number}', 'open')
    act(ann, 'browse')
    await ann.should_see('3 more: search for them by name.')
    await ann.should_not_see('Room 4')
    next(iter(ann.find('Search rooms').elements)).value = 'room 4'
    await ann.should_see('Room 4')


async def test_invited_and_removed(ann, bob):
    await create(ann, 'Board')
    room = (await rooms_of('ann'))['Board'].id
    act(ann, 'invite', room)
    await ann.should_see('Invite people to')
    choose(ann, 'bob')
    press(ann, 'Invite')
    await closed(ann)
    assert 'Board' in await rooms_of('bob')
    act(ann, 'remove', room, username='bob')
    await ann.should_see('Remove bob from')
    press(ann, 'Remove')
    await closed(ann)
    assert 'Board' not in await rooms_of('bob')


async def test_a_dialog_of_a_room_that_is_hidden_from_me_can_not_be_had(ann, bob):
    await create(ann, 'Board')
    act(bob, 'settings', (await rooms_of('ann'))['Board'].id)
    await bob.should_see('There is no such room')
    await closed(bob)


@pytest.mark.parametrize('args', [None, 5, 'new', [], {}, {'what': 'drop', 'room': 1}, {'what': 'new'}, {'what': 'new', 'room': 'x'},
                                  {'what': 'remove', 'room': 1, 'username': 7}])
async def test_garbage_opens_nothing(ann, args):
    UserInteraction(ann, {ann.client.layout}, None).trigger('act', args if args is not None else 0)
    await ann.should_not_see('Cancel')


async def test_who_is_logged_out_can_not_make_a_room_any_more(ann):
    act(ann, 'new')
    await ann.should_see('New room')
    ann.find('Name').type('Too late')
    import models
    models.Session.delete().execute()
    press(ann, 'Create room')
    await ann.should_see('log in again')
    assert 'Too late' not in await rooms_of('ann')


async def test_dialogs_can_not_be_opened_without_end(ann):
    """Each is kept at the server until it is closed."""
    from pages.managing import MOST_OPEN, Dialog
    async with asyncio.timeout(20):
        for number in range(1, MOST_OPEN + 1):
            act(ann, 'new')
            while sum(isinstance(each, Dialog) for each in ann.client.layout.descendants()) < number:
                await asyncio.sleep(0.01)
    act(ann, 'new')
    await ann.should_see('Close the dialogs that are open first.')
    await closed_all(ann, Dialog)
    act(ann, 'browse')
    await ann.should_see('Browse rooms')


async def closed_all(person, kind):
    for form in [each for each in person.client.layout.descendants() if isinstance(each, kind)]:
        form._go()
