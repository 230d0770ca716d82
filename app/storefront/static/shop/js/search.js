// Suggestions while typing: a combobox after the ARIA pattern, enhancing a plain search form.
import { later, root } from "shop/api";

const form = document.querySelector("[data-search]");
const input = form?.querySelector("input[type=search]");
const status = document.querySelector("[data-search-status]");
let list;
let running;
let asked = "";

if (input) {
  list = Object.assign(document.createElement("div"), { className: "suggest", id: "suggest", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.placeholder);
  form.append(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", "suggest"], ["aria-expanded", "false"]]) input.setAttribute(name, value);
  input.addEventListener("input", later(ask, 120));
  input.addEventListener("keydown", keys);
  input.addEventListener("focus", () => list.children.length && input.value.trim() === asked && open(true));
  document.addEventListener("click", (event) => form.contains(event.target) || open(false));
  form.addEventListener("focusout", (event) => event.relatedTarget && !form.contains(event.relatedTarget) && open(false));
}

function open(is) {
  list.hidden = !is;
  input.setAttribute("aria-expanded", String(is));
  if (!is) input.removeAttribute("aria-activedescendant");
}

async function ask() {
  const query = input.value.trim();
  asked = query;
  running?.abort();
  if (query.length < 2) return open(false);
  running = new AbortController();
  try {
    const response = await fetch(`${root}/search/suggest?q=${encodeURIComponent(query)}`, { signal: running.signal });
    if (response.ok) draw(await response.json(), query);
  } catch (problem) {
    if (problem.name !== "AbortError") open(false);
  }
}

function option(url, ...parts) {
  const item = document.createElement("div");
  item.setAttribute("role", "option");
  item.id = `suggest-${list.querySelectorAll("[role=option]").length}`;
  item.dataset.url = url;
  item.append(...parts);
  item.addEventListener("mousedown", (event) => event.preventDefault());
  item.addEventListener("click", () => location.assign(url));
  list.append(item);
}

function span(text, name = "") {
  return Object.assign(document.createElement("span"), { textContent: text, className: name });
}

function group(title, items, draw) {
  if (!items?.length) return;
  const head = Object.assign(document.createElement("h3"), { textContent: title });
  head.setAttribute("role", "presentation");
  list.append(head);
  items.forEach(draw);
}

function draw(found, query) {
  list.replaceChildren();
  group(form.dataset.queries, found.queries, (item) => option(item.url, span(item.text, "suggest-name")));
  group(form.dataset.categories, found.categories, (item) => option(item.url, span(item.name, "suggest-name")));
  group(form.dataset.products, found.products, (item) => {
    const picture = item.image ? [Object.assign(document.createElement("img"), { src: item.image, alt: "", width: 48, height: 48 })] : [];
    option(item.url, ...picture, span(item.name, "suggest-name"), span(item.price, "suggest-price"));
  });
  const count = list.querySelectorAll("[role=option]").length;
  if (count) option(`${root}/search?q=${encodeURIComponent(query)}`, span(form.dataset.all, "suggest-name"));
  status.textContent = count ? form.dataset.found.replace("{n}", count) : form.dataset.none;
  open(count > 0);
}

function keys(event) {
  const options = [...list.querySelectorAll("[role=option]")];
  const now = options.findIndex((item) => item.getAttribute("aria-selected") === "true");
  if (event.key === "Escape" && !list.hidden) {
    event.preventDefault();
    return open(false);
  }
  if (event.key === "Enter" && now >= 0 && !list.hidden) {
    event.preventDefault();
    return location.assign(options[now].dataset.url);
  }
  if (!["ArrowDown", "ArrowUp"].includes(event.key) || !options.length) return;
  event.preventDefault();
  open(true);
  const next = (now + (event.key === "ArrowDown" ? 1 : -1) + options.length + (now < 0 && event.key === "ArrowUp" ? 1 : 0)) % options.length;
  options.forEach((item, i) => item.setAttribute("aria-selected", String(i === next)));
  input.setAttribute("aria-activedescendant", options[next].id);
  options[next].scrollIntoView({ block: "nearest" });
}
