"""The quick switcher, and all other keys."""
import json

KEYS = {
    'Ctrl K': 'Go to a room or a person',
    'Alt ↑, Alt ↓': 'Previous, next room',
    'Alt Shift ↑, Alt Shift ↓': 'Previous, next unread room',
    'Ctrl Shift F': 'Search messages',
    'Esc': 'Mark this room as read',
    '↑': 'In an empty field: edit my last message',
    'Ctrl Z': 'Undo a deletion, for five seconds',
    'Enter': 'Send',
    'Shift Enter': 'New line',
    '@': 'Name somebody: ↑ and ↓ choose, Enter or Tab takes',
    ':': 'An emoji by its name, as :tada:',
    '?': 'This list',
}

SCRIPT = f'''
const KEYS = {json.dumps(KEYS)};
''' + '''
// The quick switcher and the keys.
addEventListener("DOMContentLoaded", () => {
  const {socket, rooms, key, store, name: me} = chatroom, MOST = 12, LOBBY = 1;
  const element = (tag, properties, ...children) => {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...children);
    return node;
  };
  const input = element("input", {type: "search", placeholder: "Go to a room or a person", autocomplete: "off"});
  const list = element("ul", {id: "choices"});
  const none = element("p", {className: "none", textContent: "Nothing by this name.", role: "status"});
  const keysButton = element("button", {className: "quiet", type: "button", textContent: "All keys"});
  const switcher = element("dialog", {className: "switcher"}, input, list, none, keysButton);
  input.setAttribute("aria-label", "Go to a room or a person"); input.setAttribute("aria-controls", "choices");
  input.setAttribute("role", "combobox"); input.setAttribute("aria-expanded", "true");
  list.setAttribute("role", "listbox");
  const help = element("dialog", {className: "keys"}, element("h2", {textContent: "Keys"}), element("dl", {},
    ...[...Object.entries(KEYS), ...Object.entries(COMMANDS).map(([name, does]) => ["/" + name, does])].flatMap(
      ([keys, does]) => [element("dt", {}, ...keys.split(", ").map((one) =>
        element("kbd", {textContent: navigator.platform.startsWith("Mac") ? one.replace("Ctrl", "⌘") : one}))),
        element("dd", {textContent: does})])));
  help.append(element("form", {method: "dialog"}, element("button", {className: "solid", textContent: "Close"})));
  chatroom.help = () => help.showModal();
  keysButton.onclick = () => { switcher.close(); help.showModal(); };
  document.body.append(switcher, help);
  for (const dialog of [switcher, help])
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  help.setAttribute("aria-label", "Keys"); switcher.setAttribute("aria-label", "Go to");

  const recent = () => JSON.parse(localStorage.getItem(key("recent")) || "[]");
  const remember = ({id}) => store(localStorage, key("recent"),
    JSON.stringify([id, ...recent().filter((other) => other !== id)].slice(0, 50)));
  chatroom.when("opened", remember); remember({id: chatroom.room});
  let people = [], chosen = 0;
  // The letters in this order; best at the beginning, then at the beginning of a word, then together.
  const rank = (name, text) => {
    const low = name.toLocaleLowerCase(), at = low.indexOf(text);
    if (at === 0) return 0;
    if (at > 0) return /[\\s._-]/.test(low[at - 1]) ? 1 : 2;
    let from = 0;
    for (const letter of text) { from = low.indexOf(letter, from) + 1; if (!from) return null; }
    return 3;
  };
  const found = () => {
    const text = input.value.trim().toLocaleLowerCase(), order = recent();
    const direct = new Set([...rooms.values()].filter((info) => info.people.length === 1).map((info) => info.name));
    const all = [
      ...[...rooms.values()].map((info) => ({name: info.name, kind: info.kind, room: info.id,
        person: info.people.length === 1 && info.people[0],
        last: (order.indexOf(info.id) + 1 || 1000) + (info.id === chatroom.room ? 2000 : 0)})),  // I am here already
      ...people.filter((name) => name !== me && !direct.has(name)).map((name) => ({name, kind: "direct", last: 1500})),
    ].map((choice) => ({...choice, rank: rank(choice.name, text)})).filter((choice) => choice.rank !== null);
    return all.sort((a, b) => a.rank - b.rank || a.last - b.last || a.name.localeCompare(b.name)).slice(0, MOST);
  };
  const choose = (number) => {
    const rows = [...list.children];
    if (!rows.length) return;
    chosen = (number + rows.length) % rows.length;
    rows.forEach((row, at) => row.setAttribute("aria-selected", at === chosen));
    rows[chosen].scrollIntoView({block: "nearest"});
    input.setAttribute("aria-activedescendant", rows[chosen].id);
  };
  const go = (choice) => {
    switcher.close();
    if (choice.room) chatroom.open(choice.room); else chatroom.direct([choice.name]);
  };
  const show = () => {
    list.replaceChildren(...found().map((choice, at) => {
      const isUnread = choice.room && chatroom.isUnread(rooms.get(choice.room));
      const note = isUnread ? "unread" : choice.room ? "" : "new conversation";
      const row = element("li", {id: `choice${at}`}, element("bdi", {className: "label", textContent: choice.name}),
        element("span", {textContent: note}));
      row.dataset.kind = choice.kind; row.setAttribute("role", "option");
      if (choice.person) { row.dataset.person = choice.person; row.dataset.state = chatroom.stateOf(choice.person); }
      row.onclick = () => go(choice);
      return row;
    }));
    none.hidden = list.children.length > 0;
    choose(0);
  };
  chatroom.switcher = () => {
    if (switcher.open) return switcher.close();
    input.value = ""; switcher.showModal(); show();
    socket.emit("members", {room: LOBBY}, (answer) => {
      people = (answer.members || []).map((person) => person.username);
      if (switcher.open) show();
    });
  };
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const does = {ArrowDown: () => choose(chosen + 1), ArrowUp: () => choose(chosen - 1),
                  Enter: () => list.children[chosen]?.click(), Escape: () => switcher.close()}[event.key];
    if (!does) return;
    event.preventDefault(); event.stopPropagation(); does();
  });

  const step = (by, ids) => {  // to the next one of these, in the sidebar's order
    const all = chatroom.listed(), from = chatroom.target(), here = all.indexOf(from);
    for (let far = 1; far <= all.length; far++) {
      const next = all[(here + by * far + all.length * far) % all.length];
      if (next !== from && ids.includes(next)) return chatroom.open(next);
    }
  };
  const isWriting = ({target}) => target.matches?.("input, textarea, select, [contenteditable]");
  const isBusy = () => document.querySelector("dialog[open], .q-dialog, .q-menu");
  addEventListener("keydown", (event) => {
    const does = (action) => { event.preventDefault(); action(); };
    if (event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k")
      return isBusy() && !switcher.open || does(chatroom.switcher);
    if (isBusy()) return;
    if ((event.ctrlKey || event.metaKey) && event.shiftKey && event.key.toLowerCase() === "f")
      return does(() => chatroom.panel("search", document.activeElement));
    const by = {ArrowUp: -1, ArrowDown: 1}[event.key];
    if (event.altKey && !event.ctrlKey && !event.metaKey && by)
      return does(() => step(by, event.shiftKey ? chatroom.unreadRooms() : chatroom.listed()));
    if (event.key === "Escape" && document.body.classList.contains("shows-rooms"))
      return does(chatroom.drawer);
    if (event.key === "Escape" && !chatroom.closePanel()) return does(chatroom.markRead);
    if (event.key === "?" && !isWriting(event)) does(() => help.showModal());
  });
});
'''
