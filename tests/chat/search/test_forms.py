"""Words are found as people think of them: kinds of forms, each as a table of texts and what finds them."""
import time

import pytest

from chat.search import forms, index, words

from .test_finding import found, path, say

__all__ = ['path']

PARTS = [
    ('getUserName', 'user'), ('getUserName', 'name'), ('getUserName', 'username'), ('getUserName', 'getusername'), ('getUserName', 'userName'),
    ('getUserName', '"user name"'), ('getUserName', '"user"'), ('getUserName', 'get_user_name'), ('getUserName', 'get-user-name'), ('getUserName()', 'USER'),
    ('get_user_name', 'getUserName'), ('get-user-name', 'getUserName'), ('get_user_name', 'username'), ('user-name', 'username'), ('username', 'user_name'),
    ('username', 'userName'), ('GetUserName', 'user'), ('HTMLParser', 'parser'), ('HTMLParser', 'html'), ('parseHTML', 'html'), ('XMLHttpRequest', 'request'),
    ('XMLHttpRequest', 'httprequest'), ('MAX_VALUE', 'maxvalue'), ('iPhone', 'iphone'), ('iphone', 'iPhone'), ('iphone case', '"iPhone case"'), ('YouTube', 'tube'),
    ('PDFs', 'pdfs'), ('моеИмяТут', 'имя'), ('e-mail', 'email'), ('email', 'e-mail'), ('well‑known', 'wellknown'), ('GPT-4', 'gpt4'), ('GPT4', 'gpt-4'),
    ('gpt4', 'gpt 4'), ('5kg', '5 kg'), ('5 kg', '5kg'), ('utf8', 'utf-8'), ('self.getUserName(x)', 'name'), ('`getUserName`', 'user'), ('e-mail', 'E-Mail'),
]
NUMBERS = [(text, asked) for text in ('1000', '1,000', '1.000', "1'000", '1’000', '1 000', '1\u00a0000', '1\u202f000', '1_000', '$1,000', '١٬٠٠٠', '۱۰۰۰')
           for asked in ('1000', '1,000', '1.000', "1'000", '1 000', '1\u202f000', '۱٬۰۰۰')] + [
    ('1,000,000', '1000000'), ('1000000', '1,000,000'), ('1,00,000', '100000'), ('1.234,50', '1234,50'), ('1,234.50', '1234.50'), ('1234.50', '1,234.50'),
    ('1,000', '"1000"'), ('12', '١٢')]
VERSIONS = [(text, asked) for text in ('v1.2.30', 'V1.2.30', '1.2.30', 'v.1.2.30', 'release-v1.2.30', 'v1.2.30-rc1') for asked in ('1.2.30', 'v1.2.30', '1.2')] + [
    ('python3.12', '3.12'), ('python3.12', 'python 3.12'), ('python 3.12', 'python3.12'), ('v2', '2'), ('v2', 'v2')]
APOSTROPHES = [(text, asked) for text in ("don't", 'don’t', 'dont', 'don‘t', 'donʼt', 'don′t', "DON'T", 'don＇t') for asked in ("don't", 'don’t', 'dont', 'donʼt', 'don')] + [
    ("l'homme", 'homme'), ("l'homme", 'lhomme'), ("O'Brien", 'obrien'), ('OBrien', "o'brien"), ('комп’ютер', 'компютер'), ('компʼютер', "комп'ютер"),
    ("rock'n'roll", 'rocknroll'), ("don't panic", '"don’t panic"'), ('dont panic', '"don’t panic"')]
EMOJI = [('🎉 done', ':tada:'), (':tada: done', '🎉'), (':tada:', ':tada:'), ('🎉', ':tada'), (':+1:', '👍'), (':thumbsup:', ':+1:'), ('👍🏽', ':+1:'), (':+1::skin-tone-4:', '👍'),
         ('❤', ':heart:'), ('❤️', ':heart:'), (':heart:', '❤'), (':heart:', '❤️'), ('👨‍👩‍👧', ':family_man_woman_girl:'), ('🇩🇪', ':de:'), (':de:', '🇩🇪'), (':Tada:', '🎉'), (':tada:', 'tada'),
         ('🎉 done', 'tada'), ('🎉 done', 'Tada'), ('🎉 done', 'tada done'), ('👍', 'thumbsup'), ('✅ merged', 'white_check_mark'), ('✅ merged', 'White_Check_Mark'), ('🤣', 'rofl'),
         ('white_check_mark', 'white_check_mark'), (':white_check_mark:', 'white_check_mark'), ('tada', 'tada')]
