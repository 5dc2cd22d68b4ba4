"""The usual NiceGUI chat: a list in a module, and a `@ui.refreshable` that redraws it for everyone."""
import sys

from nicegui import ui

messages: list[tuple[str, str]] = []


@ui.refreshable
def chat_messages(own_name):
    """The last 50."""
    for name, text in messages[-50:]:
        ui.chat_message(text=text, name=name, sent=name == own_name)


def send(text):
    """Say something, and redraw."""
    messages.append(('ann', text))
    chat_messages.refresh()


@ui.page('/')
def index():
    """The page."""
    chat_messages('bob')
    ui.input().on('keydown.enter', lambda event: send(event.args), js_handler='(e) => emit(e.target.value)')


# With NiceGUI's reconnect_timeout of 3 s it would drop browsers as soon as redrawing takes as long as that.
ui.run(host='127.0.0.1', port=int(sys.argv[1]), show=False, reload=False, show_welcome_message=False,
       reconnect_timeout=30)
