"""Deleting a message of one's own, which can be undone for some seconds: the page waits with the call."""

SCRIPT = '''
// Deletions wait here; those that a reload, or a lost connection, came between are done as soon as it is possible.
addEventListener("DOMContentLoaded", () => {
  // What a page that goes can't send any more, the next page of this browser does.
  const {socket, key, store} = chatroom, UNDO = 5e3;
  const left = stores.flatMap((where) => JSON.parse(where.getItem(key("deleting")) || "[]"));
  const waiting = new Map(left.map((number) => [number, 0]));
  store(localStorage, key("deleting"), "");
  const hide = () => {
    for (const number of waiting.keys()) document.getElementById("m" + number)?.classList.add("leaving");
  };
  const keep = (where = sessionStorage) =>
    store(where, key("deleting"), waiting.size ? JSON.stringify([...waiting.keys()]) : "");
  const forget = (number, isBack) => {
    clearTimeout(waiting.get(number)); waiting.delete(number); keep();
    if (!isBack) return;
    document.getElementById("m" + number)?.classList.remove("leaving");
    chatroom.arrange();
  };
  const send = (number) => new Promise((done) => {
    if (!socket.connected) { waiting.set(number, 0); return done(); }  // with the next connection
    socket.timeout(10000).emit("delete_message", {id: number}, (lost, answer) => {
      const isLate = lost || ["too_fast", "unavailable"].includes(answer.code);
      if (isLate) waiting.set(number, setTimeout(send, 1000 * (answer?.retry_after || 1), number));
      else if (answer.code === "not_logged_in") return done();
      else forget(number, !!answer.error && answer.code !== "not_found");
      if (!isLate && answer.error && answer.code !== "not_found") chatroom.complain(answer.error);
      done();
    });
  });
  chatroom.remove = (number) => {
    waiting.set(number, setTimeout(send, UNDO, number)); keep();
    hide(); chatroom.arrange();
    const text = waiting.size > 1 ? `${waiting.size} messages are deleted.` : "The message is deleted.";
    chatroom.say(text, "Undo", () => [...waiting.keys()].forEach((one) => forget(one, true)));
  };
  chatroom.finish = () => Promise.all([...waiting.keys()].map(send));  // before this page goes
  addEventListener("pagehide", () => { keep(localStorage); chatroom.finish(); });
  socket.on("connect", () => { for (const [number, timer] of waiting) if (!timer) send(number); });
  socket.on("disconnect", () => {
    for (const [number, timer] of waiting) { clearTimeout(timer); waiting.set(number, 0); }
  });
  chatroom.when("arranged", hide);
  hide();
});
'''
