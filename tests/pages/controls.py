"""Presses controls of our views without a browser: reads in their attributes what they ask, as the runtime does."""
import json
from html.parser import HTMLParser

from doors.events import perform


class Controls(HTMLParser):
    """The controls in HTML, by their words: the attributes of each, and all arguments around it, the nearest most."""

    def __init__(self, html):
        super().__init__()
        self.found, self.open = [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        around = self.open[-1][1] if self.open else {}
        does = dict(attributes)
        given = {**around, **json.loads(does.get('data-with') or '{}')}
        self.open.append((tag, given))
        if does.keys() & {'data-ask', 'data-call', 'data-act'}:
            self.found.append((does, given, [does.get('aria-label', '')]))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, text):
        if self.found:
            self.found[-1][2].append(text)

    def named(self, words):
        [control] = [(does, given) for does, given, texts in self.found if ''.join(texts).strip() == words]
        return control


async def press(actor, html, words, **around):
    """The answer to what this control asks; `around` are the arguments that the page adds."""
    does, given = Controls(html).named(words)
    return await perform(actor, does['data-ask'], {**around, **given})
