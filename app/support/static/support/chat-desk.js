// The agents' inbox: lists and conversation live, keys for next and before, canned replies after a slash.
const desk = document.querySelector("[data-desk]");
const [{ Log }, { Line, byHttp }, { keepDraft }] = await Promise.all(["log", "line", "drafts"].map((name) => import(desk.dataset[`${name}Module`])));
const talk = document.querySelector("[data-talk]");
const place = document.querySelector("[data-log]");
const text = document.querySelector("[data-answer-text]");
const key = talk?.dataset.talk || null;

// --- lists: what changed is asked for whole, a moment later ---
let asking;
function refresh() {
  clearTimeout(asking);
  asking = setTimeout(async () => {
    try {
      const response = await fetch(location.href, { headers: { "X-Fragment": "inbox", Accept: "text/html" } });
      if (!response.ok) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const part of ["tabs", "cards"]) {
        const [now, then] = [document.querySelector(`[data-live=${part}]`), page.querySelector(`[data-live=${part}]`)];
        if (now && then && now.innerHTML !== then.innerHTML) {
          const focused = now.contains(document.activeElement) && document.activeElement.getAttribute("href");
          now.replaceChildren(...[...then.childNodes].map((node) => document.adoptNode(node)));
          if (focused) now.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
        }
      }
    } catch { /* the next change asks again */ }
  }, 300);
}

// --- how long somebody waits ---
const began = Date.now();
setInterval(() => {
  for (const wait of document.querySelectorAll("[data-waiting]")) {
    const seconds = Number(wait.dataset.waiting) + (Date.now() - began) / 1000;
    wait.classList.toggle("is-late", seconds > Number(desk.dataset.minutes) * 60);
  }
  for (const wait of document.querySelectorAll("[data-since]")) {
    const left = Number(desk.dataset.minutes) * 60 - (Date.now() - new Date(wait.dataset.since)) / 1000;
    wait.classList.toggle("is-late", left < 0);
    wait.dataset.left = `${left < 0 ? "−" : ""}${Math.floor(Math.abs(left) / 60)}:${String(Math.floor(Math.abs(left) % 60)).padStart(2, "0")}`;
  }
}, 1000);

// --- the conversation ---
const log = place ? new Log(place, document.querySelector("[data-messages]"), "agent") : { last: 0, own: "agent", add: () => false, hasGap: () => false, read() {} };
const QUEUE = `chat-desk-${key}`;
const store = {
  get() { try { return JSON.parse(sessionStorage.getItem(QUEUE)) || []; } catch { return []; } },
  set(list) { try { list.length ? sessionStorage.setItem(QUEUE, JSON.stringify(list)) : sessionStorage.removeItem(QUEUE); } catch { /* kept in no private window */ } },
};
const offline = document.querySelector("[data-offline]");
const typing = document.querySelector("[data-typing-now]");
const present = document.querySelector("[data-present]");
let typingEnds, presentEnds;

const line = new Line(log, store, {
  state(now) {
    if (!offline) return;
    offline.hidden = now === "online";
    offline.textContent = offline.dataset[now] || "";
  },
  http: (event, body) => byHttp("", document.querySelector("meta[name=csrf]").content, event, body),
  looked: refresh,
  async begin() {
    await line.ask("inbox", { tab: desk.dataset.tab });
    if (key && line.socket.connected) await line.ask("join", { conversation: key });
    if (key) read();
    refresh();
  },
  async start() { return Boolean(key); },
  message() { if (typing) typing.hidden = true; read(); },
  typing(body) {
    if (body.author !== "customer") return;
    typing.textContent = typing.dataset.text.replace("{name}", place.dataset.customer);
    typing.hidden = false;
    clearTimeout(typingEnds);
    typingEnds = setTimeout(() => { typing.hidden = true; }, 4000);
  },
  read(body) { if (body.by !== "staff") log.read(body.seq); },
  closed() { refresh(); },
  refused(answer) { if (present && answer.message) { present.hidden = false; present.textContent = answer.message; } },
});
line.conversation = key;

