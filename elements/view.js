// The list of messages as it is here, and what its reader has seen of it.
import {log, me} from "./context.js";
const data = log.dataset;
export const view = {
  room: +data.room,
  revision: +data.revision,  // up to here nothing is missing
  seen: Infinity,  // the highest one heard of since it was asked for what is missing; on each connect nobody knows
  epoch: data.epoch,
  wanted: false,  // the newest page, which is not here
  more: data.more === "true",  // there are older ones
  tail: true,  // the newest one is among these
  stuck: true,  // the reader is at the end
  lastTop: 0,  // where the list was scrolled to when that was looked at last
  known: 0,  // the newest message that was there to be read
  unseen: new Set(),  // later ones
  missed: false,  // more came than was counted
  read: +data.read,  // up to here I have read, or am about to tell so
  line: +data.unread ? +data.read : null,  // after this message stands what is new, if anything is
  held: false,  // it was marked as unread
  opening: null,  // the room that was asked for and has not come yet
};
export const all = () => log.getElementsByTagName("article");
export const idOf = (article) => +article.dataset.id;
export const first = () => all()[0];
export const last = () => all()[all().length - 1];
export const messageOf = (number) => document.getElementById("m" + number);
export const isMine = (article) => +article.dataset.author === me;
export const shownMessages = () => [...log.querySelectorAll("article:not([hidden], .leaving)")];
// Whether a message that was sent is here, or is so old that it is above all that are.
export const isDelivered = (number) => messageOf(number) || number < first()?.dataset.id;
export const namesMe = (article) => article.matches(`[data-mentions~="${me}"]`);
// By my name, or everyone.
export const callsMe = (article) => !isMine(article) && (namesMe(article) || article.matches("[data-mentions~='0']"));
