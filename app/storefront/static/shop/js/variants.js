// Another choice of options: fetch that variant's page and swap what differs.
import { get, parsed } from "shop/api";

let running;
document.addEventListener("change", async (event) => {
  const radio = event.target.closest("[data-option] input[data-url]");
  const place = document.querySelector("[data-product]");
  if (!radio || !place) return;
  running?.abort();
  running = new AbortController();
  place.setAttribute("aria-busy", "true");
  const quantity = place.querySelector("#quantity")?.value;
  try {
    const html = await get(radio.dataset.url, running.signal);
    const fresh = parsed(html);
    const next = fresh.querySelector("[data-product]");
    place.replaceChildren(...next.childNodes);
    const input = place.querySelector("#quantity");
    if (input && quantity) input.value = Math.min(Number(quantity), Number(input.max));
    history.replaceState(history.state, "", radio.dataset.url);
    place.querySelector(`#${CSS.escape(radio.id)}`)?.focus();
    document.dispatchEvent(new CustomEvent("product:changed"));
  } catch (problem) {
    if (problem.name !== "AbortError") location.assign(radio.dataset.url);
  } finally {
    place.removeAttribute("aria-busy");
  }
});

// On phones a bar with price and button follows once the real button has scrolled away. What lies further down counts as
// seen: so it follows too where somebody jumps past the button, or comes back to the end of the page.
const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    const bar = document.querySelector("[data-buy-bar]");
    const away = !entry.isIntersecting;
    bar?.classList.toggle("is-on", away);
    bar?.setAttribute("aria-hidden", String(!away));
    bar?.querySelector("button")?.setAttribute("tabindex", away ? "0" : "-1");
  }
}, { rootMargin: "0px 0px 1000000px" });

function watchButton() {
  seen.disconnect();
  const row = document.querySelector(".buy-row");
  if (row) seen.observe(row);
}

watchButton();
document.addEventListener("product:changed", watchButton);
