// Slash commands, as Python describes them (pages/commands.py). A refusal keeps what was typed.
import {ask, complain, composer, say, takeView} from "./context.js";
import {callOffered} from "./runtime.js";
import {view} from "./view.js";
const COMMAND = /^\/(\p{L}[^\s/]*)(?:\s+([^]*))?$/u;
export const commandRows = [...takeView(".commands").content.children];
const done = (typed, text) => {  // unless something else was typed meanwhile
  if (composer.value === typed) { composer.value = ""; composer.dispatchEvent(new Event("input", {bubbles: true})); }
  complain("");
  if (text) say(text);
};
// The text to send, if it is one. What commands send is known here; all else the server does, or refuses.
export const textToSend = (typed) => {
  const [, given, text = ""] = COMMAND.exec(typed) || [], name = given?.toLowerCase();
  const {example, send, call} = commandRows.find((row) => row.dataset.key === `/${name}`)?.dataset || {};
  if (!given) return typed;
  if (call) { callOffered(call); return done(typed); }
  if (send && (text.trim() || !example)) return send.replace("{}", () => text.trim());
  return ask("command", {room: view.room, name: given, text}, (answer) => done(typed, answer.say));
};
