// The frame of every page: sidebar on phones, menus, colours, messages, local times, shortcuts.
const root = document.documentElement;
const sidebar = document.querySelector("[data-sidebar]");
const shade = document.querySelector(".sidebar-shade");
const opener = document.querySelector("[data-sidebar-open]");

function turnSidebar(open) {
  sidebar.classList.toggle("is-open", open);
  shade.hidden = !open;
  opener.setAttribute("aria-expanded", String(open));
  if (open) sidebar.querySelector("a, button")?.focus();
  else if (sidebar.contains(document.activeElement)) opener.focus();
}

opener?.addEventListener("click", () => turnSidebar(true));
document.querySelectorAll("[data-sidebar-close]").forEach((part) => part.addEventListener("click", () => turnSidebar(false)));
sidebar?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });

// Which groups of the sidebar are folded is remembered on this device.
const FOLDED = "admin.folded";
const readFolded = () => {
  try {
    return new Map(Object.entries(JSON.parse(localStorage.getItem(FOLDED) || "{}")));
  } catch {
    return new Map(); // somebody else's text under our key: start anew
  }
};
const folded = readFolded();
document.querySelectorAll("details[data-group]").forEach((group) => {
  const kept = folded.get(group.dataset.group);
  if (kept !== undefined && !group.querySelector("[aria-current]")) group.open = kept;
  group.addEventListener("toggle", () => {
    folded.set(group.dataset.group, group.open);
    localStorage.setItem(FOLDED, JSON.stringify(Object.fromEntries(folded)));
  });
});

// Menus: one open at a time, Esc and a click elsewhere close.
const menus = [...document.querySelectorAll("details[data-menu]")];
const closeMenus = (except) => menus.forEach((menu) => menu !== except && (menu.open = false));
menus.forEach((menu) => menu.addEventListener("toggle", () => menu.open && closeMenus(menu)));
document.addEventListener("click", (event) => {
  if (!event.target.closest("details[data-menu]")) closeMenus();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = menus.find((menu) => menu.open);
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  } else if (sidebar?.classList.contains("is-open")) {
    turnSidebar(false);
  }
});

document.querySelector("[data-theme-switch]")?.addEventListener("click", () => {
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const next = (root.dataset.theme || system) === "dark" ? "light" : "dark";
  root.dataset.theme = next;
  document.cookie = `admin_theme=${next}; path=/admin; max-age=31536000; samesite=lax`;
});

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".flash").remove();
  const opens = event.target.closest("[data-open]");
  if (opens) {
    closeMenus();
    document.getElementById(opens.dataset.open)?.showModal();
  }
  const dialog = event.target.closest("dialog");
  if (dialog && (event.target === dialog || event.target.closest("[data-close]"))) dialog.close("");
});

// Moments come in UTC; people read them in their own time.
const times = new Intl.DateTimeFormat(root.lang, { dateStyle: "medium", timeStyle: "short" });
function localTimes() {
  document.querySelectorAll("time[data-moment]:not([title])").forEach((time) => {
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.getTime())) return;
    time.title = time.textContent + " UTC";
    time.textContent = times.format(moment);
  });
}

localTimes();
document.addEventListener("fragment", localTimes);

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable], dialog");
  if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
  if (event.key === "/") {
    const box = document.querySelector("[data-key-search]") || document.querySelector("[data-find] input");
    event.preventDefault();
    box?.focus();
    box?.select();
  } else if (event.key === "?") {
    document.getElementById("shortcuts")?.showModal();
  } else if (event.key === "n") {
    document.querySelector("[data-key-new]")?.click();
  } else if (event.key === "e") {
    document.querySelector("[data-key-edit]")?.click();
  }
});
