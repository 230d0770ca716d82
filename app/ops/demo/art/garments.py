"""Clothes laid flat: t-shirts, sweaters, shirts, scarves, beanies, socks."""

from __future__ import annotations

from math import pi

import numpy as np

from app.ops.demo.art.canvas import Canvas
from app.ops.demo.art.colour import darker, lighter, luminance, mix
from app.ops.demo.art.registry import Style, kind
from app.ops.demo.art.shapes import Points, arc, box, curve, ellipse, poly, soften, stroke, symmetric, turned


def lay(c: Canvas, shapes: list[Points], lift: float = 14, strength: float = 0.42) -> None:
    """Throw the shadow of cloth lying on paper."""
    c.shadow([s + (lift * 1.4, lift * 1.9) for s in shapes], lift * 1.5, strength * 0.7)
    c.shadow([s + (lift * 0.3, lift * 0.45) for s in shapes], 5, strength * 0.8)


def sleeve(side: int, long: float, wide: float, shoulder: tuple[float, float], flare: float) -> Points:
    """Outline a sleeve going down and outward from the shoulder."""
    x, y = shoulder
    end = (x + long * 0.42 * flare, y + long * 0.92)
    shape = [(x - 40, y + 6), (x + 12, y + 14), (x + 40, y + 70), (end[0] + wide * 0.42, end[1] - 10),
        (end[0] - wide * 0.48, end[1] + 22), (x - 66, y + 210)]  # fmt: skip
    return soften([(side * a, b) for a, b in shape], 22)


def body_shape(half: float, shoulder: float, tall: float, neck: float) -> Points:
    """Outline the trunk of a garment, neck scooped out."""
    right = [(neck, -tall / 2), (shoulder, -tall / 2 + 40), (half * 0.97, -tall * 0.2), (half, tall * 0.2),
        (half * 0.985, tall / 2)]  # fmt: skip
    return soften([*right, *((-x, y) for x, y in reversed(right))], 14)


def garment(
    c: Canvas, s: Style, sleeves: float, grain: str, finish: str, flare: float
) -> tuple[float, float, float]:
    """Draw trunk and sleeves; give the half neck, top and half width."""
    half, tall = s.dice.uniform(205, 235), s.dice.uniform(560, 610)
    neck = s.dice.uniform(78, 96)
    shoulder = half * 0.98
    trunk = body_shape(half, shoulder, tall, neck)
    arms = [sleeve(side, sleeves, 100, (shoulder, -tall / 2 + 36), flare) for side in (-1, 1)]
    lay(c, [trunk, *arms])
    pattern = s.dice.randrange(5)
    for index, arm in enumerate(arms):
        c.puff(arm, s.colour, finish, edge=26, depth=0.8, folds=1.2, hills=(4, 7), seed=s.seed + index,
            grain=grain, level=-0.02)  # fmt: skip
        if pattern == 1:
            stripes(c, s, arm, tall, grain)
    c.shadow([stroke(((side * shoulder * 0.96, -tall / 2 + 60), (side * half * 0.97, -tall * 0.12)),
        8) for side in (-1, 1)], 9, 0.45)  # fmt: skip
    c.puff(trunk, s.colour, finish, edge=26, depth=0.8, folds=1.5, hills=(4, 5), seed=s.seed + 7, grain=grain)
    if pattern == 1:
        stripes(c, s, trunk, tall, grain)
    if pattern == 2:
        block = box(-half * 1.1, -tall * 0.14, half * 1.1, s.dice.choice((tall * 0.1, tall)), 0)
        c.puff(block, s.accent, finish, edge=26, depth=0.5, folds=1.5, hills=(4, 5), seed=s.seed + 7,
            grain=grain, within=[trunk])  # fmt: skip
    if pattern == 3:
        pocket = box(half * 0.22, -tall * 0.24, half * 0.66, -tall * 0.06, 8)
        c.shadow(pocket + (3, 5), 5, 0.25)
        c.puff(pocket, s.colour, finish, edge=7, folds=0.6, seed=s.seed, grain=grain)
    return neck, -tall / 2, half


