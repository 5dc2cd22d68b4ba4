"""No text can be taken for HTML, in any view: what is forgotten to be escaped is escaped."""
from datetime import UTC, datetime

import pytest
from markupsafe import Markup

from chat.entries import Entry
from chat.naming import Named
from chat.rooms import RoomInfo
from models import User
from pages import completion, icons, lists, panel, plain, sidebar
from pages.html import html, joined

HOSTILE = '"><script>alert(1)</script>\'&'


def test_values_are_escaped_and_html_is_not():
    assert html('<b title="{title}">{text}</b>', title='"', text='<') == '<b title="&#34;">&lt;</b>'
    assert html('<p>{inner}</p>', inner=html('<i>{text}</i>', text='&')) == '<p><i>&amp;</i></p>'
    assert html('{number}{{}}', number=7) == '7{}'
    assert joined([html('<br>'), html('{text}', text='<br>')]) == '<br>&lt;br&gt;'


def test_a_name_without_a_value_is_a_mistake():
    with pytest.raises(KeyError):
        html('{forgotten}')


def views():
    entry = Entry(1, 1, 1, 1, HOSTILE, HOSTILE, datetime.now(UTC), None, is_deleted=False)
    room = RoomInfo(2, HOSTILE, 1, 'closed', HOSTILE, is_managed=True, creator_id=1)
    yield lists.found([lists.Row(entry)], {1: room}, zone=HOSTILE)
    yield lists.found([lists.Row(entry, note=HOSTILE)], {1: room})
    yield lists.older('find', query=HOSTILE, zone=HOSTILE)
    yield joined(panel.people(room, 1, [User(id=1, username=HOSTILE), User(id=2, username=HOSTILE)], {})['html'].values())
    yield completion.people(Named([User(id=1, username=HOSTILE)], [User(id=2, username=HOSTILE)], 7))
    yield icons.button('close', HOSTILE, data_remove=HOSTILE)
    yield sidebar.Sidebar([room], room, HOSTILE).passing['innerHTML']


async def test_every_view_escapes_names_and_texts(user):
    await user.open('/')
    with user:
        found = list(views())
    for view in found:
        assert isinstance(view, Markup)
        assert '<script' not in view
        assert view.count('"') % 2 == 0, 'no attribute ends early'
    assert b'<script' not in plain.answer(404, HOSTILE).body
