import pytest

from errors import Refused
from throttle import LONGEST_WAIT, LoginThrottle


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


def wait(throttle, name, address):
    """Seconds that an attempt is told to wait; 0 when it may be made (and is counted as failed)."""
    try:
        throttle.begin(name, address)
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
