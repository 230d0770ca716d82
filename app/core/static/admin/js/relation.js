// Search-as-you-type over a related table. The form carries keys, the person reads names.
let made = 0;

function enhance(box) {
  const input = box.querySelector("[role=combobox]");
  const list = box.querySelector("[role=listbox]");
  const values = box.querySelector(".relation-values");
  const multiple = "multiple" in box.dataset && box.dataset.multiple !== "false";
  const id = ++made;
  let options = [];
  let at = -1;
  let timer = 0;
  let asked = 0;
  let shown = input.value;
  box.dataset.ready = "1";

  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const hidden = (key) => Object.assign(document.createElement("input"), { type: "hidden", name: box.dataset.name, value: key });

  const changed = () => input.dispatchEvent(new Event("change", { bubbles: true }));

  function choose(found) {
    if (multiple) {
      const known = [...values.querySelectorAll("input")].some((one) => one.value === found.id);
      if (!known) {
        const chip = Object.assign(document.createElement("span"), { className: "chip" });
        const text = Object.assign(document.createElement("span"), { textContent: found.label });
        const remove = Object.assign(document.createElement("button"), { type: "button", className: "chip-remove", textContent: "×" });
        remove.dataset.remove = "";
        remove.setAttribute("aria-label", `× ${found.label}`);
        chip.append(hidden(found.id), text, remove);
        values.append(chip);
      }
      shown = input.value = "";
    } else {
      values.replaceChildren(hidden(found.id));
      shown = input.value = found.label;
    }
    close();
    changed();
  }

  function mark(index) {
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
    at = index;
    if (!options[at]) return;
    input.setAttribute("aria-activedescendant", options[at].id);
    options[at].scrollIntoView({ block: "nearest" });
  }

  function show(results) {
    options = results.map((found, i) => {
      const option = Object.assign(document.createElement("li"), { className: "relation-option", id: `relation-${id}-${i}`, textContent: found.label });
      option.setAttribute("role", "option");
      option.found = found;
      return option;
    });
    const none = Object.assign(document.createElement("li"), { className: "relation-note", textContent: "—" });
    none.setAttribute("role", "presentation");
    list.replaceChildren(...(options.length ? options : [none]));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(options.length && input.value.trim() ? 0 : -1);
  }

  // A box may know what it finds by itself (`box.source`); all others ask the server.
  async function search(words) {
    const answer = await fetch(`${box.dataset.relation}?q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" } });
    return answer.ok ? (await answer.json()).results : null;
  }

  async function look(words) {
    const mine = ++asked;
    const results = await (box.source || search)(words);
    if (results && mine === asked && document.activeElement === input) show(results);
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => look(input.value.trim()), 150);
  });
  input.addEventListener("focus", () => input.select());
  input.addEventListener("click", () => list.hidden && look(multiple || input.value === shown ? "" : input.value.trim()));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      close();
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      if (options[at]) choose(options[at].found);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) look("");
      else if (options.length) mark((at + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length);
    } else if (event.key === "Backspace" && multiple && !input.value) {
      values.lastElementChild?.remove();
      changed();
    }
  });
  input.addEventListener("blur", () => {
    clearTimeout(timer);
    close();
    if (multiple) input.value = "";
    else if (!input.value.trim()) {
      if (values.firstElementChild) {
        values.replaceChildren();
        shown = "";
        changed();
      }
    } else input.value = shown;
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest(".relation-option");
    if (option) choose(option.found);
  });
  values.addEventListener("click", (event) => {
    if (!event.target.closest("[data-remove]")) return;
    event.target.closest(".chip").remove();
    input.focus();
    changed();
  });
}

const enhanceAll = () => document.querySelectorAll("[data-relation]:not([data-ready])").forEach(enhance);
document.addEventListener("relation:added", enhanceAll);
enhanceAll();
