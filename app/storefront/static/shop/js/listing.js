// Filters and sorts without a full reload. The address always says what is shown, so Back works.
import { get, later, parsed } from "shop/api";

let running;

function address(form) {
  const url = new URL(form.getAttribute("action"), location.href);
  for (const [name, value] of new FormData(form)) if (value) url.searchParams.append(name, value);
  return url;
}

async function show(url, { push = true, scroll = false } = {}) {
  const place = document.querySelector("[data-listing]");
  if (!place) return location.assign(url);
  running?.abort();
  running = new AbortController();
  place.setAttribute("aria-busy", "true");
  const sheet = document.getElementById("facets");
  const opened = sheet?.matches(":popover-open");
  const held = document.activeElement;
  const key = held?.name ? `[name="${CSS.escape(held.name)}"]${held.type === "checkbox" ? `[value="${CSS.escape(held.value)}"]` : ""}` : "";
  try {
    const html = await get(url, running.signal);
    const fresh = parsed(html);
    const next = fresh.querySelector("[data-listing]");
    if (!next) return location.assign(url);
    const closed = [...place.querySelectorAll("details.facet")].map((d) => [d.querySelector("summary").firstChild.textContent, d.open]);
    place.replaceWith(next);
    for (const [label, open] of closed) {
      const same = [...next.querySelectorAll("details.facet")].find((d) => d.querySelector("summary").firstChild.textContent === label);
      if (same) same.open = open;
    }
    if (opened) document.getElementById("facets")?.showPopover();
    if (push) history.pushState({ listing: true }, "", url);
    document.title = fresh.title;
    if (key) next.querySelector(key)?.focus({ preventScroll: true });
    if (scroll) next.scrollIntoView({ block: "start" });
  } catch (problem) {
    if (problem.name !== "AbortError") location.assign(url);
  }
}

const submit = later((form) => show(address(form)), 120);
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-autosubmit], .facet-price input") && event.target.form) submit(event.target.form);
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-listing-form]")) return;
  event.preventDefault();
  document.getElementById("facets")?.matches(":popover-open") && document.getElementById("facets").hidePopover();
  show(address(event.target));
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-listing] .chips a, [data-listing] .pages a, [data-listing] .facets-end a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  show(new URL(link.href), { scroll: Boolean(link.closest(".pages")) });
});
addEventListener("popstate", () => show(new URL(location.href), { push: false }));
