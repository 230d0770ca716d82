// Another order of reviews, or further ones, without a new page. Without this they are links.
import { get, parsed } from "shop/api";

async function show(link, isMore) {
  const body = link.closest("[data-reviews-body]");
  body.setAttribute("aria-busy", "true");
  try {
    const fresh = parsed(await get(link.href)).querySelector("[data-reviews-body]");
    if (!fresh) return location.assign(link.href);
    if (!isMore) {
      const order = link.getAttribute("href");
      body.replaceChildren(...fresh.childNodes);
      body.querySelector(`[data-reviews-sort][href="${CSS.escape(order)}"]`)?.focus();
      return;
    }
    const next = [...fresh.querySelectorAll("[data-reviews-list] > li")];
    body.querySelector("[data-reviews-list]").append(...next);
    body.querySelector("[data-reviews-end]").replaceWith(fresh.querySelector("[data-reviews-end]"));
    next[0]?.focus({ preventScroll: true });
  } catch {
    location.assign(link.href);
  } finally {
    body.removeAttribute("aria-busy");
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-reviews-body] a[data-reviews-sort], [data-reviews-body] a[data-reviews-more]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  show(link, "reviewsMore" in link.dataset);
});
