"""The sound by which a page calls: two notes that fade."""
import io
import math
import struct
import wave as waves

RATE = 22_050
LENGTH, CHANGE = 0.3, 0.09
'''Seconds, and when the second note begins.'''
NOTES = 660, 880
LOUD, QUIET = 0.12, 0.001


def wave() -> bytes:
    """Return it as a WAV file."""
    phase, samples = 0.0, bytearray()
    for at in range(int(RATE * LENGTH)):
        phase += math.tau * NOTES[at >= RATE * CHANGE] / RATE
        volume = LOUD * (QUIET / LOUD) ** (at / RATE / LENGTH)
        samples += struct.pack('<h', round(32_767 * volume * math.sin(phase)))
    file = io.BytesIO()
    with waves.open(file, 'wb') as sound:
        sound.setparams((1, 2, RATE, len(samples) // 2, 'NONE', ''))
        sound.writeframes(samples)
    return file.getvalue()
