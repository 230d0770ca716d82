// Figures that take long follow their page: each group of cards is a request of its own, two at a time.
const AT_ONCE = 2;

function fail(frame) {
  frame.setAttribute("aria-busy", "false");
  frame.querySelector("[data-waiting]").hidden = true;
  frame.querySelector("[data-failed]").hidden = false;
}

async function fill(url, frames) {
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) throw new Error("no figures");
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    frames.forEach((frame) => {
      const card = fresh.querySelector(`[data-chart="${CSS.escape(frame.dataset.chart)}"]`);
      if (card) frame.replaceWith(document.adoptNode(card));
      else fail(frame);
    });
  } catch {
    frames.forEach(fail);
  }
}

// `filled` is called whenever cards have come. A page that was left meanwhile asks for nothing more.
export async function fillAll(filled) {
  const groups = new Map();
  document.querySelectorAll("[data-later]").forEach((frame) => {
    groups.set(frame.dataset.later, [...(groups.get(frame.dataset.later) ?? []), frame]);
  });
  const queue = [...groups];
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [url, frames] = next;
      if (!frames.some((frame) => frame.isConnected)) return;
      await fill(url, frames);
      document.dispatchEvent(new Event("fragment"));
      filled();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
