// What happens in the window of the chat in the shop. The button has built and opened it; this fills it.
const root = document.documentElement.dataset.root || "";
const QUEUE = "chat-queue";

export async function make(tools) {
  const { showUnread, keep, kept, KNOWN, button } = tools;
  const [{ Log }, { Line, byHttp }] = await Promise.all([import(button.dataset.log), import(button.dataset.line)]);
  const box = tools.build();
  const part = (name) => box.querySelector(`[data-chat-${name}]`);
  const [place, form, text, state, typing] = ["log", "form", "text", "state", "typing"].map(part);
  const log = new Log(place, part("messages"), "customer");
  const store = {
    get() { try { return JSON.parse(kept(sessionStorage, QUEUE)) || []; } catch { return []; } },
    set(list) { keep(sessionStorage, QUEUE, list.length ? JSON.stringify(list) : null); },
  };
  let greeting, csrf = "", unread = 0, isClosed = false, isReady = false, typingEnds, needsEmail = false, isStaffed = true, says = "", first = 0, ends = 0;

  const say = (words) => { state.hidden = !words; state.textContent = words || ""; };
  const problem = (answer) => say(answer.message || state.dataset.refused);

  const line = new Line(log, store, {
    isOwner: true,
    state(now) { if (isReady) say(state.dataset[now]); },
    async http(event, body) {
      const answer = await byHttp(root, csrf, event, body);
      if (answer.error !== "csrf" || !(await hello())) return answer;
      return byHttp(root, csrf, event, body);
    },
    async begin() { await hello(); if (line.conversation || store.get().length) await start(); },
    start,
    isIdle: () => !box.open,
    message(message) {
      if (message.author === "customer") return;
      typing.hidden = true;
      if (box.open && !document.hidden) seen();
      else showUnread((unread += 1));
    },
    typing(body) {
      if (body.author === "customer") return;
      typing.textContent = typing.dataset.text.replace("{name}", body.name || place.dataset.agent);
      typing.hidden = false;
      clearTimeout(typingEnds);
      typingEnds = setTimeout(() => { typing.hidden = true; }, 4000);
    },
    read(body) { if (body.by !== "customer") log.read(body.seq); },
    closed() { end(); },
    reopened() { isClosed = false; show(); },
    refused(answer) { if (answer.message) problem(answer); },
  });

  // Show nothing of a conversation any more but what waits to be sent.
  function forget() {
    log.clear();
    first = 0;
    isClosed = false;
    for (const message of store.get()) log.wait(message);
  }

  // What the server says of this visitor: asked once a connection, and before there is one.
  async function hello() {
    const before = ends;
    try {
      const answer = await (await fetch(`${root}/chat/hello`, { headers: { Accept: "application/json" } })).json();
      csrf = answer.csrf;
      says = answer.words;
      isStaffed = answer.is_staffed;
      isReady = true;
      if (answer.conversation) held(answer.conversation, before !== ends);
      else if (log.shown.size) { line.conversation = null; forget(); }
      show();
      return true;
    } catch {
      say(state.dataset.offline);
      return false;
    }
  }

  // No socket before the first answer: it brings the cookie by which a guest is known again.
  async function greet() {
    while (!(await hello())) await new Promise((done) => setTimeout(done, 3000));
    say("");
    line.connect();
  }

  // `isEnded`: it was ended while the server still spoke of it as open.
  function held(conversation, isEnded) {
    if (line.conversation !== conversation.conversation) {
      log.clear();
      line.conversation = conversation.conversation;
      first = conversation.messages?.length ? conversation.messages[0].seq : conversation.seq + 1;
      log.startAfter(first - 1);
    }
    for (const message of conversation.messages || []) log.add(message);
    log.read(conversation.read);
    needsEmail = conversation.needs_email && !conversation.ticket;
    isClosed = conversation.state === "closed" || isEnded;
    unread = conversation.unread;
    keep(localStorage, KNOWN, "1");
    if (box.open) seen(); else showUnread(unread);
    for (const message of store.get()) log.wait(message);
  }

  async function start(isAnew = false) {
    if (isClosed && !isAnew && !store.get().length) return false;
    const before = ends;
    const answer = await line.ask("start", { language: document.documentElement.lang, page: location.pathname });
    if (answer.error) { problem(answer); return false; }
    if (before !== ends && !isAnew && !store.get().length) return false;
    if (line.conversation !== answer.conversation) {
      line.conversation = answer.conversation;
      if (log.shown.size) forget();
    }
    isClosed = false;
    isStaffed = answer.is_staffed;
    says = answer.words;
    needsEmail = answer.needs_email && !answer.ticket;
    log.read(answer.read);
    keep(localStorage, KNOWN, "1");
    show();
    return true;
  }

  function show() {
    const stays = log.isAtEnd();
    part("words").textContent = says;
    part("more").hidden = !log.shown.size;
    const wrote = log.list.querySelector("[data-author=customer]");
    part("email").hidden = isClosed || !needsEmail || isStaffed || !wrote;
    part("rating").hidden = !isClosed;
    form.hidden = isClosed;
    part("earlier").hidden = first <= 1 || !log.shown.size;
    if (stays) log.toEnd(); // what was to be read stays so, whatever opened below it
  }

  function end() {
    ends += 1;
    isClosed = true;
    typing.hidden = true;
    show();
  }

  function seen() {
    unread = 0;
    showUnread(0);
    if (line.conversation && log.last && line.canAsk) line.ask("read", { conversation: line.conversation, seq: log.last });
  }

  // The window stands open: history arrives, what was written meanwhile goes out.
  function opened() {
    log.toEnd();
    greeting ||= greet();
    if (line.isSlow) line.fill().then(() => line.look());
    greeting.then(() => { seen(); log.toEnd(); });
  }

  document.addEventListener("visibilitychange", () => !document.hidden && box.open && seen());

  function write(words) {
    say("");
    line.say(words);
    keep(localStorage, KNOWN, "1");
    setTimeout(show, 1200);
  }
  box.addEventListener("chat-say", (event) => write(event.detail));
  const grow = () => { text.rows = Math.min(5, text.value.split("\n").length + Math.floor(text.value.length / 46)); };
  let typed = 0;
  text.addEventListener("input", () => {
    grow();
    if (text.value && Date.now() - typed > 2500 && line.conversation && line.socket.connected) {
      typed = Date.now();
      line.ask("typing", { conversation: line.conversation });
    }
  });

  async function sendFile(file, isAgain = false) {
    if (!file || (!line.conversation && !(await start()))) return;
    const body = new FormData();
    for (const [name, value] of Object.entries({ csrf_token: csrf, conversation: line.conversation, client_id: `file-${Date.now()}-${Math.random().toString(36).slice(2)}` })) body.set(name, value);
    body.set("file", file);
    say(place.dataset.sending);
    try {
      const answer = await fetch(`${root}/chat/files`, { method: "POST", body, headers: { Accept: "application/json" } });
      const said = await answer.json();
      // Somebody signed in or out in another tab: who it is now is asked for, and the file sent once more.
      if (!isAgain && ["csrf", "conversation_not_found"].includes(said.code) && (await hello())) return sendFile(file, true);
      if (answer.ok) { say(""); line.fill(); } else say(said.detail || state.dataset.refused);
    } catch { say(state.dataset.refused); }
  }
  part("file").addEventListener("change", ({ target }) => {
    const [file] = target.files;
    target.value = "";
    sendFile(file);
  });
  text.addEventListener("paste", (event) => { // a picture of the screen; what has words too is pasted as words
    if (!event.clipboardData.files.length || event.clipboardData.getData("text/plain")) return;
    event.preventDefault();
    sendFile(event.clipboardData.files[0]);
  });

  part("earlier").addEventListener("click", async () => {
    const after = Math.max(0, first - 61);
    const answer = await line.ask("catch_up", { conversation: line.conversation, after });
    if (answer.error) return problem(answer);
    const height = place.scrollHeight;
    for (const message of answer.messages) if (message.seq < first) log.add(message);
    first = after + 1;
    place.scrollTop = place.scrollHeight - height;
    show();
  });

  part("email").addEventListener("submit", async (event) => {
    event.preventDefault();
    const field = box.querySelector("#chat-email"), error = part("error");
    const answer = await line.ask("email", { conversation: line.conversation, email: field.value });
    error.hidden = !answer.error;
    error.textContent = answer.message || "";
    field.setAttribute("aria-invalid", String(Boolean(answer.error)));
    if (answer.error) return field.focus();
    needsEmail = false;
    say(state.dataset.thanks);
    show();
    text.focus();
  });

  part("transcript").addEventListener("click", async () => {
    part("more").open = false;
    const answer = await line.ask("transcript", { conversation: line.conversation, email: box.querySelector("#chat-email").value });
    if (answer.error === "email_needed") { part("email").hidden = false; box.querySelector("#chat-email").focus(); }
    answer.error ? problem(answer) : say(state.dataset.mailed.replace("{email}", answer.email));
  });
  part("end").addEventListener("click", async () => {
    part("more").open = false;
    const answer = await line.ask("close", { conversation: line.conversation });
    if (answer.error) problem(answer); else end();
  });
  part("rating").addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = new FormData(event.target);
    const answer = await line.ask("rate", { conversation: line.conversation, rating: Number(given.get("rating")) || 0, text: given.get("text") });
    if (answer.error) problem(answer); else say(state.dataset.thanks);
  });
  part("anew").addEventListener("click", async () => {
    await start(true);
    text.focus();
  });

  // Hear of answers without the window.
  function listen() {
    greeting ||= greet();
  }

  for (const words of tools.takeEarly()) write(words);
  return { opened, listen };
}
