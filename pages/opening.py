"""Changing rooms: a part of the transcript's script, among whose variables it stands."""

PART = '''
  // Rooms are opened here without loading a page. Each keeps the place where its reader was, if it was not the end.
  const places = new Map(Object.entries(JSON.parse(sessionStorage.getItem(chatroom.key("places")) || "{}")));
  const topOf = (node) => node.getBoundingClientRect().top - log.getBoundingClientRect().top;
  const placeNow = () => {
    const first = tail && stuck ? null : [...all()].find((article) => !article.hidden && topOf(article) >= 0);
    return first ? {id: id(first), top: topOf(first)} : null;
  };
  const keepPlace = () => {
    const place = placeNow();
    place ? places.set(String(room), place) : places.delete(String(room));
    return place;
  };
  const remember = () =>
    chatroom.store(sessionStorage, chatroom.key("places"), JSON.stringify(Object.fromEntries(places)));
  const bring = (article) => { log.scrollTop += topOf(article) - log.clientHeight / 3; };
  const goTo = (at) => {  // show a message, and which one it is
    const article = document.getElementById("m" + at);
    if (!article || article.hidden) return false;
    bring(article);
    stuck = tail && atEnd();
    article.classList.remove("found"); void article.offsetWidth; article.classList.add("found");
    return true;
  };
  const settle = (wish) => {
    const {at, place} = wish;
    const there = place && document.getElementById("m" + place.id);
    if (at && goTo(at)) return;
    if (at) wish.note = "This message is no longer there.";
    const others = at ? [...all()].filter((article) => article.checkVisibility()) : [];
    const next = others.find((article) => id(article) > at) || others.at(-1);
    if (next) bring(next);  // its neighbours are
    else if (there && place.top !== undefined) log.scrollTop += topOf(there) - place.top;
    else if (newLine.isConnected) log.scrollTop += topOf(newLine) - 4;
    else if (tail) toEnd();
    stuck = tail && atEnd();
  };
  const LATE = "This room opens as soon as the connection is back.";
  const address = (number, at) => `/chat/${number}` + (at ? `?at=${at}` : "");
  const ask = () => {
    const wish = opening, at = wish.at || wish.place?.id;
    if (!socket.connected) return;
    openingSeen = 0;
    socket.emit("open", {room: wish.room, ...(at ? {at} : {})}, (answer) => {
      if (opening !== wish) return;
      if (answer.retry_after) return void setTimeout(() => opening === wish && ask(), 1000 * answer.retry_after);
      opening = null;
      if (answer.error) {
        if (wish.room === room) return chatroom.lost();
        history.replaceState({room}, "", address(room));
        chatroom.complain(answer.error);
        return void resume();
      }
      const isOther = wish.room !== room, info = answer.room;
      if (isOther && wish.push) history.pushState({}, "", address(wish.room, wish.at));
      room = chatroom.room = socket.io.opts.query.room = wish.room;
      history.replaceState({...history.state, room, at: wish.at}, "");
      if (isOther || line === null) line = info.unread ? info.last_read_id : null;
      read = info.last_read_id; held = false; told = 0; known = info.newest;
      if (isOther) seen = 0;
      replace(answer);
      chatroom.tell("opened", info);
      arrange(); settle(wish); show();
      chatroom.complain("", {onlyInsteadOf: LATE});
      if (wish.note) chatroom.complain(wish.note, {onlyIfQuiet: true});
      if (Math.max(seen, openingSeen) > revision) { seen = Math.max(seen, openingSeen); resume(); } else fill();
    });
  };
  chatroom.open = (number, {at, push = true, place} = {}) => {
    chatroom.complain("");
    if (opening?.room === number && !at) return;
    if (push) history.replaceState({...history.state, room, place: keepPlace()}, "");
    wanted = false;
    if (number === room && !opening) {
      if (!at && !place) return toNewest();
      if (at && push) history.pushState({room, at}, "", address(room, at));
      if (at && goTo(at)) return void (show(), fill());
    }
    const last = chatroom.rooms.get(number)?.unread ? null : places.get(String(number));
    opening = {room: number, at, push, place: place || (at ? null : last)};
    ask();
    if (!socket.connected) chatroom.complain(LATE);
  };
  chatroom.target = () => opening?.room ?? room;
  chatroom.when("sent", () => {  // who goes on writing here stays here
    if (!socket.connected) opening = null;
  });
  // In the same room an entry of the history is a place, in another one it is where its reader was last.
  addEventListener("popstate", ({state}) => {
    if (!state?.room) return;
    if (state.room === room)
      return chatroom.open(room, {at: state.place ? 0 : state.at, place: state.place, push: false});
    keepPlace();
    chatroom.open(state.room, {at: places.has(String(state.room)) ? 0 : state.at, push: false});
  });
  addEventListener("pagehide", () => { keepPlace(); remember(); });
  chatroom.when("gone", (number) => {  // also while it is on its way
    if (opening?.room !== number || number === room) return;
    opening = null;
    resume();
  });
  chatroom.lost = () => {  // I am no longer in this room: nothing of it stays
    log.querySelectorAll("article, .day, .gap, .new").forEach((node) => node.remove());
    places.delete(String(room));
    if (opening && opening.room !== room) return;
    history.replaceState({}, "", address(LOBBY));
    opening = {room: LOBBY, push: false, note: "You are no longer in that room."};
    ask();
  };
  chatroom.begin = () => {  // once the other scripts are there
    const isReload = !!history.state?.room, last = +data.at && !isReload ? null : places.get(String(room));
    const at = last ? 0 : +data.at;
    history.replaceState({...history.state, room, at}, "");
    arrange(); toEnd();
    const oldest = all()[0] ? id(all()[0]) : 0;
    if (at || last && line === null || line !== null && more && oldest > line)
      chatroom.open(room, {at, place: last || {}, push: false});
    else settle({});
    show(); fill();
  };
'''
