// Lists: a click on a row opens it, a selection replaces the toolbar, columns move.
document.querySelectorAll("tr[data-href]").forEach((row) => {
  row.addEventListener("click", (event) => {
    if (event.target.closest("a, button, input, label, summary") || getSelection().toString()) return;
    if (event.ctrlKey || event.metaKey) open(row.dataset.href, "_blank", "noopener");
    else location.assign(row.dataset.href);
  });
});

const form = document.querySelector("[data-bulk]");
const bar = document.querySelector("[data-bulk-bar]");
if (form && bar) {
  const page = form.querySelector("[data-check-page]");
  const boxes = [...form.querySelectorAll("input[name=rowid]")];
  const all = form.querySelector("[data-all]");
  const count = bar.querySelector("[data-bulk-count]");
  const every = bar.querySelector("[data-select-all]");
  let last = null;

  const refresh = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    if (chosen < boxes.length) all.value = "";
    bar.hidden = chosen === 0;
    count.textContent = all.value ? every.dataset.text : String(chosen);
    if (every) every.hidden = Boolean(all.value) || chosen < boxes.length;
    page.checked = chosen === boxes.length;
    page.indeterminate = chosen > 0 && chosen < boxes.length;
    boxes.forEach((box) => box.closest("tr").classList.toggle("is-chosen", box.checked));
  };
  page.addEventListener("change", () => {
    boxes.forEach((box) => (box.checked = page.checked));
    refresh();
  });
  boxes.forEach((box, index) => {
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last !== null) {
        const [from, to] = [Math.min(last, index), Math.max(last, index)];
        boxes.slice(from, to + 1).forEach((other) => (other.checked = box.checked));
      }
      last = index;
      refresh();
    });
  });
  every?.addEventListener("click", () => {
    all.value = "1";
    refresh();
  });
  bar.querySelector("[data-select-none]").addEventListener("click", () => {
    boxes.forEach((box) => (box.checked = false));
    all.value = "";
    refresh();
    page.focus();
  });
  refresh();
}

document.querySelector("[data-columns]")?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move]");
  if (!button) return;
  const line = button.closest("li");
  const other = button.dataset.move === "-1" ? line.previousElementSibling : line.nextElementSibling;
  if (!other) return;
  if (button.dataset.move === "-1") other.before(line);
  else other.after(line);
  button.focus();
});