def stripes(c: Canvas, s: Style, within: Points, tall: float, grain: str) -> None:
    """Lay even stripes over one part."""
    gap = 38 if s.seed % 2 else 62
    line = curve(((-520, 0), (-120, 7), (120, -5), (520, 4)), closed=False)
    bars = [stroke(line + (0, y), gap * 0.36, caps=False) for y in np.arange(-tall * 0.32, tall * 0.5, gap)]
    c.puff(bars, s.accent, "fabric", edge=4, depth=0.1, folds=1.3, seed=s.seed + 7, grain=grain,
        within=[within], alpha=0.92)  # fmt: skip


def ribbing(c: Canvas, band: Points, colour: tuple[int, int, int], lines: int, turn: float = 0.0) -> None:
    """Draw a ribbed cuff or hem."""
    c.puff(band, colour, "knit", edge=10, depth=0.8, grain="rib", level=-0.02)


@kind("tshirt", scale=1.16, laid=True, detail=(0, -190, 2.1), scenes=("flat",))
def tshirt(c: Canvas, s: Style) -> None:
    """Draw a t-shirt laid flat."""
    neck, top, _half = garment(c, s, s.dice.uniform(205, 250), "weave", "fabric", s.dice.uniform(0.9, 1.25))
    back = np.concatenate((arc(0, top - 2, neck, 24, 0, 180), arc(0, top - 4, neck, 10, 180, 360)))
    c.gradient(back, darker(s.colour, 0.42), darker(s.colour, 0.25), (0, top - 10), (0, top + 40))
    collar = arc(0, top - 4, neck + 5, 84, 0, 180)
    hollow = np.concatenate((arc(0, top - 4, neck, 78, 0, 180), arc(0, top - 6, neck, 14, 180, 360)))
    c.gradient(
        hollow, darker(s.colour, 0.5), darker(s.colour, 0.22), (-20, top - 10), (30, top + 70), grain="weave"
    )
    c.flat(box(-22, top + 12, 22, top + 36, 3), lighter(s.accent, 0.6), 0.9)
    c.puff(stroke(collar, 22, caps=False), s.colour, "fabric", edge=9, grain="weave")


@kind("sweater", scale=1.1, laid=True, detail=(0, -180, 2.1), scenes=("flat",))
def sweater(c: Canvas, s: Style) -> None:
    """Draw a knitted jumper, crew or roll neck."""
    neck, top, half = garment(c, s, s.dice.uniform(470, 520), "knit", "knit", 0.72)
    tall = -top * 2
    hem = soften(((-half * 0.98, tall / 2 - 44), (half * 0.98, tall / 2 - 44), (half * 0.93, tall / 2 + 14),
        (-half * 0.93, tall / 2 + 14)), 10)  # fmt: skip
    ribbing(c, hem, darker(s.colour, 0.03), 30)
    if s.dice.random() < 0.4:
        roll = soften(
            ((-neck, top - 56), (neck, top - 56), (neck * 1.12, top + 34), (-neck * 1.12, top + 34)), 22
        )
        c.shadow(roll + (4, 14), 12, 0.35)
        ribbing(c, roll, lighter(s.colour, 0.04), 20)
        c.gradient(ellipse(0, top - 50, neck * 0.9, 15), darker(s.colour, 0.55), darker(s.colour, 0.3),
            (-60, 0), (60, 0))  # fmt: skip
        return
    hollow = np.concatenate((arc(0, top - 4, neck, 62, 0, 180), arc(0, top - 6, neck, 14, 180, 360)))
    c.gradient(
        hollow, darker(s.colour, 0.5), darker(s.colour, 0.2), (-20, top - 10), (30, top + 70), grain="knit"
    )
    c.flat(box(-24, top + 10, 24, top + 32, 3), lighter(s.accent, 0.6), 0.9)
    collar = stroke(arc(0, top - 6, neck + 8, 68, 0, 180), 36, caps=False)
    c.shadow(collar + (0, 8), 7, 0.25)
    ribbing(c, collar, s.colour, 20)


