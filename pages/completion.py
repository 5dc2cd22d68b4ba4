"""Completing names, emoji and commands while writing."""
SCRIPT = '''
// Completion in a field, after "@", ":" or "/". Of people, members of this room first, and among them who wrote last.
addEventListener("DOMContentLoaded", () => {
  const {socket, name: me} = chatroom, MOST = 8, SMALL = 100, LOBBY = 1, FRESH = 60e3;
  const list = Object.assign(document.createElement("ul"), {id: "completion", className: "completion", hidden: true});
  list.setAttribute("role", "listbox"); document.body.append(list);
  const fields = new WeakSet(), known = new Map();  // usernames by room, and when they were asked for
  let field, found = [], chosen = 0, last, isLoaded = false;

  const members = (room) => {
    const old = known.get(room);
    if (old && Date.now() - old.at < FRESH) return old.names;
    if (!old?.asked) {
      known.set(room, {...old, names: old?.names || [], asked: true});
      socket.emit("members", {room}, (answer) => {
        known.set(room, {at: Date.now(), names: (answer.members || []).map((person) => person.username)});
        offer();
      });
    }
    return old?.names || [];
  };
  const people = (typed) => {
    const text = typed.slice(1).toLocaleLowerCase();
    const inRoom = members(chatroom.room), recent = chatroom.lastAuthors();
    const isAdmin = chatroom.rooms.get(LOBBY)?.managed;
    const there = new Set(inRoom), all = [...inRoom, ...members(LOBBY).filter((name) => !there.has(name))];
    const named = all.filter((name) => name !== me && name.toLocaleLowerCase().includes(text)).map((name) => ({
      name, note: there.has(name) ? "" : "not in this room",
      rank: [!there.has(name), !name.toLocaleLowerCase().startsWith(text), (recent.indexOf(name) + 1) || Infinity]}));
    named.sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1]
      || (a.rank[2] === b.rank[2] ? a.name.localeCompare(b.name) : a.rank[2] - b.rank[2]));
    if ("everyone".startsWith(text) && inRoom.length && (inRoom.length <= SMALL || isAdmin))
      named.splice(MOST - 1, Infinity, {name: "everyone", note: `all ${inRoom.length} members`});
    return named.map(({name, note}) => ({label: name, note, text: `@${name} `}));
  };
  const emoji = (typed) => {
    if (!isLoaded) chatroom.loadEmoji().then(() => { isLoaded = true; offer(); }, () => {});
    return chatroom.findEmoji(typed.slice(1)).filter(({rank}) => rank < 3).map(({emoji: mark, name}) => ({
      mark, label: `:${name}:`, text: `${mark} `}));
  };
  const commands = (typed) => Object.entries(COMMANDS)
    .map(([name, note]) => ({label: `/${name}`, note, text: `/${name} `}))
    .filter(({label}) => label.startsWith(typed) && label !== typed);
  const KINDS = [
    {title: "People", begun: /(?<![\\p{L}\\p{M}\\p{N}_@./-])@[\\p{L}\\p{M}\\p{N}._-]*$/u, candidates: people},
    {title: "Emoji", begun: /(?<![^\\s([{]):[a-z0-9_+-]{2,}$/i, candidates: emoji},
    {title: "Commands", begun: /^\\/[a-z]*$/, candidates: commands},
  ];
  const begun = () => {  // what stands before the caret, and what kind of thing it is
    if (field.selectionStart !== field.selectionEnd) return {};
    const before = field.value.slice(0, field.selectionStart), kind = KINDS.find(({begun}) => begun.test(before));
    return {kind, typed: kind?.begun.exec(before)[0]};
  };
  const choose = (number) => {
    const rows = [...list.children];
    chosen = (number + rows.length) % rows.length;
    rows.forEach((row, at) => row.setAttribute("aria-selected", at === chosen));
    rows[chosen].scrollIntoView({block: "nearest"});
    field.setAttribute("aria-activedescendant", rows[chosen].id);
  };
  const close = () => { list.hidden = true; list.replaceChildren(); field?.removeAttribute("aria-activedescendant"); };
  const place = () => {  // above what the field stands in, or below it if there is more room
    const {left, width} = field.getBoundingClientRect(), {top, bottom} = field.parentNode.getBoundingClientRect();
    const isAbove = top > innerHeight - bottom;
    Object.assign(list.style, {left: `${left}px`, maxWidth: `${Math.min(360, width)}px`,
      top: isAbove ? "auto" : `${bottom + 4}px`, bottom: isAbove ? `${innerHeight - top + 4}px` : "auto"});
  };
  const offer = () => {
    const {kind, typed} = document.activeElement === field ? begun() : {};
    found = kind ? kind.candidates(typed).slice(0, MOST) : [];
    if (!found.length) return close();
    list.replaceChildren(...found.map(({mark, label, note = ""}, at) => {
      const row = Object.assign(document.createElement("li"), {id: `completion${at}`});
      const name = Object.assign(document.createElement("bdi"), {textContent: label});
      if (mark) row.append(Object.assign(document.createElement("i"), {textContent: mark}));
      row.append(name, Object.assign(document.createElement("span"), {textContent: note}));
      row.setAttribute("role", "option");
      return row;
    }));
    list.setAttribute("aria-label", kind.title);
    list.hidden = false; place();
    choose(0);
  };
  const complete = (number) => {
    const {typed} = begun(), {mark, text} = found[number], end = field.selectionStart;
    close();
    if (!typed) return;
    if (mark) chatroom.usedEmoji(mark);
    chatroom.insert(field, text, end - typed.length, end);
  };
  chatroom.completes = (one) => {
    fields.add(one);
    one.setAttribute("aria-controls", "completion"); one.setAttribute("aria-autocomplete", "list");
  };
  document.addEventListener("input", ({target}) => { if (fields.has(target)) { field = target; offer(); } });
  document.addEventListener("selectionchange", () => {  // the caret may have moved
    if (!fields.has(document.activeElement)) return;
    field = document.activeElement;
    if (begun().typed !== last) offer();
    last = begun().typed;
  });
  document.addEventListener("focusout", ({target}) => { if (target === field) close(); });
  for (const kind of ["resize", "scroll"]) addEventListener(kind, () => { if (!list.hidden) place(); }, true);
  chatroom.when("opened", close);
  list.addEventListener("pointerdown", (event) => {  // the field keeps the focus
    event.preventDefault();
    const row = event.target.closest("li");
    if (row) complete([...list.children].indexOf(row));
  });
  document.addEventListener("keydown", (event) => {
    if (list.hidden || event.target !== field || event.isComposing) return;
    const does = {ArrowDown: () => choose(chosen + 1), ArrowUp: () => choose(chosen - 1), Escape: close,
                  Enter: () => complete(chosen), Tab: () => complete(chosen)}[event.key];
    if (!does || event.shiftKey) return;
    event.preventDefault(); event.stopPropagation();
    does();
  }, true);
  chatroom.completes(document.getElementById("composer"));
});
'''
