"""The entry page: log in or register."""
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from nicegui import ui

import api
import auth
import guard
import settings
from errors import Refused

from . import theme
from .composer import FORGET


async def stranger(request: Request) -> str:
    """Let in who is not logged in; return the nonce of the browser."""
    if await api.session_of(request):
        raise HTTPException(303, headers={'Location': '/chat'})
    return guard.nonce_of(request)


@ui.page('/', title=theme.TITLE)
def entry(request: Request, nonce: Annotated[str, Depends(stranger)]) -> None:
    """One calm card."""
    ui.add_head_html(f'<script>{FORGET}forgetTexts("chatroom.");</script>')
    address = api.address_of(request)

    async def login(username: str, password: str) -> int:
        return await auth.login(username, password, address)

    with ui.element('div').classes('entry'):
        ui.html(f'{theme.FAVICON}<h1>{theme.TITLE}</h1>', sanitize=False).classes('brand')
        with ui.element('div').classes('card'):
            with ui.tabs().props('align=justify no-caps') as tabs:
                ui.tab('Log in')
                ui.tab('Register')
            with ui.tab_panels(tabs, value='Log in', animated=False):
                with ui.tab_panel('Log in'):
                    Form('Log in', 'current-password', login, nonce)
                with ui.tab_panel('Register'):
                    if settings.current().registration == 'open':
                        Form('Register', 'new-password', auth.register, nonce)
                    else:
                        ui.label('Registration is closed: ask the people who run this chat for an account.')


class Form:
    """Two fields and a button; `check` returns the id of the user who may enter, or raises Refused."""

    def __init__(self, label: str, autocomplete: str, check: Callable[[str, str], Awaitable[int]], nonce: str) -> None:
        self.check = check
        self.nonce = nonce
        self.is_busy = False
        with ui.element('form').on('submit.prevent', js_handler='() => {}'):
            self.username = ui.input('Username').props(
                'outlined bottom-slots name=username autocomplete=username autocapitalize=none spellcheck=false')
            self.password = ui.input('Password', password=True).props(
                f'outlined bottom-slots name=password autocomplete={autocomplete}')
            with self.password.add_slot('append'):
                self.toggle = ui.button('Show', color=None, on_click=self.show_or_hide).props(
                    'flat type=button aria-label="Show what is typed"').classes('quiet')
            for field in (self.username, self.password):  # in a browser the form submits by itself
                field.on('keydown.enter', self.submit, js_handler='() => {}')
            self.button = ui.button(label, color=None, on_click=self.submit)
            self.button.props('unelevated type=submit').classes('solid')

    def show_or_hide(self) -> None:
        """Let people see what they typed."""
        is_hidden = self.password.props['type'] == 'password'
        self.password.props['type'] = 'text' if is_hidden else 'password'
        self.toggle.text = 'Hide' if is_hidden else 'Show'
        self.toggle.props['aria-label'] = f'{self.toggle.text} what is typed'

    async def submit(self) -> None:
        """Check, and go to the chat by way of a ticket, which gets the cookie that a page can't set."""
        if self.is_busy:
            return
        self.is_busy = True
        self.button.props['loading'] = True
        username, password = str(self.username.value or ''), str(self.password.value or '')
        self.password.value = ''  # it stays with the server no longer than needed
        try:
            user_id = await self.check(username, password)
        except Refused as error:
            wrong = self.username if error.field == 'username' else self.password
            wrong.error = error.sentence  # until something is typed
        else:
            ui.navigate.to(f'/session/{auth.issue_ticket(user_id, self.nonce)}')
        finally:
            self.button.props['loading'] = False
            self.is_busy = False
