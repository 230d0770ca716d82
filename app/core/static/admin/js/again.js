// A page about work that goes on looks at it again, until the work has ended. What is being read, typed or
// pressed is left alone: nothing is replaced while a dialog is open or the focus is inside.
// Where a list shows work, each part of it with `data-part` and an id is looked at by itself.

const PARTS = [".record", ".page-actions"];
const parts = () => [...PARTS, ...[...document.querySelectorAll("[data-part]")].map((part) => `#${part.id}`)];

const later = () => {
  const seconds = Number(document.querySelector("[data-again]")?.dataset.again);
  if (seconds) setTimeout(look, seconds * 1000);
};

const isBusy = (part) => part.contains(document.activeElement) || document.querySelector("dialog[open]") !== null;

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const fresh = answer.ok && !answer.redirected ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
    for (const name of fresh ? parts() : []) {
      const [here, there] = [document.querySelector(name), fresh.querySelector(name)];
      if (here && there && !isBusy(here)) here.replaceWith(document.adoptNode(there));
    }
    document.dispatchEvent(new Event("fragment"));
  } catch {
    // the network was away for a moment: the next look will tell
  }
  later();
}

later();
