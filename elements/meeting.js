// Somebody whom nothing connects me with yet is met at once, in a room that has no number so far: what is written there
// waits in the outbox until the server has made it. If it can't, the text is there again, and sending it asks anew.
import {complain, isMade, rooms, tell, view} from "./context.js";
import {moveField} from "./drafts.js";
import {open} from "./opening.js";
import {answerItem, enqueue, itemsAfter, itemsNamed, whenAnswered} from "./outbox.js";
const met = new Map();  // by name, what stands for their room, and who they are
const directWith = ([person, ...others]) => others.length ? null
  : [...rooms.values()].find(({kind, name, says}) => kind === "direct" && says.person && name === person);
const askToMeet = ({room, members}) => {
  const id = createRandomUUID();
  enqueue({id, name: "open_direct", key: `room ${room}`, of: {members}, about: {room}});
  return id;
};
// The item that waits for the number of this room.
const meetingOf = (room) => itemsNamed("open_direct").find(({about}) => about.room === room)?.id;
export const meetingIn = (room) => isMade(room) ? undefined
  : meetingOf(room) ?? askToMeet([...met.values()].find((one) => one.room === room));
const meet = (members) => {
  const name = members.join(", "), one = met.get(name) ?? {room: -Date.now(), members};
  met.set(name, one);
  open(one.room, {name}); meetingIn(one.room);
};
export const openDirect = (members) => {
  const known = directWith(members);
  if (known) open(known.id); else meet(members);
};
addEventListener("meet", ({detail: members}) => openDirect(members));  // from a dialog
whenAnswered("open_direct", ({id, about: {room}}, {error, room: made}) => {
  for (const item of itemsAfter(id).toReversed()) answerItem(item, {error});  // none, if it was made
  if (!made) return complain(error);
  moveField(room, made.id); tell("arrived", made);
  return view.room === room && open(made.id);
});
