"""Deleting a message of one's own, which can be undone for some seconds: the page waits with the call."""

SCRIPT = '''
// Deletions wait here; those that a reload, or a lost connection, came between are done as soon as it is possible.
addEventListener("DOMContentLoaded", () => {
  // What a page that goes can't send any more, the next page of this browser does.
  const {socket, key, store, make} = chatroom, UNDO = 5e3;
  const left = stores.flatMap((where) => JSON.parse(where.getItem(key("deleting")) || "[]"));
  const waiting = new Map(left.map((number) => [number, 0]));  // with its timer, as long as there is a way back
  const undoable = () => [...waiting.keys()].filter((number) => waiting.get(number));
  store(localStorage, key("deleting"), "");
  const offer = Object.assign(make("undo", ""), {hidden: true, role: "status"}), said = document.createElement("span");
  const button = Object.assign(document.createElement("button"), {type: "button", textContent: "Undo"});
  button.title = "Ctrl+Z";
  offer.append(said, button);
  document.querySelector(".chat").append(offer);
  const hide = () => {
    for (const number of waiting.keys()) document.getElementById("m" + number)?.classList.add("leaving");
  };
  const keep = (where = sessionStorage) => {
    store(where, key("deleting"), waiting.size ? JSON.stringify([...waiting.keys()]) : "");
    const {length} = undoable();
    offer.hidden = !length;
    if (length) said.textContent = length > 1 ? `${length} messages are deleted.` : "The message is deleted.";
  };
  const forget = (number, isBack) => {
    clearTimeout(waiting.get(number)); waiting.delete(number); keep();
    if (!isBack) return;
    document.getElementById("m" + number)?.classList.remove("leaving");
    chatroom.arrange();
  };
  const undo = () => undoable().forEach((number) => forget(number, true));
  const send = (number) => new Promise((done) => {
    if (!waiting.has(number)) return done();
    clearTimeout(waiting.get(number)); waiting.set(number, 0); keep();
    if (!socket.connected) return done();  // with the next connection
    socket.timeout(10000).emit("delete_message", {id: number}, (lost, answer) => {
      const isLate = lost || ["too_fast", "unavailable"].includes(answer.code);
      if (isLate) setTimeout(send, 1000 * (answer?.retry_after || 1), number);
      else if (answer.code === "not_logged_in") return done();
      else forget(number, !!answer.error && answer.code !== "not_found");
      if (!isLate && answer.error && answer.code !== "not_found") chatroom.complain(answer.error);
      done();
    });
  });
  chatroom.remove = (number) => {
    waiting.set(number, setTimeout(send, UNDO, number)); keep();
    hide(); chatroom.arrange();
  };
  button.onclick = undo;
  addEventListener("keydown", (event) => {
    if (event.key !== "z" || !event.ctrlKey && !event.metaKey || offer.hidden) return;
    if (event.target.matches("input, textarea")) return;  // which undo what was typed
    event.preventDefault(); undo();
  });
  chatroom.finish = () => Promise.all([...waiting.keys()].map(send));  // before this page goes
  addEventListener("pagehide", () => { keep(localStorage); chatroom.finish(); });
  socket.on("connect", () => { for (const [number, timer] of waiting) if (!timer) send(number); });
  chatroom.when("arranged", hide);
  hide();
});
'''