@kind("shirt", scale=1.12, laid=True, detail=(0, -190, 2.1), scenes=("flat",))
def shirt(c: Canvas, s: Style) -> None:
    """Draw a buttoned shirt with a collar."""
    neck, top, half = garment(c, s, s.dice.uniform(440, 500), "weave", "fabric", 0.8)
    tall = -top * 2
    band = box(-20, top + 40, 20, tall / 2 - 4, 2)
    c.shadow(band + (4, 0), 5, 0.25)
    c.puff(band, s.colour, "fabric", edge=5, depth=0.5, folds=1.0, seed=s.seed + 3, grain="weave", level=0.02)
    inside = poly((-neck, top), (neck, top), (0, top + 72))
    c.gradient(inside, darker(s.colour, 0.45), darker(s.colour, 0.2), (0, top), (0, top + 80), grain="weave")
    for side in (-1, 1):
        flap = soften([(side * x, y) for x, y in ((neck * 0.98, top - 26), (neck * 1.26, top + 26),
            (neck * 0.62, top + 118), (4, top + 62))], 10)  # fmt: skip
        c.shadow(flap + (5, 12), 8, 0.35)
        c.puff(flap, lighter(s.colour, 0.05), "fabric", edge=10, folds=0.3, seed=s.seed + side,
            grain="weave", level=0.03)  # fmt: skip
    pale = lighter(s.accent, 0.5) if luminance(s.colour) < 0.6 else mix(s.accent, (90, 76, 64), 0.4)
    for y in np.linspace(top + 120, tall / 2 - 60, 6):
        c.shadow(ellipse(2, y + 3, 8), 3, 0.4)
        c.puff(ellipse(0, float(y), 8), pale, "gloss", edge=5)


@kind("scarf", scale=1.15, laid=True, detail=(-60, 120, 2.0), scenes=("flat",))
def scarf(c: Canvas, s: Style) -> None:
    """Draw a scarf: folded and fringed, or knotted in a loop."""
    grain = s.dice.choice(("knit", "weave", "rib"))
    if s.dice.random() < 0.5:
        wide, tall = s.dice.uniform(120, 150), s.dice.uniform(330, 370)
        for dx, dy, colour in ((70, 20, darker(s.colour, 0.06)), (-60, -20, s.colour)):
            strip = soften(((dx - wide, dy - tall), (dx + wide, dy - tall + 12), (dx + wide + 8, dy + tall),
                (dx - wide + 4, dy + tall - 8)), 16)  # fmt: skip
            threads = [
                stroke(((x, dy + tall - 8), (x + s.dice.uniform(-9, 9), dy + tall + 58)), 8, 4)
                for x in np.linspace(dx - wide + 14, dx + wide, 19)
            ]
            lay(c, [strip, *threads], 12)
            c.puff(threads, colour, "knit", edge=4)
            c.puff(strip, colour, "knit", edge=24, folds=1.0, hills=(4, 6), seed=s.seed + dx, grain=grain)
            checks(c, s, strip, dx, dy, wide, tall, grain)
        return
    tails = [
        curve(((-70, 60), (-170, 220), (-150, 400), (-10, 400), (10, 220), (40, 60))),
        curve(((20, 60), (30, 240), (70, 370), (190, 360), (160, 200), (110, 40))),
    ]
    lay(c, tails, 14)
    for index, tail in enumerate(tails):
        c.puff(tail, darker(s.colour, 0.05 * index), "knit", edge=34, folds=1.2, hills=(6, 4),
            seed=s.seed + index, grain=grain)  # fmt: skip
    loop = ellipse(0, -110, 250, 215)
    hole = ellipse(4, -130, 105, 84)
    c.shadow(loop + (16, 24), 22, 0.4)
    c.puff(loop, s.colour, "knit", edge=62, depth=0.9, folds=1.6, hills=(5, 6), seed=s.seed, grain=grain,
        holes=[hole])  # fmt: skip
    knot = curve(((-90, 30), (20, -10), (110, 40), (96, 110), (-20, 130), (-100, 100)))
    c.shadow(knot + (6, 12), 12, 0.4)
    c.puff(knot, lighter(s.colour, 0.04), "knit", edge=44, folds=0.8, seed=s.seed + 4, grain=grain)


