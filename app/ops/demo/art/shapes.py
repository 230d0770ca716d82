"""Outlines as arrays of points: ellipses, rounded boxes, smooth curves, strokes."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin

import numpy as np

Points = np.ndarray
Pairs = Sequence[tuple[float, float]]


def ellipse(
    cx: float, cy: float, rx: float, ry: float | None = None, turn: float = 0.0, n: int = 72
) -> Points:
    """Outline an ellipse, turned clockwise by ``turn`` radians."""
    t = np.linspace(0, 2 * pi, n, endpoint=False)
    x, y = np.cos(t) * rx, np.sin(t) * (rx if ry is None else ry)
    if turn:
        x, y = x * cos(turn) - y * sin(turn), x * sin(turn) + y * cos(turn)
    return np.column_stack((x + cx, y + cy))


def arc(cx: float, cy: float, rx: float, ry: float, start: float, end: float, n: int = 40) -> Points:
    """Give the points of an elliptic arc, angles in degrees, clockwise from the right."""
    t = np.radians(np.linspace(start, end, n))
    return np.column_stack((cx + np.cos(t) * rx, cy + np.sin(t) * ry))


def box(x0: float, y0: float, x1: float, y1: float, radius: float = 0.0) -> Points:
    """Outline a box with rounded corners."""
    r = min(radius, (x1 - x0) / 2, (y1 - y0) / 2)
    if r <= 0:
        return np.array(((x0, y0), (x1, y0), (x1, y1), (x0, y1)), dtype=float)
    corners = ((x1 - r, y0 + r, -90), (x1 - r, y1 - r, 0), (x0 + r, y1 - r, 90), (x0 + r, y0 + r, 180))
    return np.concatenate([arc(cx, cy, r, r, a, a + 90, 10) for cx, cy, a in corners])


def poly(*points: tuple[float, float]) -> Points:
    """Outline a polygon."""
    return np.array(points, dtype=float)


def curve(points: Pairs | Points, closed: bool = True, steps: int = 10) -> Points:
    """Run a Catmull-Rom curve through the points."""
    p = np.asarray(points, dtype=float)
    if closed:
        p = np.concatenate((p[-1:], p, p[:2]))
    else:
        p = np.concatenate((2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]))
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    parts = []
    for a, b, c, d in zip(p[:-3], p[1:-2], p[2:-1], p[3:], strict=True):
        parts.append(
            0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        )
    if not closed:
        parts.append(p[-2:-1])
    return np.concatenate(parts)


def soften(points: Pairs | Points, radius: float) -> Points:
    """Round the corners of a polygon by ``radius``."""
    p = np.asarray(points, dtype=float)
    t = np.linspace(0, 1, 7)[:, None]
    parts = []
    for before, here, after in zip(np.roll(p, 1, 0), p, np.roll(p, -1, 0), strict=True):
        to, fro = before - here, after - here
        a = here + to * min(0.5, radius / max(1e-6, float(np.hypot(*to))))
        b = here + fro * min(0.5, radius / max(1e-6, float(np.hypot(*fro))))
        parts.append((1 - t) ** 2 * a + 2 * (1 - t) * t * here + t**2 * b)
    return np.concatenate(parts)


def stroke(points: Pairs | Points, width: float, end_width: float | None = None, caps: bool = True) -> Points:
    """Thicken a line, tapering to ``end_width``; round ends unless told otherwise."""
    p = np.asarray(points, dtype=float)
    tangent = np.gradient(p, axis=0)
    tangent /= np.maximum(np.hypot(tangent[:, 0], tangent[:, 1]), 1e-6)[:, None]
    normal = np.column_stack((-tangent[:, 1], tangent[:, 0]))
    half = np.linspace(width, width if end_width is None else end_width, len(p))[:, None] / 2
    left, right = p + normal * half, p - normal * half
    if not caps:
        return np.concatenate((left, right[::-1]))
    t = np.linspace(0, pi, 9)[1:-1, None]
    last = p[-1] + (normal[-1] * np.cos(t) + tangent[-1] * np.sin(t)) * half[-1]
    first = p[0] + (-normal[0] * np.cos(t) - tangent[0] * np.sin(t)) * half[0]
    return np.concatenate((left, last, right[::-1], first))


def moved(points: Points, dx: float = 0, dy: float = 0, sx: float = 1, sy: float | None = None) -> Points:
    """Scale about the origin, then shift."""
    return points * (sx, sx if sy is None else sy) + (dx, dy)


def mirrored(points: Points) -> Points:
    """Flip left and right about x = 0."""
    return points * (-1, 1)


def turned(points: Points, angle: float, cx: float = 0, cy: float = 0) -> Points:
    """Turn clockwise by ``angle`` radians about a point."""
    x, y = points[:, 0] - cx, points[:, 1] - cy
    return np.column_stack((x * cos(angle) - y * sin(angle) + cx, x * sin(angle) + y * cos(angle) + cy))


def symmetric(half: Pairs) -> list[tuple[float, float]]:
    """Close a right-hand outline (top to bottom) with its mirror image."""
    return [*half, *((-x, y) for x, y in reversed(half) if abs(x) > 1e-6)]
