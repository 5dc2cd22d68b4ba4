"""Editing a message in its place."""

CSS = '''
/* The editor in a message */
.editing :is(.text, .tools) { display: none; }
.editor { grid-column: 2; max-width: 75ch; padding-block: 4px; position: relative; }
.editor textarea { display: block; box-sizing: border-box; width: 100%; max-height: calc(10lh + 16px);
  padding: 8px 10px; border: 0; outline: 0; resize: none; overflow-y: auto; border-radius: var(--radius);
  background: var(--raised); box-shadow: inset 0 0 0 1px var(--edge); color: var(--ink); font: inherit; }
.editor textarea:focus { box-shadow: inset 0 0 0 2px var(--accent); }
.editor .row { display: flex; align-items: center; gap: 4px; padding-top: 2px; }
.editor .hint { flex: 1; min-width: 0; color: var(--ink-3); font-size: var(--small); }
.transcript article.editing { contain: layout style; z-index: 2; }
@media (pointer: coarse) { .editor textarea { font-size: 16px; } }
'''

SCRIPT = '''
// The editor: one, put into the message that is edited; what is half typed outlives new forms of it, and reloads.
addEventListener("DOMContentLoaded", () => {
  const {log, make, socket, id: me, key, store} = chatroom, composer = document.getElementById("composer");
  const most = +composer.dataset.most;
  const box = make("editor", ""), hint = make("hint", "");
  const field = Object.assign(document.createElement("textarea"), {className: "editor-field", rows: 1, dir: "auto"});
  const row = make("row", ""), buttons = ["Cancel", "Save"].map((textContent) =>
    Object.assign(document.createElement("button"), {type: "button", textContent, className: "quiet"}));
  field.setAttribute("aria-label", "Edit message"); hint.setAttribute("role", "status");
  row.append(hint, ...buttons); box.append(field, row);
  const HINT = "Enter saves, Esc gives up";
  // edited: the message, as it was and as it is to be; sending: whether that waits for the server's answer
  let edited = JSON.parse(sessionStorage.getItem(key("edit")) || "null"), sending = false, focused = false;

  const keep = () => store(sessionStorage, key("edit"), edited ? JSON.stringify(edited) : "");
  const grow = () => { field.style.height = "auto"; field.style.height = field.scrollHeight + "px"; };
  const article = () => edited?.room === chatroom.room && document.getElementById("m" + edited.id);
  const place = () => {  // where the message is now
    const there = article();
    if (there?.hidden) return lose("The message that you were editing was deleted.");
    if (!there || box.parentNode === there) return;
    there.classList.add("editing"); there.append(box); grow();
    if (focused) field.focus({preventScroll: true});
  };
  const end = () => {
    const there = box.closest("article");
    there?.classList.remove("editing"); box.remove();
    edited = null; sending = focused = false; keep();
  };
  const lose = (reason) => {
    const {room, text} = edited;
    end(); chatroom.giveBack({room, text}, reason);
  };
  const begin = (number, text) => {
    edited = {id: number, room: chatroom.room, was: text, text}; keep();
    field.value = text; hint.textContent = HINT; focused = true;
    place();
    field.setSelectionRange(text.length, text.length);
    box.scrollIntoView({block: "nearest"});
  };
  const hasChanged = () => edited && edited.text.trim() !== edited.was;
  const giveUp = () => { end(); if (matchMedia("(pointer: fine)").matches) composer.focus({preventScroll: true}); };
  chatroom.edit = (number) => {
    if (edited?.id === number) return field.focus();
    if (hasChanged()) {
      chatroom.open(edited.room, {at: edited.id});
      return chatroom.complain("You are still editing this message: save it or give it up first.");
    }
    if (edited) end();
    chatroom.ask("history", {room: chatroom.room, before: number + 1, limit: 1}, ({messages: [found]}) => {
      if (found?.id === number) begin(number, found.message);
    });
  };
  const send = () => {
    const asked = edited;
    if (!socket.connected) { hint.textContent = "Saved as soon as the connection is back."; return; }
    hint.textContent = "Saving ...";
    socket.timeout(10000).emit("edit_message", {id: asked.id, message: asked.text.trim()}, (lost, answer) => {
      if (edited !== asked || !sending) return;
      if (lost || ["too_fast", "unavailable"].includes(answer.code))
        return void setTimeout(() => sending && edited === asked && send(), 1000 * (answer?.retry_after || 1));
      sending = false;
      if (answer.code === "not_found") lose("The message that you were editing is no longer there.");
      else if (answer.error) hint.textContent = answer.error;
      else giveUp();
    });
  };
  const save = () => {
    const text = field.value.toWellFormed().trim(), length = [...text].length;
    if (!hasChanged()) return giveUp();
    if (!text) { hint.textContent = "It is empty: write something, or delete the message."; return; }
    if (length > most) { hint.textContent = `${length} characters, ${most} are the most: shorten it.`; return; }
    sending = true; send();
  };
  [buttons[0].onclick, buttons[1].onclick] = [giveUp, save];
  field.addEventListener("input", () => {
    grow(); sending = false; hint.textContent = HINT;
    edited = {...edited, text: field.value}; keep();
  });
  field.addEventListener("focus", () => { focused = true; });
  field.addEventListener("blur", () => setTimeout(() => {  // unless a new form of the message took it for a moment
    if (box.isConnected && document.activeElement !== field) focused = false;
  }));
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); save(); }
    if (event.key === "Escape") { event.stopPropagation(); giveUp(); }
  });
  composer.addEventListener("keydown", (event) => {  // my last message
    if (event.key !== "ArrowUp" || event.defaultPrevented || composer.value || event.isComposing) return;
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const mine = log.querySelectorAll(`article[data-author="${me}"]:not([hidden], .leaving)`);
    if (!mine.length) return;
    event.preventDefault();
    chatroom.edit(+mine[mine.length - 1].dataset.id);
  });
  socket.on("connect", () => { if (sending) send(); });
  chatroom.when("arranged", () => { if (edited) place(); });
  chatroom.when("gone", (room) => { if (edited?.room === room) lose("You are no longer in that room."); });
  chatroom.completes?.(field);
  if (edited) { field.value = edited.text; hint.textContent = HINT; place(); }
});
'''
