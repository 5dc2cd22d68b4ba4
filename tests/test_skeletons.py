"""Names that can be mistaken for one another."""
import time

import pytest

import names
import skeletons
from errors import Refused

MISTAKEN = {
    'one letter of another script': [('ann', 'аnn'), ('ann', 'αnn'), ('bob', 'bоb'), ('bob', 'bοb'), ('zoë', 'zoё')],
    'all of another script': [('caco', 'сасо'), ('pop', 'рор'), ('ann', 'аnn'), ('oo', 'οο'), ('oo', 'оо'), ('οο', 'оо'), ('EBA', 'ЕВА'), ('TOM', 'ТОМ'), ('HAT', 'ΗΑΤ')],
    'in any case': [('eba', 'ЕВА'), ('Tom', 'ТОМ'), ('ann', 'АNN'), ('Ivan', 'Іvan'), ('ivan', 'Іvan'), ('Ivan', 'іvan'), ('ivan', 'Ӏvan'), ('nick', 'NΙCΚ')],
    'digits': [('bob1', 'bob١'), ('bobl', 'bob١')],
    'digits beside letters of two scripts': [('101', 'lоl'), ('00', 'oо'), ('1', '١'), ('١', '۱')],
    'scripts that stand together': [('さくらエリ', 'さくら工リ'), ('ニコ', '二コ')],
    'a mixed one beside a mixed one': [('аbc', 'abс'), ('pеace', 'peаce'), ('αnn', 'аnn'), ('bob١٧', 'bob1V')],
    'other writings of one letter': [('bob', 'ｂоｂ'), ('bob', '𝖇о𝖇')],
}
TWO_NAMES = [
    ('tom', 'torn'), ('bob1', 'bobl'), ('bob0', 'bobo'), ('Ivan', 'lvan'), ('ann', 'ann'), ('ann', 'anna'), ('ann', 'änn'), ('ann', 'ANN'), ('clara', 'dara'),
    ('анна', 'anna'), ('вова', 'boba'), ('Марія', 'Мария'), ('οδος', 'odos'), ('さくら', 'サクラ'), ('小明', '小朋'), ('jose', 'josé'), ('علي', 'على'),
    ('101', 'lol'), ('1', 'l'), ('0', 'O'), ('0', 'о'), ('0', 'ο'), ('001', 'ool'), ('1.0', 'l.o'), ('rn', 'm'), ('ｔｏｍ', 'torn'), ('tomさん', 'tornさん')]


@pytest.mark.parametrize(('one', 'other'), [pair for pairs in MISTAKEN.values() for pair in pairs])
def test_names_that_can_be_mistaken_for_one_another(one, other):
    assert skeletons.are_mistaken(one, other)
    assert skeletons.are_mistaken(other, one)


@pytest.mark.parametrize(('one', 'other'), TWO_NAMES)
def test_names_that_are_two(one, other):
    """Of the same scripts, however much they look alike; or of others, and they do not."""
    assert not skeletons.are_mistaken(one, other)
    assert not skeletons.are_mistaken(other, one)


@pytest.mark.parametrize('name', ['еveryone', 'everyοne', 'аll', 'аdmin', 'sуstem', 'сhatroom', 'hеre', 'сһаnnеl', 'АLL', 'ＡＬＬ', '𝐚𝐥𝐥'])
def test_a_reserved_name_in_disguise_is_reserved(name):
    with pytest.raises(Refused, match='reserved'):
        names.check(name)


@pytest.mark.parametrize('name', ['adrnin', 'a11', 'allan', 'herе2', 'systems', 'mе2', 'everyone2', 'админ', 'все'])
def test_what_only_reminds_of_a_reserved_name_is_none(name):
    names.check(name)


@pytest.mark.parametrize('name', ['', 'x' * 100_000, 'e' + '\u0316\u0301' * 50_000, 'ﷺ' * 10_000, '\U0010ffff', '🎉'])
def test_any_name_of_before_has_a_skeleton_at_once(name):
    skeletons.skeleton('x')
    start = time.monotonic()
    assert isinstance(skeletons.skeleton(name), str)
    assert isinstance(skeletons.scripts(name), list)
    assert time.monotonic() - start < 0.5
