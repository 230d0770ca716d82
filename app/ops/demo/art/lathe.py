"""Bodies of revolution: vases, cups, lamps, anything that came off a wheel or a lathe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.ops.demo.art.canvas import LIGHT, SHADE_PIXELS, Canvas
from app.ops.demo.art.colour import RGB, darker, lighter
from app.ops.demo.art.shapes import Points, arc, curve, ellipse

Profile = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Band:
    """A ring of another colour between two heights."""

    top: float
    bottom: float
    colour: RGB | str
    finish: str = "matte"


def tilt(canvas: Canvas, y: float) -> float:
    """Give how open a level circle looks at a height: flatter near the eye, at the top."""
    down = (canvas.matrix[1, 1] * y + canvas.matrix[1, 2]) / canvas.image.height
    return 0.11 + 0.15 * min(1.2, max(0.0, down))


def profile_of(points: Profile, smooth: bool = True) -> Points:
    """Run a smooth line through (y, radius) pairs, top to bottom."""
    if not smooth:
        return np.array(points, dtype=float)
    line = curve(points, closed=False, steps=12)
    line[:, 1] = np.maximum(line[:, 1], 0.5)
    order = np.maximum.accumulate(line[:, 0]) + np.arange(len(line)) * 1e-3
    return np.column_stack((order, line[:, 1]))


def outline(canvas: Canvas, line: Points, x: float = 0.0, shut: bool = True) -> list[Points]:
    """Give the silhouette: the profile on both sides, and the circles that bulge below it."""
    side = np.column_stack((line[:, 1], line[:, 0]))
    shapes = [np.concatenate((side + (x, 0), (side * (-1, 1))[::-1] + (x, 0)))]
    for index in sorted({*range(0, len(line), max(1, len(line) // 26)), len(line) - 1}):
        y, radius = line[index]
        if index == 0 and not shut:
            continue
        shapes.append(ellipse(x, y, radius, radius * tilt(canvas, y)))
    return shapes


def environment(nx: np.ndarray, finish: str) -> np.ndarray:
    """Give what the studio adds to a surface facing ``nx`` sideways: softboxes and dark edges."""
    if finish == "metal":
        key = np.exp(-(((nx + 0.52) / 0.16) ** 2)) * 0.62
        fill = np.exp(-(((nx - 0.62) / 0.12) ** 2)) * 0.42
        core = -0.30 * np.exp(-(((nx - 0.12) / 0.26) ** 2))
        return key + fill + core - 0.28 * np.abs(nx) ** 6
    if finish in ("gloss", "glass"):
        strip = 1 / (1 + np.exp(-(nx + 0.66) * 42)) - 1 / (1 + np.exp(-(nx + 0.47) * 42))
        return strip * 0.30 + 0.10 * np.exp(-(((nx - 0.80) / 0.07) ** 2))
    if finish in ("satin", "leather", "wood"):
        return 0.13 * np.exp(-(((nx + 0.50) / 0.24) ** 2)) + 0.05 * np.exp(-(((nx - 0.78) / 0.12) ** 2))
    return 0.03 * np.exp(-(((nx - 0.85) / 0.1) ** 2))


def light_field(
    canvas: Canvas, line: Points, x: float, where: tuple[int, int, int, int], finish: str
) -> np.ndarray:
    """Compute how much light each point of the body gets, small."""
    wide, tall = where[2] - where[0], where[3] - where[1]
    step = max(1.0, max(wide, tall) / SHADE_PIXELS)
    cols, rows = max(3, round(wide / step)), max(3, round(tall / step))
    zoom = canvas.zoom
    cx = canvas.matrix[0, 0] * x + canvas.matrix[0, 2]
    ys = canvas.matrix[1, 1] * line[:, 0] + canvas.matrix[1, 2]
    rs = line[:, 1] * zoom
    px = np.linspace(where[0] + 0.5, where[2] - 0.5, cols, dtype=np.float32)
    py = np.linspace(where[1] + 0.5, where[3] - 0.5, rows, dtype=np.float32)
    radius = np.interp(py, ys, rs).astype(np.float32)[:, None]
    open_ = 0.11 + 0.15 * np.clip(py / canvas.image.height, 0, 1.2)[:, None]
    u = np.clip((px[None, :] - cx) / radius, -1, 1)
    front = np.sqrt(1 - u * u)
    seen = py[:, None] - open_ * radius * front
    radius = np.interp(seen, ys, rs).astype(np.float32)
    slope = np.interp(seen, ys, np.clip(np.gradient(rs, ys), -3, 3)).astype(np.float32)
    u = np.clip((px[None, :] - cx) / np.maximum(radius, 1), -1, 1)
    front = np.sqrt(1 - u * u)
    lean = 1 / np.sqrt(1 + slope * slope)
    bright = u * lean * LIGHT[0] - slope * lean * LIGHT[1] + front * lean * LIGHT[2]
    low = np.clip((seen - ys[0]) / max(1.0, ys[-1] - ys[0]), 0, 1)
    if finish == "metal":
        return 0.46 + 0.22 * bright + environment(u * lean, finish) - 0.10 * low
    return 0.14 + 0.84 * np.maximum(bright, -0.12) + environment(u * lean, finish) - 0.07 * low**2


def lathe(
    canvas: Canvas,
    points: Profile,
    colour: str | RGB,
    finish: str = "matte",
    *,
    x: float = 0.0,
    smooth: bool = True,
    grain: str | None = None,
    bands: Sequence[Band] = (),
    lid: bool = True,
    alpha: float = 1.0,
    level: float = 0.0,
) -> Points:
    """Turn a profile of (y, radius), top to bottom, into a lit body; give the profile used."""
    line = profile_of(points, smooth)
    shapes = outline(canvas, line, x)
    found = canvas.mask(shapes)
    if found is None:
        return line
    where, mask = found
    shade = light_field(canvas, line, x, where, finish) + level
    canvas.lit(where, mask, shade, colour, finish, grain, alpha)
    for band in bands:
        ring = ring_between(canvas, line, x, band.top, band.bottom)
        cover = canvas.mask(ring, within=shapes)
        if cover is None:
            continue
        part = light_field(canvas, line, x, cover[0], band.finish) + level
        canvas.lit(*cover, part, band.colour, band.finish, grain, alpha)
    if lid:
        top, radius = line[0]
        face = ellipse(x, top, radius, radius * tilt(canvas, top))
        canvas.gradient(
            face,
            lighter(colour, 0.32),
            lighter(colour, 0.06),
            (x - radius, top),
            (x + radius, top),
            alpha=alpha,
        )
    return line


def ring_between(canvas: Canvas, line: Points, x: float, top: float, bottom: float) -> list[Points]:
    """Outline the front of the body between two heights, following its roundness."""
    edges = []
    for y in (top, bottom):
        radius = float(np.interp(y, line[:, 0], line[:, 1])) * 1.02
        edges.append(arc(x, y, radius, radius * tilt(canvas, y), 180, 0))
    inner = line[(line[:, 0] > top) & (line[:, 0] < bottom)][::-1]
    left = np.column_stack((x - inner[:, 1] * 1.02, inner[:, 0]))
    right = np.column_stack((x + inner[::-1, 1] * 1.02, inner[::-1, 0]))
    return [np.concatenate((edges[0], right, edges[1][::-1], left))]


def mouth(
    canvas: Canvas,
    y: float,
    radius: float,
    colour: str | RGB,
    *,
    x: float = 0.0,
    wall: float = 7.0,
    filled: str | RGB | None = None,
) -> None:
    """Open the top of a vessel: a rim, the inside in shade, and what it holds."""
    k = tilt(canvas, y)
    rim = ellipse(x, y, radius, radius * k)
    hole = ellipse(x, y + wall * 0.12, radius - wall, (radius - wall) * k)
    canvas.gradient(rim, lighter(colour, 0.45), lighter(colour, 0.1), (x - radius, y), (x + radius, y))
    canvas.gradient(
        hole, darker(colour, 0.66), darker(colour, 0.16), (x - radius, y - radius * k), (x + radius, y)
    )
    if filled is not None:
        drop = (radius - wall) * k * 0.34
        surface = ellipse(x, y + wall * 0.12 + drop, (radius - wall) * 0.94, (radius - wall) * k * 0.9)
        canvas.gradient(
            surface,
            darker(filled, 0.25),
            lighter(filled, 0.1),
            (x - radius, y),
            (x + radius, y),
            within=[hole],
        )
