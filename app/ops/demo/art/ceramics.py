"""Things from the potter's wheel: vases, mugs, teapots, bowls, candles, planters, carafes."""

from __future__ import annotations

from math import pi

import numpy as np

from app.ops.demo.art.canvas import Canvas
from app.ops.demo.art.colour import RGB, darker, lighter, luminance, mix
from app.ops.demo.art.lathe import Band, Profile, lathe, mouth, outline, profile_of, tilt
from app.ops.demo.art.registry import Style, kind
from app.ops.demo.art.shapes import Points, box, curve, ellipse, stroke, turned

GRAIN = {"matte": "speckle", "wood": "wood", "fabric": "weave"}

VASES: tuple[Profile, ...] = (((-560, 62), (-540, 56), (-440, 70), (-300, 175), (-150, 190), (-30, 120), (0,
    108)), ((-600, 92), (-570, 76), (-470, 62), (-380, 110), (-200, 165), (-60, 118), (0, 98)), ((-480,
    118), (-460, 106), (-380, 150), (-260, 215), (-120, 198), (-20, 120), (0, 112)), ((-640, 56), (-560,
    50), (-430, 58), (-330, 120), (-230, 150), (-120, 130), (-20, 92), (0, 88)), ((-540, 170), (-520, 164),
    (-300, 150), (-120, 128), (-20, 108), (0, 104)), ((-520, 80), (-500, 74), (-430, 132), (-330, 150),
    (-270, 122), (-190, 168), (-80, 152), (0, 108)), ((-600, 70), (-580, 62), (-520, 70), (-420, 160),
    (-340, 172), (-250, 140), (-120, 96), (-20, 92), (0, 96)))  # fmt: skip


def vary(profile: Profile, s: Style, by: float = 0.08) -> Profile:
    """Stretch a profile a little, so that no two pots are the same."""
    wide, tall = 1 + s.dice.uniform(-by, by), 1 + s.dice.uniform(-by, by)
    return [(y * tall, r * wide) for y, r in profile]


def stand(c: Canvas, profile: Profile, smooth: bool = True, strength: float = 0.3) -> Points:
    """Shadow a turned body on the ground before it is drawn; give its line."""
    line = profile_of(profile, smooth)
    c.cast(outline(c, line)[:1], strength=strength)
    foot = float(line[-1, 1])
    c.contact(0, foot * tilt(c, 0) * 0.35, foot * 2, height=foot * tilt(c, 0))
    return line


def glaze(s: Style, line: Points) -> list[Band]:
    """Choose a decoration: none, a dipped foot, a dipped top, rings."""
    top, bottom = float(line[0, 0]), 0.0
    choice = s.dice.randrange(6)
    raw = mix(s.accent, (214, 190, 160), 0.35) if luminance(s.colour) < 0.8 else s.accent
    if choice == 0:
        return [Band(top * s.dice.uniform(0.28, 0.45), bottom + 60, raw, "matte")]
    if choice == 1:
        return [Band(top - 10, top * s.dice.uniform(0.6, 0.75), raw, s.finish)]
    if choice == 2:
        start = top * s.dice.uniform(0.5, 0.68)
        return [
            Band(start + i * 34, start + i * 34 + 9, raw, s.finish) for i in range(s.dice.choice((1, 2, 3)))
        ]
    return []


@kind("vase", scale=1.06, detail=(0, -470, 2.0))
def vase(c: Canvas, s: Style) -> None:
    """Draw a vase; some hold dry branches."""
    profile = vary(s.dice.choice(VASES), s)
    line = stand(c, profile)
    dressed = s.dice.random() < 0.55 or s.view == 2
    lathe(c, profile, s.colour, s.finish, bands=glaze(s, line), grain=GRAIN.get(s.finish), lid=False)
    y, radius = float(line[0, 0]), float(line[0, 1])
    mouth(c, y, radius, s.colour, wall=9)
    if dressed:
        branches(c, s, y, radius)


