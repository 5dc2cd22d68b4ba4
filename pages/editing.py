"""The editor of a message, and the way back from a deletion."""
from .html import attributes, html

SENTENCES = {
    'hint': 'Enter saves, Esc gives up',
    'saving': 'Saving ...',
    'offline': 'Saved as soon as the connection is back.',
    'empty': 'It is empty: write something, or delete the message.',
    'still': 'You are still editing this message: save it or give it up first.',
    'deleted': 'The message that you were editing was deleted.',
    'gone': 'The message that you were editing is no longer there.',
}
EDITOR = html('''<div class="editor"{sentences}>
<textarea class="editor-field" rows="1" dir="auto" aria-label="Edit message" aria-controls="completion"
aria-autocomplete="list" autocapitalize="sentences" autocorrect="on" spellcheck="true"></textarea>
<div class="row"><div class="hint" role="status">{hint}</div>
<button type="button" class="quiet" data-call="giveUp">Cancel</button>
<button type="button" class="quiet" data-call="saveEdit">Save</button></div>
</div>''', sentences=attributes(**SENTENCES), hint=SENTENCES['hint'])
UNDO = html('<div class="undo" role="status" hidden><span></span>'
            '<button type="button" title="Ctrl+Z" data-call="undo">Undo</button></div>')
