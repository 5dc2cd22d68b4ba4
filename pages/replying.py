"""Answering a certain message."""

CSS = '''
/* What the composer replies to, and an offer about what was pasted */
.replying { display: flex; align-items: center; gap: 8px; padding: 0 2px 4px 14px; color: var(--ink-2);
  font-size: var(--note); }
.replying .about { flex: 1; display: flex; gap: 6px; min-width: 0; white-space: nowrap; }
.replying .name { flex: none; max-width: 40%; }
.replying .start { min-width: 0; overflow: hidden; text-overflow: ellipsis; color: var(--ink-3); }
.replying .icon { width: 28px; height: 28px; } .replying svg { width: 14px; height: 14px; }
.offer { padding: 0 2px 4px; } .offer .quiet { color: var(--accent); }
'''

SCRIPT = '''
// The line above the composer that says what is replied to; each room has its own, like its draft.
addEventListener("DOMContentLoaded", () => {
  const {key, store} = chatroom, field = document.getElementById("composer");
  const line = document.querySelector(".replying"), about = line.firstChild;
  const get = (room) => JSON.parse(sessionStorage.getItem(key(`${room}.reply`)) || "null");
  const set = chatroom.setReply = (room, reply) => {
    store(sessionStorage, key(`${room}.reply`), reply ? JSON.stringify(reply) : "");
    if (room === chatroom.room) show();
  };
  const show = () => {
    const reply = get(chatroom.room);
    line.hidden = !reply;
    if (!reply) return;
    const name = Object.assign(document.createElement("bdi"), {className: "name", textContent: reply.name});
    const start = Object.assign(document.createElement("span"), {className: "start", textContent: reply.start});
    start.dir = "auto";
    about.replaceChildren("Reply to ", name, start);
  };
  chatroom.reply = (article) => {
    set(chatroom.room, {id: +article.dataset.id, name: article.querySelector(".by .name").textContent,
                        start: chatroom.startOf(article)});
    field.focus();
  };
  chatroom.takeReply = () => {
    const reply = get(chatroom.room);
    set(chatroom.room, null);
    return reply;
  };
  const cancel = () => { set(chatroom.room, null); field.focus(); };
  line.querySelector("button").onclick = cancel;
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || line.hidden) return;
    event.stopPropagation(); cancel();
  });
  chatroom.when("opened", show);
  chatroom.when("arranged", () => {  // the message may have been edited
    const reply = get(chatroom.room), article = reply && document.getElementById("m" + reply.id);
    const start = article ? chatroom.startOf(article) : undefined;
    if (start !== undefined && start !== reply.start) set(chatroom.room, {...reply, start});
  });
  chatroom.when("deleted", (number, room) => { if (get(room)?.id === number) set(room, null); });
  show();
});
'''
