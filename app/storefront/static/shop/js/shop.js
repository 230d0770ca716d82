// On every page: what is personal in the header, steppers, menu, theme choice, focus on refusals.
import { me, setCount } from "shop/api";

me().then((about) => {
  setCount(about.count);
  const account = document.querySelector("[data-account-link]");
  if (about.name && account) account.title = about.name;
  for (const link of document.querySelectorAll("[data-guest]")) link.hidden = Boolean(about.name);
  const bell = document.querySelector("[data-bell=shop]");
  if (about.name && bell) {
    bell.hidden = false;
    import(bell.dataset.module).then(({ ring }) => ring(bell));
  }
}).catch(() => {}); // the header simply stays anonymous

document.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]");
  if (step) {
    const input = step.closest("[data-stepper]").querySelector("input");
    const wanted = (Number.parseInt(input.value, 10) || 0) + Number(step.dataset.step);
    const next = Math.min(Number(input.max) || 999, Math.max(Number(input.min) || 0, wanted));
    if (String(next) !== input.value) {
      input.value = next;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
  for (const open of document.querySelectorAll("[data-menu] details[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("[data-menu] details[open]");
  if (open && matchMedia("(min-width: 64rem)").matches) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});

const themes = document.querySelector("[data-theme-choice]");
if (themes) {
  themes.hidden = false;
  let chosen = "auto";
  try { chosen = localStorage.getItem("theme") || "auto"; } catch { themes.hidden = true; }
  const radio = themes.querySelector(`input[value="${chosen}"]`);
  if (radio) radio.checked = true;
  themes.addEventListener("change", (event) => {
    const theme = event.target.value;
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    localStorage.setItem("theme", theme);
  });
}

// The account's menu is a row that scrolls on phones: it begins where one is.
const here = document.querySelector(".account-menu [aria-current]");
const row = here?.closest(".account-nav");
if (row && row.scrollWidth > row.clientWidth) row.scrollLeft += here.getBoundingClientRect().left - row.getBoundingClientRect().left - (row.clientWidth - here.offsetWidth) / 2;

document.querySelector("[data-error-summary]")?.focus();
