"""The composer: the input field, and the handling of a text until the server has stored it."""
from typing import Any

from nicegui import ui

import auth
from chat import messages
from chat.rooms import RoomInfo
from errors import Refused
from ties.nicegui import Described

from .html import html
from .icons import button, icon

WRITTEN = {'autocapitalize': 'sentences', 'autocorrect': 'on', 'spellcheck': 'true'}
'''Of fields for messages. (No `autocomplete="off"`: by that Chrome on Android takes suggestions away, too.)'''
NOTES = ('<button id="newer" class="newer" type="button" hidden></button>'
         '<div id="note" class="note" role="alert"></div>'
         '<div class="below"><div class="typing" aria-live="polite"></div>'
         '<output class="counter" for="composer" aria-live="off"></output></div>'
         '<div class="offer" hidden><button class="quiet" type="button" data-call="makeBlock">Make the pasted lines '
         'a code block</button></div>'
         '<div class="replying"><span class="about">Reply to <span class="whom"></span></span>{close}</div>'
         '<div class="archived">This room is archived: it can be read, not written to.</div>')
'''CSS shows that something is replied to, and that the room is archived.'''
CANCEL = button('close', 'Do not reply', data_call='cancelReply')
SMILEY = button('smile', 'Emoji', aria_haspopup='dialog', id='smiley', data_call='insertEmoji')
BUTTONS = '{smiley}<button type="button" class="send" aria-label="Send" data-call="send">{icon}</button>'
SAID = html('<div class="said" role="status"></div>')
PENDING = html('<div class="pending"><div class="avatar"></div><div class="text" dir="auto"></div></div>')


class Field(Described, ui.textarea):
    """A plain `<textarea>`: the browser holds its text, and no keystroke is sent to the server."""

    component = None  # NiceGUI's script for its own field, which is not loaded then

    def described(self) -> dict[str, Any]:
        """Leave out all that NiceGUI's own field needs."""
        return {**super().described(), 'tag': 'textarea', 'props': {
            'id': 'composer', 'aria-label': 'Message', 'placeholder': 'Message', 'rows': 1, 'dir': 'auto',
            'enterkeyhint': 'send', 'aria-controls': 'completion',
            'aria-autocomplete': 'list', **WRITTEN}}


def build(room: RoomInfo, session: auth.Login) -> None:
    """Add the composer, at first for this room.

    In a browser `writing.js` sends messages, by the same event as any program. Where no browser code runs, as in
    NiceGUI's User fixture, the Python handlers here send the text of the field.
    """
    async def send() -> None:
        text, field.value = str(field.value or ''), ''
        try:
            if not await auth.is_open(session.session_id):
                raise Refused('not_logged_in', 'You are logged out: log in again.')
            await messages.post(session.actor(), room.id, text)
        except Refused as error:
            field.value = text
            ui.notify(error.sentence)

    with ui.element('div').classes('composer'):
        ui.html(html(NOTES, close=CANCEL), sanitize=False)
        field = Field(placeholder='Message').on('keydown.enter', send, js_handler='() => {}')
        ui.html(html(BUTTONS, smiley=SMILEY, icon=icon('send')), sanitize=False, tag='span').classes('buttons').on(
            'click', send, js_handler='() => {}')
