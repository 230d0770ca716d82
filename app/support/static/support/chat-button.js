// The button of the chat, on every page: the rest is loaded when somebody wants it.
const button = document.querySelector("[data-chat]");
const badge = document.querySelector("[data-chat-badge]");
const unread = document.querySelector("[data-chat-unread]");
const KNOWN = "chat-known", OPEN = "chat-open";
let loading;

function keep(store, key, value) {
  try { value === null ? store.removeItem(key) : store.setItem(key, value); } catch { /* private windows keep nothing */ }
}
function kept(store, key) {
  try { return store.getItem(key); } catch { return null; }
}

function showUnread(count) {
  badge.hidden = !count;
  badge.textContent = count > 99 ? "99+" : String(count || "");
  unread.textContent = count ? unread.dataset.text.replace("{n}", count) : "";
}

const tools = { showUnread, keep, kept, KNOWN, OPEN, button };

function load() {
  if (!loading) {
    const sheet = new Promise((done) => {
      const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: button.dataset.css });
      link.onload = link.onerror = done;
      document.head.append(link);
    });
    loading = Promise.all([import(button.dataset.module), sheet]).then(([module]) => module.make(tools));
    loading.catch(() => { loading = undefined; });
  }
  return loading;
}

if (button) {
  button.setAttribute("role", "button");
  button.setAttribute("aria-haspopup", "dialog");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    load().then((chat) => chat.open(true), () => location.assign(button.href));
  });
  button.addEventListener("keydown", (event) => {
    if (event.key === " ") { event.preventDefault(); button.click(); }
  });
  button.addEventListener("pointerenter", () => load().catch(() => {}), { once: true });
  // Who has spoken with us hears of answers on the next page as well; who had the window open finds it open.
  if (kept(sessionStorage, OPEN)) load().then((chat) => chat.open(false), () => {});
  else if (kept(localStorage, KNOWN)) {
    const look = () => load().then((chat) => chat.listen(), () => {});
    "requestIdleCallback" in window ? requestIdleCallback(look, { timeout: 3000 }) : setTimeout(look, 1000);
  }
}
