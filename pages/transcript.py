"""The list of messages: one element, whose content all pages of a room share."""
import auth
from chat import live
from chat.rooms import RoomInfo

from . import opening
from .clients import PassingHtml
from .revival import BUILD


class Transcript(PassingHtml):
    """Shows the newest messages of a room; from then on the browser keeps it up to date, and shows other rooms."""

    def __init__(self, reader: auth.Login, room: RoomInfo, page: live.Page | None, at: int) -> None:
        super().__init__(page.html if page else '', 'div')
        self.room_id = room.id
        self.classes('transcript')
        self.props(f'role=log aria-label=Messages tabindex=0 data-room={room.id} data-me={reader.user_id}')
        self.props.update({'data-name': reader.username, 'data-build': BUILD})
        if page:
            self.passing |= {'data-revision': page.revision, 'data-epoch': page.epoch, 'data-read': room.last_read_id,
                             'data-more': str(page.has_more).lower(), 'data-unread': room.unread, 'data-at': at}

    def _displayed_contents(self, *, only_visible: bool) -> list[str]:  # noqa: ARG002
        """What NiceGUI's User fixture sees, where no browser runs."""
        return live.shown(self.room_id).texts


SCRIPT = '''
// The transcript. The server sends ready <article>s; here each is put in its place, once, in its latest form.
addEventListener("DOMContentLoaded", () => {
  const make = (className, textContent) => Object.assign(document.createElement("div"), {className, textContent});
  const {socket} = chatroom, LOBBY = 1, log = document.querySelector("[role=log]"), data = log.dataset;
  const newer = document.getElementById("newer");
  const MOST = 200, NEAR = 600, GROUP = 5 * 60e3, QUOTED = 120;
  // revision: up to here nothing is missing; seen: the highest one heard of; tail: the newest message is among ours;
  // stuck: the reader is at the end; known: the newest message that was there to be read; unseen: later ones
  let revision = +data.revision, seen = revision, epoch = data.epoch, more = data.more == "true", tail = true;
  // starts: how often the list began anew; missed: more came than was counted
  const unseen = new Set();
  let starts = 0, missed = false;
  let known = 0, size = "", loading = false, wanted = false, resuming = false, stuck = true;
  // read: up to here I have read; line: after this message stands what is new, if anything is; held: marked as unread
  let room = +data.room, read = +data.read, line = +data.unread ? read : null, held = false;
  // opening: the room that was asked for and has not come yet; openingSeen: the highest revision heard of it
  let opening = null, openingSeen = 0;

  const all = () => log.getElementsByTagName("article");
  const id = (article) => +article.dataset.id;
  const delivered = (number) => document.getElementById("m" + number) || number < +all()[0]?.dataset.id;
  const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  const dayOf = new Intl.DateTimeFormat(undefined, {weekday: "long", day: "numeric", month: "long", year: "numeric"});
  const timeOf = new Intl.DateTimeFormat(undefined, {hour: "2-digit", minute: "2-digit"});
  const fullOf = new Intl.DateTimeFormat(undefined, {dateStyle: "full", timeStyle: "medium"});
  document.head.append(Object.assign(document.createElement("style"), {
    textContent: `.transcript [data-author="${data.me}"] .name { color: var(--accent) }
      .transcript :is([data-mentions~="${data.me}"], [data-mentions~="0"]:not([data-author="${data.me}"]))
        { background: var(--tint); box-shadow: inset 3px 0 var(--accent) }`}));
  const named = (article) => article.dataset.author !== data.me && article.dataset.mentions?.split(" ")
    .some((person) => person === data.me || person === "0");

  // Times in the reader's zone, groups of one author, lines between days: decided by each message's neighbour above.
  const newLine = make("new", "New");
  const nextShown = (node) => {
    do node = node.nextElementSibling; while (node?.matches("article:is([hidden], .leaving)"));
    return node;
  };
  const arrange = () => {
    let above, firstNew;
    newLine.remove();
    for (const article of all()) {
      if (article.matches("[hidden], .leaving")) continue;
      const time = article.querySelector("time");
      if (!article.sentAt) {
        article.sentAt = new Date(time.dateTime);
        article.sentDay = dayOf.format(article.sentAt);
        time.textContent = timeOf.format(article.sentAt);
        time.title = fullOf.format(article.sentAt);
        const edited = article.querySelector("time.edited");
        if (edited) edited.title = fullOf.format(new Date(edited.dateTime));
        for (const reaction of article.querySelectorAll(".reaction"))
          reaction.setAttribute("aria-pressed", reaction.dataset.people.split(" ").includes(data.me));
      }
      let day = article.previousElementSibling;
      if (!day?.matches(".day")) day = null;
      if (above?.sentDay === article.sentDay) day?.remove();
      else if (day) day.textContent = article.sentDay;
      else article.before(make("day", article.sentDay));
      article.classList.toggle("follows", !!above && above.sentDay === article.sentDay
        && above.dataset.author === article.dataset.author && article.sentAt - above.sentAt < GROUP);
      article.dataset.state = chatroom.stateOf(article.dataset.author);
      if (line !== null && id(article) > line && article.dataset.author !== data.me) firstNew ??= article;
      above = article;
    }
    firstNew?.classList.remove("follows");
    for (const day of log.querySelectorAll(".day"))
      if (!nextShown(day)?.matches("article")) day.remove();
    firstNew?.before(newLine);
    for (const node of log.querySelectorAll(".pending[id]"))  // sent, and meanwhile far above what is here
      if (delivered(+node.id.slice(4))) node.remove();
    log.classList.toggle("is-empty", !above && !log.querySelector(".pending"));
    chatroom.tell("arranged");
  };

  // Change the list without moving what is being read; who reads the end, and edits nothing, stays there.
  const keeping = (change, edge) => {
    const isEditing = !!log.querySelector(".editor:focus-within");
    if (isEditing) stuck = false;
    const stick = tail && stuck && !edge, top = log.getBoundingClientRect().top;
    const places = stick ? [] : [...all()].map((a) => [a.id, a.getBoundingClientRect(), a.hidden])
      .filter(([, box, hidden]) => !hidden && box.bottom > top);
    change();
    while (all().length > MOST) {  // drop what is farthest from the reader
      const fromTop = stick || edge === "newer", list = all();
      const second = list[1];
      if (fromTop) while (log.firstChild !== second) log.firstChild.remove(); else list[list.length - 1].remove();
      if (fromTop) more = true; else tail = false;
    }
    arrange();
    const same = places.find(([name]) => document.getElementById(name)?.checkVisibility());  // it may be deleted now
    const side = edge === "older" ? "bottom" : "top";  // the oldest one may lose its name to one above it
    if (stick) toEnd();
    else if (same) log.scrollTop += document.getElementById(same[0]).getBoundingClientRect()[side] - same[1][side];
    if (isEditing) stuck = tail && atEnd();
    show();
  };

  // The start of a message on one line, as quotes have it; none of a deleted one.
  const startOf = (article) => {
    const text = article.querySelector(".text")?.cloneNode(true);
    text?.querySelectorAll(".edited, .actor").forEach((node) => node.remove());
    text?.querySelectorAll("p, li, pre").forEach((block) => block.after(" "));
    const start = text && [...text.textContent.replace(/\\s+/g, " ").trim()];
    return start?.length > QUOTED ? start.slice(0, QUOTED - 1).join("").trimEnd() + "…" : start?.join("");
  };
  // Replies that are here show what they reply to as it is now.
  const requote = (article) => {
    const start = startOf(article);
    for (const quote of log.querySelectorAll(`.quote[data-to="${id(article)}"]`)) {
      const shown = quote.querySelector(".start");
      if (start === undefined) quote.replaceChildren(Object.assign(make("gone", "This message was deleted.")));
      else if (shown) shown.textContent = start;
    }
  };

  // edge tells which end of the list was asked for; beyond the other ends nothing is added, it comes when scrolled to.
  const put = (html, edge) => {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    for (const article of [...holder.content.children]) {
      document.getElementById("sent" + id(article))?.remove();
      if (article.dataset.sent && article.dataset.author === data.me)  // it may overtake its acknowledgement
        log.querySelector(`.pending[data-sent="${CSS.escape(article.dataset.sent)}"]`)?.remove();
      const old = document.getElementById(article.id), list = all(), last = list[list.length - 1];
      const isNewer = !old || +article.dataset.revision > +old.dataset.revision;
      if (isNewer && (article.hidden || article.querySelector("time.edited"))) requote(article);
      if (article.hidden) { unseen.delete(id(article)); chatroom.tell("deleted", id(article), room); }
      else if (!edge && id(article) > known && article.dataset.author !== data.me && !old) {
        if (!stuck) unseen.add(id(article));
        if (!stuck || document.hidden || held) {
          line ??= id(article) - 1;
          chatroom.tell("unread", room, id(article), named(article));
        }
        chatroom.tell("said", article.querySelector(".name").textContent);
        if (named(article)) chatroom.tell("named");
      }
      if (old) {
        const quote = article.querySelector(".quote"), hadFocus = old.contains(document.activeElement);
        if (isNewer) old.replaceWith(article);
        else if (quote && article.dataset.revision === old.dataset.revision)
          old.querySelector(".quote").replaceWith(quote);
        if (isNewer && hadFocus) { article.tabIndex = -1; article.focus({preventScroll: true}); }
      } else if (!last || id(article) > id(last)) {
        const below = last?.nextElementSibling?.matches(".gap") ? last.nextElementSibling : last;
        if (tail || edge === "newer") below ? below.after(article) : log.prepend(article);
      } else if (id(article) > id(list[0]) || edge === "older" || !more) {
        let spot = [...list].find((a) => id(a) > id(article));
        while (spot.previousElementSibling?.matches(".day, .gap, .new")) spot = spot.previousElementSibling;
        spot.before(article);
      }
    }
  };

  const show = () => {
    const list = all();
    if (tail && stuck) {
      unseen.clear(); missed = false;
      if (list.length) known = Math.max(known, id(list[list.length - 1]));
    }
    markRead();
    const far = !tail || log.scrollHeight - log.scrollTop - log.clientHeight > log.clientHeight;
    newer.hidden = !unseen.size && !missed && !far;
    newer.textContent = missed ? "New messages" : unseen.size > 1 ? `${unseen.size} new messages`
      : unseen.size ? "1 new message" : "Jump to newest";
  };
  // What stands at the end of an open room, in a tab that is looked at, is read.
  let reading = 0, told = 0;
  const tellRead = (number) => {
    const of = room;
    told = number;
    chatroom.tell("read", of);
    socket.emit("read", {room: of, id: number}, (answer) => {
      if (of !== room) return;
      if (answer.error) told = 0; else read = answer.last_read_id;
    });
  };
  const markRead = () => {
    clearTimeout(reading);
    reading = setTimeout(() => {
      if (!socket.connected || opening || held || !tail || !stuck || document.hidden) return;
      if (known > read && known > told) tellRead(known);
    }, 300 + 400 * Math.random());  // not everybody at once
  };
  chatroom.markRead = () => {  // all of it, and go on at the end
    held = false; line = null; known = Math.max(known, ...unseen);
    arrange(); toNewest(); tellRead(Number.MAX_SAFE_INTEGER); told = 0;
  };
  chatroom.when("changed", (info) => {  // in another tab, maybe
    if (info.id !== room || opening) return;
    if (info.marked) { read = line = info.last_read_id; held = true; told = 0; arrange(); }
    else if (info.last_read_id > read) { read = info.last_read_id; held = false; }
    if (document.hidden && !info.unread && line !== null) { line = null; arrange(); }
  });
  chatroom.when("sent", () => { line = null; held = false; toNewest(); });
  const toEnd = () => { log.scrollTop = log.scrollHeight; stuck = true; };

  const replace = (answer) => {  // another list
    log.querySelectorAll("article, .day, .gap").forEach((node) => node.remove());
    log.setAttribute("aria-live", "off"); setTimeout(() => log.setAttribute("aria-live", "polite"), 1000);
    starts++; unseen.clear(); missed = false; tail = !answer.newer; more = answer.more;
    revision = answer.revision; seen = Math.max(seen, revision);
    if (answer.epoch) { seen = epoch === answer.epoch ? seen : revision; epoch = answer.epoch; }
    keeping(() => put(answer.html, "newer"), "newer");
  };
  const fresh = (answer, notice) => {  // start over with the newest page
    replace(answer);
    if (notice && more) log.prepend(make("gap", notice));
    toEnd(); show(); fill();
  };

  // Too much was missed, but the reader is further up: bring what is shown up to date, and leave it where it is.
  const refresh = () => {
    const began = starts;
    socket.emit("scroll", {room, after: id(all()[0]) - 1, limit: MOST}, (answer) => {
      resuming = false;
      if (answer.error) return void setTimeout(resume, 1000 * (answer.retry_after || 2));
      if (began === starts) {
        const there = new Set([...answer.html.matchAll(/<article id="(m\\d+)"/g)].map((match) => match[1]));
        keeping(() => {
          for (const article of [...all()]) if (!there.has(article.id)) article.remove();
          put(answer.html, "newer");
        }, "newer");
        revision = answer.revision; seen = Math.max(seen, revision); tail = !answer.more; missed = true; show();
      }
      if (seen > revision) resume(); else fill();
    });
  };

  // Ask for what was missed: on every connect, and whenever the revisions of live packets leave a gap.
  const resume = () => {
    if (resuming || opening || !socket.connected) return;
    const began = starts;
    resuming = true;
    socket.emit("resume", {room, since: revision, epoch}, (answer) => {
      if (answer.fresh && answer.epoch === epoch && !stuck && all().length) return refresh();
      resuming = false;
      if (answer.code === "not_found") return void chatroom.lost();
      if (answer.error) return void setTimeout(resume, 1000 * (answer.retry_after || 2));
      if (began !== starts) return;
      if (answer.fresh) fresh(answer, "Much has happened while you were away: scroll up to read it");
      else {
        keeping(() => put(answer.html));
        revision = Math.max(revision, answer.revision); seen = Math.max(seen, revision);
      }
      if (seen > revision) resume(); else fill();
    });
  };
  socket.on("rewritten", (packet) =>  // in any of my rooms
    chatroom.tell(packet.deleted ? "deleted" : "edited", packet.id, packet.room));
  socket.on("changed", (packet) => {
    if (packet.room === opening?.room) openingSeen = Math.max(openingSeen, packet.to);
    if (packet.room !== room) return;
    seen = Math.max(seen, packet.to);
    keeping(() => put(packet.html));
    if (packet.from <= revision + 1) revision = Math.max(revision, packet.to); else resume();
  });

  const load = (edge) => {
    const list = all();
    const limit = edge === "older" ? {before: id(list[0])} : edge ? {after: id(list[list.length - 1])} : {};
    if (loading || !socket.connected) { wanted ||= !edge; return; }
    const began = starts;
    const of = room;
    loading = true;
    socket.emit("scroll", {room, ...limit}, (answer) => {
      loading = false;
      if (of !== room) return fill();  // another room was opened meanwhile
      if (wanted) { wanted = false; return load(); }
      if (answer.error || opening) return;
      if (edge && began !== starts) return fill();  // this was for another list
      if (!edge) fresh(answer);
      else if (all().length) {
        if (edge === "older") more = answer.more; else tail = !answer.more;
        keeping(() => put(answer.html, edge), edge);
        stuck ||= tail && atEnd(); show();
      }
      if (answer.revision < seen) {  // it was older than what had come live
        revision = Math.min(revision, answer.revision);
        resume();
      }
      fill();
    });
  };
  const fill = () => {
    if (!all().length) return;
    if (more && log.scrollTop < NEAR) load("older");
    else if (!tail && log.scrollHeight - log.scrollTop - log.clientHeight < NEAR) load("newer");
  };
  const box = () => log.clientWidth + "x" + log.clientHeight;
  log.addEventListener("scroll", () => {
    if (size === box()) stuck = tail && atEnd();  // or else it was the new size that scrolled, and not the reader
    show(); fill();
  }, {passive: true});
  new ResizeObserver(() => { size = box(); if (stuck) toEnd(); }).observe(log);
  const toNewest = () => { if (tail) toEnd(); else { log.scrollTop = log.scrollHeight; load(); } show(); };
  newer.addEventListener("click", () => { toNewest(); log.focus({preventScroll: true}); });

  socket.on("connect", () => {
    const newest = wanted && !opening;
    loading = wanted = resuming = false;
    markRead();
    if (opening) ask(); else resume();
    if (newest) load();
  });
  addEventListener("visibilitychange", markRead);
  Object.assign(chatroom, {log, make, arrange, toNewest, startOf, lastAuthors: () => [...all()].reverse()
    .filter((article) => !article.hidden).map((article) => article.querySelector(".name").textContent)});
''' + opening.PART + '''});
'''
