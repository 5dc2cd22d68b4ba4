"""All emoji in the order in which people look for them, for browsers."""
import json
import sys

from chat.emoji import NAMES, TONES, takes_tone

GROUPS = {
    'Smileys': '😀-🙄 ☹ ☺ 🤐-🤗 🤠-🤥 🤧-🤯 🥰-🥶 🥸-🥺 🧐 🫠-🫥 🫨-🫫 🫯 👹-👻 👽-👿 💀 ☠ 💩 🤖 🤡 🙈-🙊 ❤ 💓-💟 '
               '❣ 🧡 🤍-🤎 🖤 🩵-🩷 💋-💌 💢-💦 💨 💫-💭 💤 💯 🗨 🗯 🫧',
    'People': '👍-👎 👋 🙏 👏 🙌 👆-👊 👌 👐 🤌 🤏 🤘-🤟 ☝ ✊-✍ 🖐 🖕-🖖 🤲-🤳 🫰-🫺 💪 👀 👁-👅 🦴-🦷 🦻 🦾-🦿 🧠 '
              '🫀-🫁 🫦 👣-👸 👼 💁-💃 💅-💇 💏 💑 🕴-🕵 🕺 🗣 🙅-🙇 🙋 🙍-🙎 🚣 🚴-🚶 🛀 🛌 🤦 🤰-🤱 🤴-🤾 🥷 🦸-🦹 '
              '🧌-🧏 🧑-🧟 ⛷ ⛹ 🎅 🏂-🏄 🏇 🏊-🏌 🫂-🫅 🫈 🫆',
    'Nature': '🐀-🐿 🦀-🦮 🐾 🕊 🕷-🕸 🦠 🪰-🪳 🪴-🪽 🪿 🫌-🫏 💐 🌰-🌵 🌷-🍄 🏵 💮 🥀 ☘ 🪨 🪵 🪾',
    'Food': '🍅-🍿 🌭-🌯 🌶 🎂 🥐-🥯 🥂-🥄 ☕ 🧀-🧋 🦪 🫐-🫝 🫟 🏺',
    'Activities': '🎃-🎄 🎆-🎋 🎍-🎑 🎀-🎁 🎗 🎟 🎫 🎖 🏅-🏆 🥇-🥉 🥅 🥊-🥏 ⚽-⚾ 🎾 🎿 🎽 🎱 🎳 🏀 🏈-🏉 🏏-🏓 '
                  '🏸-🏹 🎣 ⛳ ⛸ 🛷 🛹 🛼 🎪 🎭 🎨 🎬 🎤 🎧 🎼 🎹 🥁 🎷-🎸 🎺-🎻 🪇-🪈 🪉 🪊 🪕 🪗-🪘 🎲 ♟ 🎯 🎰 '
                  '🎮 🕹 🧩 🃏 🀄 🎴 ♠-♦ 🪀-🪁 🪄-🪆 🪩 🤿 🔮 🧨 ✨ 🧿 🪬 🧧 🧸',
    'Places': '🌍-🌐 🗺 🗻-🗿 ⛰ 🌋 🏔-🏰 ⛪ ⛩ 🛕 🕋-🕍 ⛲ ⛺ 💒 🌁-🌉 ♨ 🎠-🎢 💈 🚀-🚢 🚤-🚨 🚲 💺 🛑-🛒 🛖-🛘 🛙 '
              '🛝-🛟 🛣-🛥 🛩 🛫-🛬 🛰 🛳-🛸 🛺-🛻 🛢 ✈ ⚓ ⛴-⛵ ⛽ 🏍-🏎 🚏 🦼-🦽 🪂 🛎 🧳 ⌚-⌛ ⏰-⏳ 🕰 🕐-🕧 🌑-🌡 🌤-🌬 '
              '☀-☄ ⭐ 🌟-🌠 🌌 🪐 ⛅ ⛈ 🌀 🌂 ☔ ⛱ ⚡ ❄ ⛄ 🔥 💧 🌊 🎐 🧭 🧱 🎎',
    'Objects': '👑-👢 💄 💉-💊 💍-💎 👓-👠 🕶 💡 💣 💰-💸 💻-📽 📿 🔇-🔕 🔖-🔗 🔦-🔭 🕯 🖇 🖊-🖍 🖥-🖼 🗂-🗞 🗡 🗳 🕳 ✂ ✉ ✏ ✒ '
               '⌨ ☎ ⚒ ⚔ ⚖-⚗ ⚙ ⚰-⚱ ⛏ ⛑ ⛓ 🎒-🎓 🎙-🎛 🎞 🎥 🎩 🎵-🎶 🏮 🏷 🚪 🚬 🚽 🚿 🛁 🛋 🛍 🛏 🛗 🛜 🛠-🛡 🥻-🥿 🦯 🦺 '
               '🧢-🧦 🧪-🧯 🧰 🧲 🧴-🧷 🧹-🧾 🩰-🩴 🩸-🩼 🪃 🪋-🪏 🪑-🪔 🪖 🪙-🪧 🪪-🪫 🪭-🪮 🪯 📡 🔌',
    'Symbols': '✅ ☑ ✔ ❌ ❎ ❗ ❓ ❔-❕ ‼ ⁉ ⚠ ⛔ 🚫 ➕-➗ ♻ ➡ ⬅-⬇',
    'Flags': '🏁 🚩 🎌 🏴 🏳 🇦-🇿',
}
'''Ranges of the characters that emoji begin with; Symbols are also what is in none of them.'''


def _places() -> dict[str, tuple[int, int]]:
    """The number of the group of a first character, and its place there."""
    places: dict[str, tuple[int, int]] = {}
    for number, ranges in enumerate(GROUPS.values()):
        for span in ranges.split():
            for code in range(ord(span[0]), ord(span[-1]) + 1):
                places.setdefault(chr(code), (number, len(places)))
    return places


def content() -> str:
    """In JSON: of each group the emoji, line by line with their shortcodes; `~` marks those that take a skin tone."""
    places, rest = _places(), (list(GROUPS).index('Symbols'), sys.maxsize)
    lines: dict[str, list[str]] = {title: [] for title in GROUPS}
    titles = list(GROUPS)
    for character in sorted(NAMES, key=lambda character: (places.get(character[0], rest), character)):
        if not set(TONES) & set(character):
            marked = character + '~' * takes_tone(character)
            lines[titles[places.get(character[0], rest)[0]]].append(' '.join((marked, *NAMES[character])))
    return json.dumps({title: '\n'.join(some) for title, some in lines.items()}, ensure_ascii=False)
