// What is unread and out of sight in the sidebar: a button at its edge says so, and leads to the nearest one, or rather
// to what calls me. And how much calls me in all, on Mentions, and on a phone on the button of the sidebar.
import {offer, rooms, tell, when} from "./context.js";
import {badgeOf, callsIn, linksNow} from "./sidebar.js";
const lists = document.querySelector(".sidebar .lists"), edges = document.querySelectorAll(".edge");
const heading = lists.querySelector("section:last-child h2");  // each stays at the upper edge
const totals = document.querySelectorAll(".entry-line .badge, #rooms .badge");
let total = 0;
const callsOf = ({dataset: {room}}) => callsIn(rooms.get(+room) || {});
const middleOf = (row) => {
  const {top, bottom, height} = row.getBoundingClientRect();
  return height ? (top + bottom) / 2 : NaN;  // one that is filtered out is nowhere
};
const beyond = ({dataset: {edge}}) => {
  const {top, bottom} = lists.getBoundingClientRect(), start = top + heading.offsetHeight;
  const unread = [...lists.querySelectorAll(".unread")];
  return edge === "below" ? unread.filter((row) => middleOf(row) > bottom)
    : unread.filter((row) => middleOf(row) < start).toReversed();
};
const showEdges = () => {
  for (const edge of edges) {
    const rows = beyond(edge);
    edge.hidden = !rows.length;
    edge.querySelector(".badge").textContent = badgeOf(rows.reduce((sum, row) => sum + callsOf(row), 0));
  }
};
offer("toUnread", (_, edge) => {
  const rows = beyond(edge), row = rows.find(callsOf) || rows[0];
  row.scrollIntoView({block: "center"}); row.focus({preventScroll: true});
});
when("counted", (calls) => {
  if (rooms.size < linksNow().length) return;  // a page begins with what the server counted
  for (const badge of totals) badge.textContent = badgeOf(calls);
  if (calls !== total) tell("called");
  total = calls; showEdges();
});
const listSizes = new ResizeObserver(showEdges);  // filtering changes them, and opening on a phone
for (const node of [lists, ...lists.children]) listSizes.observe(node);
lists.addEventListener("scroll", showEdges, {passive: true});
