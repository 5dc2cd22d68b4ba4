"""Going to a day in a room: a small form, which lines between days and the search open."""
from .html import html

PICKER = html('<form class="to-day" popover="auto" data-ask="day" data-on="submit" aria-label="Go to a date">'
              '<input type="hidden" name="zone"><label>Go to a date <input type="date" name="day" min="1970-01-01" '
              'required autofocus></label><button class="solid">Go</button></form>')
NEW = html('<div class="new">New</div>')
LINE = html('<div class="day"><button class="to" type="button" data-call="pickDay"></button></div>')
'''Lines above what is new, and between days.'''
NOTHING_THEN = 'Nothing was written here on that day: this is what is nearest.'
NOTHING_HERE = 'Nothing is written here yet.'
