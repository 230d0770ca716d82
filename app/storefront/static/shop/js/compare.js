// Products to compare, remembered from page to page in this browser only. Without it the form compares what is ticked
// on this page.
import { asked, recall, remember, root, toast } from "shop/api";

const MOST = 4;
const bar = document.querySelector("[data-compare-bar]");
const ticks = () => document.querySelectorAll(".card-compare input");

if (document.querySelector("[data-compare-page]")) {
  remember("compare", [...document.querySelectorAll("[data-compared]")].map((cell) => cell.dataset.compared));
}

// The bar and every tick of the page as they are remembered; cards may come later, and another tab may have chosen.
function show() {
  const chosen = recall("compare").slice(0, MOST);
  for (const tick of ticks()) tick.checked = chosen.includes(tick.value);
  const count = bar.querySelector("[data-compare-count]");
  if (count.textContent !== String(chosen.length)) count.textContent = chosen.length;
  bar.classList.toggle("is-on", chosen.length > 0 && !document.querySelector("[data-compare-page]"));
}

if (bar) {
  document.addEventListener("change", ({ target }) => {
    if (!target.matches(".card-compare input")) return;
    const others = recall("compare").filter((slug) => slug !== target.value).slice(0, MOST);
    if (target.checked && others.length === MOST) toast(bar.dataset.full);
    else remember("compare", target.checked ? [...others, target.value] : others);
    show();
  });
  bar.addEventListener("submit", (event) => {
    event.preventDefault();
    location.assign(`${root}/compare?${asked(recall("compare"))}`);
  });
  bar.addEventListener("reset", () => {
    const held = bar.contains(document.activeElement);
    remember("compare", []);
    setTimeout(() => { // after the form has emptied itself
      show();
      if (held) document.getElementById("main").focus();
    });
  });
  new MutationObserver((changes) => {
    if (changes.some(({ addedNodes }) => [...addedNodes].some((one) => one.querySelector?.(".card-compare")))) show();
  }).observe(document.getElementById("main"), { childList: true, subtree: true });
  addEventListener("pageshow", show);
  show();
}

// A product's link leads to the comparison with those chosen before; without a script it begins a new one.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-compare]");
  if (!link) return;
  const chosen = [...recall("compare").filter((slug) => slug !== link.dataset.compare), link.dataset.compare].slice(-MOST);
  remember("compare", chosen);
  link.href = `${root}/compare?${asked(chosen)}`;
});
