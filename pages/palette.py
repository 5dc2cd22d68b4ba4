"""All emoji for the picker, in groups and in the order in which people look for them."""
import sys

from chat.text.emoji import NAMES, TONES

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
'''Ranges of the characters that emoji begin with; an emoji outside all ranges belongs to Symbols.'''


def _places() -> dict[str, tuple[int, int]]:
    """Map the first character of emoji to the number of its group and its place in the order of all."""
    places: dict[str, tuple[int, int]] = {}
    for number, ranges in enumerate(GROUPS.values()):
        for span in ranges.split():
            for code in range(ord(span[0]), ord(span[-1]) + 1):
                places.setdefault(chr(code), (number, len(places)))
    return places


def groups() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return all emoji without skin tones, in order: group -> emoji -> its shortcodes."""
    places, rest = _places(), (list(GROUPS).index('Symbols'), sys.maxsize)
    found: dict[str, dict[str, tuple[str, ...]]] = {title: {} for title in GROUPS}
    titles = list(GROUPS)
    for emoji in sorted(NAMES, key=lambda emoji: (places.get(emoji[0], rest), emoji)):
        if not set(TONES) & set(emoji):
            found[titles[places.get(emoji[0], rest)[0]]][emoji] = tuple(NAMES[emoji])
    return found
