"""The entry page: log in or register."""
import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request
from nicegui import Client, ui
from nicegui.events import GenericEventArguments

import auth
import settings
from chat import arriving
from doors import cookies, forms, owners, places, turns
from doors.leaving import CLIENT_CLOSED_REQUEST, Left, hung_up, unless
from elements.assets import script, serve
from errors import Refused

from . import clients, theme
from .html import html


async def stranger(request: Request) -> str:
    """Wait for a turn; return the browser's nonce. Raises HTTPException if logged in, or if the browser hangs up."""
    if await forms.session_of(request):
        raise HTTPException(303, headers={'Location': places.wanted(request).path})
    try:
        await unless(hung_up(request.receive), turns.entry_page(forms.address_of(request)))
    except Left:
        raise HTTPException(CLIENT_CLOSED_REQUEST) from None
    return cookies.nonce_of(request)


SCRIPT = serve(script('entry'), 'js')
BRAND = html('<div class="brand">{logo}<h1>{title}</h1></div>', logo=theme.LOGO, title=theme.TITLE)
WAYS = html('''
<fieldset class="ways" aria-label="How to come in">
  <label><input type="radio" name="way" value="login" checked data-password="current-password">Log in</label>
  <label><input type="radio" name="way" value="register" data-password="new-password">Register</label>
</fieldset>
''')
SHOW = '''
<button type="button" class="quiet show-password" title="the password">
<span>Show</span><span>Hide</span></button>
'''
FIELD = {'outlined': True, 'bottom-slots': True}
USERNAME = {'name': 'username', 'autocomplete': 'username', 'autocapitalize': 'none', 'spellcheck': 'false'}
PASSWORD = {'name': 'password', 'autocomplete': 'current-password'}
FILLED_IN = '(event) => emit(Object.fromEntries(new FormData(event.target.closest("form"))))'
'''What is typed before the connection stands never reaches the server by itself.'''
CLOSED = 'Registration is closed: ask the people who run this chat for an account.'


@ui.page('/', title=theme.TITLE)
def entry(client: Client, request: Request, nonce: Annotated[str, Depends(stranger)]) -> None:
    """Build the entry page, of few elements: strangers may request it as often as they like."""
    owners.give_to_nonce(client, nonce)
    theme.add_script(SCRIPT)
    client.content.classes('entry')
    Form(client, request, nonce)
    clients.slim(client)


class Form:
    """Username, password, and a button each to log in and to register; the browser shows the chosen one."""

    def __init__(self, client: Client, request: Request, nonce: str) -> None:
        self.address, self.known = forms.address_of(request), cookies.known_token(request)
        self.nonce, self.place = nonce, places.wanted(request)
        self.is_busy = False
        self.left = asyncio.Event()
        client.on_disconnect(self.leave)
        is_open = settings.current().registration == 'open'
        with ui.element('form').classes('card').on('submit.prevent', js_handler='() => {}'):
            ui.html(BRAND + WAYS if is_open else BRAND, sanitize=False).on(
                'change', self.forget_errors, [])
            self.username = ui.input('Username')
            self.username.props.update(FIELD | USERNAME)
            self.password = ui.input('Password', password=True)
            self.password.props.update(FIELD | PASSWORD)
            self.password.add_slot('append', SHOW)
            self.password.on('keydown.enter', self.login, js_handler='() => {}')  # in a browser the form submits
            self.to_login = self._button('Log in', self.login, 'to-login', 'submit')
            if is_open:
                self.to_register = self._button('Register', self.register, 'to-register', 'button')
            else:
                ui.label(CLOSED)

    @staticmethod
    def _button(label: str, handler: Callable[[GenericEventArguments], Awaitable[None]], name: str,
                kind: str) -> ui.button:
        button = ui.button(label, color=None).on('click', handler, js_handler=FILLED_IN).classes(f'solid {name}')
        button.props.update({'unelevated': True, 'type': kind})
        return button

    def leave(self, client: Client) -> None:
        """Record that the browser has disconnected, which cancels a login or registration under way."""
        if not client.has_socket_connection:  # else it has reconnected already, by another socket
            self.left.set()

    def forget_errors(self) -> None:
        """Clear the errors of logging in when the user chooses to register, and vice versa."""
        self.username.error = self.password.error = None

    async def login(self, event: GenericEventArguments) -> None:
        """Log in with the username and password in the fields."""
        def check(username: str, password: str) -> Coroutine[Any, Any, int]:
            return auth.login(username, password, self.address, self.known)

        await self._enter(self.to_login, check, event)

    async def register(self, event: GenericEventArguments) -> None:
        """Register the username and password in the fields, and log in."""
        await self._enter(self.to_register, arriving.register, event)

    def _filled_in(self, event: GenericEventArguments) -> tuple[str, str]:
        sent = event.args if isinstance(event.args, dict) else {}
        fields = (('username', self.username.value), ('password', self.password.value))
        username, password = (str(sent.get(name, value) or '') for name, value in fields)
        return username, password

    async def _enter(self, button: ui.button, check: forms.Check, event: GenericEventArguments) -> None:
        """Check the fields, then go to the chat by a ticket's URL, which sets the cookie that a page can't set."""
        if self.is_busy:
            return
        self.is_busy = True
        button.props['loading'] = True
        username, password = self._filled_in(event)
        self.password.value = ''  # the server keeps it no longer than needed
        self.left.clear()
        try:
            user_id = await unless(self.left.wait(), check(username, password))
        except Refused as error:
            wrong = self.username if error.field == 'username' else self.password
            wrong.error = error.sentence  # shown until the user types something
        except Left:
            self.password.error = 'The connection was lost: try again.'
        else:
            ui.navigate.to(f'/session/{auth.issue_ticket(user_id, self.nonce)}{self.place.query}')
        finally:
            button.props['loading'] = False
            self.is_busy = False
