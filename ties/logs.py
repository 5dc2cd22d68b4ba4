"""The log: text that clients bring into it can't break its lines, and can't fill it.

It belongs to no layer: the records of all loggers pass here, ours and those of libraries.
"""
import logging
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TextIO

FORMAT = '%(asctime)s %(levelname)s %(name)s: %(message)s'
LINE_CHARACTERS = 1_000
TRACEBACK_LINES = 100
'''Most lines of a traceback; of a longer one the first and the last half of so many are kept.'''
INDENT = '  | '
'''Prefix of each line of a traceback; a line without it is not part of one.'''

PAGE_NUMBER = re.compile(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')

LINES = 20
SECONDS = 10.0
'''Most records that the same place in the code may log within SECONDS.'''


def install() -> None:
    """Send the records of all loggers through SparingHandler to standard error."""
    for logger in list(logging.root.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger):
            logger.handlers.clear()
            logger.propagate = True
    logging.captureWarnings(capture=True)
    handler = SparingHandler(sys.stderr)
    handler.setFormatter(OneLineFormatter(FORMAT))
    logging.root.addHandler(handler)


def one_line(text: str) -> str:
    """Shorten a text, and escape all that could end the line, colour it, or reverse the order of letters.

    Ids of pages, which libraries put into their messages, are replaced: readers of the log need not know them.
    """
    text = PAGE_NUMBER.sub('[a page]', text)
    if len(text) > LINE_CHARACTERS:
        text = f'{text[:LINE_CHARACTERS]} ...'
    return text if text.isprintable() else ''.join(c if c.isprintable() else repr(c)[1:-1] for c in text)


class OneLineFormatter(logging.Formatter):
    """Formats a message as one line, and a traceback below it as indented lines."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """Format the message as one line."""
        record.message = one_line(record.message.rstrip())
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802
        """Format the traceback of an exception as indented lines."""
        return self.formatStack(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802
        """Indent each line, and leave out the middle of more than TRACEBACK_LINES."""
        lines = stack_info.rstrip().split('\n')
        if (left_out := len(lines) - TRACEBACK_LINES) > 0:
            lines[TRACEBACK_LINES // 2:-TRACEBACK_LINES // 2] = [f'... {left_out} lines']
        return '\n'.join(INDENT + one_line(line) for line in lines)


@dataclass(slots=True)
class _Said:
    record: logging.LogRecord
    since: float
    times: int = 0


class SparingHandler(logging.StreamHandler[TextIO]):
    """Leaves out what one place in the code logs too often, and afterwards logs how many records these were."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(stream)
        self._clock = clock
        self._said: dict[tuple[str, int], _Said] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, unless its place in the code logs too often. Called by one thread at a time."""
        now = self._clock()
        self._sum_up(now - SECONDS)
        said = self._said.setdefault((record.pathname, record.lineno), _Said(_sum_of(record), now))
        said.times += 1
        if said.times <= LINES:
            super().emit(record)

    def close(self) -> None:
        """Log what was left out so far; called when the program ends."""
        self._sum_up(self._clock())
        super().close()

    def _sum_up(self, until: float) -> None:
        for place, said in list(self._said.items()):
            if said.since <= until:
                del self._said[place]
                if said.times > LINES:
                    said.record.msg = f'{said.times - LINES} more like this were left out: {said.record.msg}'
                    super().emit(said.record)


def _sum_of(record: logging.LogRecord) -> logging.LogRecord:
    """Make the record that will report what was left out after this one; it has no traceback."""
    return logging.makeLogRecord({'name': record.name, 'levelno': record.levelno, 'levelname': record.levelname,
                                  'msg': record.getMessage()[:LINE_CHARACTERS]})
