"""What the scripts of the chat page share. Each of them extends `window.chatroom`."""

SCRIPT = '''
// Who I am, my rooms, and what happens on this page: one script tells, others listen.
const stores = [sessionStorage, localStorage], UNCONNECTED = "There is no connection: try again when it is back.";
addEventListener("DOMContentLoaded", () => {
  const data = document.querySelector("[role=log]").dataset, me = `${data.me}.${data.name}`, listeners = {};
  window.chatroom = {
    socket: window.socket, id: +data.me, me, name: data.name, room: +data.room,
    rooms: new Map(),  // by id, as the server last told of them
    key: (name) => `chatroom.${me}.${name}`,
    store: (where, name, text) => {
      try { text ? where.setItem(name, text) : where.removeItem(name); } catch { /* full: the page has it */ }
    },
    when: (what, then) => (listeners[what] ||= []).push(then),
    tell: (what, ...of) => (listeners[what] || []).forEach((then) => then(...of)),
    act: (what, of = {}) => emitEvent("act", {what, room: chatroom.room, ...of}),  // what the server has a dialog for
    direct: (members) => chatroom.socket.emit("open_direct", {members}, (answer) => {
      if (answer.error) chatroom.complain(answer.error); else chatroom.open(answer.room.id);
    }),
    copy: (text, what) => navigator.clipboard?.writeText(text).then(
      () => chatroom.say(`${what} is copied.`), () => prompt(`${what}:`, text)) ?? prompt(`${what}:`, text),
    insert: (field, text, from = field.selectionStart, to = field.selectionEnd) => {  // as if typed: undo takes it back
      field.focus(); field.setSelectionRange(from, to);
      if (document.execCommand("insertText", false, text)) return;
      field.setRangeText(text, from, to, "end");
      field.dispatchEvent(new Event("input", {bubbles: true}));
    },
    say: (text) => {
      said.textContent = text; said.hidden = false;
      clearTimeout(said.timer);
      said.timer = setTimeout(() => { said.hidden = true; }, 2500);
    },
    ask: (what, of, then) => {  // for a button that was pressed: now, or not at all
      if (!socket.connected) return chatroom.complain(UNCONNECTED);
      socket.timeout(10000).emit(what, of, (lost, answer) => {
        if (lost) chatroom.complain("The server did not answer: try again in a moment.");
        else if (answer.error) chatroom.complain(answer.error); else then?.(answer);
      });
    },
  };
  socket.on("connect", () => chatroom.complain("", {onlyInsteadOf: UNCONNECTED}));
  const said = Object.assign(document.createElement("div"), {className: "said", hidden: true, role: "status"});
  document.querySelector(".chat").append(said);
  document.querySelector(".chat").addEventListener("click", (event) => {
    const button = event.target.closest("[data-act], [data-panel], [data-do]");
    if (button?.dataset.act) chatroom.act(button.dataset.act);
    if (button?.dataset.panel) chatroom.panel(button.dataset.panel, button);
    if (button?.dataset.do) chatroom[button.dataset.do](button);
  });
});
'''