LETTERS = [(text, asked) for text in ('علي', 'علی', 'على') for asked in ('علي', 'علی', 'على')] + [
    ('کتاب', 'كتاب'), ('كتاب', 'کتاب'), ('می‌خواهم', 'ميخواهم'), ('مُحَمَّد يك', 'محمد یک')]
FOUND = [*PARTS, *NUMBERS, *VERSIONS, *APOSTROPHES, *EMOJI, *LETTERS]
APART = [('getUserName', 'serna'), ('getUserName', '"get"er'), ('Release', 'lease'), ('v8', '"v8.1"'), ('python3.12', 'v3.12 java'), ('1,000', '"100"'), ('dont', '"don"'),
         ('🎉', ':heart:'), ('🎉', 'tad'), ('🎉', '"tada"'), ('🆗', 'ok'), ('🔥', 'fire'), ('📅', 'date'), ('❌', 'x'), ('🇺🇸', 'us'), ('👍', '+1'), ('✅', 'check_mark_of'), ('tada', '🎉'), ('std::tada::x', '🎉'), ('8', 'v8'), ('10, 200', '10200'), ('2,026 or 2026', '26'), ('can', "can't")]


@pytest.mark.parametrize('kind', ['PARTS', 'NUMBERS', 'VERSIONS', 'APOSTROPHES', 'EMOJI', 'LETTERS'])
async def test_each_way_to_write_it_finds_the_others(path, kind):
    table = globals()[kind]
    texts = list(dict.fromkeys(text for text, _ in table))
    await say(*(f'{text} (no {chr(97 + number // 26)}{chr(97 + number % 26)})' for number, text in enumerate(texts)))
    assert [(text, asked) for text, asked in table if not any(each.startswith(f'{text} (') for each in await found(asked))] == []


@pytest.mark.parametrize(('text', 'asked'), APART)
async def test_what_is_something_else_is_not_found(path, text, asked):
    await say(text)
    assert await found(asked) == []


@pytest.mark.parametrize(('text', 'others'), [
    ('Plain words, as most texts are. Nothing else!', ''), ('Release notes for Monday', ''), ('https://example.org/a/b?c=d', ''), ('don’t', 'dont'), ("don't don't", 'dont'),
    ('getUserName', 'get user name username'), ('userName', 'user name'), ('iPhone', 'i phone'), ('user_name', 'username'), ('get_user_name', 'getusername username'),
    ('a-b-c-d-e-f', ''), ('550e8400-e29b-41d4-a716-446655440000', '716'), ('aB' * 40, ''), ('1,000', '1000'), ('1,234.50', '1234 50'), ('2026-11-28', '20261128'),
    ('v1.2.30', '1 2 30'), ('5kg', '5 kg'), (':tada:', '🎉'), ('PDFs USA Ok', ''), ('O’Brien-Smith', 'obriensmith obrien'),
])
def test_few_tokens_are_added(text, others):
    assert [token for form in index._others(text, words.split(text)) for token in form.split()] == others.split()


@pytest.mark.parametrize('text', ['getUserName don’t 1,000', 'v1.2.30 is 5kg :tada:', "it's O’Brien-Smith"])
def test_each_form_has_its_place(text):
    for form in forms.forms(text):
        for word in form:
            assert words.split(text[word.start:word.end]) or text[word.start:word.end] == ':tada:'
            assert 0 <= word.start < word.end <= len(text)


@pytest.mark.parametrize('unit', ['a-b ', 'a-', "a'", 'aB', 'aBc ', '1,000', '1,', ':a', ':tada:', 'v1.', 'v1 ', 'é’', 'я-Я', 'a' * 100 + '-', '٬٠٠٠', 'ʼ', 'A1b2', '東-京'])
def test_no_text_can_be_abused_to_have_many_forms(unit):
    """Nor to be looked through for long: no expression starts anew within a word."""
    started = time.process_time()
    tokens = index._tokens(1, 1, (unit * 4_000)[:4_000])
    assert len(tokens) <= 2 * words.MOST_DECOMPOSED
    assert time.process_time() - started < 0.5
