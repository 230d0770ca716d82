// Fills the places that a page keeps for suggestions. A product that stands on the page already is left out.
// Where the visitor takes part in an experiment, says when a list came into sight and when one was opened.
import { get, node, root } from "shop/api";

const MOST = 8;

function say(clicked) {
  navigator.sendBeacon(`${root}/suggestions/seen`, new Blob([JSON.stringify({ clicked })], { type: "application/json" }));
}

function withoutDoubles(shelf) {
  const there = new Set([...document.querySelectorAll("main .card-name a")].map((link) => link.pathname));
  if (location.pathname.includes("/cart")) {
    for (const link of document.querySelectorAll("main a[href*='/p/']")) there.add(link.pathname);
  }
  const items = [...shelf.querySelectorAll(".shelf-row > li")];
  for (const item of items) {
    const link = item.querySelector(".card-name a");
    if (!link || there.has(new URL(link.href, location.href).pathname)) item.remove();
  }
  [...shelf.querySelectorAll(".shelf-row > li")].slice(MOST).forEach((item) => item.remove());
  return shelf.querySelector(".shelf-row > li") ? shelf : null;
}

async function fill(place) {
  const made = node(await get(`${root}/suggestions/${place.dataset.suggestions}`));
  const shelf = made && withoutDoubles(made);
  if (!shelf) return;
  place.append(shelf);
  place.hidden = false;
  if (!("counted" in shelf.dataset)) return;
  const watch = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    watch.disconnect();
    say(false);
  });
  watch.observe(shelf);
  shelf.addEventListener("click", (event) => { if (event.target.closest("a")) say(true); });
}

for (const place of document.querySelectorAll("[data-suggestions]")) {
  if (place.dataset.filled) continue;
  place.dataset.filled = "yes";
  fill(place).catch(() => {}); // the page is whole without it
}
