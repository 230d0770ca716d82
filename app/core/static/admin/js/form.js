// Forms: a save bar that knows what changed, a guard against leaving, one submit only.
const form = document.querySelector("[data-form]");
if (form) {
  const bar = form.querySelector("[data-savebar]");
  const text = bar.querySelector("[data-savebar-text]");
  const read = () => new URLSearchParams(new FormData(form)).toString();
  const before = read();
  let sending = false;
  const dirty = () => "dirty" in form.dataset || read() !== before;

  const refresh = () => {
    const changed = dirty();
    bar.classList.toggle("is-dirty", changed);
    text.textContent = changed ? text.dataset.changed : "";
  };
  form.addEventListener("input", refresh);
  form.addEventListener("change", refresh);
  refresh();

  // A link may lead to one field: #name_fr.
  if (location.hash) form.querySelector(`[id="${CSS.escape(location.hash.slice(1))}"]`)?.focus();

  form.addEventListener("submit", (event) => {
    if (sending) {
      event.preventDefault();
      return;
    }
    sending = true;
    bar.querySelectorAll("button").forEach((button) => button.setAttribute("aria-disabled", "true"));
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    sending = false;
    bar.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-disabled"));
  });
  addEventListener("beforeunload", (event) => {
    if (!sending && dirty()) event.preventDefault();
  });
  bar.querySelector("[data-discard]")?.addEventListener("click", () => (sending = true));
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      form.requestSubmit(bar.querySelector("[data-save]"));
    }
  });
  document.querySelector("[data-summary]")?.focus();
}
