// Where I am, which the address says, and where I was in each room: a list that is read somewhere else than at its end
// is there again. Entries of the browser's history are rooms, and places in them.
import {keep, kept, view} from "./context.js";
import {notice} from "./transcript.js";
export const places = kept(sessionStorage, "places") || {};  // by room
const address = (room, at) => `/chat/${room}` + (at ? `?at=${at}` : "");
export const addState = (state) => history.replaceState({...history.state, ...state}, "");
export const keepPlace = () => {
  if (view.awaited) return;
  notice();  // a busy browser tells of what was scrolled late
  places[view.room] = view.stuck ? null : view.places[0];
};
export const markPlace = ({room, at, push}) => {
  if (push && (at || room !== view.room)) history.pushState({room, at}, "", address(room, at));
  else addState({room, at});
};
// In the entry that is left.
export const markLeft = () => {
  const place = places[view.room], {state} = history;
  if (state?.room === view.room && (place || state.place)) addState({place});
};
// Without another entry: the room that the address said can't be seen.
export const readdress = (room) => history.replaceState({room}, "", address(room));
addEventListener("pagehide", () => { keepPlace(); keep(sessionStorage, "places", places); });