function read() {
  if (key && line.canAsk && !document.hidden && log.last) line.ask("read", { conversation: key, seq: log.last });
}

if (place) {
  const said = JSON.parse(document.querySelector("[data-said]").textContent);
  log.clear();
  log.startAfter(said.length ? said[0].seq - 1 : Number(talk.dataset.seq));
  for (const message of said) log.add(message);
  log.read(Number(talk.dataset.read));
  for (const message of store.get()) log.wait(message);
  log.toEnd();
}

line.socket.on("inbox", refresh);
line.socket.on("present", (body) => {
  if (body.conversation !== key || String(body.user) === desk.dataset.me) return;
  present.hidden = body.what === "gone";
  present.textContent = desk.dataset[body.what === "typing" ? "typing" : "looking"].replace("{name}", body.name);
  clearTimeout(presentEnds);
  presentEnds = setTimeout(() => { present.hidden = true; }, 60000);
  if (body.is_new) line.ask("looking", { conversation: key, what: "looking" });
});
line.socket.on("note", (note) => {
  const list = document.querySelector("[data-notes]");
  if (note.conversation !== key || !list) return;
  const item = document.createElement("li");
  item.append(Object.assign(document.createElement("p"), { textContent: note.text }), Object.assign(document.createElement("span"), { textContent: note.name }));
  list.append(item);
});
setInterval(() => line.canAsk && line.ask("inbox", { tab: desk.dataset.tab }), 40000);
setInterval(() => key && line.socket.connected && !document.hidden && line.ask("looking", { conversation: key, what: "looking" }), 45000);
document.addEventListener("visibilitychange", read);
addEventListener("pagehide", () => key && line.socket.emit("leave", { conversation: key }));
line.connect();

// --- writing ---
const form = document.querySelector("[data-answer]");
const said = () => [...document.querySelectorAll("[data-messages] .chat-text")].map((one) => one.textContent);
const draft = text && keepDraft(text, `${desk.dataset.me}:chat-${key}:answer`, said);
const note = document.querySelector("#note");
if (note) keepDraft(note, `${desk.dataset.me}:chat-${key}:note`, () => [...document.querySelectorAll("[data-notes] p")].map((one) => one.textContent));
const replies = [...document.querySelectorAll("[data-reply]")];
function fill(reply) {
  text.value = text.value.replace(/(^|\s)\/[a-z0-9-]*$/, "$1") + reply;
  text.dispatchEvent(new Event("input"));
  text.focus();
}
form?.addEventListener("submit", (event) => {
  if (!line.canAsk) return; // the page is sent as any form
  event.preventDefault();
  const words = text.value.trim();
  if (!words) return text.focus();
  text.value = "";
  draft.clear();
  document.querySelectorAll("[data-since]").forEach((wait) => { wait.hidden = true; });
  line.say(words);
});
let typed = 0;
text?.addEventListener("input", () => {
  if (!line.socket.connected || Date.now() - typed < 2500) return;
  typed = Date.now();
  line.ask("typing", { conversation: key });
  line.ask("looking", { conversation: key, what: "typing" });
});
text?.addEventListener("keydown", (event) => {
  const slash = text.value.match(/(?:^|\s)\/([a-z0-9-]+)$/);
  if ((event.key === "Tab" || event.key === "Enter") && slash) {
    const found = replies.find((one) => one.dataset.shortcut === slash[1]) || replies.find((one) => one.dataset.shortcut.startsWith(slash[1]));
    if (found) { event.preventDefault(); return fill(found.dataset.reply); }
  }
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
});
for (const reply of replies) reply.addEventListener("click", () => { document.querySelector("[data-canned]").open = false; fill(reply.dataset.reply); });

// --- keys: J next, K before; not while somebody writes ---
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
  const cards = [...document.querySelectorAll("[data-card]")];
  const at = cards.findIndex((card) => card.dataset.card === key);
  const next = { j: cards[at + 1], k: cards[at - 1] }[event.key];
  if (next) { event.preventDefault(); next.click(); }
});
