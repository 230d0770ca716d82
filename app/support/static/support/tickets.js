// The desk: replies kept ready, keys for next and previous, cards that are dragged. All of it works without, by buttons.

const drafts = [...document.querySelectorAll("[data-draft]")];
if (drafts.length) {
  const { keepDraft } = await import(document.querySelector("[data-drafts]").dataset.drafts);
  const thread = () => [...document.querySelectorAll(".desk-thread .desk-text")].map((one) => [...one.children].map((part) => part.textContent).join("\n\n"));
  for (const field of drafts) keepDraft(field, field.dataset.draft, thread);
}

const canned = document.querySelector("[data-canned]");
canned?.addEventListener("change", () => {
  const area = canned.form.elements.body;
  if (canned.value) area.setRangeText(canned.value, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input"));
  canned.value = "";
  area.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const field = document.querySelector(`[data-key-focus="${CSS.escape(event.key)}"]`);
  if (field) {
    event.preventDefault();
    return field.focus();
  }
  document.querySelector(`a[data-key="${CSS.escape(event.key)}"]`)?.click();
});

const board = document.querySelector("[data-board]");
const said = document.querySelector("[data-board-said]");
let dragged = null;

async function move(card, state) {
  const body = new URLSearchParams({ state, csrf_token: document.querySelector("meta[name=csrf]").content });
  const answer = await fetch(card.dataset.move, { method: "POST", body, redirect: "manual" });
  if (answer.type !== "opaqueredirect") {
    said.textContent = said.dataset.refused;
    return;
  }
  said.textContent = said.dataset.moved;
  location.reload();
}

const target = (event) => {
  const column = event.target.closest?.("[data-state]");
  return dragged && column && dragged.dataset.steps.split(" ").includes(column.dataset.state) ? column : null;
};
const unmark = () => board.querySelectorAll(".is-target").forEach((column) => column.classList.remove("is-target"));

board?.addEventListener("submit", (event) => {
  event.preventDefault(); // back to the board, not on to the ticket
  move(event.target.closest("[data-move]"), event.target.elements.state.value);
});
board?.addEventListener("dragstart", (event) => {
  dragged = event.target.closest("[data-move]");
  dragged?.classList.add("is-dragged");
  event.dataTransfer.effectAllowed = "move";
});
board?.addEventListener("dragend", () => {
  dragged?.classList.remove("is-dragged");
  dragged = null;
  unmark();
});
board?.addEventListener("dragover", (event) => {
  const column = target(event);
  if (!column) return;
  event.preventDefault();
  unmark();
  column.classList.add("is-target");
});
board?.addEventListener("drop", (event) => {
  const column = target(event);
  if (!column) return;
  event.preventDefault();
  move(dragged, column.dataset.state);
});
