"""Who is here and who is writing, as the page shows it; and what the page tells of its own reader."""

SCRIPT = '''
// Who is here, and who is writing.
addEventListener("DOMContentLoaded", () => {
  const AWAY = 5 * 60e3, TYPING = 5e3, SIGNAL = 2100;  // the server takes a signal every two seconds
  const {socket} = chatroom, field = document.getElementById("composer"), typing = document.querySelector(".typing");
  const states = new Map(), writers = new Map();

  chatroom.stateOf = (person) => states.get(String(person)) || "offline";
  const paint = () => {
    for (const node of document.querySelectorAll("[data-person], .transcript article"))
      node.dataset.state = chatroom.stateOf(node.dataset.person || node.dataset.author);
  };
  const learn = (news) => {
    for (const [person, state] of Object.entries(news)) states.set(person, state);
    paint();
    chatroom.tell("states", Object.keys(news));
  };
  socket.on("states", learn);

  const showWriters = () => {
    const names = [...writers.keys()];
    typing.textContent = !names.length ? "" : names.length > 2 ? "Several people are typing ..."
      : names.join(" and ") + (names.length > 1 ? " are typing ..." : " is typing ...");
  };
  const stopped = (name) => { clearTimeout(writers.get(name)); writers.delete(name); showWriters(); };
  socket.on("typing", ({room, username}) => {
    if (room !== chatroom.room) return;
    clearTimeout(writers.get(username));
    writers.set(username, setTimeout(() => stopped(username), TYPING));
    showWriters();
  });
  chatroom.when("said", stopped);
  chatroom.when("opened", () => [...writers.keys()].forEach(stopped));
  let signalled = 0;
  field.addEventListener("input", () => {
    if (!field.value.trim() || Date.now() - signalled < SIGNAL || !socket.connected) return;
    signalled = Date.now();
    socket.emit("typing", {room: chatroom.room}, () => {});
  });
  chatroom.when("sent", () => { signalled = 0; });

  let acted = Date.now(), active = true;  // when this tab was last used, and what the server knows of it
  const attend = () => { if (socket.connected) socket.emit("attend", {in_view: !document.hidden, active}, () => {}); };
  const act = () => { acted = Date.now(); if (!active) { active = true; attend(); } };
  for (const input of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "focus"])
    addEventListener(input, act, {passive: true, capture: true});
  setInterval(() => { if (active && Date.now() - acted > AWAY) { active = false; attend(); } }, 15e3);
  addEventListener("visibilitychange", () => { if (!document.hidden) act(); attend(); });
  socket.on("connect", () => {
    attend();
    socket.emit("here", {}, (answer) => { if (!answer.error) { states.clear(); learn(answer.states); } });
  });
});
'''