def branches(c: Canvas, s: Style, y: float, radius: float) -> None:
    """Put a few dry stems, eucalyptus or pampas in a mouth."""
    sort = s.dice.randrange(3)
    tint: RGB = ((122, 132, 104), (168, 132, 92), (206, 184, 150))[sort]
    for _ in range((4, 6, 5)[sort]):
        lean, high = s.dice.uniform(-170, 170), s.dice.uniform(170, 330)
        stem = curve(((lean * 0.1, y + 6), (lean * 0.35, y - high * 0.5), (lean, y - high)), closed=False)
        c.flat(stroke(stem, 4.5, 2.5), darker(tint, 0.25))
        if sort == 2:
            plume = stroke(stem[len(stem) // 2 :], 13, 40)
            c.puff(plume, tint, "fabric", edge=16, folds=0.8, hills=(9, 9), seed=s.seed, grain="film")
            continue
        for point, nxt in zip(stem[6::3], stem[7::3], strict=False):
            for side in (-1, 1):
                angle = float(np.arctan2(*(nxt - point)[::-1])) + side * 0.9
                size = s.dice.uniform(9, 13) if sort == 1 else s.dice.uniform(15, 23)
                leaf = turned(ellipse(size, 0, size, size * (0.38 if sort == 1 else 0.62), n=16), angle)
                c.gradient(leaf + point, lighter(tint, s.dice.uniform(0.0, 0.3)), darker(tint, 0.2),
                    tuple(point), tuple(point + 26))  # fmt: skip


@kind("mug", scale=1.5, detail=(-20, -215, 1.55), room_scale=0.66)
def mug(c: Canvas, s: Style) -> None:
    """Draw a mug with a handle, often holding coffee."""
    profile = s.dice.choice((((-390, 165), (-370, 163), (-120, 160), (-30, 148), (0, 118)), ((-350, 185),
        (-330, 180), (-200, 186), (-80, 160), (0, 100)), ((-420, 140), (-400, 139), (-180, 160), (-60, 166),
        (0, 130)), ((-360, 172), (-345, 168), (-250, 150), (-120, 158), (-20, 140), (0, 124))))  # fmt: skip
    profile = vary(profile, s, 0.05)
    line = stand(c, profile)
    top, radius = float(line[0, 0]), float(line[0, 1])
    handle = curve(((radius - 14, top * 0.8), (radius + 92, top * 0.8), (radius + 104, top * 0.42),
        (radius - 18, top * 0.26)), closed=False, steps=14)  # fmt: skip
    c.cast(stroke(handle, 34), strength=0.2)
    c.puff(stroke(handle, 36, 30), s.colour, s.finish, edge=15)
    lathe(c, profile, s.colour, s.finish, bands=glaze(s, line), grain=GRAIN.get(s.finish), lid=False)
    filled = s.dice.choice((None, (84, 52, 34), (96, 62, 40), (150, 92, 44)))
    mouth(c, top, radius, s.colour, wall=11, filled=filled)


@kind("teapot", scale=1.24, detail=(20, -190, 1.6), room_scale=0.7)
def teapot(c: Canvas, s: Style) -> None:
    """Draw a teapot: body, spout, bow handle or ear handle, lid with a knob."""
    body = s.dice.choice((((-300, 92), (-280, 120), (-180, 205), (-80, 196), (0, 120)), ((-340, 96), (-320,
        120), (-240, 168), (-100, 188), (-20, 160), (0, 140)), ((-260, 104), (-240, 150), (-150, 225), (-60,
        205), (0, 130))))  # fmt: skip
    body = vary(body, s, 0.06)
    line = stand(c, body)
    top, mouth_radius = float(line[0, 0]), float(line[0, 1])
    wide = float(line[:, 1].max())
    spout = curve(((-wide * 0.72, top * 0.32), (-wide * 1.12, top * 0.5), (-wide * 1.32, top * 0.95),
        (-wide * 1.52, top * 1.02)), closed=False, steps=14)  # fmt: skip
    c.puff(stroke(spout, 96, 34), s.colour, s.finish, edge=30)
    wooden = s.dice.random() < 0.5
    grip = s.accent if wooden else s.colour
    if s.dice.random() < 0.5:
        bow = curve(((-wide * 0.55, top * 0.92), (-wide * 0.62, top * 1.6), (0, top * 1.95), (wide * 0.62,
            top * 1.6), (wide * 0.55, top * 0.92)), closed=False)  # fmt: skip
        c.puff(stroke(bow, 24), grip, "wood" if wooden else s.finish, edge=11)
    else:
        ear = curve(((wide * 0.7, top * 0.86), (wide * 1.42, top * 0.98), (wide * 1.44, top * 0.3),
            (wide * 0.86, top * 0.22)), closed=False, steps=14)  # fmt: skip
        c.puff(stroke(ear, 30), grip, "wood" if wooden else s.finish, edge=14)
    lathe(c, body, s.colour, s.finish, bands=glaze(s, line)[:1], grain=GRAIN.get(s.finish), lid=True)
    lid = [(top - 34, mouth_radius * 0.25), (top - 28, mouth_radius * 0.6), (top - 4, mouth_radius * 0.98)]
    lathe(c, lid, s.colour, s.finish, lid=False)
    lathe(c, [(top - 82, 8), (top - 76, 21), (top - 58, 26), (top - 38, 12), (top - 28, 14)], grip,
        "wood" if wooden else s.finish, lid=False)  # fmt: skip


@kind("bowl", scale=1.4, base=790, detail=(-60, -180, 1.7), room_scale=0.72)
def bowl(c: Canvas, s: Style) -> None:
    """Draw one to three stacked bowls."""
    count = s.dice.choice((1, 1, 2))
    deep, wide = s.dice.uniform(120, 190), s.dice.uniform(215, 265)
    for level in range(count):
        lift = -level * deep * 0.5
        shrink = 1 - level * 0.05
        colour = s.colour if level % 2 == 0 else mix(s.colour, s.accent, 0.75)
        profile = [(-deep, wide), (-deep * 0.75, wide * 0.96), (-deep * 0.3, wide * 0.72), (-14,
            wide * 0.42), (0, wide * 0.4)]  # fmt: skip
        profile = [(y * shrink + lift, r * shrink) for y, r in profile]
        if level == 0:
            stand(c, profile)
        line = lathe(c, profile, colour, s.finish, grain=GRAIN.get(s.finish), lid=False)
        mouth(c, float(line[0, 0]), float(line[0, 1]), colour, wall=9)


@kind("plate", scale=1.0, laid=True, detail=(-150, -150, 2.2), room_scale=0.7, scenes=("flat",))
def plate(c: Canvas, s: Style) -> None:
    """Draw a plate from above, alone or stacked with a smaller one."""
    rings = s.dice.choice(((360,), (370, 265), (380, 285, 190)))
    for index, radius in enumerate(rings):
        colour = s.colour if index != 1 else mix(s.colour, s.accent, 0.6)
        c.shadow(ellipse(16, 22, radius), 22, 0.42)
        c.puff(ellipse(0, 0, radius), colour, s.finish, edge=12, grain=GRAIN.get(s.finish))
        inner = radius * s.dice.uniform(0.66, 0.76)
        c.shadow(ellipse(-4, -6, inner), 10, 0.20)
        c.gradient(ellipse(0, 0, inner), darker(colour, 0.08), lighter(colour, 0.35), (-inner * 0.7,
            -inner * 0.7), (inner * 0.7, inner * 0.7), grain=GRAIN.get(s.finish))  # fmt: skip
        if s.dice.random() < 0.5:
            c.flat(ellipse(0, 0, radius * 0.985), s.accent, 0.75, holes=[ellipse(0, 0, radius * 0.962)])
    c.shine(ellipse(-rings[-1] * 0.35, -rings[-1] * 0.4, rings[-1] * 0.22, rings[-1] * 0.1, -0.8), 0.35, 24)


@kind("candle", scale=1.35, detail=(0, -270, 1.6), room_scale=0.66)
def candle(c: Canvas, s: Style) -> None:
    """Draw a candle in a vessel, or two pillars of different height."""
    if s.dice.random() < 0.55:
        tall, wide = s.dice.uniform(250, 380), s.dice.uniform(130, 175)
        profile = [(-tall, wide), (-tall * 0.9, wide), (-60, wide), (-10, wide * 0.97), (0, wide * 0.9)]
        line = stand(c, profile)
        lathe(c, profile, s.colour, s.finish, bands=glaze(s, line)[:1], grain=GRAIN.get(s.finish), lid=False)
        mouth(c, -tall, wide, s.colour, wall=10, filled=(240, 228, 206))
        flame(c, 0, -tall + 8)
        label = box(-wide * 0.42, -tall * 0.62, wide * 0.42, -tall * 0.30, 4)
        c.flat(label, (246, 241, 231), 0.9)
        c.flat([box(-wide * 0.2, -tall * 0.52, wide * 0.2, -tall * 0.508), box(-wide * 0.13, -tall * 0.44,
            wide * 0.13, -tall * 0.432)], (90, 78, 70), 0.7)  # fmt: skip
        return
    for x, tall, wide, colour in (
        (-90, s.dice.uniform(380, 480), 78, s.colour),
        (95, s.dice.uniform(230, 330), 84, mix(s.colour, s.accent, 0.4)),
    ):
        with c.at(x, 20 if x > 0 else 0):
            profile = [(-tall, wide * 0.92), (-tall + 12, wide), (-20, wide), (0, wide * 0.97)]
            stand(c, profile)
            lathe(c, profile, colour, "matte")
            c.flat(
                ellipse(0, -tall + 2, wide * 0.6, wide * 0.6 * tilt(c, -tall)),
                lighter(colour, 0.55),
                0.6,
                blur=5,
            )
            flame(c, 0, -tall + 4)


def flame(c: Canvas, x: float, y: float) -> None:
    """Light a wick."""
    c.shine(ellipse(x, y - 34, 130, 120), 0.30, 50)
    c.flat(stroke(((x, y + 4), (x + 2, y - 12)), 5), (60, 46, 40))
    drop = curve(((x, y - 78), (x + 15, y - 34), (x + 9, y - 6), (x - 9, y - 6), (x - 14, y - 32)))
    c.flat(drop, (250, 190, 96), 0.9, blur=3)
    c.flat(curve(((x, y - 58), (x + 8, y - 28), (x, y - 8), (x - 8, y - 28))), (255, 246, 222), 0.95, blur=2)


@kind("planter", scale=1.15, base=870, detail=(0, -230, 1.7), room_scale=0.8)
def planter(c: Canvas, s: Style) -> None:
    """Draw a pot with a plant."""
    tall, wide = s.dice.uniform(220, 290), s.dice.uniform(150, 185)
    foot = s.dice.uniform(0.68, 0.98)
    profile = [(-tall, wide), (-tall * 0.86, wide * 0.985), (-30, wide * foot), (0, wide * foot * 0.96)]
    line = stand(c, profile)
    lathe(c, profile, s.colour, s.finish, bands=glaze(s, line), grain=GRAIN.get(s.finish), lid=False)
    mouth(c, -tall, wide, s.colour, wall=12, filled=(74, 58, 48))
    sort = s.dice.randrange(3)
    green = s.dice.choice(((92, 118, 78), (74, 106, 82), (112, 128, 78)))
    for i in range((13, 9, 16)[sort]):
        lean = s.dice.uniform(-1, 1) * (230, 260, 130)[sort]
        high = s.dice.uniform(140, 330) * (1.0, 0.9, 1.2)[sort]
        start = (lean * 0.12, -tall + 4)
        bend = curve(
            (start, (lean * 0.4, -tall - high * 0.6), (lean, -tall - high * (0.75 if sort == 1 else 1))),
            closed=False,
        )
        tint = mix(green, (196, 206, 150) if i % 3 else (44, 66, 52), s.dice.uniform(0, 0.35))
        if sort == 2:
            c.puff(stroke(bend, 34, 3), tint, "satin", edge=12)
            continue
        c.flat(stroke(bend, 5, 3), darker(tint, 0.3))
        size = s.dice.uniform(46, 78)
        leaf = turned(
            curve(((-size, 0), (-size * 0.2, -size * 0.42), (size, 0), (-size * 0.2, size * 0.42))),
            lean / 300 - pi / 2 + s.dice.uniform(-0.5, 0.5),
        )
        c.shadow(leaf + bend[-1] + (8, 12), 8, 0.18)
        c.puff(leaf + bend[-1], tint, "satin", edge=14)


@kind("carafe", scale=1.15, detail=(0, -330, 1.9), room_scale=0.78)
def carafe(c: Canvas, s: Style) -> None:
    """Draw a bottle or carafe with a stopper."""
    profile = s.dice.choice((((-560, 52), (-530, 48), (-420, 56), (-330, 130), (-120, 150), (-20, 142), (0,
        128)), ((-600, 46), (-560, 44), (-430, 46), (-350, 98), (-120, 112), (-10, 110), (0, 100)), ((-500,
        88), (-470, 66), (-360, 70), (-240, 150), (-90, 168), (0, 128))))  # fmt: skip
    profile = vary(profile, s, 0.05)
    line = stand(c, profile, strength=0.24)
    y, radius = float(line[0, 0]), float(line[0, 1])
    clear = s.finish == "glass"
    lathe(c, profile, s.colour, s.finish, lid=False, alpha=0.62 if clear else 1.0, grain=GRAIN.get(s.finish))
    if clear:
        level = profile[3][0] * 0.9
        water = [(level, float(np.interp(level, line[:, 0], line[:, 1])) - 8)] + [
            (a, b - 8) for a, b in line[line[:, 0] > level]
        ]
        lathe(c, water, lighter(s.colour, 0.2), "glass", smooth=False, alpha=0.4)
    mouth(c, y, radius, s.colour, wall=6)
    if s.dice.random() < 0.6:
        lathe(c, [(y - 70, radius * 0.8), (y - 60, radius * 0.95), (y - 4, radius * 0.86)], s.accent,
            "wood", grain="wood")  # fmt: skip
