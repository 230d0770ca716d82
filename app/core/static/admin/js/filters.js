// The filter menu: column, condition and value turn into one address parameter.
const menu = document.querySelector("[data-filters]");
if (menu) {
  const offered = JSON.parse(menu.querySelector("[data-filter-menu]").textContent);
  const column = menu.querySelector("[data-filter-column]");
  const operator = menu.querySelector("[data-filter-operator]");
  const place = menu.querySelector("[data-filter-value]");
  const label = operator.closest("label").querySelector(".label").textContent;

  const option = (value, text) => Object.assign(document.createElement("option"), { value, textContent: text });

  function relation(filter) {
    const box = document.createElement("div");
    box.className = "relation";
    box.dataset.relation = filter.url;
    box.dataset.name = operator.value;
    box.innerHTML = '<span class="relation-values"></span><input class="input" type="text" role="combobox" autocomplete="off" ' +
      'aria-expanded="false" aria-autocomplete="list" aria-controls="filter-list"><ul class="relation-list" id="filter-list" role="listbox" hidden></ul>';
    box.querySelector("input").setAttribute("aria-label", filter.label);
    box.querySelector("ul").setAttribute("aria-label", filter.label);
    return box;
  }

  function input(filter, chosen) {
    if (chosen.takes === "none") return Object.assign(document.createElement("input"), { type: "hidden", value: "1" });
    if (filter.kind === "choice" && chosen.takes !== "many") {
      const select = Object.assign(document.createElement("select"), { className: "input select" });
      select.append(...filter.choices.map(([value, text]) => option(value, text)));
      return select;
    }
    const types = { date: "date", number: "text", text: "text", choice: "text" };
    const made = Object.assign(document.createElement("input"), { type: types[filter.kind] || "text", className: "input", maxLength: 1000, required: true });
    if (filter.kind === "number") made.inputMode = "decimal";
    if (chosen.takes === "many") made.placeholder = "a, b, c";
    return made;
  }

  function showValue() {
    place.parentElement.hidden = false;
    const filter = offered[Number(column.value)];
    const chosen = filter.operators[operator.selectedIndex];
    if (filter.kind === "relation" && chosen.takes !== "none") {
      place.replaceChildren(relation(filter));
      document.dispatchEvent(new CustomEvent("relation:added"));
      return;
    }
    const made = input(filter, chosen);
    made.name = chosen.key;
    made.setAttribute("aria-label", `${filter.label} ${chosen.text}`);
    place.replaceChildren(made);
    place.parentElement.hidden = chosen.takes === "none";
  }

  function showOperators() {
    const filter = offered[Number(column.value)];
    operator.replaceChildren(...filter.operators.map((one) => option(one.key, one.text)));
    operator.setAttribute("aria-label", `${label}: ${filter.label}`);
    showValue();
  }

  column.addEventListener("change", showOperators);
  operator.addEventListener("change", showValue);
  showOperators();
}
