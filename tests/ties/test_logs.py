"""The log belongs to the operator, whatever strangers write into it."""
import io
import logging
import sys

import pytest

from ties import logs


@pytest.fixture
def said():
    """What a logger of its own wrote, and a clock to move."""
    class Said:
        now = 0.0
        stream = io.StringIO()

        @property
        def lines(self):
            return self.stream.getvalue().splitlines()

    said = Said()
    said.stream = io.StringIO()
    said.handler = logs.SparingHandler(said.stream, lambda: said.now)
    said.handler.setFormatter(logs.OneLineFormatter('%(levelname)s %(name)s: %(message)s'))
    said.log = logging.Logger('stranger')  # noqa: LOG001  # for this test alone
    said.log.addHandler(said.handler)
    return said


@pytest.mark.parametrize('text', [
    'x\n2026-11-28 admin logged in', 'x\r\nWARNING chatroom: all is well', '\x1b[31mred\x1b[2J', '\x00\x07\x08\x7f', '\x85\x9b31m', '\u2028\u2029', '\u202eevil\u202c',
    '\u061c\u200e\u200f\u2066\u2069', '\ud83d', '\t\v\f', '\U000e0041\ufeff'])
def test_a_message_is_one_line_of_letters(said, text):
    said.log.warning('asked for %s.', text)
    said.log.warning(f'asked for {text}.')  # noqa: G004
    assert len(said.lines) == 2
    assert all(line.startswith('WARNING stranger: asked for ') and line.isprintable() for line in said.lines)


def test_scripts_of_the_world_and_emoji_stay_readable(said):
    said.log.warning('привет 你好 مرحبا 🎉')
    assert said.lines == ['WARNING stranger: привет 你好 مرحبا 🎉']


def test_a_line_has_an_end(said):
    said.log.warning('x' * 10_000_000)
    assert len(said.lines[0]) < 1_100


def test_a_traceback_keeps_its_lines_and_can_not_be_left(said):
    try:
        raise ValueError('first\nWARNING chatroom: forged\x1b[31m' + '\n' * 10_000)
    except ValueError:
        said.log.exception('a mistake')
    assert said.lines[0] == 'ERROR stranger: a mistake'
    assert all(line.startswith('  | ') and line.isprintable() for line in said.lines[1:])
    assert any('test_logs.py' in line for line in said.lines)
    assert '  | ValueError: first' in said.lines
    assert len(said.lines) <= 102


def test_what_is_said_too_often_is_counted(said):
    for number in range(100):
        said.log.warning(f'attempt {number}')  # noqa: G004  # another text each time, and the same place in the code
    said.log.warning('something else')
    assert said.lines == [*(f'WARNING stranger: attempt {number}' for number in range(20)), 'WARNING stranger: something else']
    said.now = 10
    said.log.warning('later')
    assert said.lines[21:] == ['WARNING stranger: 80 more like this were left out: attempt 0', 'WARNING stranger: later']


def test_what_was_left_out_is_told_at_the_end(said):
    for _ in range(30):
        said.log.warning('again')
    said.handler.close()
    assert said.lines[-1] == 'WARNING stranger: 10 more like this were left out: again'


def test_every_logger_is_bound_by_it(monkeypatch):
    """Loggers of libraries that bring a handler of their own are bound, too."""
    stream, handlers = io.StringIO(), logging.root.handlers[:]
    own = logging.getLogger('test.own')
    own.addHandler(logging.StreamHandler(stream))
    own.propagate = False
    monkeypatch.setattr(sys, 'stderr', stream)
    monkeypatch.setattr(logging, 'captureWarnings', lambda capture: None)
    logs.install()
    try:
        own.error('x\ny')
    finally:
        logging.root.handlers[:] = handlers
    assert [line[24:] for line in stream.getvalue().splitlines()] == ['ERROR test.own: x\\ny']
