"""The `:shortcodes:` of emoji as people know them from elsewhere: GitHub and Slack (emoji.py), and Discord."""
import re
from collections.abc import Mapping

from . import emoji

SHORTCODES = re.compile(r'(?<![A-Za-z0-9:/\\=])(?<![\w)\]][\[({])(?::[^\s:`]{1,60}:)++(?![A-Za-z0-9:/\\=])')
'''Shortcodes without spaces between them, but not in what looks like code: `std::x::y`, `arr[:-1:]`, `/:id:/`.'''
_OTHERS: Mapping[str, str] = dict(pair.split('=') for pair in '''
    airplane_small=🛩️ anger_right=🗯️ archery=🏹 atom=⚛️ bald_person=🧑‍🦲 barely_sunny=🌥️ basketball_player=⛹️
    beach=🏖️ bellhop=🛎️ boxing_gloves=🥊 calendar_spiral=🗓️ call_me=🤙 card_box=🗃️ cartwheel=🤸 champagne_glass=🥂
    city_dusk=🌆 clinking_glass=🥂 clock=🕰️ cloud_lightning=🌩️ cloud_rain=🌧️ cloud_snow=🌨️ cloud_tornado=🌪️
    clown=🤡 construction_site=🏗️ couch=🛋️ cowboy=🤠 cross=✝️ cruise_ship=🛳️ curly_haired_person=🧑‍🦱 desktop=🖥️
    dividers=🗂️ drool=🤤 drum_with_drumsticks=🥁 eject=⏏️ face_palm=🤦 face_with_cowboy_hat=🤠
    face_with_finger_covering_closed_lips=🤫 face_with_one_eyebrow_raised=🤨 face_with_open_mouth_vomiting=🤮
    female_doctor=👩‍⚕️ fencer=🤺 fencing=🤺 fingers_crossed=🤞 first_place=🥇 first_place_medal=🥇 flag_black=🏴
    flag_england=🏴󠁧󠁢󠁥󠁮󠁧󠁿 flag_scotland=🏴󠁧󠁢󠁳󠁣󠁴󠁿 flag_wales=🏴󠁧󠁢󠁷󠁬󠁳󠁿 flag_white=🏳️ flame=🔥 flan=🍮
    fork_knife_plate=🍽️ frame_photo=🖼️ french_bread=🥖 frowning2=☹️ gay_pride_flag=🏳️‍🌈 giraffe_face=🦒 goal=🥅
    grandma=👵 grinning_face_with_one_large_and_one_small_eye=🤪 grinning_face_with_star_eyes=🤩 hammer_pick=⚒️
    hand_splayed=🖐️ hand_with_index_and_middle_fingers_crossed=🤞 handball=🤾 head_bandage=🤕 helmet_with_cross=⛑️
    hockey=🏒 homes=🏘️ house_abandoned=🏚️ hugging=🤗 i_love_you_hand_sign=🤟 island=🏝️ juggler=🤹 juggling=🤹
    karate_uniform=🥋 kayak=🛶 key2=🗝️ keycap_star=*️⃣ kiwi=🥝 kiwifruit=🥝 knife_fork_plate=🍽️ ladybug=🐞
    left_fist=🤛 levitate=🕴️ liar=🤥 lifter=🏋️ lightning=🌩️ lightning_cloud=🌩️ male_dancer=🕺 male_doctor=👨‍⚕️
    man_and_woman_holding_hands=👫 man_heart_man=👨‍❤️‍👨 man_kiss_man=👨‍❤️‍💋‍👨 man_with_beard=🧔‍♂️
    man_with_bunny_ears_partying=👯‍♂️ man_wrestling=🤼‍♂️ map=🗺️ mate_drink=🧉 medal=🏅
    men_with_bunny_ears_partying=👯‍♂️ microphone2=🎙️ milk=🥛 money_mouth=🤑 mostly_sunny=🌤️ mother_christmas=🤶
    motorbike=🛵 motorboat=🛥️ mouse_three_button=🖱️ nerd=🤓 newspaper2=🗞️ next_track=⏭️ notepad_spiral=🗒️
    octagonal_sign=🛑 oil=🛢️ paella=🥘 park=🏞️ partly_sunny_rain=🌦️ peace=☮️ pen_ballpoint=🖊️ pen_fountain=🖋️
    person_doing_cartwheel=🤸 person_with_headscarf=🧕 play_pause=⏯️ poo=💩 previous_track=⏮️ projector=📽️
    pudding=🍮 race_car=🏎️ railroad_track=🛤️ rain_cloud=🌧️ red_haired_person=🧑‍🦰 rhino=🦏 right_fist=🤜
    rolling_eyes=🙄 salad=🥗 satellite_orbital=🛰️ scooter=🛴 second_place=🥈 second_place_medal=🥈
    serious_face_with_symbols_covering_mouth=🤬 shaking_hands=🤝 shocked_face_with_exploding_head=🤯
    shopping_trolley=🛒 sick=🤢 simple_smile=🙂 skeleton=💀 skull_crossbones=☠️ slight_frown=🙁 slight_smile=🙂
    smiling_face_with_3_hearts=🥰 smiling_face_with_smiling_eyes_and_hand_covering_mouth=🤭 sneeze=🤧 snow_cloud=🌨️
    snowman2=☃️ speech_left=🗨️ spock_hand=🖖 spy=🕵️ staff_of_aesculapius=⚕️ stuffed_pita=🥙 sun_small_cloud=🌤️
    table_tennis=🏓 the_horns=🤘 thermometer_face=🤒 third_place=🥉 third_place_medal=🥉 thumbdown=👎 thumbup=👍
    thunder_cloud_rain=⛈️ timer=⏲️ tools=🛠️ tornado_cloud=🌪️ track_next=⏭️ track_previous=⏮️ umbrella2=☂️
    upside_down=🙃 urn=⚱️ vulcan=🖖 whisky=🥃 white_haired_person=🧑‍🦳 white_sun_cloud=🌥️ white_sun_rain_cloud=🌦️
    white_sun_small_cloud=🌤️ wilted_rose=🥀 woman_heart_man=👩‍❤️‍👨 woman_heart_woman=👩‍❤️‍👩
    woman_kiss_man=👩‍❤️‍💋‍👨 woman_kiss_woman=👩‍❤️‍💋‍👩 woman_with_beard=🧔‍♀️ woman_with_bunny_ears_partying=👯‍♀️
    woman_wrestling=🤼‍♀️ womans_flat_shoe=🥿 women_with_bunny_ears_partying=👯‍♀️ wrestlers=🤼 zebra_face=🦓
    zipper_mouth=🤐
'''.split())
'''Names of Discord and Slack that the tables of the `emoji` package don't have.'''
_PREFIXES = {'male_': 'man_', 'female_': 'woman_', 'large_': '', 'man_': 'family_man_', 'woman_': 'family_woman_'}
'''How names of Slack begin, and those of the tables.'''
_FLAG = re.compile(r'flag_([a-z]{2})')
_TONE = re.compile(r'skin_tone_([1-6])')
_TONED = re.compile(r'(.+?)_tone_?([1-5])')
_REGIONAL_A = 0x1f1e6


def named(name: str) -> str | None:
    """The emoji with this shortcode, as it is written, or in lower case, or with "-" for "_"; None if there is none."""
    for known in (name, name.lower(), name.lower().replace('-', '_')):
        if character := emoji.BY_NAME.get(known) or _OTHERS.get(known):
            return character
    return _renamed(known) or _flag(known) or _tone(known) or _toned(known)


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


def _renamed(name: str) -> str | None:
    for prefix, usual in _PREFIXES.items():
        if name.startswith(prefix) and (character := emoji.BY_NAME.get(usual + name.removeprefix(prefix))):
            return character
    return None


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
