// Goes to another state of a dashboard without leaving the page: what changes is fetched and put in its place, the
// address follows, and Back brings the state before. Without script the same links and the same form do it.
const turned = [];
export const onTurned = (call) => turned.push(call);

const dash = () => document.querySelector("[data-dash]");
const here = () => location.pathname + location.search;
let shown = here();
let asked = 0;
let opened = [];

// Who has the focus and which tables are open, in words that hold for the fresh page too.
function remember() {
  const active = document.activeElement;
  const card = active?.closest?.("[data-chart]")?.dataset.chart;
  return {
    open: [...document.querySelectorAll(".chart-table[open]")].map((table) => table.closest("[data-chart]").dataset.chart),
    find: active?.name
      ? () => document.querySelector(`[data-bar] [name="${CSS.escape(active.name)}"]`)
      : () => [...document.querySelectorAll(`[data-chart="${card}"] a`)].find((link) => link.textContent === active.textContent),
  };
}

// Opens the tables that were open; one whose figures follow the page is opened when they have come.
export function reopen() {
  opened = opened.filter((code) => {
    const table = document.querySelector(`[data-chart="${CSS.escape(code)}"] .chart-table`);
    if (table) table.open = true;
    return !table;
  });
}

function restore(kept) {
  opened = kept.open;
  reopen();
  kept.find()?.focus({ preventScroll: true });
}

async function show(url) {
  const mine = ++asked;
  const kept = remember();
  dash().setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-dash]");
    if (mine !== asked) return;
    if (!answer.ok || answer.redirected || !fresh) throw new Error("not a dashboard");
    dash().replaceWith(document.adoptNode(fresh));
  } catch {
    location.assign(url);
    return;
  }
  shown = here();
  restore(kept);
  document.querySelector("[data-said]").textContent = document.querySelector("[data-caption]").dataset.caption;
  document.dispatchEvent(new Event("fragment"));
  turned.forEach((call) => call());
}

export function turn(url) {
  const target = new URL(url, location.href);
  if (target.pathname !== location.pathname) {
    location.assign(url);
    return;
  }
  history.pushState(null, "", target);
  show(target);
}

function ask(form) {
  const values = new URLSearchParams(new FormData(form));
  if (values.get("period") !== "own") ["from", "to"].forEach((name) => values.delete(name));
  // a board has days and a currency of its own: there, empty is an answer too
  if (!("whole" in form.dataset)) [...values].filter(([, value]) => !value).forEach(([name]) => values.delete(name));
  turn(`${form.getAttribute("action")}?${values}`);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-turn]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  turn(link.href);
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-bar]")) return;
  event.preventDefault();
  ask(event.target);
});
document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-bar]");
  // dates are sent by the button: half a year is a year, too, while it is being typed
  if (form && event.target.matches("select") && !(event.target.name === "period" && event.target.value === "own")) ask(form);
});
addEventListener("popstate", () => here() !== shown && show(location.href));
document.documentElement.classList.add("turns");
