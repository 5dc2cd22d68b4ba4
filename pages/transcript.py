"""The list of messages: one element, whose content all pages of a room share."""
from typing import Any

from nicegui import ui

import auth
from chat import live

from .revival import BUILD


class Transcript(ui.html):
    """Shows the newest messages of a room; from then on the browser keeps it up to date by itself."""

    def __init__(self, room_id: int, reader: auth.Login) -> None:
        super().__init__(sanitize=False)
        self.room_id = room_id
        self.classes('transcript')
        self.props(f'role=log aria-label=Messages tabindex=0 data-room={room_id} data-me={reader.user_id}')
        self.props.update({'data-name': reader.username, 'data-build': BUILD})

    def _to_dict(self) -> dict[str, Any]:
        """Put the content in only while the page is written: kept in each page, it would cost memory per browser."""
        page = live.shown(self.room_id)
        own = {'innerHTML': page.html, 'data-revision': page.revision, 'data-epoch': page.epoch,
               'data-more': str(page.has_more).lower()}
        return {**super()._to_dict(), 'props': {**self._props, **own}}

    def _displayed_contents(self, *, only_visible: bool) -> list[str]:  # noqa: ARG002
        """What NiceGUI's User fixture sees, where no browser runs."""
        return live.shown(self.room_id).texts


