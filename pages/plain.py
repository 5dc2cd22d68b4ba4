"""Error pages without a NiceGUI client, since anybody can request them: not found, not allowed, server error."""
from fastapi import Request
from markupsafe import Markup
from nicegui import app
from starlette.responses import HTMLResponse, Response

from elements.assets import compact, style

from . import theme
from .html import html

TITLES = {
    400: 'Not understood',
    404: 'Not here',
    405: 'Not like this',
    421: 'Another name',
    500: 'Something went wrong',
}
SENTENCES = {
    404: 'There is nothing at this address.',
    405: 'This address does not answer to requests of this kind.',
    500: 'That is our mistake, and it stands in the log. Please try again.',
}

CSS = Markup(compact(style('tokens', 'plain'), 'css'))  # noqa: S704
PAGE = '''<!doctype html><html lang="en"><meta charset="utf-8"><title>{title} · {name}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{css}</style>
{logo}<h1>{title}</h1><p>{sentence}</p><a href="/">To the chat</a></html>
'''


def install() -> None:
    """Replace NiceGUI's error pages, each of which builds a client. Installing again changes nothing."""
    app.add_exception_handler(404, _answer_error)
    app.add_exception_handler(405, _answer_error)
    app.add_exception_handler(Exception, _answer_error)


def answer(status: int, sentence: str) -> Response:
    """Return an error page with one sentence."""
    text = html(PAGE, title=TITLES[status], name=theme.TITLE, logo=theme.LOGO, sentence=sentence, css=CSS)
    return HTMLResponse(text, status)


def _answer_error(_: Request, error: Exception) -> Response:
    """Answer an exception with its page; Starlette then raises an unexpected one again, so that it is logged."""
    status = getattr(error, 'status_code', 500)
    response = answer(status, SENTENCES[status])
    response.headers.update(getattr(error, 'headers', None) or {})
    return response
