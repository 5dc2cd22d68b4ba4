"""Emoji and their shortcodes."""
import pytest

from chat.text.emoji import BY_NAME, NAMES, SHORTCODE, count, normal

WELL_KNOWN = {
    '+1': '👍', 'thumbsup': '👍', '-1': '👎', 'smile': '😄', 'heart': '❤️', 'tada': '🎉', 'joy': '😂', 'fire': '🔥',
    'eyes': '👀', 'rocket': '🚀', 'wave': '👋', 'shrug': '🤷', 'pray': '🙏', '100': '💯', 'white_check_mark': '✅',
    'x': '❌', 'thinking': '🤔', 'sob': '😭', 'cat': '🐱', 'dog': '🐶', 'mouse': '🐭', 'sunglasses': '😎', 'egg': '🥚',
    'pencil': '📝', 'kiss': '💋', 'calendar': '📆', 'umbrella': '☔', 'snowman': '⛄', 'satellite': '📡', 'whale': '🐳',
    'post_office': '🏣', 'beetle': '🪲', 'train': '🚋', 'camel': '🐫', 'de': '🇩🇪', 'rofl': '🤣', 'hugs': '🤗', 'bug': '🐛',
}


@pytest.mark.parametrize(('name', 'character'), WELL_KNOWN.items())
def test_well_known_names(name, character):
    assert BY_NAME[name] == character


def test_every_emoji_has_a_name_that_can_be_typed_and_leads_back():
    for character, names in NAMES.items():
        assert names
        assert all(SHORTCODE.fullmatch(name) and BY_NAME[name] == character for name in names)


@pytest.mark.parametrize(('text', 'character'), [
    ('👍', '👍'), ('❤', '❤️'), ('❤️', '❤️'), ('👍🏽', '👍🏽'), ('👨‍👩‍👧', '👨‍👩‍👧'), ('🇩🇪', '🇩🇪'), ('#⃣', '#️⃣'),
    ('☝\ufe0f🏽', '☝🏽'), ('🕵\ufe0f🏽\u200d♂\ufe0f', '🕵🏽\u200d♂\ufe0f'), ('👍\ufe0f🏽\ufe0f', '👍🏽'),
    ('', None), ('a', None), ('#', None), ('👍👍', None), ('👍 ', None), ('🏽', None), (':+1:', None)])
def test_normal(text, character):
    assert normal(text) == character


@pytest.mark.parametrize(('text', 'number'), [
    ('🎉', 1), ('🎉 ❤️\n👨‍👩‍👧', 3), ('', 0), (' ', 0), ('🎉!', 0), ('1', 0), ('1️⃣', 1), ('❤', 1)])
def test_count(text, number):
    assert count(text) == number


@pytest.mark.parametrize('text', ['👍', '👍\ufe0f', '👍\ufe0e'])
def test_a_selector_too_many_is_no_other_emoji(text):
    assert normal(text) == '👍'
