// Remembers products that were opened, and those to compare, in this browser only: until the tab is closed, longer
// where its owner agreed to be counted. The server gets their names when it draws the cards, and keeps nothing.
import { get, node, root } from "shop/api";

const MOST_SEEN = 8;
const MOST_COMPARED = 4;
const kept = /(?:^|; )consent=1a/.test(document.cookie) ? localStorage : sessionStorage;

function read(name) {
  try {
    const held = JSON.parse(kept.getItem(name) || "[]");
    return Array.isArray(held) ? held.filter((one) => /^[a-z0-9-]{1,200}$/.test(one)) : [];
  } catch {
    return []; // storage is closed, or holds somebody else's text
  }
}

function write(name, slugs) {
  try { kept.setItem(name, JSON.stringify(slugs)); } catch { /* storage is closed: nothing is remembered */ }
}

const query = (slugs) => new URLSearchParams(slugs.map((slug) => ["p", slug]));

const place = document.querySelector("[data-seen]");
if (place) {
  const here = place.dataset.seen;
  const before = read("seen").filter((slug) => slug !== here);
  write("seen", [here, ...before].slice(0, MOST_SEEN + 1));
  if (before.length) {
    get(`${root}/fragments/seen?${query(before.slice(0, MOST_SEEN))}`).then((html) => {
      if (html.trim()) place.replaceChildren(node(html.replace(/^\s*/, "")));
    }).catch(() => {}); // the page is whole without
  }
}

// A product's link leads to the comparison with those chosen before; without a script it begins a new one.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-compare]");
  if (!link) return;
  const chosen = [...read("compare").filter((slug) => slug !== link.dataset.compare), link.dataset.compare].slice(-MOST_COMPARED);
  write("compare", chosen);
  link.href = `${root}/compare?${query(chosen)}`;
});

if (document.querySelector("[data-compare-page]")) {
  write("compare", [...document.querySelectorAll("[data-compared]")].map((cell) => cell.dataset.compared));
}
