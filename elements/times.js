// Times as the reader's computer says them: in its zone and language, the last two days by how long they are ago. A
// page outlives midnights and journeys: then all are written anew, and what is made of days is asked for again.
import {tell, zone} from "./context.js";
const LOOK_AT_CLOCK = 5e3, DAY = {weekday: "long", day: "numeric", month: "long", year: "numeric"};
const ago = new Intl.RelativeTimeFormat(undefined, {numeric: "auto"});
const writer = (options) => new Intl.DateTimeFormat(undefined, options).format;
const daysAgo = (days) => { const date = new Date(); date.setDate(date.getDate() - days); return date; };
const clockNow = () => zone() + new Date().toDateString();
let clock = "", forms = {}, recent = new Map();  // recent: today and yesterday, by what they are called otherwise
const dayName = (days) => ago.format(-days, "day").replace(/^./u, (letter) => letter.toLocaleUpperCase());
const setClock = () => {
  clock = clockNow();
  forms = {date: writer(DAY), time: writer({hour: "2-digit", minute: "2-digit"}),
    whole: writer({dateStyle: "full", timeStyle: "medium"}), short: writer({dateStyle: "medium", timeStyle: "short"}),
    iso: new Intl.DateTimeFormat("en-CA", {year: "numeric", month: "2-digit", day: "2-digit"}).format};
  recent = new Map([0, 1].map((days) => [forms.date(daysAgo(days)), dayName(days)]));
};
const named = (date) => recent.get(date) ?? date;
export const inForm = (form, date) => form === "day" ? named(forms.date(date)) : forms[form](date);
export const writeTimes = (node) => {
  for (const time of node.querySelectorAll("time[data-as]")) {
    const date = new Date(time.dateTime);
    time.textContent = inForm(time.dataset.as, date);
    time.title = inForm(time.dataset.as === "day" ? "date" : "whole", date);
  }
};
// Whoever is about to compare days looks, too: a message may come before the clock was looked at again.
export const lookAtClock = () => {
  if (clock === clockNow()) return;
  setClock(); writeTimes(document); tell("clock");
};
setClock();
setInterval(lookAtClock, LOOK_AT_CLOCK);
for (const kind of ["visibilitychange", "focus"]) addEventListener(kind, lookAtClock);
