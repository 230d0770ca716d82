// Composing a figure: what does not suit the chosen measure steps back; filters become a search with chips.
// Without this script all of it is plain selects, and the server says what does not fit.
const MOST = 12;
const make = (tag, values, attributes = {}) => {
  const made = Object.assign(document.createElement(tag), values);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  return made;
};

const frame = document.querySelector("[data-filters]");
const suiting = JSON.parse(frame?.querySelector("[data-suiting]")?.textContent || "{}");
const metric = document.querySelector("select[name=metric]");
const dimension = document.querySelector("select[name=dimension]");
const chart = document.querySelector("select[name=chart]");
const TIME = ["day", "week", "month"];
const suits = (name) => !metric || !suiting[metric.value] || suiting[metric.value].includes(name);

function charts() {
  if (!dimension.value) return ["number"];
  return TIME.includes(dimension.value) ? ["line", "columns", "table"] : ["bars", "columns", "table"];
}

function only(select, wanted) {
  [...select.options].forEach((option) => (option.hidden = option.disabled = !wanted(option.value)));
  if (select.selectedOptions[0]?.disabled) select.value = [...select.options].find((option) => !option.disabled)?.value ?? "";
}

function fit() {
  if (!metric || !dimension || !chart) return;
  only(dimension, (name) => !name || suits(name));
  const possible = charts();
  if (!possible.includes(chart.value)) chart.value = possible[0];
  only(chart, (kind) => possible.includes(kind));
}

function search() {
  const list = frame.querySelector("select");
  const known = [...list.querySelectorAll("optgroup")].flatMap((group) =>
    [...group.children].map((option) => ({ id: option.value, label: `${group.label}: ${option.textContent}`, text: option.textContent.toLowerCase(), dimension: group.dataset.dimension, chosen: option.selected })));
  const box = make("div", { className: "relation" }, { "data-relation": frame.dataset.url, "data-name": list.name, "data-multiple": "true" });
  const values = make("span", { className: "relation-values" });
  known.filter((one) => one.chosen).forEach((one) => {
    const remove = make("button", { type: "button", className: "chip-remove", textContent: "×" }, { "data-remove": "", "aria-label": frame.dataset.remove.replace("{}", one.label) });
    const chip = make("span", { className: "chip" });
    chip.append(make("input", { type: "hidden", name: list.name, value: one.id }), make("span", { textContent: one.label }), remove);
    values.append(chip);
  });
  const input = make("input", { type: "text", className: "input", id: list.id, placeholder: frame.dataset.empty }, {
    role: "combobox", autocomplete: "off", spellcheck: "false", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": `${list.id}-list`,
  });
  for (const name of ["aria-describedby", "aria-invalid"]) if (list.hasAttribute(name)) input.setAttribute(name, list.getAttribute(name));
  box.append(values, input, make("ul", { className: "relation-list", id: `${list.id}-list`, hidden: true }, { role: "listbox" }));
  const fitting = (id) => suits(id.slice(2, id.indexOf("=")));
  box.source = async (words) => {
    const wanted = words.toLowerCase();
    const begins = (one) => Number(one.text.startsWith(wanted));
    const here = known.filter((one) => suits(one.dimension) && one.label.toLowerCase().includes(wanted)).sort((one, other) => begins(other) - begins(one)).slice(0, MOST);
    if (words.length < 2) return here;
    const answer = await fetch(`${frame.dataset.url}?q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" } });
    const there = answer.ok ? (await answer.json()).results : [];
    return [...here, ...there.filter((one) => fitting(one.id) && !here.some((other) => other.id === one.id))];
  };
  list.replaceWith(box);
  document.dispatchEvent(new Event("relation:added"));
}

if (frame) search();
fit();
[metric, dimension].forEach((select) => select?.addEventListener("change", fit));
