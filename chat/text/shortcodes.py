"""The `:shortcodes:` of emoji as people know them from elsewhere: GitHub and Slack (emoji.py), and Discord."""
import re
from collections.abc import Mapping

from . import emoji

SHORTCODES = re.compile(r'(?<![A-Za-z0-9:/\\=])(?<!\w[\[({])(?::[^\s:`]{1,60}:)++(?![A-Za-z0-9:/\\=])')
'''Shortcodes without spaces between them, but not in what looks like code: `std::x::y`, `arr[:-1:]`, `/:id:/`.'''
_DISCORD: Mapping[str, str] = dict(pair.split('=') for pair in '''
    airplane_small=🛩️ anger_right=🗯️ archery=🏹 atom=⚛️ basketball_player=⛹️ beach=🏖️ bellhop=🛎️
    boxing_gloves=🥊 calendar_spiral=🗓️ call_me=🤙 card_box=🗃️ cartwheel=🤸 champagne_glass=🥂
    city_dusk=🌆 clinking_glass=🥂 clock=🕰️ cloud_lightning=🌩️ cloud_rain=🌧️ cloud_snow=🌨️
    cloud_tornado=🌪️ clown=🤡 construction_site=🏗️ couch=🛋️ cowboy=🤠 cross=✝️ cruise_ship=🛳️
    desktop=🖥️ dividers=🗂️ drool=🤤 eject=⏏️ face_palm=🤦 fencer=🤺 fencing=🤺 fingers_crossed=🤞
    first_place=🥇 flame=🔥 flan=🍮 fork_knife_plate=🍽️ frame_photo=🖼️ french_bread=🥖 frowning2=☹️
    goal=🥅 grandma=👵 hammer_pick=⚒️ hand_splayed=🖐️ handball=🤾 head_bandage=🤕 helmet_with_cross=⛑️
    hockey=🏒 homes=🏘️ house_abandoned=🏚️ hugging=🤗 island=🏝️ juggler=🤹 juggling=🤹 karate_uniform=🥋
    kayak=🛶 key2=🗝️ kiwi=🥝 left_fist=🤛 levitate=🕴️ liar=🤥 lifter=🏋️ male_dancer=🕺 map=🗺️ medal=🏅
    microphone2=🎙️ milk=🥛 money_mouth=🤑 motorbike=🛵 motorboat=🛥️ mouse_three_button=🖱️ nerd=🤓
    newspaper2=🗞️ next_track=⏭️ notepad_spiral=🗒️ octagonal_sign=🛑 oil=🛢️ paella=🥘 park=🏞️ peace=☮️
    pen_ballpoint=🖊️ pen_fountain=🖋️ play_pause=⏯️ poo=💩 previous_track=⏮️ projector=📽️ pudding=🍮
    race_car=🏎️ railroad_track=🛤️ rhino=🦏 right_fist=🤜 rolling_eyes=🙄 salad=🥗 satellite_orbital=🛰️
    scooter=🛴 second_place=🥈 shaking_hands=🤝 shopping_trolley=🛒 sick=🤢 skeleton=💀
    skull_crossbones=☠️ slight_frown=🙁 slight_smile=🙂 sneeze=🤧 snowman2=☃️ speech_left=🗨️ spy=🕵️
    stuffed_pita=🥙 table_tennis=🏓 thermometer_face=🤒 third_place=🥉 thumbdown=👎 thumbup=👍
    thunder_cloud_rain=⛈️ timer=⏲️ tools=🛠️ track_next=⏭️ track_previous=⏮️ umbrella2=☂️
    upside_down=🙃 urn=⚱️ vulcan=🖖 whisky=🥃 white_sun_cloud=🌥️ white_sun_rain_cloud=🌦️
    white_sun_small_cloud=🌤️ wilted_rose=🥀 wrestlers=🤼 zipper_mouth=🤐
'''.split())
'''Names of Discord that the tables of the `emoji` package don't have.'''
_FLAG = re.compile(r'flag_([a-z]{2})')
_TONE = re.compile(r'skin_tone_([1-6])')
_TONED = re.compile(r'(.+?)_tone_?([1-5])')
_REGIONAL_A = 0x1f1e6


def named(name: str) -> str | None:
    """The emoji with this shortcode, as it is written, or in lower case, or with "-" for "_"; None if there is none."""
    for known in (name, name.lower(), name.lower().replace('-', '_')):
        if character := emoji.BY_NAME.get(known) or _DISCORD.get(known):
            return character
    return _flag(known) or _tone(known) or _toned(known)


def written(codes: str) -> str:
    """Shortcodes as emoji, and what is none as it was; a tone (`:skin-tone-3:`) changes the emoji before it."""
    shown: list[str] = []
    for name in codes[1:-1].split('::'):
        character = named(name)
        toned = _with_tone(shown[-1], character) if shown and character and character in emoji.TONES else None
        if toned:
            shown[-1] = toned
        else:
            shown.append(character or f':{name}:')
    return ''.join(shown)


def _flag(name: str) -> str | None:
    match = _FLAG.fullmatch(name)
    flag = ''.join(chr(_REGIONAL_A + ord(letter) - ord('a')) for letter in match[1]) if match else ''
    return emoji.normal(flag)


def _tone(name: str) -> str | None:
    """A tone by itself. Slack counts from 2, and Discord from 1: as Slack does, and 1 is the lightest, too."""
    match = _TONE.fullmatch(name)
    return emoji.TONES[max(0, int(match[1]) - 2)] if match else None


def _toned(name: str) -> str | None:
    match = _TONED.fullmatch(name)
    return _with_tone(named(match[1]), emoji.TONES[int(match[2]) - 1]) if match else None


def _with_tone(character: str | None, tone: str) -> str | None:
    if not character or not emoji.takes_tone(character):
        return None
    return character[0] + tone + character[1:].removeprefix(emoji.SELECTORS[-1])
