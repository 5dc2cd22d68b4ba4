"""The field to write in, and what happens to a text until it is stored."""
from typing import Any

from nicegui import ui

import auth
from chat import messages
from chat.rooms import RoomInfo
from errors import Refused

from .icons import button, icon

NOTES = ('<button id="newer" class="newer" type="button" hidden></button>'
         '<div id="note" class="note" role="alert" hidden></div>'
         '<div class="typing" aria-live="polite"></div>'
         '<div class="offer" hidden><button class="quiet" type="button">Make the pasted lines '
         'a code block</button></div>'
         f'<div class="replying" hidden><span class="about"></span>{button("close", "Do not reply")}</div>'
         '<div class="archived" hidden>This room is archived: it can be read, not written to.</div>')


class Field(ui.textarea):
    """A plain `<textarea>`: its script keeps what is typed, and no key is sent to the server."""

    def _to_dict(self) -> dict[str, Any]:
        return {**super()._to_dict(), 'tag': 'textarea', 'props': {
            'id': 'composer', 'aria-label': 'Message', 'placeholder': 'Message', 'rows': 1, 'dir': 'auto',
            'autocomplete': 'off', 'enterkeyhint': 'send', 'data-most': messages.LENGTH}}


def build(room: RoomInfo, session: auth.Login) -> None:
    """The composer, for this room at first.

    In a browser the script below sends, by the same event as any program. Where no browser code runs, as in NiceGUI's
    User fixture, the handlers send what the field holds.
    """
    async def send() -> None:
        text, field.value = str(field.value or ''), ''
        try:
            if not await auth.is_open(session.session_id):
                raise Refused('not_logged_in', 'You are logged out: log in again.')
            await messages.post(session.user_id, room.id, text)
        except Refused as error:
            field.value = text
            ui.notify(error.sentence)

    with ui.element('div').classes('composer'):
        ui.html(NOTES.replace('class="archived" hidden', 'class="archived"') if room.is_archived else NOTES,
                sanitize=False)
        field = Field(placeholder='Message').on('keydown.enter', send, js_handler='(e) => chatroom.enter(e)')
        ui.html(icon('send'), sanitize=False, tag='button').props('type=button aria-label=Send').classes('send').on(
            'click', send, js_handler='() => chatroom.send()')


FORGET = '''
// After logging out, what was written and not sent is nobody else's to see or to send.
const forgetTexts = (whose) => [sessionStorage, localStorage].forEach((store) =>
  Object.keys(store).filter((key) => key.startsWith(whose)).forEach((key) => store.removeItem(key)));
'''

