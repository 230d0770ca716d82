// The checkout keeps itself up to date while it is filled in; nothing here is needed to order.
import { Refusal, node, post, toast } from "shop/api";

const form = document.querySelector("[data-checkout]");
let asking = 0;

async function refresh(action) {
  const mine = ++asking;
  const data = new FormData(form);
  data.set("action", action);
  const parts = action === "address" ? ["address", "billing", "shipping", "payment", "summary", "summary-first"] : ["shipping", "payment", "summary", "summary-first", "errors"];
  const quiet = [...form.querySelectorAll("[data-part]")].filter((part) => ["shipping", "summary"].includes(part.dataset.part));
  quiet.forEach((part) => part.setAttribute("aria-busy", "true"));
  try {
    const fresh = node(await post(form.getAttribute("action"), data, "checkout"));
    if (mine === asking) swap(fresh, parts);
  } catch (problem) {
    toast(problem instanceof Refusal ? problem.message : String(problem));
  } finally {
    quiet.forEach((part) => part.removeAttribute("aria-busy"));
  }
}

function swap(fresh, parts) {
  const held = document.activeElement?.id || document.activeElement?.name;
  const value = document.activeElement?.value;
  for (const name of parts) {
    const now = form.querySelector(`[data-part="${name}"]`);
    const next = fresh.querySelector(`[data-part="${name}"]`);
    if (!now || !next || now.innerHTML === next.innerHTML) continue;
    if (now.open) next.open = true;
    now.replaceWith(next);
  }
  if (!held) return;
  const again = document.getElementById(held) || form.querySelector(`[name="${CSS.escape(held)}"][value="${CSS.escape(value || "")}"]`);
  if (again && again !== document.activeElement) {
    again.focus({ preventScroll: true });
    if (again.matches("input:not([type=radio]):not([type=checkbox])")) again.value = value;
  }
}

// The refusal of one field, in the page's words: the browser may speak another language.
function check(input) {
  const error = document.getElementById(`${input.id}-error`);
  if (!error || input.type === "radio") return true;
  const fine = input.validity.valid;
  if (fine) input.removeAttribute("aria-invalid");
  else input.setAttribute("aria-invalid", "true");
  error.hidden = fine;
  const text = error.querySelector("[data-error-text]");
  if (text) text.textContent = fine ? "" : (input.type === "email" && form.dataset.wrongEmail) || input.validationMessage;
  return fine;
}

// What was typed outlives a reload in this tab, also where the server cannot keep it yet. Way to pay and codes do not.
const KEPT = "checkout";
const typed = () => [...form.querySelectorAll("input.input, textarea.input")].filter((input) => input.name && !/coupon|demo_card/.test(input.name));

function keep() {
  const values = Object.fromEntries(typed().filter((input) => input.value).map((input) => [input.name, input.value]));
  try { sessionStorage.setItem(KEPT, JSON.stringify(values)); } catch { /* storage is closed: the server keeps what is complete */ }
}

function restore() {
  let values = {};
  try { values = JSON.parse(sessionStorage.getItem(KEPT) || "{}"); } catch { return; }
  for (const input of typed()) {
    if (input.value || !values[input.name] || input.getAttribute("aria-invalid")) continue;
    input.value = values[input.name];
    const fold = input.closest("details");
    if (fold) fold.open = true;
  }
}

if (form) {
  restore();
  form.addEventListener("input", keep);
  form.addEventListener("input", ({ target }) => { // typing over a saved address makes it another one
    const other = target.name?.startsWith("shipping.") && form.querySelector("[name=saved_address][value='']");
    if (!other) return;
    other.checked = true;
    form.elements.saved_shown.value = ""; // so that a click on the saved one brings it back
  });
  const complete = () => ["line1", "postcode", "city"].every((name) => form.elements[`shipping.${name}`]?.value.trim());
  form.addEventListener("focusout", (event) => {
    if (event.target.matches(".input") && event.target.value) check(event.target);
  });
  form.addEventListener("change", (event) => {
    const { target } = event;
    if (target.dataset.refresh) refresh(target.dataset.refresh);
    else if (["shipping.country", "billing.country"].includes(target.name)) refresh("address");
    else if (["shipping.postcode", "shipping.city", "shipping.line1"].includes(target.name) && complete()) refresh("shipping");
  });
  form.addEventListener("submit", (event) => {
    const action = event.submitter?.value || "address";
    if (action !== "place") {
      event.preventDefault();
      refresh(action);
      return;
    }
    if (form.dataset.placing) {
      event.preventDefault();
      return;
    }
    form.dataset.placing = "1";
    const button = event.submitter;
    button.setAttribute("aria-busy", "true");
    button.setAttribute("aria-label", form.dataset.busy);
  });
  addEventListener("pagehide", () => form.dataset.placing || keep());
  addEventListener("pageshow", (event) => {
    if (event.persisted) {
      delete form.dataset.placing;
      form.querySelector("[data-place]")?.removeAttribute("aria-busy");
    }
  });
}
