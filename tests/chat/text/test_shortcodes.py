"""Shortcodes as people know them from elsewhere, and what only looks like one."""
import pytest

from chat.text import emoji, markdown, shortcodes


@pytest.mark.parametrize('text', [
    'std::x::y', 'crate::key::Foo', '/users/:id:/edit', 'arr[:-1:]', 'My::x::Mod', '::x::', 'f(:x:)', '10:100:45', 'key=:id:', 'a:smile:b', 'C:\\:x:\\',
    'fe80::100:1', 'f(a)[:x:]', 'a[0][:x:]', 'f()(:x:)', ':nosuch:', ':skin-tone-9:', ':flag_zz:'])
def test_shortcodes_in_code_like_text_are_shown_as_typed(text):
    assert markdown.full(text) == text


@pytest.mark.parametrize(('text', 'shown'), [
    (':+1::skin-tone-3:', '👍🏼'), (':+1::skin-tone-6:', '👍🏿'), (':+1::skin-tone-2::heart:', '👍🏻❤️'), (':thumbsup_tone3:', '👍🏽'), (':wave_tone1:', '👋🏻'),
    (':smile::skin-tone-3:', '😄🏼'), (':rolling_eyes:', '🙄'), (':heart-eyes:', '😍'), (':upside_down:', '🙃'), (':slight_smile:', '🙂'), (':face_palm:', '🤦'),
    (':flag-de:', '🇩🇪'), (':flag_us:', '🇺🇸'), (':Smile:', '😄'), (':thumbs-up:', '👍'), (':smile::heart:', '😄❤️'), ('好:smile:吗', '好😄吗'), ('(:smile:)', '(😄)'), (':male-technologist:', '👨‍💻'),
    (':female-doctor::skin-tone-3:', '👩🏼‍⚕️'), (':large_green_circle:', '🟢'), (':man-woman-girl-boy:', '👨‍👩‍👧‍👦'), (':flag-england:', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'),
    (':smiling_face_with_3_hearts:', '🥰'), (':simple_smile:', '🙂'), (':knife_fork_plate:', '🍽️'), (':male_sign:', '♂️'), (':heart_on_fire:', '❤️‍🔥'), ('[:smile:]', '[😄]')])
def test_shortcodes_as_slack_and_discord_write_them(text, shown):
    assert markdown.body(f'a {text}') == f'a {shown}'


def test_our_own_names_of_emoji_are_emoji_and_are_not_known_otherwise():
    assert all(emoji.normal(character) == character for character in shortcodes._OTHERS.values())
    assert not shortcodes._OTHERS.keys() & emoji.BY_NAME.keys()
