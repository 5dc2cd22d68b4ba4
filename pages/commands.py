"""Slash commands, which stand at the beginning of a text in the composer. In what a program sends they mean nothing."""
from collections.abc import Awaitable, Callable, Mapping

from accounts.actor import Actor
from chat import management
from errors import Refused

from .completion import row
from .html import attributes, html, joined

COMMANDS: dict[str, str] = {
    'me': 'Say what you do: /me waves',
    'shrug': 'End your message with a shrug',
    'topic': 'Change the topic of this room',
    'invite': 'Invite somebody to this room',
    'help': 'List the commands and the keys',
}
'''The description of each command, shown while it is typed and in the list of keys.'''
USES: dict[str, dict[str, str]] = {
    'me': {'example': '/me waves', 'send': '/me {}'},
    'shrug': {'send': '{} ¯\\_(ツ)_/¯'},
    'topic': {'example': '/topic Release on Friday'},
    'invite': {'example': '/invite ann'},
    'help': {'call': 'help'},
}
'''What the page does with each: it sends a text, calls a function of its own, or asks the event `command`.
An `example` is for those that need a text.'''
ROWS = html('<template class="commands">{rows}</template>', rows=joined(
    row(f'/{name}', f'/{name}', f'/{name} ', does, attributes(**USES[name])) for name, does in COMMANDS.items()))


async def _change_topic(actor: Actor, room_id: int, topic: str) -> str:
    await management.update(actor, room_id, topic=topic)
    return 'The topic is changed.'


async def _invite(actor: Actor, room_id: int, name: str) -> str:
    username = name.removeprefix('@')
    await management.invite(actor, room_id, [username])
    return f'{username} is in this room now.'


ASKED: Mapping[str, Callable[[Actor, int, str], Awaitable[str]]] = {'topic': _change_topic, 'invite': _invite}


async def perform(actor: Actor, room_id: int, name: str, text: str) -> str:
    """Do what a command says that the page can't do by itself; return what the page says of it. Raises Refused."""
    known = name.lower()
    if known not in COMMANDS:
        raise Refused('invalid', f'There is no command /{name}: /help lists them. '
                                 f'A space in front sends /{name} as it is.')
    if known not in ASKED or not text.strip():
        example = USES[known].get('example', f'/{known}')
        raise Refused('invalid', f'Write it as in {example}.')
    return await ASKED[known](actor, room_id, text.strip())
