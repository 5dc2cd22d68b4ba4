"""The field to write in, and what happens to a text until it is stored."""
from typing import Any

from nicegui import ui

import auth
from chat import messages
from errors import Refused

SEND_ICON = ('<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" '
             'stroke-linejoin="round" aria-hidden="true"><path d="M12 19V5M5.5 11.5 12 5l6.5 6.5"/></svg>')
NOTES = ('<button id="newer" class="newer" type="button" hidden></button>'
         '<div id="note" class="note" role="alert" hidden></div>')


class Field(ui.textarea):
    """A plain `<textarea>`: its script keeps what is typed, and no key is sent to the server."""

    def _to_dict(self) -> dict[str, Any]:
        return {**super()._to_dict(), 'tag': 'textarea', 'props': {
            'id': 'composer', 'aria-label': 'Message', 'placeholder': 'Message', 'rows': 1, 'dir': 'auto',
            'autocomplete': 'off', 'enterkeyhint': 'send', 'data-most': messages.LENGTH}}


def build(room_id: int, session: auth.Login) -> None:
    """The composer of a room.

    In a browser the script below sends, by the same event as any program. Where no browser code runs, as in NiceGUI's
    User fixture, the handlers send what the field holds.
    """
    async def send() -> None:
        text, field.value = str(field.value or ''), ''
        try:
            if not await auth.is_open(session.session_id):
                raise Refused('not_logged_in', 'You are logged out: log in again.')
            await messages.post(session.user_id, room_id, text)
        except Refused as error:
            field.value = text
            ui.notify(error.sentence)

    with ui.element('div').classes('composer'):
        ui.html(NOTES, sanitize=False)
        field = Field(placeholder='Message').on('keydown.enter', send, js_handler='(e) => chatroom.enter(e)')
        ui.html(SEND_ICON, sanitize=False, tag='button').props('type=button aria-label=Send').classes('send').on(
            'click', send, js_handler='() => chatroom.send()')


FORGET = '''
// After logging out, what was written and not sent is nobody else's to see or to send.
const stores = [sessionStorage, localStorage];
const forgetTexts = (whose) => stores.forEach((store) =>
  Object.keys(store).filter((key) => key.startsWith(whose)).forEach((key) => store.removeItem(key)));
'''

SCRIPT = FORGET + '''
// The composer. A text is kept here until the server has acknowledged it; its client_id makes it arrive once.
addEventListener("DOMContentLoaded", () => {
  const {log, room, me, socket, make, arrange, toNewest} = window.chatroom;
  const field = document.getElementById("composer"), note = document.getElementById("note");
  const key = `chatroom.${me}.${room}.`, most = +field.dataset.most;
  const pending = JSON.parse(sessionStorage.getItem(key + "pending") || "[]");
  let sending = null, leaving = false;  // the text whose answer is waited for

  const complain = (sentence) => { note.textContent = sentence; note.hidden = !sentence; };
  const grow = () => { field.style.height = "auto"; field.style.height = field.scrollHeight + "px"; };
  const store = (where, name, text) => {
    try { text ? where.setItem(key + name, text) : where.removeItem(key + name); } catch { /* full: the page has it */ }
  };
  const keep = () => store(sessionStorage, "pending", JSON.stringify(pending));
  const write = (text) => {  // a draft outlives the tab, too
    field.value = text; grow();
    for (const where of stores) store(where, "draft", text);
  };
  const show = (item) => {
    item.node = make("pending", "");
    item.node.append(make("avatar", ""), make("text", item.text));
    item.node.lastChild.dir = "auto";
    log.append(item.node); log.classList.remove("is-empty");
    setTimeout(() => item.node.classList.add("late"), 1500);
  };
  const settle = (item, number) => { item.node.id = "sent" + number; arrange(); };  // until its message is there

  const pump = () => {  // one after the other, so that the order is kept
    const item = pending[0];
    if (sending || leaving || !item || !socket.connected) return;
    sending = item;
    socket.timeout(10000).emit("send_message", {room, message: item.text, client_id: item.id}, (lost, answer) => {
      if (pending[0] !== item) return;
      sending = null;
      if (lost || ["too_fast", "unavailable"].includes(answer.code))
        return void setTimeout(pump, 1000 * (answer?.retry_after || 1));
      if (answer.code === "not_logged_in") return;
      pending.shift(); keep();
      if (answer.error) {
        item.node.remove(); arrange(); complain(answer.error);
        write(field.value ? item.text + "\\n" + field.value : item.text);
      } else settle(item, answer.id);
      pump();
    });
  };
  const send = () => {
    const text = field.value.toWellFormed().trim(), length = [...text].length;
    if (!text) return;
    if (length > most) return complain(`The message has ${length} characters, ${most} are the most: shorten it.`);
    const item = {id: createRandomUUID(), text};
    pending.push(item); keep(); complain(""); write("");
    show(item); toNewest(); pump();
  };
  chatroom.leave = async () => {  // drops what waits, which must neither slip out before nor be lost for nothing
    leaving = true;
    const done = await fetch("/logout", {method: "POST", redirect: "manual", signal: AbortSignal.timeout(8000)})
      .then((answer) => answer.type === "opaqueredirect", () => false);
    if (done) { forgetTexts(`chatroom.${me}.`); return location.replace("/"); }
    leaving = false; pump();
    complain("You are still logged in, for the server did not answer: try again in a moment.");
  };
  chatroom.send = () => { send(); field.focus(); };
  chatroom.enter = (event) => {  // not while an input method composes, nor with Shift
    if (event.isComposing || event.keyCode === 229 || event.shiftKey) return;
    event.preventDefault(); send();
  };

  field.addEventListener("input", () => { write(field.value); complain(""); });
  socket.on("connect", () => { sending = null; pump(); });
  socket.on("disconnect", () => { sending = null; });
  socket.on("logged_out", () => { forgetTexts(`chatroom.${me}.`); location.replace("/"); });
  write(sessionStorage.getItem(key + "draft") ?? localStorage.getItem(key + "draft") ?? "");
  pending.forEach(show);
  toNewest(); if (matchMedia("(pointer: fine)").matches) field.focus();
});
'''
