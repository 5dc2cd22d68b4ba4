"""What all pages have in common: the name, the icon, the style sheet."""
from markupsafe import Markup
from nicegui import ui

from elements.assets import compact, script, serve, style

from .html import html

TITLE = 'Chatroom'
VIEWPORT = 'width=device-width, initial-scale=1, interactive-widget=resizes-content'
FAVICON = ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#4f5bd5" d="M6 3h20a4 4 0 0 1 4 4'
           'v12a4 4 0 0 1-4 4H14l-7 6v-6H6a4 4 0 0 1-4-4V7a4 4 0 0 1 4-4z"/><path stroke="#fff" stroke-width="2.6" '
           'stroke-linecap="round" d="M9 10.5h14M9 15.5h9"/></svg>')
LOGO = html(FAVICON)

GUARDS = ('dropping',)
'''Scripts of every page from which no other one needs anything.'''
STYLES = ('tokens', 'base', 'chat', 'prose', 'tools', 'editing', 'replying', 'picker', 'lists', 'print')
GUARD = Markup(compact(script('guard', *GUARDS), 'js'))  # noqa: S704


def install() -> None:
    """Add to every page the style sheet, and a script that reloads the page if other scripts fail to load."""
    ui.add_head_html(html('<script>{guard}</script>', guard=GUARD), shared=True)
    ui.add_head_html(html('<link rel="stylesheet" href="{href}">', href=serve(style(*STYLES), 'css')), shared=True)


def add_script(url: str) -> None:
    """Add a script to the page that is being built."""
    ui.add_head_html(html('<script type="module" src="{url}"></script>', url=url))
