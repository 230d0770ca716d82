"""Furniture and soft furnishings: chairs, stools, side tables, cushions, throws, clocks, mirrors."""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np

from app.ops.demo.art.canvas import Canvas
from app.ops.demo.art.colour import RGB, darker, lighter, luminance, mix
from app.ops.demo.art.lathe import lathe, tilt
from app.ops.demo.art.registry import Style, kind
from app.ops.demo.art.shapes import Points, arc, box, curve, ellipse, poly, soften, stroke, symmetric, turned

WOOD: tuple[RGB, ...] = ((196, 152, 108), (150, 104, 70), (216, 184, 142), (96, 68, 52))


def legs(
    c: Canvas, pairs: list[tuple[tuple[float, float], tuple[float, float]]], wood: RGB, width: float = 26
) -> None:
    """Draw tapering legs with their shadows, the far ones first."""
    for index, (top, foot) in enumerate(pairs):
        leg = stroke((top, foot), width, width * 0.6)
        c.cast(leg, foot[1], strength=0.16)
        c.contact(foot[0], foot[1] - 2, width * 1.1, 0.45, 5)
        c.puff(leg, darker(wood, 0.22) if index < len(pairs) // 2 else wood, "wood", edge=11, grain="wood")


@kind("chair", scale=1.08, base=890, detail=(0, -460, 1.8), room_scale=0.9, scenes=("floor",))
def chair(c: Canvas, s: Style) -> None:
    """Draw an armchair or a dining chair, upholstered."""
    wood = s.dice.choice(WOOD)
    seat = -s.dice.uniform(285, 320)
    c.flat(ellipse(60, -6, 300, 46), (52, 44, 44), 0.26, blur=30)
    if s.dice.random() < 0.5:
        wide, back = s.dice.uniform(225, 265), s.dice.uniform(690, 770)
        legs(c, [((-wide * 0.62, seat), (-wide * 0.72, -48)), ((wide * 0.62, seat), (wide * 0.74, -48)),
            ((-wide * 0.82, seat + 60), (-wide * 0.98, 0)), ((wide * 0.82, seat + 60), (wide * 0.98, 0))],
            wood)  # fmt: skip
        rest = curve(symmetric([(0, -back), (wide * 0.62, -back + 16), (wide * 0.92, -back + 130),
            (wide * 0.9, seat - 40), (wide * 0.7, seat + 30), (0, seat + 40)]))  # fmt: skip
        c.puff(
            rest, s.colour, "fabric", edge=58, depth=1.1, folds=0.5, seed=s.seed, grain="weave", level=-0.03
        )
        for side in (-1, 1):
            arm = curve([(side * wide * 0.8, seat - 150), (side * wide * 1.1, seat - 160),
                (side * wide * 1.18, seat - 60), (side * wide * 1.1, seat + 74), (side * wide * 0.82,
                seat + 74)])  # fmt: skip
            c.shadow(arm + (10, 14), 14, 0.25)
            c.puff(arm, s.colour, "fabric", edge=44, folds=0.4, seed=s.seed + 1, grain="weave")
        pad = curve(symmetric([(0, seat - 62), (wide * 0.7, seat - 56), (wide * 0.84, seat - 6),
            (wide * 0.8, seat + 66), (0, seat + 80)]))  # fmt: skip
        c.shadow(pad + (0, -16), 16, 0.3)
        c.puff(pad, lighter(s.colour, 0.06), "fabric", edge=44, folds=0.5, seed=s.seed + 2, grain="weave")
        return
    wide, back = s.dice.uniform(165, 190), s.dice.uniform(690, 740)
    posts = [((-wide * 0.86, -back), (-wide * 0.86, -40)), ((wide * 0.86, -back), (wide * 0.86, -40))]
    legs(
        c,
        [*posts, ((-wide * 1.02, seat), (-wide * 1.12, 10)), ((wide * 1.02, seat), (wide * 1.12, 10))],
        wood,
        30,
    )
    sort = s.dice.randrange(3)
    top = curve([(-wide, -back - 20), (0, -back - 34), (wide, -back - 20), (wide, -back + 74), (0,
        -back + 62), (-wide, -back + 74)])  # fmt: skip
    if sort == 0:
        top = soften(((-wide, -back - 10), (wide, -back - 10), (wide * 0.96, -back + 210), (-wide * 0.96,
            -back + 210)), 46)  # fmt: skip
    c.puff(top, s.colour if sort != 1 else wood, "fabric" if sort != 1 else "wood", edge=24,
        grain="weave" if sort != 1 else "wood")  # fmt: skip
    if sort == 1:
        for x in (-0.5, -0.17, 0.17, 0.5):
            c.puff(stroke(((wide * x, -back + 50), (wide * x, seat)), 15), wood, "wood", edge=7)
    cushion = soften(((-wide * 0.92, seat - 70), (wide * 0.92, seat - 70), (wide * 1.16, seat + 16),
        (wide * 1.12, seat + 46), (-wide * 1.12, seat + 46), (-wide * 1.16, seat + 16)), 34)  # fmt: skip
    c.shadow(cushion + (0, 14), 12, 0.25)
    c.puff(cushion, s.colour, "fabric", edge=34, folds=0.3, seed=s.seed, grain="weave", level=0.02)


@kind("stool", scale=1.15, base=880, detail=(0, -400, 1.9), room_scale=0.8, scenes=("floor",))
def stool(c: Canvas, s: Style) -> None:
    """Draw a stool or a small round table of wood."""
    wood = mix(s.accent, s.dice.choice(WOOD), 0.6)
    tall, wide = s.dice.uniform(400, 520), s.dice.uniform(165, 235)
    painted = s.dice.random() < 0.5
    c.flat(ellipse(50, -6, wide * 1.3, 40), (52, 44, 44), 0.25, blur=26)
    spread = s.dice.uniform(0.8, 1.05)
    y = -tall + 20
    legs(c, [((wide * 0.1, y), (wide * 0.15, -62)), ((-wide * 0.62, y), (-wide * spread, -8)),
        ((wide * 0.62, y), (wide * spread, -8))], wood, 32)  # fmt: skip
    if s.dice.random() < 0.6:
        ring = arc(0, -tall * 0.36, wide * 0.78 * spread, wide * 0.11, 10, 170)
        c.puff(stroke(ring, 13), wood, "wood", edge=6)
    top = s.colour if painted else wood
    thick = s.dice.uniform(26, 64)
    soft_seat = thick > 48
    profile = [
        (-tall - thick + 14, wide * 0.94),
        (-tall - thick + 22, wide),
        (-tall, wide),
        (-tall + 8, wide * 0.97),
    ]
    lathe(c, profile, s.colour if soft_seat else top, "fabric" if soft_seat else "wood", smooth=False,
        grain="weave" if soft_seat else "wood")  # fmt: skip
    r = wide * 0.94
    face = ellipse(0, -tall - thick + 14, r, r * tilt(c, -tall))
    c.gradient(face, lighter(s.colour if soft_seat else top, 0.3), s.colour if soft_seat else top, (-r,
        -tall - 40), (r, -tall), grain="weave" if soft_seat else "wood")  # fmt: skip


def cushion_outline(half: float, tall: float, pinch: float) -> Points:
    """Outline a cushion: full in the middle of its sides, pinched at the corners."""
    points = []
    for i in range(40):
        t = 2 * pi * i / 40
        x, y = cos(t), sin(t)
        square = max(abs(x), abs(y))
        swell = 1 - pinch * (1 - (min(abs(x), abs(y)) / square) ** 2)
        points.append((x / square * half * swell, y / square * tall * swell))
    return curve(points, steps=4)


@kind("cushion", scale=1.2, base=800, detail=(40, -250, 1.9), room_scale=0.82)
def cushion(c: Canvas, s: Style) -> None:
    """Draw a cushion leaning on nothing, with piping, stripes or a plain weave."""
    long = s.dice.random() < 0.3
    half, tall = (330, 200) if long else (280, 265)
    shape = turned(cushion_outline(half, tall, 0.07), s.dice.uniform(-0.05, 0.05)) + (0, -tall + 12)
    c.cast(shape, strength=0.24, lean=0.4)
    c.contact(0, 2, half * 1.7, 0.55, 20)
    grain = s.dice.choice(("weave", "knit", "rib", "weave"))
    c.puff(shape, s.colour, "fabric", edge=120, depth=0.72, folds=1.1, hills=(4, 4), seed=s.seed, grain=grain)
    pattern = s.dice.randrange(5)
    if pattern in (1, 2):
        count = s.dice.choice((3, 5, 7))
        bars = []
        for i in range(count):
            x = (i - (count - 1) / 2) * half * 1.5 / count
            bar = stroke(
                curve(((x * 1.04, -2 * tall - 10), (x * 1.1, -tall), (x * 1.02, 20)), closed=False),
                half * 0.5 / count,
            )
            bars.append(bar if pattern == 1 else turned(bar, pi / 2, 0, -tall + 12))
        c.puff(bars, s.accent, "fabric", edge=8, depth=0.15, folds=0.6, seed=s.seed, grain=grain,
            within=[shape], alpha=0.88)  # fmt: skip
    if pattern == 3:
        for i in range(4):
            size = 0.78 - i * 0.2
            ring = shape * size + (0, (-tall + 12) * (1 - size))
            c.flat(stroke(ring, 7), s.accent, 0.75)
    c.flat(stroke(shape, 7), darker(s.colour, 0.22), 0.7)
    c.shadow([curve(((x * half * 0.9, y), (x * half * 0.7, y + 8), (x * half * 0.55, y + 34)),
        closed=False) for x, y in ((-1, -40), (1, -46))], 8, 0.3)  # fmt: skip


@kind("throw", scale=1.25, base=790, detail=(-60, -170, 1.9), room_scale=0.82)
def throw(c: Canvas, s: Style) -> None:
    """Draw folded blankets or towels in a pile, one with a fringe."""
    count = s.dice.choice((1, 2, 3))
    y, wide = 0.0, s.dice.uniform(270, 310)
    c.flat(ellipse(40, 2, wide * 1.12, 34), (52, 44, 44), 0.34, blur=22)
    grain = s.dice.choice(("weave", "knit", "rib"))
    for level in range(count):
        tall = s.dice.uniform(95, 125) if count > 1 else s.dice.uniform(190, 230)
        colour = s.colour if level == count - 1 or level == 0 else mix(s.accent, (236, 226, 210), 0.4)
        layers = 2 if count > 1 else 3
        for fold in range(layers):
            h = tall / layers
            left = -wide + s.dice.uniform(-6, 6)
            slab = soften(
                ((left, y - h), (wide, y - h + s.dice.uniform(-4, 4)), (wide - 4, y + 4), (left + 4, y + 4)),
                h * 0.46,
            )
            c.contact(0, y + 2, wide * 1.9, 0.42, 7)
            c.puff(
                slab, colour, "knit", edge=h * 0.42, folds=0.5, hills=(7, 2), seed=s.seed + fold, grain=grain
            )
            if s.dice.random() < 0.5 and count == 1:
                c.flat(box(left + wide * 0.2, y - h + 2, left + wide * 0.34, y + 2), s.accent, 0.55)
            y -= h
        if level == count - 1:
            top = soften(
                ((-wide + 6, y + 6), (-wide + 60, y - 44), (wide - 50, y - 44), (wide - 4, y + 6)), 26
            )
            c.puff(
                top, lighter(colour, 0.12), "knit", edge=18, folds=0.4, seed=s.seed, grain=grain, level=0.05
            )
    if s.dice.random() < 0.6:
        threads = [
            stroke(((x, -6), (x + s.dice.uniform(-5, 5), 34)), 5, 3)
            for x in range(int(-wide) + 14, int(wide), 13)
        ]
        c.shadow([t + (5, 5) for t in threads], 4, 0.25)
        c.flat(threads, lighter(s.colour, 0.12))


@kind("clock", scale=1.0, laid=True, detail=(90, -110, 1.9), scenes=("flat",))
def clock(c: Canvas, s: Style) -> None:
    """Draw a wall clock."""
    radius = s.dice.uniform(300, 340)
    rim = s.dice.uniform(14, 34)
    c.shadow(ellipse(26, 34, radius), 30, 0.42)
    c.puff(
        ellipse(0, 0, radius),
        s.accent if s.dice.random() < 0.5 else s.colour,
        s.finish if s.finish != "fabric" else "satin",
        edge=rim * 0.6,
    )
    inner = radius - rim
    c.gradient(
        ellipse(0, 0, inner), darker(s.colour, 0.06), lighter(s.colour, 0.2), (-inner, -inner), (inner, inner)
    )
    c.flat(ellipse(0, 0, inner), (40, 32, 30), 0.25, holes=[ellipse(5, 7, inner)], blur=6,
        within=[ellipse(0, 0, inner)])  # fmt: skip
    ink = (250, 246, 238) if luminance(s.colour) < 0.5 else (52, 46, 44)
    marks = s.dice.choice((12, 12, 4, 60))
    for i in range(marks):
        a = 2 * pi * i / marks
        start = inner * (0.86 if i % (marks // 4) == 0 else 0.91)
        c.flat(stroke(((sin(a) * start, -cos(a) * start), (sin(a) * inner * 0.96, -cos(a) * inner * 0.96)),
            7 if marks < 60 else 3), ink, 0.9)  # fmt: skip
    for angle, long, wide in ((-pi / 3 + 0.17, 0.5, 13), (pi / 3, 0.74, 9)):
        hand = stroke(((-sin(angle) * inner * 0.12, cos(angle) * inner * 0.12), (sin(angle) * inner * long,
            -cos(angle) * inner * long)), wide, wide * 0.7)  # fmt: skip
        c.shadow(hand + (7, 10), 5, 0.3)
        c.flat(hand, ink)
    c.puff(ellipse(0, 0, 15), s.accent, "metal", edge=8)


@kind("mirror", scale=1.0, laid=True, detail=(-130, -170, 1.9), scenes=("flat",))
def mirror(c: Canvas, s: Style) -> None:
    """Draw a wall mirror: round, arched, oval or like a pebble."""
    shape = (lambda: ellipse(0, 0, 310), lambda: ellipse(0, 0, 245, 345), lambda: curve([(-250, -120), (-60,
        -320), (210, -240), (280, 40), (120, 310), (-170, 270)]), lambda: np.concatenate((arc(0, -110, 220,
        220, 180, 360), soften(((220, 0), (220, 345), (-220, 345), (-220, 0)),
        22)[7:21])))[s.dice.randrange(4)]()  # fmt: skip
    c.shadow(shape * 1.02 + (26, 36), 30, 0.42)
    c.puff(shape * 1.06, s.accent, "wood" if s.finish != "metal" else "metal", edge=9,
        grain="wood" if s.finish != "metal" else None)  # fmt: skip
    c.gradient(shape, (236, 238, 238), (178, 188, 192), (-260, -330), (220, 330))
    c.flat(
        poly((-420, 120), (-60, -420), (60, -420), (-300, 240)), (255, 255, 255), 0.4, within=[shape], blur=12
    )
    c.flat(poly((-120, 420), (330, -260), (372, -230), (-40, 440)), (255, 255, 255), 0.28, within=[shape],
        blur=12)  # fmt: skip
    c.flat(shape, (30, 30, 34), 0.35, holes=[shape + (7, 9)], blur=5, within=[shape])