SCRIPT = FORGET + f'''
const EMOJI_BUTTON = {button('smile', 'Emoji', aria_haspopup='dialog')!r};
''' + '''
// The composer. A text is kept here until the server has acknowledged it; its client_id makes it arrive once.
addEventListener("DOMContentLoaded", () => {
  const {log, me, socket, make, arrange, key, store} = chatroom;
  const field = document.getElementById("composer"), note = document.getElementById("note"), most = +field.dataset.most;
  const pending = JSON.parse(sessionStorage.getItem(key("pending")) || "[]");  // of all rooms, in the order written
  const sendButton = document.querySelector(".composer .send");
  sendButton.insertAdjacentHTML("beforebegin", EMOJI_BUTTON);
  const smiley = sendButton.previousElementSibling;
  smiley.onclick = () => chatroom.pick(smiley, (emoji) => chatroom.insert(field, emoji));
  let sending = null, leaving = false;  // sending: the text whose answer is waited for

  const complain = chatroom.complain = (sentence, {onlyIfQuiet, onlyInsteadOf} = {}) => {
    if (onlyIfQuiet && !note.hidden || onlyInsteadOf && note.textContent !== onlyInsteadOf) return;
    note.textContent = sentence; note.hidden = !sentence;
  };
  const grow = () => { field.style.height = "auto"; field.style.height = field.scrollHeight + "px"; };
  const keep = () => store(sessionStorage, key("pending"), pending.length ? JSON.stringify(
    pending.map(({id, text, room, reply}) => ({id, text, room, reply}))) : "");
  const draft = (room) => key(`${room}.draft`);
  const keepDraft = (room, text) => { for (const where of stores) store(where, draft(room), text); };
  const drafted = (room) => sessionStorage.getItem(draft(room)) ?? localStorage.getItem(draft(room)) ?? "";
  const write = (text) => { field.value = text; grow(); keepDraft(chatroom.room, text); };  // it outlives the tab, too
  const show = (item) => {
    item.node = make("pending", "");
    item.node.dataset.sent = item.id;
    item.node.append(make("avatar", ""), make("text", item.text));
    item.node.lastChild.dir = "auto";
    log.append(item.node); log.classList.remove("is-empty");
    clearTimeout(item.timer);
    item.timer = setTimeout(() => item.node?.classList.add("late"), 1500);
  };
  const settle = (item, number) => {  // until its message is there
    if (item.node) { item.node.id = "sent" + number; arrange(); }
  };
  const giveBack = (item, error) => {
    item.node?.remove(); arrange();
    if (chatroom.rooms.size && !chatroom.rooms.has(item.room))  // its draft could not be reached any more
      return complain(`You are no longer in that room. This was not sent: ${item.text}`);
    const text = item.room === chatroom.room ? field.value : drafted(item.room);
    const both = text ? item.text + "\\n" + text : item.text;
    if (item.room === chatroom.room) write(both); else keepDraft(item.room, both);
    if (item.reply) chatroom.setReply(item.room, item.reply);
    complain(error);
  };

  const pump = () => {  // one after the other, so that the order is kept
    const item = pending[0];
    if (sending || leaving || !item || !socket.connected) return;
    sending = item;
    const message = {room: item.room, message: item.text, client_id: item.id,
                     ...(item.reply ? {reply_to: item.reply.id} : {})};
    socket.timeout(10000).emit("send_message", message, (lost, answer) => {
      if (pending[0] !== item) return;
      sending = null;
      if (lost || ["too_fast", "unavailable"].includes(answer.code))
        return void setTimeout(pump, 1000 * (answer?.retry_after || 1));
      if (answer.code === "not_logged_in") return;
      pending.shift(); keep();
      if (answer.code === "not_found") item.reply = null;  // which may be what was not found
      if (answer.error) giveBack(item, answer.error); else settle(item, answer.id);
      pump();
    });
  };
  const send = () => {
    const typed = field.value.toWellFormed();
    if (!typed.trim()) return;
    const text = chatroom.command(typed)?.trim();
    if (!text) return;
    const length = [...text].length;
    if (length > most) return complain(`The message has ${length} characters, ${most} are the most: shorten it.`);
    const item = {id: createRandomUUID(), text, room: chatroom.room, reply: chatroom.takeReply()};
    pending.push(item); keep(); complain(""); write("");
    show(item); chatroom.tell("sent"); pump();
  };
  chatroom.leave = async () => {  // drops what waits, which must neither slip out before nor be lost for nothing
    leaving = true;
    await Promise.race([chatroom.finish(), new Promise((then) => setTimeout(then, 2000))]);
    const done = await fetch("/logout", {method: "POST", redirect: "manual", signal: AbortSignal.timeout(8000)})
      .then((answer) => answer.type === "opaqueredirect", () => false);
    if (done) { forgetTexts(`chatroom.${me}.`); return location.replace("/"); }
    leaving = false; pump();
    complain("You are still logged in, for the server did not answer: try again in a moment.");
  };
  chatroom.giveBack = giveBack;
  chatroom.written = (text) => { if (field.value === text) write(""); complain(""); };
  chatroom.send = () => { send(); field.focus(); };
  chatroom.enter = (event) => {  // not while an input method composes, nor with Shift
    if (event.isComposing || event.keyCode === 229 || event.shiftKey || event.defaultPrevented) return;
    event.preventDefault(); send();
  };

  field.addEventListener("input", () => { write(field.value); complain(""); });
  socket.on("connect", () => { sending = null; pump(); });
  socket.on("disconnect", () => { sending = null; });
  socket.on("logged_out", () => { forgetTexts(`chatroom.${me}.`); location.replace("/"); });
  const here = () => {  // what belongs to the room that is shown
    field.value = drafted(chatroom.room); grow();
    log.querySelectorAll(".pending").forEach((node) => node.remove());
    for (const item of pending) if (item.room === chatroom.room) show(item); else item.node = null;
    if (matchMedia("(pointer: fine)").matches) field.focus({preventScroll: true});
  };
  const closeFor = (info) => {  // an archived room is read only
    document.querySelector(".composer .archived").hidden = !info.archived;
    for (const part of [field, smiley, sendButton]) part.hidden = info.archived;
  };
  chatroom.when("opened", (info) => { here(); closeFor(info); });
  chatroom.when("changed", (info) => { if (info.id === chatroom.room) closeFor(info); });
  here();
});
'''
