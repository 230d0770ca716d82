"""Colours and tonal ramps: how a material goes from shadow to highlight."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

RGB = tuple[int, int, int]

WARM_WHITE: RGB = (255, 250, 241)
SHADOW: RGB = (52, 44, 44)

# per finish: (darkest factor, level at which the plain colour is reached, whiteness of the highlight)
FINISHES: dict[str, tuple[float, float, float]] = {
    "matte": (0.34, 0.74, 0.20),
    "fabric": (0.36, 0.72, 0.18),
    "knit": (0.36, 0.72, 0.18),
    "leather": (0.26, 0.70, 0.36),
    "wood": (0.34, 0.72, 0.24),
    "satin": (0.28, 0.70, 0.52),
    "gloss": (0.24, 0.66, 0.92),
    "metal": (0.16, 0.58, 0.90),
    "glass": (0.42, 0.60, 0.85),
    "glow": (0.86, 0.40, 0.75),
}


def rgb(value: str | RGB) -> RGB:
    """Read ``#rrggbb``; a triple passes through."""
    if not isinstance(value, str):
        return value
    text = value.lstrip("#")
    return int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16)


def mix(first: str | RGB, second: str | RGB, share: float) -> RGB:
    """Blend ``share`` of the second colour into the first."""
    a, b = rgb(first), rgb(second)
    return tuple(round(x + (y - x) * share) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


def darker(value: str | RGB, share: float = 0.3) -> RGB:
    """Move a colour towards a warm black."""
    return mix(value, (30, 24, 24), share)


def lighter(value: str | RGB, share: float = 0.3) -> RGB:
    """Move a colour towards a warm white."""
    return mix(value, WARM_WHITE, share)


def luminance(value: str | RGB) -> float:
    """Give the perceived lightness, 0 to 1."""
    r, g, b = rgb(value)
    return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255


@lru_cache(maxsize=1024)
def ramp(colour: RGB, finish: str = "matte") -> tuple[list[int], list[int], list[int]]:
    """Give three 256-step tables from light level to colour for one material."""
    low, knee, shine = FINISHES[finish]
    base = np.array(colour, dtype=np.float64)
    grey = base.mean()
    dark = (base * 0.94 + grey * 0.06) * low + np.array((7.0, 6.0, 9.0)) * (1 - low)
    bright = base + (np.array(WARM_WHITE) - base) * shine
    level = np.linspace(0, 1, 256)[:, None]
    under = np.clip(level / knee, 0, 1)
    over = np.clip((level - knee) / (1 - knee), 0, 1)
    under = under * (1.25 - 0.25 * under)
    table = dark + (base - dark) * np.clip(under, 0, 1)
    table = table + (bright - table) * over**1.3
    out = np.clip(table, 0, 255).round().astype(int)
    return out[:, 0].tolist(), out[:, 1].tolist(), out[:, 2].tolist()
