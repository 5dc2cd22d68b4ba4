"""The list of messages: one element, whose HTML is rendered once for all pages of a room."""
import json

import auth
from chat import live
from chat.rooms import RoomInfo

from .passing import PassingHtml


class Transcript(PassingHtml):
    """Shows the newest messages of a room; from then on the browser keeps it up to date, and shows other rooms.

    `build` identifies this version of the program, `at` is the message to show first, or 0; `note` is said then.
    """

    def __init__(self, reader: auth.Login, room: RoomInfo, page: live.NewestPage | None, at: int, build: str,
                 note: str = '') -> None:
        super().__init__(page.html if page else '', 'div')
        self.room_id = room.id
        self.classes('transcript')
        self.props(f'role=log aria-label=Messages tabindex=0 data-room={room.id} data-me={reader.user_id}')
        self.props.update({'data-name': reader.username, 'data-build': build})
        if page:
            line = room.last_read_id if room.unread else None
            view = {'revision': page.revision, 'epoch': page.epoch, 'more': page.has_more, 'read': room.last_read_id,
                    'line': line}
            self.passing |= {'data-view': json.dumps(view), 'data-at': at, 'data-note': note}

    def texts(self) -> list[str]:
        """Return the messages."""
        return live.shown(self.room_id).texts
