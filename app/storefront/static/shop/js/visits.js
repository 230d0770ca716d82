// Counts an opened page where its reader agreed, and asks who has not been asked. Says a path, where one came from
// (host only) and whether a campaign led here; a page of results says what it shows, a product whether it was opened
// out of them. The answer sets the cookies, nothing is kept in this script.
import { post, root } from "shop/api";

const CAMPAIGN = ["utm_source", "utm_campaign", "utm_medium", "gclid", "fbclid", "msclkid"];
const against = navigator.globalPrivacyControl === true || navigator.doNotTrack === "1";
const choice = () => document.cookie.match(/(?:^|; )consent=(1a?p?)(?:;|$)/)?.[1];

function results() {
  const list = document.querySelector("[data-looked-for]");
  if (!list) return undefined;
  const shown = [...list.querySelectorAll(".card-name a")].map((link) => new URL(link.href).pathname.split("/p/")[1]);
  return { q: list.dataset.lookedFor, shown: shown.filter(Boolean) };
}

function found() {
  try {
    const before = new URL(document.referrer);
    return before.origin === location.origin && before.pathname === `${root}/search` && before.searchParams.has("q");
  } catch {
    return false; // opened directly
  }
}

function sign() {
  const asked = new URLSearchParams(location.search);
  let from = "";
  try { from = new URL(document.referrer).origin; } catch { /* opened directly */ }
  const said = {
    path: location.pathname,
    language: document.documentElement.lang,
    referrer: from,
    query: CAMPAIGN.filter((name) => asked.has(name)).map((name) => `${name}=1`).join("&"),
    search: results(),
    found: found(),
  };
  navigator.sendBeacon(`${root}/visits`, new Blob([JSON.stringify(said)], { type: "application/json" }));
}

function show(card) {
  const held = choice() || "";
  for (const [name, letter] of [["counted", "a"], ["profiled", "p"]]) {
    for (const box of document.querySelectorAll(`[data-consent] input[name=${name}]`)) box.checked = held.includes(letter);
  }
  if (card) card.hidden = Boolean(choice()) || against || navigator.webdriver; // programs are not counted, so not asked
}

const card = document.querySelector("[data-consent-card]");
show(card);

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-consent]");
  if (!form) return;
  event.preventDefault();
  const counted = choice()?.includes("a");
  try {
    await post(form.action, new FormData(form, event.submitter), "consent");
  } catch {
    form.submit(); // the server says on a page what is wrong
    return;
  }
  document.querySelector("#preferences:popover-open")?.hidePopover();
  show(card);
  if (!counted && choice()?.includes("a")) sign();
});

if (choice()?.includes("a") && !against) {
  const later = () => (window.requestIdleCallback || setTimeout)(sign);
  if (document.prerendering) document.addEventListener("prerenderingchange", later, { once: true });
  else later();
}