def checks(
    c: Canvas, s: Style, strip: Points, dx: float, dy: float, wide: float, tall: float, grain: str
) -> None:
    """Weave a check or end stripes into a scarf."""
    sort = s.seed % 3
    if sort == 0:
        return
    bars = [box(dx - wide - 9, dy + tall - d, dx + wide + 9, dy + tall - d + 17) for d in (60, 96, 132)]
    if sort == 2:
        bars = [box(dx - wide - 9, y, dx + wide + 9, y + 20) for y in np.arange(dy - tall, dy + tall, 86)]
        bars += [box(x, dy - tall, x + 20, dy + tall + 6) for x in np.arange(dx - wide + 20, dx + wide, 86)]
    for bar in bars:
        c.puff(bar, s.accent, "knit", edge=4, depth=0.1, grain=grain, within=[strip], alpha=0.55)


@kind("beanie", scale=1.3, laid=True, detail=(0, 60, 1.8), scenes=("flat",))
def beanie(c: Canvas, s: Style) -> None:
    """Draw a knitted hat with a turned-up brim, some with a bobble."""
    wide, tall = s.dice.uniform(225, 255), s.dice.uniform(230, 290)
    crown = curve(
        symmetric(
            [(0, -tall), (wide * 0.5, -tall * 0.9), (wide * 0.88, -tall * 0.4), (wide * 0.98, 90), (0, 120)]
        )
    )
    brim = curve(
        symmetric(
            [(0, 70), (wide * 0.8, 60), (wide * 1.04, 84), (wide * 1.03, 205), (wide * 0.8, 228), (0, 236)]
        )
    )
    lay(c, [crown, brim], 18)
    c.puff(crown, s.colour, "knit", edge=60, folds=0.7, hills=(6, 3), seed=s.seed,
        grain=s.dice.choice(("rib", "knit")))  # fmt: skip
    c.shadow(brim + (0, -14), 14, 0.4)
    c.puff(brim, s.colour if s.dice.random() < 0.5 else s.accent, "knit", edge=30, grain="rib")
    if s.dice.random() < 0.45:
        ball = ellipse(0, -tall - 30, 74)
        c.shadow(ball + (8, 14), 14, 0.35)
        tufts = [
            stroke(((0, -tall - 30), (92 * np.cos(a), -tall - 30 + 92 * np.sin(a))), 20, 5)
            for a in np.linspace(0, 2 * pi, 44)
        ]
        c.puff([ball, *tufts], lighter(s.accent, 0.15), "knit", edge=26, folds=1.8, hills=(16, 16),
            seed=s.seed, grain="film")  # fmt: skip
    c.flat(box(wide * 0.5, 120, wide * 0.5 + 60, 168, 4), lighter(s.accent, 0.35), 0.95)


@kind("socks", scale=1.2, laid=True, detail=(0, -120, 1.8), scenes=("flat",))
def socks(c: Canvas, s: Style) -> None:
    """Draw a pair of socks, one lying over the other."""
    pattern = s.dice.randrange(3)
    for turn, dx in ((0.16, 70), (-0.04, -70)):
        leg = turned(curve(((-80, -330), (80, -330), (78, -60), (84, 60), (200, 150), (260, 230), (216,
            300), (90, 288), (-40, 220), (-96, 100), (-78, -80))), turn) + (dx, 20)  # fmt: skip
        lay(c, [leg], 12)
        c.puff(leg, s.colour, "knit", edge=36, folds=0.6, seed=s.seed, grain="knit")
        cuff = turned(box(-84, -344, 84, -268, 12), turn) + (dx, 20)
        toe = turned(ellipse(262, 250, 96), turn) + (dx, 20)
        heel = turned(ellipse(-92, 190, 92), turn) + (dx, 20)
        c.puff(cuff, s.accent, "knit", edge=12, grain="rib")
        c.puff([toe, heel], s.accent, "knit", edge=30, within=[leg], grain="knit", depth=0.5)
        if pattern:
            rows = [
                turned(box(-110, y, 110, y + (16 if pattern == 1 else 46)), turn) + (dx, 20)
                for y in (-230, -160, -90)
            ]
            c.puff(rows, s.accent, "knit", edge=6, depth=0.1, within=[leg], grain="knit", alpha=0.9)
