"""How texts are split for search, as a table of texts and tokens."""
import sys
import unicodedata

import pytest

from chat.search import words


@pytest.mark.parametrize(('text', 'tokens'), [
    ('Release notes, v2.0!', 'release notes v2 0'),
    ('snake_case **bold** `code` ~~old~~', 'snake case bold code old'),
    ("don't don’t e-mail", 'don t don t e mail'),
    ('c++ c# C&A $5 a<=b #tag @ann', 'c + + c # c a $ 5 a < = b # tag @ ann'),
    ('Café ÉCOLE e\u0301te\u0301 Łódź Ørsted', 'cafe ecole ete lodz orsted'),
    ('STRASSE straße ΣΊΣΥΦΟΣ İstanbul', 'strasse strasse σισυφοσ istanbul'),
    ('ﬁne Ｆｕｌｌ x² 𝐁old ½', 'fine full x2 bold 1 ⁄ 2'),
    ('Foo™ ㎏', 'foo tm kg'),
    ('東京タワー', '東 京 タ ワ ー'),
    ('ガ か\u3099 ｶﾞ', 'ガ が ガ'),
    ('中文abc123字', '中 文 abc123 字'),
    ('ที่นี่', 'ที่ นี่'),
    ('สวัสดี', 'ส วั ส ดี'),
    ('ລາວ ខ្មែរ မြန်', 'ລ າ ວ ខ្ មែ រ မြ န်'),
    ('हिन्दी', 'हिन्दी'),
    ('שָׁלוֹם שלום', 'שלום שלום'),
    ('مُحَمَّد أحمد', 'محمد احمد'),
    ('می\u200cخواهم a\u00adb', 'میخواهم ab'),
    ('👍🏽 👨\u200d👩\u200d👧 ❤\ufe0f🇩🇪', '👍 🏽 👨 👩 👧 ❤ 🇩 🇪'),
    ('\ue000r1 a\ue000b \U000f0000c\U0010fffd', 'r1 a b c'),
    ('\ud800x\0y', 'x y'),
    ('… — "\' \u0301 \u200d ( )', ''),
])
def test_splitting(text, tokens):
    assert words.split(text) == tokens.split()
    assert [word.token for word in words.places(text)] == tokens.split()


def test_an_unfinished_korean_syllable_begins_the_finished_one():
    (whole,), (part,) = words.split('한국'), words.split('하')
    assert whole.startswith(part)


def test_each_token_has_its_place():
    text = 'Ein Café: 東京タワー, c++'
    assert [text[word.start:word.end] for word in words.places(text)] == ['Ein', 'Café', *'東京タワー', 'c', '+', '+']


def test_no_character_forges_a_scope_or_breaks_the_index():
    """Tokens are joined by spaces, quoted in queries, and those for private use say where a message belongs."""
    for code in range(sys.maxunicode + 1):
        for token in words.split(f'a{chr(code)}'):
            assert not {unicodedata.category(each) for each in token} & {'Co', 'Cs', 'Cc', 'Zs', 'Zl', 'Zp'}, hex(code)
            assert '"' not in token
            assert token


def test_ascii_is_split_by_the_same_rule_as_all_texts():
    text = ''.join(map(chr, range(1, 128))) * 2
    assert words.split(text) == [word.token for word in words.places(text)] == words.split(f'{text} …')
