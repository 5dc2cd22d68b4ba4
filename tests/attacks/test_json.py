"""What is sent as JSON can't be abused to keep the parser busy."""
import json

import pytest

from doors import packets
from doors.packets import LENIENT, MOST_PARTS, UNREADABLE, LenientJson, TamePacket


@pytest.fixture
def parsed(monkeypatch):
    """Characters that the two parsers were given."""
    counted = {'fast': 0, 'slow': 0}

    def counting(parser, name):
        def loads(text, **options):
            counted[name] += len(text)
            return parser(text, **options)
        return staticmethod(loads)

    monkeypatch.setattr(packets.fast_json, 'loads', counting(packets.fast_json.loads, 'fast'))
    monkeypatch.setattr(packets.json, 'loads', counting(json.loads, 'slow'))
    return counted


@pytest.mark.parametrize('part', ['[],', '{},', '1,', '"",', '[[]],', '{"a":1},'])
def test_of_many_parts_nothing_is_parsed(parsed, part):
    assert LenientJson.loads('["send_message",' + part * 100_000 + '0]') == [UNREADABLE]
    assert parsed == {'fast': 0, 'slow': 0}


@pytest.mark.parametrize('odd', ['NaN,' + '"' + 'x' * LENIENT + '"', '[' * LENIENT + ']' * LENIENT, '9' * 2 * LENIENT])
def test_what_is_large_and_odd_is_not_for_the_slow_parser(parsed, odd):
    assert LenientJson.loads(f'["send_message",{odd}]') == [UNREADABLE]
    assert parsed['slow'] == 0


@pytest.mark.parametrize('text', ['x' * 990_000, 'a text, as people write it with a comma now and then. ' * 18_000, '😀' * 200_000])
def test_one_long_text_is_read(text):
    """It is answered by the sentence that says how long a text may be."""
    assert LenientJson.loads(json.dumps(['send_message', text])) == ['send_message', text]


def test_it_is_answered_with_a_sentence():
    packet = TamePacket(encoded_packet='21["x",' + '[],' * (MOST_PARTS + 1) + '0]')
    assert packet.data == [UNREADABLE]
    assert 'send less' in packets.unknown_event(packet.data[0])['error']
