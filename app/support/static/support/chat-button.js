// The button of the chat, on every page. Its window opens at once with what the page holds; the rest comes after it.
const button = document.querySelector("[data-chat]");
const badge = document.querySelector("[data-chat-badge]");
const unread = document.querySelector("[data-chat-unread]");
const KNOWN = "chat-known", OPEN = "chat-open";
const NARROW = matchMedia("(max-width: 47.99rem)");
let loading, sheet, box, early = [];

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

function dress() {
  sheet ||= new Promise((done) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: button.dataset.css });
    link.onload = link.onerror = done;
    document.head.append(link);
  });
  return sheet;
}

// The window itself: opens, closes, gives the focus back, and keeps what is sent before anybody can take it.
function build() {
  if (box) return box;
  document.body.append(document.querySelector("#chat-window").content.cloneNode(true));
  box = document.querySelector("[data-chat-window]");
  const form = box.querySelector("[data-chat-form]"), text = box.querySelector("[data-chat-text]"), more = box.querySelector("[data-chat-more]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const words = text.value.trim();
    if (!words) return text.focus();
    text.value = "";
    text.dispatchEvent(new Event("input"));
    early ? early.push(words) : box.dispatchEvent(new CustomEvent("chat-say", { detail: words }));
  });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  box.addEventListener("close", () => {
    button.setAttribute("aria-expanded", "false");
    keep(sessionStorage, OPEN, null);
    button.focus();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (more.open) more.open = false; else box.close();
  });
  box.querySelector("[data-chat-close]").addEventListener("click", () => box.close());
  return box;
}

// What was said before the rest of the window was there; from then on it hears "chat-say".
function takeEarly() {
  const said = early || [];
  early = null;
  return said;
}

const tools = { build, takeEarly, showUnread, keep, kept, KNOWN, button };

function load() {
  if (!loading) {
    loading = Promise.all([import(button.dataset.module), dress()]).then(([module]) => module.make(tools));
    loading.catch(() => { loading = undefined; });
  }
  return loading;
}

async function open(isAsked) {
  performance.mark("chat-asked");
  await dress();
  build();
  if (!box.open) {
    if (NARROW.matches) box.showModal(); else box.show();
    button.setAttribute("aria-expanded", "true");
    keep(sessionStorage, OPEN, "1");
  }
  if (isAsked) box.querySelector("[data-chat-text]").focus();
  requestAnimationFrame(() => performance.measure("chat-opens", "chat-asked"));
  return (await load()).opened();
}

// On phones it steps aside while a button of the page lies where it floats; the keyboard finds it all the same.
function stepAside() {
  const own = button.getBoundingClientRect();
  const isUnder = (one) => {
    const { top, bottom, left, right, width } = one.getBoundingClientRect();
    return width > 0 && top < own.bottom && bottom > own.top && left < own.right && right > own.left;
  };
  button.classList.toggle("is-aside", NARROW.matches && [...document.querySelectorAll("main .btn")].some(isUnder));
}

function looksAround() {
  let frame = 0;
  const look = () => { frame ||= requestAnimationFrame(() => { frame = 0; stepAside(); }); };
  addEventListener("scroll", look, { passive: true });
  addEventListener("resize", look);
  new ResizeObserver(look).observe(document.body);
}

if (button) {
  looksAround();
  button.setAttribute("role", "button");
  button.setAttribute("aria-haspopup", "dialog");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(true).catch(() => location.assign(button.href));
  });
  button.addEventListener("keydown", (event) => {
    if (event.key === " ") { event.preventDefault(); button.click(); }
  });
  button.addEventListener("pointerenter", () => load().catch(() => {}), { once: true });
  const idly = (call) => ("requestIdleCallback" in window ? requestIdleCallback(call, { timeout: 3000 }) : setTimeout(call, 1000));
  // Who had the window open finds it open; who has spoken with us hears of answers on the next page as well.
  if (kept(sessionStorage, OPEN)) open(false).catch(() => {});
  else if (kept(localStorage, KNOWN)) idly(() => load().then((chat) => chat.listen(), () => {}));
  else idly(dress);
}
