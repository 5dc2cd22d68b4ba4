"""What the chat page says by itself, without the server's word."""
from .html import html

SAYS = {
    'silent': 'The server did not answer: try again in a moment.',
    'unconnected': 'There is no connection: try again when it is back.',
    'later': 'There is no connection: this is done as soon as it is back.',
    'view_later': 'This comes as soon as the connection is back.',
    'list_later': 'Its messages come as soon as the connection is back.',
    'no_emoji': 'The emoji did not come: try again in a moment.',
    'not_there': 'This message is no longer there.',
    'left': 'You are no longer in that room.',
    'not_sent': 'This was not sent:',
    'too_late': "Not sent, since it waited for more than an hour: the text stands in its room's field.",
    'still_in': 'You are still logged in, for the server did not answer: try again in a moment.',
}
LEFT = html('<div class="gap">{left}</div>', left=SAYS['left'])
'''What stands in place of the messages of a room that one is not in any more.'''
