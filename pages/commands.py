"""What can be written with a slash at the beginning of a message."""
import json

COMMANDS: dict[str, str] = {
    'me': 'Say what you do: /me waves',
    'shrug': 'End your message with a shrug',
    'topic': 'Change the topic of this room',
    'invite': 'Invite somebody to this room',
    'help': 'List the commands and the keys',
}
'''What each of them does, in half a sentence.'''
SHRUG = '¯\\_(ツ)_/¯'

SCRIPT = f'''
const COMMANDS = {json.dumps(COMMANDS)}, SHRUG = {json.dumps(SHRUG)};
''' + '''
// Commands. Each gives the text to send, or nothing if it does something else; a refusal keeps what was typed.
addEventListener("DOMContentLoaded", () => {
  const {ask, say} = chatroom;
  const needs = (text, example, act) => text ? act() : chatroom.complain(`Write it as in ${example}.`);
  const commands = {
    me: (text) => needs(text, "/me waves", () => "/me " + text),
    shrug: (text) => (text && text + " ") + SHRUG,
    topic: (topic, typed) => needs(topic, "/topic Release on Friday", () => {
      ask("update_room", {room: chatroom.room, topic}, () => done(typed, "The topic is changed."));
    }),
    invite: (name, typed) => needs(name, "/invite ann", () => {
      const username = name.replace(/^@/, "");
      ask("invite", {room: chatroom.room, username}, () => done(typed, `${username} is in this room now.`));
    }),
    help: (_, typed) => { chatroom.help(); done(typed); },
  };
  const done = (typed, text) => {  // unless something else was typed meanwhile
    chatroom.written(typed);
    if (text) say(text);
  };
  chatroom.command = (typed) => {
    const [, name, text = ""] = /^\\/(\\p{L}[^\\s/]*)(?:\\s+([^]*))?$/u.exec(typed) || [];
    if (!name) return typed;
    const does = Object.hasOwn(commands, name.toLowerCase()) && commands[name.toLowerCase()];
    if (does) return does(text.trim(), typed);
    chatroom.complain(`There is no command /${name}: /help lists them. A space in front sends /${name} as it is.`);
  };
});
'''
