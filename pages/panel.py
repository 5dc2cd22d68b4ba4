"""The panel at the side, and the list of a room's members in it. Its lists of messages are in `lists.py`."""
import json
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

import names
from chat.rooms import RoomInfo
from chat.text import render
from hub.presence import State
from models import LOBBY, User

from .html import attributes, html, joined
from .icons import button

INVITE = html('<button class="solid" type="button" data-act="invite">Invite people</button>')
PEOPLE = html('<template data-panel="people"><section data-ask="people" data-on="" '
              'data-fresh="connect opened newcomer members_changed:here">'
              '<div class="head"><h2 id="shown">Members <span class="count"></span></h2>'
              '<input class="search" type="search" placeholder="Search members" aria-label="Search members" '
              'autocomplete="off" data-filter=".people > li"><style></style></div><div class="invite"></div>'
              '<ul class="people"></ul><p class="none" role="status"></p></section></template>')
PANEL = html('<aside class="panel" aria-labelledby="shown" hidden>{close}<div></div></aside>',
             close=button('close', 'Close'))
'''What fills its `div` is one of the templates, which asks for the rest when it is opened.'''
RANK: Mapping[State, int] = {'online': 0, 'away': 1, 'offline': 2}


def people(room: RoomInfo, reader_id: int, members: Sequence[User], states: Mapping[int, State]) -> dict[str, Any]:
    """What a page puts in place: a room's members, online ones first, then away, then offline; each group by name."""
    def rank(person: User) -> int:
        return RANK[states.get(person.id, 'offline')]

    may_invite = room.is_managed and room.kind == 'closed'
    may_remove = room.is_managed and room.kind != 'direct' and room.id != LOBBY
    rows = joined(_person(person, states.get(person.id, 'offline'), room.id, is_me=person.id == reader_id,
                           is_creator=person.id == room.creator_id and room.kind != 'direct',
                           may_remove=may_remove and person.id != reader_id)
                   for person in sorted(members, key=rank))
    return {'html': {'.panel .count': f'{len(members):,}', '.panel .invite': INVITE if may_invite else '',
                     '.panel .people': rows, '.panel .none': ''}}


def _person(person: User, state: State, room_id: int, *, is_me: bool, is_creator: bool, may_remove: bool) -> Markup:
    name, role = person.username, 'you' if is_me else 'made this room' if is_creator else ''
    remove = button('close', f'Remove {name}', data_act='remove',
                    data_with=json.dumps({'room': room_id, 'username': name})) if may_remove else ''
    return html('<li id="member-{id}" data-key="{key}" data-person="{id}" data-state="{state}" data-gone="gone:{room}">'
                '<button class="person" type="button"{does} aria-label="{label}">{avatar}'
                '<bdi class="label">{name}</bdi><span class="role">{role}</span><span class="state"></span></button>'
                '{remove}</li>', id=person.id, state=state, key=names.fold(name), name=name,
                does=attributes(call='card', with_={'username': name}),
                room=room_id, label=f'{name}, {role}' if role else name, avatar=Markup(render.avatar(person.id, name)),  # noqa: S704
                role=role, remove=remove)
