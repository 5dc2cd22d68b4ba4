import unicodedata

import pytest

import names
from errors import Refused


@pytest.mark.parametrize('name', [
    'a', 'Ann', 'ann.lee', 'a_b-c', '1', 'हिन्दी', 'ไทย', '日本', 'علي', 'Strauß', 'Ελλάδα', 'zoë', 'e\u0301', 'x' * 32, '٣',
    'a.b', 'a--b', '7', 'bob\u0301', 'หนึ่ง', 'c\u0327', 'คำ', 'सः', 'נִ', 'ﬁn', 'ℵ', 'x.\u0301y', 'らー', 'ʻokina'])
def test_names_of_any_script(name):
    names.check(name)


@pytest.mark.parametrize('name', [
    '', 'x' * 33, 'a b', ' ann', 'ann ', 'ann\n', 'ann\0', 'a/b', 'a@b', '<b>', '🎉', 'ann\u202e', 'ann\u200b', 'ann\u200d',
    'ann\ufe0f', '½', '²', 'Ⅷ', '\u0301', '\u0301ann', 'ann\u3164', '\u115f', 'everyone', 'all', 'channel', 'here', 'EveryOne', 'ｈｅｒｅ', '\ud800', 'a' + '\u0301' * 32,
    'me', 'admin', 'administrator', 'system', 'chatroom', 'deleted', 'Me', 'ADMIN', 'ｓｙｓｔｅｍ', '𝐚𝐝𝐦𝐢𝐧', 'Deleted',
    'ﷺ', 'ﹰ', '\u037a', 'ann\ufc5e'])
def test_names_that_nobody_may_take(name):
    with pytest.raises(Refused):
        names.check(name)


@pytest.mark.parametrize('name', [
    '.', '..', '-', '_', 'bob.', '.bob', 'bob_', '_bob', 'bob-', '-x', 'bob..', 'a._-', '__a__', '.\u0301', 'bob.\u0301', 'bob-\u0301\u0327', '-\u0301bob', 'रा.', '.日本', '_٣'])
def test_a_name_begins_and_ends_with_a_letter_or_a_digit(name):
    """Otherwise nobody knows whether the sentence or the name ends there."""
    with pytest.raises(Refused, match='begins and ends'):
        names.check(name)


@pytest.mark.parametrize(('one', 'other'), [
    ('Ann', 'ann'), ('Ａｎｎ', 'ann'), ('STRASSE', 'straße'), ('\u00e9', 'e\u0301'), ('ﬁn', 'FIN'), ('Ω', '\u2126')])
def test_names_that_are_one_persons(one, other):
    assert names.key(one) == names.key(other)


@pytest.mark.parametrize(('name', 'folded'), [
    ('Bob', 'bob'), ('Ｂｏｂ', 'bob'), ('STRASSE', 'strasse'), ('Straße', 'strasse'), ('ΟΔΟΣ', 'οδοσ'), ('İ', 'i'), ('e\u0301', 'e'),
    ('❤\ufe0f', '❤'), ('👩\u200d💻', '👩💻'), ('pl\u200bans\u00ad', 'plans'), ('می\u200cخواهم', 'ميخواهم'), ('a\u00a0B', 'a b'), ('x\u2800\u3164', 'x')])
def test_names_as_filters_compare_them(name, folded):
    assert names.fold(name) == folded


FOUND = [
    ('jose', 'José'), ('JOSÉ', 'Jose\u0301'), ('jose\u0301', 'José'), ('zoe', 'Zoë'), ('grosse', 'Große'), ('GROSSE', 'große'), ('groß', 'Grosse'),
    ('soren', 'Søren'), ('djordje', 'Djordje'), ('dorde', 'Đorđe'), ('lukasz', 'Łukasz'), ('isik', 'Işık'), ('IŞIK', 'ışık'), ('istanbul', 'İstanbul'),
    ('aegir', 'Ægir'), ('oeuvre', 'Œuvre'), ('thor', 'Þór'), ('gudrun', 'Guðrún'), ('nguyen', 'Nguyễn'), ('dang', 'Đặng'), ('cinar', 'Çınar'),
    ('muller', 'Müller'), ('Ｚoe', 'Zoë'), ('ﬁn', 'Fin'), ('елка', 'Ёлка'), ('иод', 'Йод'), ('υψος', 'Ύψος'), ('ΟΔΌΣ', 'οδός'), ('οδος', 'Οδός'),
    ('שלום', 'שָׁלוֹם'), ('محمد', 'مُحَمَّد'), ('احمد', 'أحمد'), ('محمد', 'محـــمد'), ('علی', 'علي'), ('کریم', 'كريم'), ('فاطمه', 'فاطمة'), ('میخواهم', 'می\u200cخواهم'),
    ('room 2', 'Room ٢'), ('room 2', 'Room ۲'), ("what's new", 'What’s new'), ('a-b', 'a–b'),
    ('ㅎ', '한국'), ('하', '한국'), ('한', '한국'), ('한ㄱ', '한국'), ('한구', '한국'), ('한', '하나'), ('닭', '달기'), ('고', '과자'), ('값', '갑순'), ('한국', '한국'),
    ('カ', 'ガレージ'), ('ｶﾞ', 'ガレージ'), ('สมชาย', 'สมชาย'), ('กำ', 'กำนัน'), ('हिन्दी', 'हिन्दी'), ('क', 'की'), ('ज\u093c', 'ज़ोया'), ('小', '小明'),
    ('#lobby', 'Lobby'), ('# lobby', 'Lobby'), ('＃lobby', 'Lobby'), ('@bob', 'bob'), ('＠bob', 'bob'), ('@jose', 'José'), ('@ann, @bob', 'ann, bob'), ('lobby', '#lobby'),
    ('#general', '# general'), ('room 2', 'Room #2'), ('', '#'), ('a b', ' a  b '), ('c#', 'C#')]
