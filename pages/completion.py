"""Completing `@name` in the composer."""

SCRIPT = '''
// Completion of @names: members of this room first, and among them who wrote last.
addEventListener("DOMContentLoaded", () => {
  const {socket, name: me} = chatroom, MOST = 8, SMALL = 100, LOBBY = 1, FRESH = 60e3;
  const BEGUN = /(?:^|[^\\p{L}\\p{M}\\p{N}_@./-])@([\\p{L}\\p{M}\\p{N}._-]*)$/u;
  const field = document.getElementById("composer");
  const list = Object.assign(document.createElement("ul"), {id: "completion", className: "completion", hidden: true});
  list.setAttribute("role", "listbox"); list.setAttribute("aria-label", "People");
  field.before(list);
  field.setAttribute("aria-controls", "completion"); field.setAttribute("aria-autocomplete", "list");
  const known = new Map();  // usernames by room, and when they were asked for
  let chosen = 0;

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
  const begun = () => field.selectionStart === field.selectionEnd
    ? BEGUN.exec(field.value.slice(0, field.selectionStart))?.[1] : undefined;
  const candidates = (typed) => {
    const text = typed.toLocaleLowerCase();
    const inRoom = members(chatroom.room), recent = chatroom.lastAuthors();
    const isAdmin = chatroom.rooms.get(LOBBY)?.managed;
    const there = new Set(inRoom), all = [...inRoom, ...members(LOBBY).filter((name) => !there.has(name))];
    const found = all.filter((name) => name !== me && name.toLocaleLowerCase().includes(text)).map((name) => ({
      name, note: there.has(name) ? "" : "not in this room",
      rank: [!there.has(name), !name.toLocaleLowerCase().startsWith(text), (recent.indexOf(name) + 1) || Infinity]}));
    found.sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1]
      || (a.rank[2] === b.rank[2] ? a.name.localeCompare(b.name) : a.rank[2] - b.rank[2]));
    if ("everyone".startsWith(text) && inRoom.length && (inRoom.length <= SMALL || isAdmin))
      found.splice(MOST - 1, Infinity, {name: "everyone", note: `all ${inRoom.length} members`});
    return found.slice(0, MOST);
  };
  const choose = (number) => {
    const rows = [...list.children];
    chosen = (number + rows.length) % rows.length;
    rows.forEach((row, at) => row.setAttribute("aria-selected", at === chosen));
    rows[chosen].scrollIntoView({block: "nearest"});
    field.setAttribute("aria-activedescendant", rows[chosen].id);
  };
  const close = () => { list.hidden = true; list.replaceChildren(); field.removeAttribute("aria-activedescendant"); };
  const offer = () => {
    const text = document.activeElement === field ? begun() : undefined;
    const found = text === undefined ? [] : candidates(text);
    if (!found.length) return close();
    list.replaceChildren(...found.map(({name, note}, at) => {
      const row = Object.assign(document.createElement("li"), {id: `completion${at}`, role: "option"});
      const label = Object.assign(document.createElement("bdi"), {textContent: name});
      row.append(label, Object.assign(document.createElement("span"), {textContent: note}));
      row.setAttribute("role", "option"); row.dataset.name = name;
      return row;
    }));
    list.hidden = false;
    choose(0);
  };
  let last;
  const again = () => {  // the caret may have moved
    if (begun() !== last) offer();
    last = begun();
  };
  const complete = (name) => {
    const text = begun();
    if (text === undefined) return close();
    const start = field.selectionStart - text.length;
    field.setRangeText(`${name} `, start, field.selectionStart, "end");
    field.dispatchEvent(new Event("input", {bubbles: true}));
    close(); field.focus();
  };
  field.addEventListener("input", offer);
  document.addEventListener("selectionchange", () => { if (document.activeElement === field) again(); });
  field.addEventListener("blur", close);
  chatroom.when("opened", close);
  list.addEventListener("pointerdown", (event) => {  // the field keeps the focus
    event.preventDefault();
    const row = event.target.closest("li");
    if (row) complete(row.dataset.name);
  });
  field.parentNode.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const does = {ArrowDown: () => choose(chosen + 1), ArrowUp: () => choose(chosen - 1), Escape: close,
                  Enter: () => complete(list.children[chosen].dataset.name),
                  Tab: () => complete(list.children[chosen].dataset.name)}[event.key];
    if (!does || event.shiftKey) return;
    event.preventDefault(); event.stopPropagation();
    does();
  }, true);
});
'''