SCRIPT = '''
// The transcript. The server sends ready <article>s; here each is put in its place, once, in its latest form.
addEventListener("DOMContentLoaded", () => {
  const make = (className, textContent) => Object.assign(document.createElement("div"), {className, textContent});
  const log = document.querySelector("[role=log]"), data = log.dataset, room = +data.room, socket = window.socket;
  const newer = document.getElementById("newer"), connection = document.getElementById("connection");
  const MOST = 200, NEAR = 600, GROUP = 5 * 60e3, SILENCE = 40e3;  // the server pings every 24 s
  // revision: up to here nothing is missing; seen: the highest one heard of; tail: the newest message is among ours;
  // stuck: the reader is at the end; known: the newest message that was there to be read; unseen: later ones
  let revision = +data.revision, seen = revision, epoch = data.epoch, more = data.more == "true", tail = true;
  // starts: how often the list began anew; missed: more came than was counted
  const unseen = new Set();
  let starts = 0, missed = false;
  let known = 0, size = "", loading = false, wanted = false, resuming = false, stuck = true;

  const all = () => log.getElementsByTagName("article");
  const id = (article) => +article.dataset.id;
  const delivered = (number) => document.getElementById("m" + number) || number < +all()[0]?.dataset.id;
  const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  const dayOf = new Intl.DateTimeFormat(undefined, {weekday: "long", day: "numeric", month: "long", year: "numeric"});
  const timeOf = new Intl.DateTimeFormat(undefined, {hour: "2-digit", minute: "2-digit"});
  const fullOf = new Intl.DateTimeFormat(undefined, {dateStyle: "full", timeStyle: "medium"});
  document.head.append(Object.assign(document.createElement("style"), {
    textContent: `[data-author="${data.me}"] .name { color: var(--accent) }`}));

  // Times in the reader's zone, groups of one author, lines between days: decided by each message's neighbour above.
  const arrange = () => {
    let above;
    for (const article of all()) {
      if (article.hidden) continue;
      const time = article.querySelector("time");
      if (!article.sentAt) {
        article.sentAt = new Date(time.dateTime);
        article.sentDay = dayOf.format(article.sentAt);
        time.textContent = timeOf.format(article.sentAt);
        time.title = fullOf.format(article.sentAt);
      }
      let line = article.previousElementSibling;
      if (!line?.matches(".day")) line = null;
      if (above?.sentDay === article.sentDay) line?.remove();
      else if (line) line.textContent = article.sentDay;
      else article.before(make("day", article.sentDay));
      article.classList.toggle("follows", !!above && above.sentDay === article.sentDay
        && above.dataset.author === article.dataset.author && article.sentAt - above.sentAt < GROUP);
      above = article;
    }
    for (const line of log.querySelectorAll(".day"))
      if (!line.nextElementSibling?.matches("article:not([hidden])")) line.remove();
    for (const node of log.querySelectorAll(".pending[id]"))  // sent, and meanwhile far above what is here
      if (delivered(+node.id.slice(4))) node.remove();
    log.classList.toggle("is-empty", !above && !log.querySelector(".pending"));
  };

  // Change the list without moving what is being read; who reads the end stays there.
  const keeping = (change, edge) => {
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
    if (stick) toEnd();
    else if (same) log.scrollTop += document.getElementById(same[0]).getBoundingClientRect().top - same[1].top;
    show();
  };

  // edge tells which end of the list was asked for; beyond the other ends nothing is added, it comes when scrolled to.
  const put = (html, edge) => {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    for (const article of [...holder.content.children]) {
      document.getElementById("sent" + id(article))?.remove();
      if (!edge && article.dataset.author === data.me) {  // it may overtake its acknowledgement
        const text = article.querySelector(".text")?.firstChild?.textContent;
        [...log.querySelectorAll(".pending:not([id])")].find((node) => node.lastChild.textContent === text)?.remove();
      }
      const old = document.getElementById(article.id), list = all(), last = list[list.length - 1];
      if (article.hidden) unseen.delete(id(article));
      else if (!edge && !stuck && id(article) > known && article.dataset.author !== data.me) unseen.add(id(article));
      if (old) {
        if (+article.dataset.revision > +old.dataset.revision) old.replaceWith(article);
      } else if (!last || id(article) > id(last)) {
        const below = last?.nextElementSibling?.matches(".gap") ? last.nextElementSibling : last;
        if (tail || edge === "newer") below ? below.after(article) : log.prepend(article);
      } else if (id(article) > id(list[0]) || edge === "older" || !more) {
        let spot = [...list].find((a) => id(a) > id(article));
        while (spot.previousElementSibling?.matches(".day, .gap")) spot = spot.previousElementSibling;
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
    newer.hidden = !unseen.size && !missed;
    newer.textContent = missed ? "New messages" : unseen.size === 1 ? "1 new message" : `${unseen.size} new messages`;
  };
  // What stands at the end of an open room, in a tab that is looked at, is read.
  let read = 0, reading = 0;
  const markRead = () => {
    clearTimeout(reading);
    reading = setTimeout(() => {
      if (!socket.connected || !tail || !stuck || document.hidden || known <= read) return;
      read = known;
      socket.emit("read", {room, id: known});
    }, 300 + 400 * Math.random());  // not everybody at once
  };
  const toEnd = () => { log.scrollTop = log.scrollHeight; stuck = true; };

  const fresh = (answer, notice) => {  // start over with the newest page
    log.querySelectorAll("article, .day, .gap").forEach((node) => node.remove());
    starts++; tail = true; stuck = true; more = answer.more;
    revision = answer.revision; seen = Math.max(seen, revision);
    if (answer.epoch) { seen = epoch === answer.epoch ? seen : revision; epoch = answer.epoch; }
    keeping(() => put(answer.html, "newer"), "newer");
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
    if (resuming || !socket.connected) return;
    resuming = true;
    socket.emit("resume", {room, since: revision, epoch}, (answer) => {
      if (answer.fresh && answer.epoch === epoch && !stuck && all().length) return refresh();
      resuming = false;
      if (answer.error) return void setTimeout(resume, 1000 * (answer.retry_after || 2));
      if (answer.fresh) fresh(answer, "Much has happened while you were away: scroll up to read it");
      else {
        keeping(() => put(answer.html));
        revision = Math.max(revision, answer.revision); seen = Math.max(seen, revision);
      }
      if (seen > revision) resume(); else fill();
    });
  };
  socket.on("changed", (packet) => {
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
    loading = true;
    socket.emit("scroll", {room, ...limit}, (answer) => {
      loading = false;
      if (wanted) { wanted = false; return load(); }
      if (answer.error) return;
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

  const away = (is) => { connection.hidden = !is; };
  socket.on("connect", () => {
    const newest = wanted;
    loading = wanted = resuming = false;
    away(false); resume(); markRead();
    if (newest) load();
  });
  socket.on("disconnect", () => away(true));
  // A server that was restarted, or that gave this page up, makes its part of the page again from this.
  Object.assign(socket.io.opts.query, {room, me: data.me, name: data.name, build: data.build});
  // Where it can't, load anew. (NiceGUI would also reload after an attempt that timed out, into an error page.)
  socket.off("connect_error").on("connect_error", (error) => {
    if (!socket.active) reloadWhenPossible();
    else if (error.message === "timeout") socket.io.opts.transports = ["polling", "websocket"];
  });
  setInterval(() => fetch(location), 12 * 3600e3);  // or else the cookie would run out under a page that stays
  // A connection may have died unknowingly: while the network was away, or while the computer slept.
  const renew = () => { if (socket.connected) socket.io.engine.close(); };
  let heard = Date.now();
  const hear = () => { heard = Date.now(); };
  socket.on("connect", hear); socket.io.on("ping", hear);
  setInterval(() => { if (Date.now() - heard > SILENCE) { hear(); renew(); } }, 2000);
  addEventListener("offline", () => away(true));
  addEventListener("online", renew);
  addEventListener("visibilitychange", () => {  // who looks need not wait for the next attempt
    markRead();
    if (!document.hidden && !socket.connected && socket.active) socket.disconnect().connect();
  });
  window.chatroom = {log, room, me: `${data.me}.${data.name}`, socket, make, arrange, toNewest};
  arrange(); toEnd(); show(); fill();
});
'''
