import pytest

from addresses import network
from errors import Refused
from limits import LONGEST_WAIT, MOST_KEYS, LoginThrottle


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def throttle(clock):
    return LoginThrottle(clock)


def wait(throttle, name, address, browser=None):
    """Seconds that an attempt is told to wait; 0 when it may be made (and is counted as failed)."""
    try:
        throttle.begin(name, address, browser)
    except Refused as error:
        assert error.code == 'too_fast'
        return error.retry_after
    return 0


def test_five_failures_for_a_name_from_one_address(throttle):
    assert [wait(throttle, 'ann', '10.0.0.1') > 0 for _ in range(6)] == [False] * 5 + [True]
    assert wait(throttle, 'ANN', '10.0.0.1') > 0, 'the same name'
    assert wait(throttle, 'ann', '10.0.0.2') == 0, 'the owner comes from elsewhere'
    assert wait(throttle, 'bob', '10.0.0.1') == 0


def test_twenty_failures_from_one_address(throttle):
    assert [wait(throttle, f'name{i}', '10.0.0.1') > 0 for i in range(21)] == [False] * 20 + [True]
    assert wait(throttle, 'ann', '10.0.0.2') == 0


def test_a_hundred_failures_for_a_name_from_anywhere(throttle):
    assert [wait(throttle, 'ann', f'10.0.0.{i}') > 0 for i in range(101)] == [False] * 100 + [True]


def test_one_network_of_ipv6_is_one_address(throttle):
    assert [wait(throttle, 'ann', f'2001:db8::{i}') > 0 for i in range(1, 7)] == [False] * 5 + [True]


@pytest.mark.parametrize(('address', 'expected'), [
    ('10.0.0.1', '10.0.0.1'), ('::ffff:10.0.0.1', '10.0.0.1'), ('::FFFF:10.0.0.1', '10.0.0.1'), ('::ffff:a00:1', '10.0.0.1'),
    ('0:0:0:0:0:ffff:a00:1', '10.0.0.1'), ('0000:0000:0000:0000:0000:ffff:0a00:0001', '10.0.0.1'), ('64:ff9b::10.0.0.1', '10.0.0.1'),
    ('2001:db8::1', '2001:db8::/64'), ('2001:DB8:0:0:1::', '2001:db8::/64'), ('fe80::1%eth0', 'fe80::/64'), ('::1', '::/64'),
    ('', ''), ('unknown', 'unknown'), ('x' * 5000, 'x' * 64)])
def test_an_address_is_the_same_however_it_is_written(address, expected):
    """Behind a proxy that maps IPv4 addresses, twenty typos of anybody would lock out everybody."""
    assert network(address) == expected


def test_a_known_browser_is_not_locked_out_by_strangers(throttle):
    for i in range(100):
        wait(throttle, 'ann', f'10.0.0.{i}')
    for _ in range(20):
        wait(throttle, 'bob', '10.0.0.200')
    assert wait(throttle, 'ann', '10.0.0.200') > 0
    assert [wait(throttle, 'ann', '10.0.0.200', 'hers') > 0 for _ in range(6)] == [False] * 5 + [True]
    assert wait(throttle, 'ann', '10.0.0.200', 'her other one') == 0


def test_failures_in_a_known_browser_are_nobody_elses(throttle):
    for _ in range(5):
        wait(throttle, 'ann', '10.0.0.1', 'hers')
    assert [wait(throttle, 'ann', '10.0.0.1', 'hers') > 0 for _ in range(6)] == [False] * 5 + [True], 'as a stranger'


def test_success_clears_a_known_browser(throttle):
    for _ in range(4):
        wait(throttle, 'ann', '10.0.0.1', 'hers')
    throttle.begin('ann', '10.0.0.1', 'hers')()
    throttle_is_full = [wait(throttle, 'ann', '10.0.0.1', 'hers') > 0 for _ in range(11)]
    assert throttle_is_full == [False] * 10 + [True]


def test_failures_in_a_known_browser_are_forgotten_after_an_hour(throttle, clock):
    for _ in range(10):
        wait(throttle, 'ann', '10.0.0.1', 'hers')
    clock.now = 3601
    assert [wait(throttle, 'ann', '10.0.0.1', 'hers') for _ in range(5)] == [0] * 5


def test_waits_double_up_to_fifteen_minutes(throttle, clock):
    waits = []
    for _ in range(5):
        wait(throttle, 'ann', '10.0.0.1')
    for _ in range(9):
        waits.append(wait(throttle, 'ann', '10.0.0.1'))
        clock.now += waits[-1]
        assert wait(throttle, 'ann', '10.0.0.1') == 0
    assert waits[:7] == [10, 20, 40, 80, 160, 320, 640]
    assert max(waits) <= LONGEST_WAIT


def test_success_clears_the_name_at_that_address(throttle):
    for _ in range(4):
        wait(throttle, 'ann', '10.0.0.1')
    throttle.begin('ann', '10.0.0.1')()
    assert [wait(throttle, 'ann', '10.0.0.1') > 0 for _ in range(6)] == [False] * 5 + [True]


def test_success_does_not_clear_what_others_did(throttle):
    for i in range(19):
        wait(throttle, f'name{i}', '10.0.0.1')
    throttle.begin('mallory', '10.0.0.1')()
    assert wait(throttle, 'one', '10.0.0.1') == 0
    assert wait(throttle, 'two', '10.0.0.1') > 0


def test_failures_are_forgotten_after_an_hour(throttle, clock):
    for _ in range(5):
        wait(throttle, 'ann', '10.0.0.1')
    clock.now = 3601
    assert wait(throttle, 'ann', '10.0.0.1') == 0


def test_many_names_cost_bounded_memory(throttle):
    for i in range(60_000):
        wait(throttle, f'name{i}', f'10.{i >> 16}.{i >> 8 & 255}.{i & 255}')
    assert len(throttle._failures) <= 50_003


def test_what_is_refused_costs_no_memory(throttle):
    """Otherwise one address could flush out what is counted about all others, at no cost."""
    for i in range(1000):
        wait(throttle, f'name{i}', '10.0.0.1')
    assert len(throttle._failures) == 1 + 2 * 20


def test_many_failures_are_not_flushed_out_by_single_ones(throttle):
    for _ in range(5):
        wait(throttle, 'ann', '10.0.0.1')
    for i in range(MOST_KEYS):
        wait(throttle, f'name{i}', f'2001:db8:0:{i:x}::1')
    assert wait(throttle, 'ann', '10.0.0.1') > 0
