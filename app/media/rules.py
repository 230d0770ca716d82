"""Widths, formats and addresses of renditions: pure functions on values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTHS = (160, 320, 640, 1000, 1600)
FALLBACK_WIDTH = 640
MIME = {"webp": "image/webp", "avif": "image/avif", "jpg": "image/jpeg"}
KEY = re.compile(r"[0-9a-f]{24}")
LONGEST_ALT = 500
LONGEST_FILENAME = 200
_base = "/media"


def serve_from(address: str) -> None:
    """Set where pictures are served from: "/media", or a content delivery network's address."""
    global _base
    _base = address.rstrip("/")


@dataclass(frozen=True, slots=True)
class ImageSet:
    """A picture in several widths. `webp` and `avif` are ready `srcset` values or "".

    `colour` (#rrggbb or "") stands in its place until it is loaded.
    """

    src: str
    webp: str
    avif: str
    width: int
    height: int
    alt: str = ""
    colour: str = ""


def rendition_url(key: str, width: int, extension: str) -> str:
    """The address of one file."""
    return f"{_base}/{key}-{width}.{extension}"


def rendition_name(key: str, width: int, extension: str) -> str:
    """The file's place inside the media folder: two levels, so that no folder grows huge."""
    return f"{key[:2]}/{key[2:4]}/{key}-{width}.{extension}"


def widths_for(width: int, wanted: Sequence[int] = WIDTHS) -> tuple[int, ...]:
    """Which widths to make of a picture this wide: never larger than it is."""
    smaller = [w for w in sorted(wanted) if w <= width]
    largest = min(width, max(wanted))
    if not smaller or smaller[-1] < largest * 0.8:
        smaller.append(largest)
    return tuple(smaller)


def image_set(
    key: str,
    width: int,
    height: int,
    renditions: Mapping[str, Sequence[int]] | None,
    alt: str = "",
    colour: str = "",
) -> ImageSet:
    """Addresses of everything that exists of a picture, and of nothing that does not."""
    made: Mapping[str, Any] = renditions or {}

    def srcset(extension: str) -> str:
        return ", ".join(f"{rendition_url(key, w, extension)} {w}w" for w in made.get(extension, ()))

    fallback = "jpg" if made.get("jpg") else "webp"
    widths = made.get(fallback) or [FALLBACK_WIDTH]
    nearest = min(widths, key=lambda w: abs(w - FALLBACK_WIDTH))
    src = rendition_url(key, nearest, fallback)
    return ImageSet(src, srcset("webp"), srcset("avif"), width, height, alt, colour)


def safe_filename(name: str | None) -> str:
    """A file's own name for people: no folders, no control characters, at most 200 letters."""
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(c for c in last if c.isprintable() and not "\ud800" <= c <= "\udfff").strip()
    return plain[:LONGEST_FILENAME] or "picture"
