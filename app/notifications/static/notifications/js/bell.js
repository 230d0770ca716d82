// A bell that rings in every open tab and speaks in one. The server counts; tabs that come back ask what they missed.
// Reads of the link [data-bell]: data-socket, data-label ("… {n} …"), data-none, data-open, data-root.
const TOLD = "bell.told";
const HELD = 15000;

function show(bell, unread) {
  const count = bell.querySelector("[data-bell-count]");
  count.textContent = unread > 99 ? "99+" : String(unread);
  count.hidden = !unread;
  bell.setAttribute("aria-label", unread ? bell.dataset.label.replace("{n}", unread) : bell.dataset.none);
}

// What was said in some tab. Other tabs see what one writes down a moment later only: they may live in other processes.
function told(id = null) {
  let known = [];
  try { known = JSON.parse(localStorage.getItem(TOLD) || "[]"); } catch { /* somebody else's text, or closed: start anew */ }
  if (id) try { localStorage.setItem(TOLD, JSON.stringify([...known, id].slice(-100))); } catch { /* better twice than never */ }
  return known;
}

// True in the tab that gets the notice's own lock first; it holds it until everybody can read that it was said.
function claimed(id) {
  return new Promise((resolve) => {
    navigator.locks.request(`${TOLD}.${id}`, { ifAvailable: true }, (lock) => {
      resolve(Boolean(lock));
      return lock && new Promise((done) => setTimeout(done, HELD));
    }).catch(() => resolve(true));
  });
}

// True in one tab only. A tab that is looked at goes before the hidden ones.
async function isMine(id) {
  if (document.hidden) await new Promise((done) => setTimeout(done, 400));
  if (told().includes(id) || (navigator.locks && !(await claimed(id)))) return false;
  told(id);
  return true;
}

function toast(bell, notice, read) {
  const place = document.querySelector("[data-toasts], [data-flashes]");
  if (!place) return;
  const isShop = place.matches("[data-toasts]");
  const box = document.createElement("div");
  box.className = isShop ? "toast" : "flash flash-busy";
  box.dataset.notice = notice.id;
  const words = Object.assign(document.createElement(isShop ? "span" : "p"), { textContent: [notice.title, notice.body].filter(Boolean).join(" ") });
  box.append(words);
  if (notice.url.startsWith("/")) {
    const link = Object.assign(document.createElement("a"), { className: "link", textContent: bell.dataset.open });
    link.href = `${bell.dataset.root || ""}${notice.url}`;
    link.addEventListener("click", () => read(notice.id));
    box.append(link);
  }
  place.append(box);
  setTimeout(() => box.remove(), 12000);
}

export async function ring(bell) {
  const { io } = await import(bell.dataset.socket);
  const kind = bell.dataset.bell;
  const socket = io("/notifications", { transports: ["websocket"], reconnectionDelayMax: 5000 });
  const read = (id) => socket.emit("read", { id });
  let last = null;
  document.addEventListener("click", (event) => { // a row of the list that is followed to its cause
    const link = event.target.closest?.("[data-reads]");
    if (link) read(link.dataset.reads);
  });
  const tell = async (notice) => (await isMine(notice.id)) && toast(bell, notice, read);
  socket.on("connect", () => {
    socket.emit("bell", { bell: kind, after: last }, (now) => {
      show(bell, now.unread);
      now.notices.forEach(tell); // none the first time: they wait in the list
      last = now.last;
      bell.dataset.live = "";
    });
  });
  socket.on("disconnect", () => delete bell.dataset.live);
  socket.on("notification", (notice) => {
    if (notice.bell !== kind) return;
    last = Math.max(last || 0, Number(notice.id.split("-")[1]));
    show(bell, notice.unread);
    tell(notice);
  });
  socket.on("read", (now) => {
    if (now.bell !== kind) return;
    show(bell, now.unread);
    for (const id of now.ids) document.querySelector(`[data-notice="${CSS.escape(id)}"]`)?.remove();
  });
}

const here = document.querySelector("[data-bell=staff]");
if (here) ring(here);
