// The connection: lost, maybe unknowingly, and renewed. Whether I am here: in view, and active on this page lately.
import {get, log, socket, tell} from "./context.js";
import {reloadWhenPossible} from "./reloading.js";
const SILENCE = 40e3, LOOK = 2e3, HALF_DAY = 12 * 3600e3, AWAY = 5 * 60e3;  // the server pings every 24 s
const {dataset: page} = log, sign = document.getElementById("connection"), LOST = sign.textContent;
const {packet} = socket, latency = +new URLSearchParams(location.search).get("latency");
let refused = false, heardAt = Date.now();  // refused: there are too many tabs, so this one waits for somebody to look
let acted = Date.now();  // when this tab was last used
const isAway = () => Date.now() - acted > AWAY;
export const isLooking = () => !document.hidden && !isAway();
const mine = {get in_view() { return isLooking(); }, active: true};  // as it is when it is sent
const away = (is, text = LOST) => { sign.hidden = !is; sign.textContent = text; };
const hearPing = () => { heardAt = Date.now(); };
const renew = () => { if (socket.connected) socket.io.engine.close(); };
const waitForTurn = ({message, data: {retry_after: seconds}}) => {
  refused = !seconds; away(true, message);
  if (seconds) setTimeout(() => socket.connect(), 1000 * (seconds + Math.random()));
};
const lookAgain = () => {  // who looks need not wait for the next attempt
  if (!document.hidden && !socket.connected && (refused || socket.active)) socket.disconnect().connect();
};
const attend = () => { if (socket.connected) get("attend", mine, () => {}); };
const becomes = (is) => { if (mine.active !== is) { mine.active = is; attend(); } };
const useNow = () => {
  const wasAway = isAway();
  acted = Date.now(); becomes(true);
  if (wasAway) tell("came back");
};
// A server that was restarted, or that gave this page up, makes its part of the page again from this.
Object.assign(socket.io.opts.query, {room: page.room, me: page.me, name: page.name, build: page.build});
socket.on("connect", () => { refused = false; away(false); hearPing(); attend(); });
socket.on("disconnect", () => away(true));
// Where it can't, load anew. (NiceGUI would also reload after an attempt that timed out, into an error page.)
socket.off("connect_error").on("connect_error", (error) => {
  if (error.data?.code === "too_fast") waitForTurn(error);
  else if (!socket.active) reloadWhenPossible();
  else if (error.message === "timeout") socket.io.opts.transports = ["polling", "websocket"];
});
socket.io.on("ping", hearPing);
setInterval(() => {  // a connection may have died unknowingly: while the network was away, or while the computer slept
  if (Date.now() - heardAt > SILENCE) { hearPing(); renew(); }
  if (isAway()) becomes(false);
}, LOOK);
setInterval(() => fetch(location), HALF_DAY);  // or else the cookie would run out under a page that stays
addEventListener("offline", () => away(true));
addEventListener("online", renew);
addEventListener("visibilitychange", () => { if (!document.hidden) { useNow(); lookAgain(); } attend(); });
addEventListener("focus", () => { if (refused) lookAgain(); });
for (const input of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "focus"])
  addEventListener(input, useNow, {passive: true, capture: true});
// For trying by hand, and for tests: with `?latency=300` in its address a page sends everything 300 ms later.
if (latency > 0) socket.packet = (one) => { setTimeout(() => packet.call(socket, one), latency); };
