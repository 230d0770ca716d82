"""Icons, drawn into the page itself: no request, no flash, and they take the colour of the text."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

from markupsafe import Markup, escape

SPRITE = Path(__file__).parents[1] / "static" / "admin" / "icons.svg"
_SYMBOL = re.compile(r'<symbol id="([a-z-]+)" data-lucide="([a-z0-9-]+)" viewBox="0 0 24 24">(.*?)</symbol>')
FONT_AWESOME = {
    "fa-home": "home", "fa-receipt": "receipt", "fa-shopping-cart": "cart", "fa-cart-shopping": "cart",
    "fa-box": "box", "fa-boxes": "boxes", "fa-boxes-stacked": "boxes", "fa-cube": "box", "fa-tag": "tag",
    "fa-tags": "tag", "fa-folder": "folder", "fa-folder-tree": "folder", "fa-sitemap": "folder", "fa-list": "list",
    "fa-user": "user", "fa-users": "users", "fa-user-gear": "shield", "fa-cogs": "settings", "fa-cog": "settings",
    "fa-gear": "settings", "fa-gears": "settings", "fa-lock": "shield", "fa-key": "shield", "fa-shield": "shield",
    "fa-truck": "truck", "fa-credit-card": "card", "fa-money-bill": "card", "fa-coins": "card", "fa-percent": "percent",
    "fa-globe": "globe", "fa-image": "image", "fa-images": "image", "fa-photo": "image", "fa-envelope": "mail",
    "fa-bell": "bell", "fa-warehouse": "warehouse", "fa-chart-line": "chart", "fa-chart-bar": "chart",
    "fa-history": "history", "fa-clock": "history", "fa-clock-rotate-left": "history", "fa-tasks": "activity",
    "fa-list-check": "activity", "fa-file": "file", "fa-file-invoice": "file", "fa-file-lines": "file",
    "fa-star": "star", "fa-gift": "gift", "fa-ticket": "percent", "fa-comments": "chat", "fa-comment": "chat",
    "fa-map": "globe", "fa-flag": "globe", "fa-address-book": "users", "fa-palette": "image", "fa-rotate-left": "undo",
    "fa-sliders": "settings", "fa-barcode": "tag", "fa-store": "store", "fa-search": "search", "fa-dolly": "truck",
    "fa-undo": "undo", "fa-trash": "trash", "fa-check": "check", "fa-plus": "plus", "fa-download": "download",
    "fa-eye": "eye", "fa-ban": "ban", "fa-times": "x", "fa-archive": "archive", "fa-box-archive": "archive",
    "fa-play": "play", "fa-refresh": "refresh", "fa-rotate": "refresh", "fa-copy": "copy", "fa-edit": "edit",
}  # fmt: skip
"""Our drawings for the names that Flask-AppBuilder and habits use."""
_FRAME = (
    '<svg class="{}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75"'
    ' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>'
)


@cache
def drawings() -> dict[str, str]:
    """The drawings by our name and by Lucide's."""
    found = _SYMBOL.findall(SPRITE.read_text(encoding="utf-8"))
    return {lucide: drawing for _ours, lucide, drawing in found} | {
        ours: drawing for ours, _, drawing in found
    }


@lru_cache(maxsize=1000)  # a page of the back office draws a hundred, of the same few
def icon(name: str, style: str = "") -> Markup:
    """An icon by our name ("box") or by a Font Awesome name ("fa-box"); a dot for an unknown one."""
    known = drawings()
    drawing = known.get(name) or known[icon_name(name)]
    markup = _FRAME.format(escape(f"icon {style}".strip()), drawing)
    return Markup(markup)  # noqa: S704  # our own drawings, and an escaped class


def icon_name(name: str | None) -> str:
    """Our icon for a Font Awesome name ("fa-box", "fa fa-box") or for one of our own."""
    known = drawings()
    for part in (name or "").split():
        bare = part.removeprefix("fa-").replace("_", "-")
        found = FONT_AWESOME.get(part) or FONT_AWESOME.get(f"fa-{bare}") or bare
        if found in known:
            return found
    return "dot"
