"""Half a minute of raw bytes; `python -m tests.attacks.fuzz` goes on for as long as wanted."""
from .fuzz import fuzz
from .grammar import make

SEED, SECONDS = 14, 15
'''Duration of the warm-up, and of what is measured.'''


async def test_bytes_of_any_kind_harm_nobody(server):
    found = await fuzz(server, SEED, range(10**6), SECONDS)
    assert not found.found, f'seed {SEED}: {found.found}'
    assert found.answered


def test_an_input_is_known_by_its_seed_and_number():
    for number in range(-50, 500):
        assert make(SEED, number) == make(SEED, number)
        assert make(SEED, number).pieces