'''What is typed, and a name that it begins.'''


@pytest.mark.parametrize(('typed', 'name'), FOUND)
def test_what_is_typed_begins_the_name_that_is_looked_for(typed, name):
    assert names.fold(name).startswith(names.fold(typed))


@pytest.mark.parametrize(('one', 'other'), [
    ('กา', 'กี'), ('की', 'का'), ('か', 'が'), ('ann', 'anna'), ('c', 'c#'), ('소', '서'), ('b', 'д'), ('x@bob', 'xbob'), ('a b', 'ab')])
def test_names_that_are_found_apart(one, other):
    assert names.fold(one) != names.fold(other)


def test_what_is_folded_is_folded():
    letters = [chr(code) for code in range(0x20, 0x1f000) if not 0xd800 <= code < 0xe000]
    assert [letter for letter in letters if names.fold(names.fold(letter)) != names.fold(letter)] == []
    assert [letter for letter in letters if names.ACCENTS.match(letter) and unicodedata.category(letter)[0] not in 'MC'] == []


def test_names_that_are_not():
    assert len({names.key(name) for name in ('ann', 'anna', 'änn', 'ann.', 'ann-')}) == 5


@pytest.mark.parametrize(('typed', 'stored'), [
    ('a\0b', 'ab'), ('a\x1b[31mb', 'a[31mb'), ('a\x7fb\x9bc', 'abc'), ('a\tb\nc\x85d\u2028e', 'a b c d e'), (' a \u200e b ', 'a b'),
    *((f'a{chr(code)}b', 'ab') for code in names.TURNING), ('\u202egnp.exe', 'gnp.exe'), ('می\u200cخواهم', 'می\u200cخواهم'),
    ('👩\u200d💻', '👩\u200d💻'), ('❤\ufe0f', '❤\ufe0f'), ('葛\U000e0100', '葛\U000e0100')])
def test_a_line_turns_and_breaks_nothing_around_it(typed, stored):
    assert names.one_line(typed) == stored


@pytest.mark.parametrize(('one', 'other'), [
    ('plans', 'pl\u200bans'), ('plans', 'Plans\u200d'), ('❤', '❤\ufe0f'), ('葛', '葛\U000e0100'), ('a b', 'A\u2060 B'), ('می\u200cخواهم', 'میخواهم'),
    ('x', 'x\u034f\u3164'), ('é', 'e\u200d\u0301'), ('a b', 'a \u200b b'), ('a b', 'a\u00a0b'), ('ＰＬＡＮＳ', 'plans'), ('STRASSE', 'straße')])
def test_names_of_rooms_that_look_the_same(one, other):
    assert names.look_key(one) == names.look_key(other)
    assert names.look_key(one) != names.look_key(one + '!')


@pytest.mark.parametrize('name', ['\u200b', '\u200d\ufe0f', '\u3164', '\u2800', '\u00ad', '\u2060 \ufeff', '\U000e0100', '\U000e0041', '\u2065', '\U0001d159'])
def test_what_shows_nothing(name):
    assert not any(map(names.is_visible, name))


@pytest.mark.parametrize('names_in_order', [
    ['Ärger', 'Beta', 'Zebra'], ['Über', 'ufer', 'Uhr'], ['Room 2', 'room 10', 'Room 100'], ['Room', 'Room 1'], ['2 fast', '10 slow', 'a'],
    ['œuvre', 'Of'], ['Łódź', 'Lz'], ['a', 'A-1', 'á-2'], ['v1.9', 'v1.10'], ['Raum ９', 'Raum 10'], ['Room ٢', 'Room 10'], ['x007', 'x8'],
    ['\uffee', '🎉']])
def test_rooms_stand_where_people_look_for_them(names_in_order):
    keys = [names.order(name).encode('utf-16-be') for name in names_in_order]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(('one', 'other'), [('Ärger', 'arger'), ('Room 02', 'room 2'), ('a\u200db', 'ab'), ('Œ', 'oe'), ('ﬁ', 'fi')])
def test_names_that_stand_in_the_same_place(one, other):
    assert names.order(one) == names.order(other)


def test_the_place_of_a_name_is_found_quickly_whatever_it_is():
    for name in ('e' + '\u0316\u0301' * 50_000, '9' * 100_000, 'ﷺ' * 10_000, '', ' '):
        assert isinstance(names.order(name), str)
