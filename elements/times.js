// Dates and times in the reader's zone and language.
export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const writer = (options) => new Intl.DateTimeFormat(undefined, options).format;
export const dayOf = writer({weekday: "long", day: "numeric", month: "long", year: "numeric"});
export const timeOf = writer({hour: "2-digit", minute: "2-digit"});
export const wholeOf = writer({dateStyle: "full", timeStyle: "medium"});
const forms = {day: dayOf, time: timeOf, short: writer({dateStyle: "medium", timeStyle: "short"})};
export const writeTimes = (root) => {  // into each <time> of a fragment that says in which form
  for (const node of root.querySelectorAll("time[data-as]"))
    node.textContent = forms[node.dataset.as](new Date(node.dateTime));
};
