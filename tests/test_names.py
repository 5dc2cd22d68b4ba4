import pytest

import names
from errors import Refused


@pytest.mark.parametrize('name', [
    'a', 'Ann', 'ann.lee', 'a_b-c', '1', 'हिन्दी', 'ไทย', '日本', 'علي', 'Strauß', 'Ελλάδα', 'zoë', 'e\u0301', 'x' * 32, '٣'])
def test_names_of_any_script(name):
    names.check(name)


@pytest.mark.parametrize('name', [
    '', 'x' * 33, 'a b', ' ann', 'ann ', 'ann\n', 'ann\0', 'a/b', 'a@b', '<b>', '🎉', 'ann\u202e', 'ann\u200b', 'ann\u200d',
    'ann\ufe0f', '½', '²', 'Ⅷ', '\u0301', '\u0301ann', 'ann\u3164', '\u115f', 'everyone', 'here', 'EveryOne', 'ｈｅｒｅ', '\ud800', 'a' + '\u0301' * 32])
def test_names_that_nobody_may_take(name):
    with pytest.raises(Refused):
        names.check(name)


@pytest.mark.parametrize(('one', 'other'), [
    ('Ann', 'ann'), ('Ａｎｎ', 'ann'), ('STRASSE', 'straße'), ('\u00e9', 'e\u0301'), ('ﬁn', 'FIN'), ('Ω', '\u2126')])
def test_names_that_are_one_persons(one, other):
    assert names.key(one) == names.key(other)


def test_names_that_are_not():
    assert len({names.key(name) for name in ('ann', 'anna', 'änn', 'ann.', 'ann-')}) == 5
