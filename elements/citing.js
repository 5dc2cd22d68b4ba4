// Links to messages of ours open in place, and show below the text what they lead to, to who may see it.
import {get, log, socket, when} from "./context.js";
import {fromHtml, opensElsewhere, targetOf} from "./dom.js";
import {open} from "./opening.js";
import {keeping} from "./transcript.js";
const MOST = 3, OURS = `a[href^="${location.origin}/chat/"]`, found = new Map();  // by id, what was asked for
const PLACE = /^\/chat\/([1-9]\d{0,14})(?:\?at=([1-9]\d{0,14}))?$/;  // all else is the server's to understand
const placeOf = ({pathname, search}) => {
  const [, room, at] = PLACE.exec(pathname + search) ?? [];
  return {room: +room, at: +at || undefined};
};
const askAbout = (id) => {
  found.set(id, "");
  get("cited", {id}, ({html = ""}) => {
    found.set(id, html);
    if (html) keeping(() => {});
  });
};
const cite = (article) => {
  const ids = [...article.querySelectorAll(`.text ${OURS}`)].map((link) => placeOf(link).at).filter(Boolean);
  for (const id of [...new Set(ids)].slice(0, MOST)) {
    if (!found.has(id)) askAbout(id);
    if (article.querySelector(`[data-cited="${id}"]`)) continue;
    article.insertBefore(fromHtml(found.get(id)), article.querySelector(".reactions, .tools, .editor"));
  }
};
const citeAgain = (id) => {
  if (!found.delete(id)) return;
  for (const node of log.querySelectorAll(`[data-cited="${id}"]`)) node.remove();
  askAbout(id);
};
document.addEventListener("click", (event) => {
  const link = targetOf(event, `:is(.text, .topic) ${OURS}, .cited`);
  if (!link || opensElsewhere(event)) return;
  const {room, at} = placeOf(link);
  event.preventDefault();
  if (room) open(room, {at}); else location.assign(link.href);
});
for (const news of ["edited", "deleted"]) when(news, citeAgain);
when("arranged", () => log.querySelectorAll(`article:has(.text ${OURS})`).forEach(cite));
socket.on("connect", () => found.clear());
