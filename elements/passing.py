"""HTML that only the browser changes, which the server need not keep."""
from typing import Any

from nicegui import Client, ui

from ties.nicegui import Described


class PassingHtml(Described, ui.html):
    """HTML that only the browser changes afterwards: the server keeps it until the page is sent and has connected.

    Kept longer, the transcript and the list of rooms would be a third of a page's memory.
    """

    def __init__(self, content: str, tag: str) -> None:
        super().__init__(sanitize=False, tag=tag)
        self.passing: dict[str, Any] = {'innerHTML': content}

    def described(self) -> dict[str, Any]:
        """Add what is passing to the props."""
        return {**super().described(), 'props': {**self.props, **self.passing}}


def let_pass(client: Client) -> None:
    """Forget what a browser that has connected got."""
    for element in client.elements.values():
        if isinstance(element, PassingHtml):
            element.passing = {}
