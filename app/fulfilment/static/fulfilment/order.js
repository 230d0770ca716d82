// The order screen: unfold the parcel form, open a refused form again, send every form once.
for (const button of document.querySelectorAll("[data-show]")) {
  const target = document.getElementById(button.dataset.show);
  const refresh = () => button.setAttribute("aria-expanded", String(!target.hidden));
  refresh();
  button.addEventListener("click", () => {
    target.hidden = !target.hidden;
    refresh();
    if (!target.hidden) target.querySelector("input:not([type=hidden]), select")?.focus();
  });
}

const refused = document.querySelector("dialog[data-reopen]");
if (refused) {
  refused.showModal();
  (refused.querySelector("[aria-invalid=true]") ?? refused.querySelector("input:not([type=hidden]), select"))?.focus();
} else {
  document.querySelector("[data-refusal]")?.focus();
}

const sent = new WeakSet();
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method === "dialog") return;
  if (sent.has(event.target)) event.preventDefault();
  sent.add(event.target);
});
