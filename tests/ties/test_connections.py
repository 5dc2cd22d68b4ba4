"""Strangers can't be abused to keep anybody out."""
import pytest

import addresses
from ties.uvicorn import Connections
from ties.uvicorn.connections import MOST_OF_ADDRESS
from ties.uvicorn.meter import Meter


class Connection:
    def __init__(self, address='198.51.100.1'):
        self.address, self.is_known, self.is_dropped = address, False, False

    def recognised(self):
        self.is_known = True

    def drop(self):
        self.is_dropped = True


@pytest.fixture
def connections():
    return Connections(most=200)


def opened(connections, count, address='{}'):
    new = [Connection(address.format(i)) for i in range(count)]
    for each in new:
        connections.opened(each)
    return new


def dropped(some):
    return [i for i, each in enumerate(some) if each.is_dropped]


def test_half_of_all_connections_are_for_who_has_shown_a_session(connections):
    strangers = opened(connections, 103)
    assert dropped(strangers) == [0, 1, 2]
    assert connections.strangers == 100


def test_who_has_shown_a_session_never_makes_room(connections):
    members = opened(connections, 100)
    for member in members:
        connections.recognised(member)
    strangers = opened(connections, 105)
    assert dropped(members) == []
    assert dropped(strangers) == [0, 1, 2, 3, 4]
    assert len(connections) == 200


def test_one_address_can_not_take_the_room_of_the_others(connections):
    friend = opened(connections, 1, 'another')
    greedy = opened(connections, MOST_OF_ADDRESS + 6, 'one')
    assert dropped(greedy) == [0, 1, 2, 3, 4, 5]
    assert dropped(friend) == []


def test_a_network_of_ipv6_is_one_address(connections):
    """Everybody has 2 ** 64 addresses of it."""
    connections.network = addresses.network
    greedy = opened(connections, MOST_OF_ADDRESS + 6, '2001:db8::{:x}')
    assert dropped(greedy) == [0, 1, 2, 3, 4, 5]
    connections.worked(greedy[6])
    assert dropped(opened(connections, 1, '2001:db8:0:0:ffff::1') and greedy) == [0, 1, 2, 3, 4, 5, 7]
    assert dropped(opened(connections, 20, '2001:db8:1:{:x}::1') + opened(connections, 10, '::ffff:192.0.2.{}')) == []


def test_a_proxy_stands_for_many(connections):
    connections.is_exempt = lambda address: address == 'proxy'
    assert dropped(opened(connections, MOST_OF_ADDRESS + 6, 'proxy')) == []


def test_who_sends_nothing_whole_goes_first(connections):
    some = opened(connections, 100)
    connections.worked(some[0])
    opened(connections, 1, 'new')
    assert dropped(some) == [1]


def test_who_has_left_is_counted_no_more(connections):
    for each in opened(connections, 100, 'one'):
        connections.closed(each)
        connections.closed(each)
    assert (len(connections), connections._of_address) == (0, {})


def test_a_meter_lets_a_burst_pass_and_then_tells_how_much_too_early_one_comes():
    meter = Meter(burst=3, per_second=2, now=0.0)
    assert [meter.take(0.0) for _ in range(5)] == [0, 0, 0, 0.5, 1.0]
    assert meter.take(10.0) == 0
