"""How fast pages are on a slow phone: layout shift, largest paint, weight of the scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.walking import Visitor

MEASURE = """
window.seen = {shift: 0, paint: 0, moved: []};
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) {
    seen.shift += entry.value;
    seen.moved.push(...(entry.sources || []).map((s) => s.node?.outerHTML?.slice(0, 120) || ""));
  }
}).observe({type: "layout-shift", buffered: true});
new PerformanceObserver((list) => { for (const entry of list.getEntries()) seen.paint = entry.startTime; })
  .observe({type: "largest-contentful-paint", buffered: true});
"""
MOST_SCRIPT = 60_000
SLOWEST_PAINT = 2_500
MOST_SHIFT = 0.1


@pytest.fixture
def phone(visit: Callable[..., Visitor]) -> Visitor:
    """A phone whose processor is four times slower than this machine's."""
    visitor = visit(width=390, phone=True)
    visitor.context.add_init_script(MEASURE)
    visitor.context.new_cdp_session(visitor.page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    return visitor


def address_of(visitor: Visitor, kind: str) -> str:
    """The address of a page of this kind; bag and checkout are filled first."""
    if kind == "category":
        visitor.goes("/")
        return visitor.page.locator(".tile a").first.get_attribute("href") or ""
    if kind == "product":
        return f"/p/{visitor.product()['path']}"
    if kind in ("cart", "checkout"):
        visitor.puts_in_bag(visitor.product())
        return f"/{kind}"
    return "/"


def scroll_through(page: Any) -> None:
    """Down to the end and back, as somebody who looks around: late pictures must not move anything."""
    page.evaluate(
        "async () => { for (let y = 0; y < document.body.scrollHeight; y += 600) {"
        " scrollTo(0, y); await new Promise(requestAnimationFrame); } scrollTo(0, 0); }"
    )


@pytest.mark.parametrize("kind", ["home", "category", "product", "cart", "checkout"])
def test_a_slow_phone(phone: Visitor, kind: str, record_property: Callable[[str, Any], None]) -> None:
    address = address_of(phone, kind)
    phone.goes(address)  # once, so that the machine's other work does not count against the page
    scripts: dict[str, int] = {}
    phone.page.on("response", lambda got: _weigh(got, scripts))
    paints = []
    for _attempt in range(3):  # other test processes share the machine: the quietest of three counts
        scripts.clear()
        page = phone.goes(address)
        page.wait_for_load_state("networkidle")
        scroll_through(page)
        page.wait_for_load_state("networkidle")
        seen = page.evaluate("window.seen")
        assert seen["shift"] < MOST_SHIFT, seen
        paints.append(seen["paint"])
        if paints[-1] < SLOWEST_PAINT:
            break
    record_property(
        "figures", f"{kind}: LCP {min(paints):.0f} ms, CLS {seen['shift']:.3f}, JS {sum(scripts.values())}"
    )
    print(f"{kind}: LCP {min(paints):.0f} ms, CLS {seen['shift']:.3f}, scripts {sum(scripts.values())} bytes")
    assert min(paints) < SLOWEST_PAINT, paints
    assert sum(scripts.values()) < MOST_SCRIPT, scripts


def _weigh(got: Any, scripts: dict[str, int]) -> None:
    if got.request.resource_type == "script" and got.status == 200:
        scripts[got.url] = int(got.headers.get("content-length") or len(got.body()))


@pytest.mark.parametrize("kind", ["home", "category", "product"])
def test_pictures_say_how_big_they_are(visitor: Visitor, kind: str) -> None:
    page = visitor.goes(address_of(visitor, kind))
    bare = page.evaluate(
        "[...document.images].filter((i) => !i.width || !i.getAttribute('width') || !i.getAttribute('height')"
        " || (i.closest('picture')?.querySelector('source') && !i.closest('picture').querySelector('source').sizes))"
        ".map((i) => i.outerHTML)"
    )
    assert bare == []
    fonts = page.evaluate("[...document.querySelectorAll('link[rel=preload][as=font]')].map((l) => l.href)")
    used = page.evaluate(
        "performance.getEntriesByType('resource').map((e) => e.name).filter((n) => n.includes('woff2'))"
    )
    assert len(fonts) == 2 and set(used) <= set(fonts), "each font is asked for once, and early"
