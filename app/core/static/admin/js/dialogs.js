// A question before something happens: forms and buttons with data-confirm or data-ask.
const dialog = document.getElementById("confirm");
const box = dialog.querySelector("[data-confirm-ask]");
const input = box.querySelector("input");
const yes = dialog.querySelector("[data-confirm-yes]");
let waiting = null;

function ask(form, submitter, wording) {
  waiting = { form, submitter };
  dialog.querySelector("#confirm-title").textContent = wording.verb;
  const text = dialog.querySelector("[data-confirm-text]");
  text.textContent = wording.confirm || "";
  text.hidden = !wording.confirm;
  box.hidden = !wording.ask;
  box.querySelector("[data-confirm-label]").textContent = wording.ask || "";
  input.value = "";
  input.required = Boolean(wording.ask);
  yes.textContent = wording.verb;
  yes.classList.toggle("button-bad", "danger" in wording);
  yes.classList.toggle("button-main", !("danger" in wording));
  dialog.returnValue = "";
  dialog.showModal();
  if (wording.ask) input.focus();
}

document.addEventListener("submit", (event) => {
  const source = event.submitter?.matches("[data-confirm], [data-ask]:not([data-ask=''])")
    ? event.submitter
    : event.target.matches("[data-confirm], [data-ask]:not([data-ask=''])") ? event.target : null;
  if (!source || event.target.dataset.confirmed) return;
  event.preventDefault();
  ask(event.target, event.submitter, source.dataset);
});

dialog.addEventListener("close", () => {
  if (!waiting || dialog.returnValue !== "yes") return;
  const { form, submitter } = waiting;
  waiting = null;
  if (!box.hidden) {
    const answer = document.createElement("input");
    Object.assign(answer, { type: "hidden", name: "answer", value: input.value });
    form.append(answer);
  }
  form.dataset.confirmed = "1";
  form.requestSubmit(submitter?.name ? submitter : undefined);
});
