"""Keeping the page connected, and saying so when it is not."""

SCRIPT = '''
// The connection: lost, maybe unknowingly, and renewed.
addEventListener("DOMContentLoaded", () => {
  const SILENCE = 40e3;  // the server pings every 24 s
  const {socket} = chatroom, data = document.querySelector("[role=log]").dataset;
  const away = (is) => { document.getElementById("connection").hidden = !is; };
  socket.on("connect", () => away(false));
  socket.on("disconnect", () => away(true));
  // A server that was restarted, or that gave this page up, makes its part of the page again from this.
  Object.assign(socket.io.opts.query, {room: data.room, me: data.me, name: data.name, build: data.build});
  // Where it can't, load anew. (NiceGUI would also reload after an attempt that timed out, into an error page.)
  socket.off("connect_error").on("connect_error", (error) => {
    if (!socket.active) reloadWhenPossible();
    else if (error.message === "timeout") socket.io.opts.transports = ["polling", "websocket"];
  });
  setInterval(() => fetch(location), 12 * 3600e3);  // or else the cookie would run out under a page that stays
  // A connection may have died unknowingly: while the network was away, or while the computer slept.
  const renew = () => { if (socket.connected) socket.io.engine.close(); };
  let heard = Date.now();
  const hear = () => { heard = Date.now(); };
  socket.on("connect", hear); socket.io.on("ping", hear);
  setInterval(() => { if (Date.now() - heard > SILENCE) { hear(); renew(); } }, 2000);
  addEventListener("offline", () => away(true));
  addEventListener("online", renew);
  addEventListener("visibilitychange", () => {  // who looks need not wait for the next attempt
    if (!document.hidden && !socket.connected && socket.active) socket.disconnect().connect();
  });
});
'''
