"""How long the chat's button takes to show a window one can write in: from the click to the next frame.

`python -m bench.chat_window` starts an empty shop of its own and opens the first page anew each time, with nothing in the
browser's cache; the button is clicked without a pointer over it before (as a finger does it). `--slower 4` makes the
browser's processor four times slower, as Lighthouse takes a phone to be. Writes `bench/results/chat_window.json`.
"""

from __future__ import annotations

import argparse
import json
import shutil
from typing import Any

from playwright.sync_api import sync_playwright

from bench.shop import ROOT, RealShop
from bench.sockets import percentile

RESULTS = ROOT / "bench" / "results" / "chat_window.json"
BROWSERS = ("google-chrome", "chromium", "chromium-browser")
OPENED = """() => new Promise((done) => {
  document.querySelector("[data-chat]").click();
  const look = () => { const [one] = performance.getEntriesByName("chat-opens"); one ? done(one.duration) : setTimeout(look, 5); };
  look();
})"""
USABLE = """() => document.querySelector("[data-chat-window]").open
  && document.activeElement === document.querySelector("[data-chat-text]")"""


def measure(base: str, browser: Any, times: int, slower: float) -> list[float]:
    """Milliseconds from the click to the window, each in a browser that has seen nothing yet.

    Raises:
        AssertionError: the window was there but could not be written in.
    """
    found: list[float] = []
    for _time in range(times):
        context = browser.new_context(base_url=base, viewport={"width": 390, "height": 860})
        page = context.new_page()
        if slower > 1:
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
        page.goto("/", wait_until="load")
        page.wait_for_timeout(1500)
        found.append(float(page.evaluate(OPENED)))
        assert page.evaluate(USABLE), "the window takes no words"
        context.close()
    return found


def main() -> None:
    """Measure, print and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=15)
    parser.add_argument("--slower", type=float, default=1.0)
    given = parser.parse_args()
    program = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with RealShop(environment={"DEMO": "0"}) as shop, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        found = measure(shop.base, browser, given.times, given.slower)
        browser.close()
    result = {
        "times": given.times, "slower": given.slower, "p50_ms": round(percentile(found, 0.5), 1),
        "worst_ms": round(max(found), 1),
    }  # fmt: skip
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
