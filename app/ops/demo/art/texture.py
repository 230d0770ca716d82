"""Grey tiles (128 = no change) for the surface of cloth, wood, clay and film grain; cached."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image

Field = np.ndarray


def field(rng: np.random.Generator, cols: int, rows: int, width: int, height: int) -> Field:
    """Give smooth noise around 0 with ``cols`` by ``rows`` hills."""
    coarse = rng.standard_normal((max(2, rows), max(2, cols))).astype(np.float32)
    return np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC))


def soft(values: Field, radius: float) -> Field:
    """Blur by three box passes, edges taken as empty."""
    r = max(1, round(radius))
    out = values.astype(np.float32)
    for _ in range(3):
        for axis in (0, 1):
            pad = [(0, 0), (0, 0)]
            pad[axis] = (r + 1, r)
            total = np.cumsum(np.pad(out, pad), axis=axis, dtype=np.float32)
            n = out.shape[axis]
            ahead = np.take(total, np.arange(2 * r + 1, 2 * r + 1 + n), axis=axis)
            out = (ahead - np.take(total, np.arange(n), axis=axis)) / (2 * r + 1)
    return out


def _tile(values: Field, strength: float) -> Image.Image:
    return Image.fromarray(np.clip(128 + values * strength, 0, 255).astype(np.uint8))


@lru_cache(maxsize=48)
def texture(name: str, size: int, scale: int) -> Image.Image:
    """Give the tile of a surface, ``size`` square; ``scale`` is the thread or grain in pixels."""
    rng = np.random.default_rng(abs(hash_name(name)))
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    if name == "weave":
        p = max(2, scale)
        threads = np.sin(x * 2 * np.pi / p) * np.sin(y * 2 * np.pi / p)
        slub = field(rng, size // (p * 6), size // p, size, size) + field(
            rng, size // p, size // (p * 6), size, size
        )
        return _tile(threads * 0.8 + slub * 0.55, 7)
    if name == "knit":
        p = max(5, scale * 3)
        cell = np.abs(((x / p) % 1) - 0.5) * 2
        stitch = np.sin((y / p * 1.25 + cell * 0.55) * 2 * np.pi)
        groove = np.cos((x / p) * 2 * np.pi)
        return _tile(stitch * 0.8 - groove * 0.7 + field(rng, size // p, size // p, size, size) * 0.3, 10)
    if name == "rib":
        p = max(5, scale * 4)
        return _tile(np.cos(x / p * 2 * np.pi) + field(rng, size // 3, size // 3, size, size) * 0.2, 15)
    if name == "wood":
        bend = field(rng, 3, 4, size, size) * 9
        rings = np.sin((x * 0.16 + bend + field(rng, 60, 3, size, size) * 0.8) / max(1, scale) * 2.2)
        return _tile(rings * 0.7 + field(rng, size // 2, max(4, size // 90), size, size) * 0.55, 8)
    if name == "speckle":
        dots = (rng.random((size, size)) > 0.9965).astype(np.float32)
        return _tile(
            -np.clip(soft(dots, max(1, scale // 2)) * 7, 0, 1.4) + field(rng, 60, 60, size, size) * 0.05, 75
        )
    if name == "leather":
        return _tile(
            field(rng, size // 4, size // 4, size, size) + field(rng, size // 9, size // 9, size, size), 4.5
        )
    if name == "plaster":
        return _tile(sum(field(rng, n, n, size, size) * w for n, w in ((9, 0.5), (40, 0.4), (200, 0.5))), 1.7)
    return _tile(rng.standard_normal((size, size)).astype(np.float32), 2.0)


def hash_name(name: str) -> int:
    """Number a name the same way in every process."""
    return sum(ord(letter) * 31**place for place, letter in enumerate(name)) % 1_000_003


def cut(tile: Image.Image, width: int, height: int, left: int = 0, top: int = 0) -> Image.Image:
    """Take a window out of a tile, repeating it where the window is larger."""
    size = tile.width
    left, top = left % size, top % size
    if left + width <= size and top + height <= size:
        return tile.crop((left, top, left + width, top + height))
    out = Image.new("L", (width, height), 128)
    for y in range(-top, height, size):
        for x in range(-left, width, size):
            out.paste(tile, (x, y))
    return out
