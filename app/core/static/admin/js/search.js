// Search over the whole shop: a combobox in the top bar, opened by Ctrl-K.
const box = document.querySelector("[data-find]");
const input = box?.querySelector("input");
const list = box?.querySelector("ul");
let options = [];
let at = -1;
let timer = 0;
let asked = 0;

const link = (found, index) => {
  const item = document.createElement("li");
  item.className = "find-option";
  item.id = `find-${index}`;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  item.dataset.url = found.url;
  item.textContent = found.label;
  return item;
};

function note(text, style) {
  const item = document.createElement("li");
  item.className = style;
  item.setAttribute("role", "presentation");
  item.textContent = text;
  return item;
}

function close() {
  list.hidden = true;
  at = -1;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function mark(index) {
  options.forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
  at = index;
  if (options[at]) {
    input.setAttribute("aria-activedescendant", options[at].id);
    options[at].scrollIntoView({ block: "nearest" });
  }
}

function show(results) {
  list.replaceChildren();
  options = [];
  let group = "";
  for (const found of results) {
    if (found.group !== group) list.append(note((group = found.group), "find-group"));
    const option = link(found, options.length);
    options.push(option);
    list.append(option);
  }
  if (!options.length) list.append(note(box.dataset.none, "find-note"));
  list.hidden = false;
  input.setAttribute("aria-expanded", "true");
  mark(options.length ? 0 : -1);
}

async function look() {
  const words = input.value.trim();
  const mine = ++asked;
  if (!words) return close();
  const answer = await fetch(`${box.dataset.find}?q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" } });
  if (answer.ok && mine === asked) show((await answer.json()).results);
}

if (box) {
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, 160);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      input.value = "";
      close();
    } else if (event.key === "Enter" && options[at] && !list.hidden) {
      event.preventDefault();
      location.assign(options[at].dataset.url);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && options.length) {
      event.preventDefault();
      mark((at + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length);
    }
  });
  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[data-url]");
    event.preventDefault();
    if (option) location.assign(option.dataset.url);
  });
  input.addEventListener("blur", close);
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      input.focus();
      input.select();
    }
  });
}
