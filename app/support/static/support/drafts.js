// What somebody at the desk has written and not sent survives a reload: one draft a person and place, for a week.
const DAYS = 7 * 24 * 3600 * 1000;
const PREFIX = "desk-draft:";

function every(call) {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) call(name);
  } catch { /* private windows keep nothing */ }
}

function held(name) {
  try { return JSON.parse(localStorage.getItem(name)); } catch { return null; }
}

const same = (one, other) => one.replace(/\s+/g, " ").trim() === other.replace(/\s+/g, " ").trim();

// Keep what stands in `field` under a name; `thread` lists what was sent already, so that a sent text does not come back.
export function keepDraft(field, name, thread = () => []) {
  const key = PREFIX + name;
  const write = (isSent = false) => {
    try {
      if (field.value.trim()) localStorage.setItem(key, JSON.stringify({ text: field.value, at: Date.now(), isSent }));
      else localStorage.removeItem(key);
    } catch { /* private windows keep nothing */ }
  };
  every((one) => { const draft = held(one); if (!draft || Date.now() - draft.at > DAYS) localStorage.removeItem(one); });
  const draft = held(key);
  if (draft?.isSent && thread().some((text) => same(text, draft.text))) localStorage.removeItem(key);
  else if (draft && !field.value) {
    field.value = draft.text;
    field.dispatchEvent(new Event("draft"));
  }
  field.addEventListener("input", () => write());
  field.addEventListener("change", () => write());
  // A form that reloads the page: its text goes once it stands in the thread, and not before.
  field.form.addEventListener("submit", (event) => setTimeout(() => event.defaultPrevented || write(true)));
  return { clear() { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } } };
}
