"""What can be done with a message."""
from .icons import button

TOOLS = button('link', 'Copy link', data_tool='link') + button('unread', 'Mark as unread from here', data_tool='unread')

SCRIPT = f'''
const MESSAGE_TOOLS = {TOOLS!r};
''' + '''
// The tools of a message: shown at the one that is pointed at, or has the focus.
addEventListener("DOMContentLoaded", () => {
  const {log, make, socket} = chatroom;
  const tools = Object.assign(make("tools", ""), {innerHTML: MESSAGE_TOOLS});
  const offer = (event) => {
    const article = event.target.closest?.(".transcript article");
    if (article && tools.parentNode !== article) article.append(tools);
  };
  log.addEventListener("pointerover", offer);
  log.addEventListener("focusin", offer);
  log.addEventListener("keydown", (event) => {  // by keyboard, too: from message to message, then Tab
    const by = {ArrowUp: -1, ArrowDown: 1}[event.key];
    if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
    const list = [...log.getElementsByTagName("article")].filter((article) => !article.hidden);
    const at = list.indexOf(document.activeElement.closest("article"));
    const next = list[at < 0 ? (by < 0 ? list.length - 1 : -1) : at + by];
    if (!next) return;
    event.preventDefault();
    next.tabIndex = -1; next.focus();
  });
  document.addEventListener("pointerdown", (event) => { if (!event.target.closest?.("article")) tools.remove(); });
  log.addEventListener("click", (event) => {
    const tool = event.target.closest("[data-tool]")?.dataset.tool;
    if (!tool) return offer(event);
    const number = +tools.parentNode.dataset.id;
    tools.remove();
    if (tool === "link") return chatroom.copy(`${location.origin}/chat/${chatroom.room}?at=${number}`);
    socket.emit("mark_unread", {room: chatroom.room, id: number}, (answer) => {
      if (answer.error) chatroom.complain(answer.error);
    });
  });
});
'''
