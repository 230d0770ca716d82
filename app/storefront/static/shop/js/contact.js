// The contact form: while somebody types, the browser finds the number that shows a machine has worked for it.
// Without a secure context or without this script the question stays, and its answer is enough.

const form = document.querySelector("[data-contact]");
const PART = 500;

async function digest(text) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function solve({ algorithm, challenge, salt, signature, maxNumber }) {
  for (let start = 0; start <= maxNumber; start += PART) {
    const numbers = Array.from({ length: PART }, (_, n) => start + n);
    const found = (await Promise.all(numbers.map((n) => digest(salt + n)))).indexOf(challenge);
    if (found >= 0) return btoa(JSON.stringify({ algorithm, challenge, number: start + found, salt, signature }));
    await new Promise((next) => setTimeout(next));
  }
  return "";
}

let work = null;

async function prove() {
  const proof = await solve(JSON.parse(form.dataset.challenge));
  if (!proof) return;
  form.querySelector("[data-proof]").value = proof;
  form.querySelector("[data-question]").hidden = true;
  const state = form.querySelector("[data-proof-state]");
  state.textContent = state.dataset.done;
}

function begin() {
  work ??= prove();
  return work;
}

async function send(event) {
  if (form.dataset.sent) return event.preventDefault();
  if (!form.elements.proof.value && !form.elements.answer.value) {
    event.preventDefault();
    await begin();
  }
  form.dataset.sent = "1";
  if (event.defaultPrevented) form.submit();
}

if (form && window.crypto?.subtle) {
  form.addEventListener("focusin", begin, { once: true });
  form.addEventListener("submit", send);
  addEventListener("pageshow", () => delete form.dataset.sent);
}
