"""A browser that notices whatever a stored text makes a page do."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from tests.torture.payloads import HOST, SUM

LISTEN = """
addEventListener("securitypolicyviolation", e => violated(`${e.effectiveDirective} ${e.blockedURI} ${e.sample}`));
"""
LOOK = """
(sum) => {
  const wrong = [];
  for (const one of document.querySelectorAll("*")) {
    for (const a of one.attributes) {
      const value = a.value.replace(/[\\x00-\\x20]/g, "").toLowerCase();
      if (/^on[a-z]/.test(a.name)) wrong.push(`handler ${a.name} on ${one.tagName}`);
      if (["href", "src", "action", "formaction", "data", "xlink:href", "srcdoc"].includes(a.name)
          && /^(javascript|vbscript|data:text|feed|jar|view-source):/.test(value)) wrong.push(`address ${a.value.slice(0, 80)}`);
      if (a.name === "style" && value.includes("url(")) wrong.push(`style ${a.value.slice(0, 80)}`);
    }
    if (["SCRIPT", "STYLE"].includes(one.tagName) && !one.src && one.textContent.includes("xss(")
        && !/json/.test(one.type)) wrong.push(`inline ${one.tagName} ${one.textContent.slice(0, 80)}`);
    if (["IFRAME", "OBJECT", "EMBED", "BASE", "MARQUEE", "PLAINTEXT", "XMP"].includes(one.tagName)
        || (one.tagName === "META" && one.httpEquiv.toLowerCase() === "refresh")) wrong.push(`element ${one.tagName}`);
  }
  const typed = [...document.querySelectorAll("input, textarea")].some(one => one.value.includes("xss("));
  if (document.documentElement.outerHTML.includes(sum)) wrong.push("a template was evaluated");
  return {wrong, shows: typed || document.documentElement.textContent.includes("xss(")};
}
"""
"""Looks for what a text may have become: handlers, addresses that run, frames, scripts, the result of a template."""
SEEN = {"width": 1280, "height": 200}
"""As wide as a desk, and low: all of a page is loaded and run, and little of it painted."""


class Watcher:
    """A tab. `faults` is what ran, what was stopped from running by the browser, and what was let into the page."""

    def __init__(self, browser: Any, base: str, cookies: dict[str, str]):
        self.base, self.faults, self.pages, self.showing = base, list[str](), 0, 0
        self.context = browser.new_context(base_url=base, viewport=SEEN)
        self.context.add_cookies([{"name": k, "value": v, "url": base} for k, v in cookies.items()])
        self.context.set_default_timeout(30_000)
        self.context.expose_function("xss", lambda *args: self.note(f"ran xss{args}"))
        self.context.expose_function("violated", lambda words: self.note(f"stopped by the policy: {words}"))
        self.context.add_init_script(LISTEN)
        self.page = self.context.new_page()
        self.page.on("dialog", self._dialog)
        self.page.on("request", self._request)
        self.page.on("pageerror", lambda error: self.note(f"script error: {error}"))

    def note(self, words: str) -> None:
        """Something that must not be."""
        self.faults.append(f"{words[:300]} (on {urlsplit(self.page.url).path})")

    def _dialog(self, dialog: Any) -> None:
        self.note(f"dialog {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Any) -> None:
        if HOST in (urlsplit(request.url).hostname or ""):
            self.note(f"asked for {request.url}")

    def opens(self, path: str) -> bool:
        """Open a page and judge it. False for a page that is not there."""
        answer = self.page.goto(path, wait_until="load")
        self.pages += 1
        if answer.status >= 500:
            self.note(f"answered {answer.status}")
        self.judge()
        return bool(answer.status < 400)

    def judge(self) -> None:
        """Look at the page as it stands."""
        seen = self.page.evaluate(LOOK, SUM)
        self.showing += bool(seen["shows"])
        for words in seen["wrong"]:
            self.note(words)

    def links(self, start: str, most: int) -> list[str]:
        """Addresses on this page that begin so."""
        found = self.page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
        return list(dict.fromkeys(a for a in found if a.startswith(start)))[:most]

    def leave(self) -> None:
        """Close the tab."""
        self.context.close()
