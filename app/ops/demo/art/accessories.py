"""Things to wear and carry: sneakers, bags, watches, glasses, wallets."""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np

from app.ops.demo.art.canvas import Canvas
from app.ops.demo.art.colour import darker, lighter, luminance, mix
from app.ops.demo.art.garments import lay
from app.ops.demo.art.registry import Style, kind
from app.ops.demo.art.shapes import (
    Points,
    arc,
    box,
    curve,
    ellipse,
    moved,
    poly,
    soften,
    stroke,
    symmetric,
    turned,
)

CHROME = (206, 204, 200)


def stitches(c: Canvas, line: Points, colour: tuple[int, int, int], gap: int = 3) -> None:
    """Sew a dashed line."""
    parts = [line[i : i + 2] for i in range(0, len(line) - 1, gap) if len(line[i : i + 2]) == 2]
    c.flat([stroke(p, 3.0) for p in parts], colour, 0.8)


@kind("sneaker", scale=1.12, base=770, detail=(120, -190, 1.8), room_scale=0.84)
def sneaker(c: Canvas, s: Style) -> None:
    """Draw a shoe from the side: low or high, with its partner behind."""
    high = s.dice.random() < 0.35
    sole = (244, 239, 230) if s.dice.random() < 0.7 else mix(s.accent, (186, 148, 108), 0.5)
    look = (s.dice.randrange(4), s.dice.uniform(46, 70), s.dice.random() < 0.5)
    c.flat(ellipse(30, 2, 370, 34), (52, 44, 44), 0.4, blur=18)
    with c.at(56, -42, 0.94):
        shoe(c, s, high, darker(sole, 0.06), look, -0.06)
    c.contact(0, 4, 660, 0.55, 13)
    shoe(c, s, high, sole, look, 0.0)


def shoe(
    c: Canvas, s: Style, high: bool, sole: tuple[int, int, int], look: tuple[int, float, bool], level: float
) -> None:
    """Draw one shoe, toe to the left."""
    design, thick, two_tone = look
    collar = -330 if high else -240
    upper = curve([(-330, -thick + 6), (-332, -88), (-284, -132), (-190, -150), (-80, -196), (10,
        collar - 10), (64, collar - 34), (112, collar - 4), (176, collar + 36), (246, collar + 10), (292,
        collar - 12), (312, collar + 30), (306, -150), (326, -thick + 6), (0, -thick + 14)])  # fmt: skip
    c.cast(upper, 0, lean=0.5, strength=0.16)
    finish = "leather" if s.finish not in ("fabric", "knit") else "fabric"
    grain = "film" if finish == "leather" else "weave"
    opening = curve([(60, collar - 32), (120, collar - 12), (190, collar + 30), (288, collar - 8), (270,
        collar - 30), (170, collar - 16)])  # fmt: skip
    c.puff(opening, darker(s.accent, 0.45), "fabric", edge=10)
    c.puff(
        upper, s.colour, finish, edge=70, depth=0.8, folds=0.2, seed=s.seed, grain=grain, level=level + 0.02
    )
    other = s.accent if two_tone else s.colour
    seams = [
        curve(((-196, -thick), (-176, -96), (-196, -150)), closed=False),
        curve(((238, -thick), (226, -150), (262, collar + 12)), closed=False),
        curve(((-150, -150), (-60, -108), (60, -130), (124, collar + 8)), closed=False),
    ]
    toe = np.concatenate((seams[0], [(-360, -170.0), (-380, -thick)]))
    heel = np.concatenate((seams[1], [(360, collar - 40.0), (380, -thick)]))
    if design != 3 and two_tone:
        for part in (toe, heel) if design != 2 else (heel,):
            c.puff(part, other, finish, edge=60, depth=0.35, within=[upper], grain=grain, level=level + 0.01)
    for seam in seams[: 3 if design != 3 else 2]:
        c.shadow(stroke(seam + (2, 3), 5), 4, 0.4)
        stitches(
            c,
            seam + (5, 0),
            lighter(s.colour, 0.4) if luminance(s.colour) < 0.6 else darker(s.colour, 0.3),
            2,
        )
    if design == 1:
        c.flat(
            [ellipse(-40 + 26 * i, -92 - 22 * (i % 2), 6) for i in range(8)],
            darker(s.colour, 0.55),
            0.8,
            within=[upper],
        )
    if design == 0:
        patch = soften(((262, -200), (306, -200), (310, -120), (256, -120)), 10)
        c.puff(patch, s.accent, finish, edge=6, within=[upper], level=level)
    tongue = curve([(-150, -148), (-58, -206), (10, collar - 54), (74, collar - 66), (92, collar - 20), (20,
        collar + 30), (-92, -150)])  # fmt: skip
    c.puff(tongue, mix(s.colour, other, 0.4), finish, edge=16, grain=grain, level=level)
    laces(c, s, 7 if high else 5, collar)
    c.shadow(stroke(((-330, -thick), (338, -thick)), 10), 8, 0.4)
    base = soften(((-352, -thick - 6), (-200, -thick + 8), (200, -thick + 2), (346, -thick - 14), (352,
        -14), (330, 4), (-318, 4), (-356, -16)), 18)  # fmt: skip
    c.puff(base, sole, "matte", edge=18, level=level + 0.02)
    c.flat(stroke(((-346, -16), (346, -16)), 5), darker(sole, 0.3), 0.5, within=[base])


def laces(c: Canvas, s: Style, rows: int, collar: float) -> None:
    """Lace a shoe up to its collar."""
    lace = lighter(s.accent, 0.75) if luminance(s.colour) < 0.72 else lighter(s.colour, 0.5)
    for i in range(rows):
        t = i / (rows - 1)
        x, y = -124 + t * 168, -154 + t * (collar + 126)
        c.shadow(stroke(((x - 26, y - 12), (x + 46, y + 20)), 14), 4, 0.35)
        c.puff(stroke(((x - 26, y - 16), (x + 10, y - 10), (x + 46, y + 14)), 15), lace, "fabric", edge=6)


@kind("tote", scale=1.14, base=880, detail=(0, -330, 1.8), room_scale=0.86)
def tote(c: Canvas, s: Style) -> None:
    """Draw a tote bag of canvas or leather."""
    wide, tall = s.dice.uniform(215, 275), s.dice.uniform(370, 460)
    leather = s.finish in ("leather", "satin", "gloss")
    finish, grain = ("leather", "leather") if leather else ("fabric", "weave")
    reach = s.dice.uniform(190, 250)
    body = soften(((-wide * 0.94, -tall), (wide * 0.94, -tall), (wide * 1.04, -30), (wide * 0.98, 0),
        (-wide * 0.98, 0), (-wide * 1.04, -30)), 24)  # fmt: skip
    strap = s.accent if s.dice.random() < 0.6 else s.colour
    for dy, dark in ((-14, 0.25), (8, 0.0)):
        loop = curve(((-wide * 0.45, -tall + 50), (-wide * 0.44, -tall - reach * 0.55), (-wide * 0.2,
            -tall - reach + dy), (wide * 0.2, -tall - reach + dy), (wide * 0.44, -tall - reach * 0.55),
            (wide * 0.45, -tall + 50)), closed=False)  # fmt: skip
        if dark:
            c.puff(stroke(loop, 26), darker(strap, dark), finish, edge=8)
            c.cast(body, strength=0.28)
            c.contact(0, 3, wide * 2, 0.55, 16)
            c.puff(soften(((-wide * 0.9, -tall - 10), (wide * 0.9, -tall - 10), (wide * 0.9, -tall + 30),
                (-wide * 0.9, -tall + 30)), 10), darker(s.colour, 0.4), finish, edge=10)  # fmt: skip
            c.puff(body, s.colour, finish, edge=64, depth=0.6, folds=1.3 if not leather else 0.6, hills=(4,
                4), seed=s.seed, grain=grain)  # fmt: skip
            tote_front(c, s, body, wide, tall, finish, grain)
        else:
            c.shadow(stroke(loop + (8, 10), 24), 8, 0.28)
            c.puff(stroke(loop, 26), strap, finish, edge=9, grain=grain)
    for side in (-1, 1):
        tab = box(side * wide * 0.45 - 19, -tall + 34, side * wide * 0.45 + 19, -tall + 92, 4)
        c.puff(tab, strap, finish, edge=6)
        stitches(
            c,
            poly((side * wide * 0.45 - 11, -tall + 84), (side * wide * 0.45 + 11, -tall + 84)),
            lighter(strap, 0.5),
            1,
        )


def tote_front(c: Canvas, s: Style, body: Points, wide: float, tall: float, finish: str, grain: str) -> None:
    """Decorate the front of a tote."""
    sort = s.dice.randrange(4)
    if sort == 0:
        c.puff(box(-wide * 1.1, -tall * 0.32, wide * 1.1, 10), s.accent, finish, edge=30, depth=0.4,
            folds=0.8, seed=s.seed, grain=grain, within=[body])  # fmt: skip
    elif sort == 1:
        pocket = soften(((-wide * 0.6, -tall * 0.62), (wide * 0.6, -tall * 0.62), (wide * 0.62,
            -tall * 0.12), (-wide * 0.62, -tall * 0.12)), 16)  # fmt: skip
        c.shadow(pocket + (4, 6), 8, 0.3)
        c.puff(pocket, s.colour, finish, edge=12, folds=0.6, seed=s.seed + 2, grain=grain)
    elif sort == 2:
        half = arc(0, -tall * 0.36, wide * 0.42, wide * 0.42, 180, 360)
        c.flat(half, s.accent, 0.85)
        c.flat(moved(half, 0, -tall * 0.36 * 2 + 14, 1, -1), mix(s.accent, s.colour, 0.5), 0.85)
    else:
        c.flat(box(-46, -tall * 0.3, 46, -tall * 0.3 + 34, 3), lighter(s.accent, 0.2), 0.9)


@kind("backpack", scale=1.1, base=885, detail=(0, -330, 1.8), room_scale=0.86)
def backpack(c: Canvas, s: Style) -> None:
    """Draw a backpack with a flap or a zip and a front pocket."""
    wide, tall = s.dice.uniform(200, 230), s.dice.uniform(560, 620)
    finish, grain = ("leather", "leather") if s.finish in ("leather", "gloss") else ("fabric", "weave")
    grip = curve(((-44, -tall + 30), (-40, -tall - 54), (40, -tall - 54), (44, -tall + 30)), closed=False)
    body = curve(symmetric([(0, -tall), (wide * 0.66, -tall + 16), (wide * 0.95, -tall * 0.78),
        (wide * 1.02, -tall * 0.3), (wide * 0.98, -16), (wide * 0.7, 0), (0, 2)]))  # fmt: skip
    c.cast(body, strength=0.28)
    c.contact(0, 2, wide * 1.9, 0.55, 18)
    c.puff(stroke(grip, 22), darker(s.accent, 0.2), finish, edge=8)
    for side in (-1, 1):
        strap = stroke(curve(((side * wide * 0.7, -tall * 0.86), (side * wide * 1.22, -tall * 0.6),
            (side * wide * 1.18, -tall * 0.2), (side * wide * 0.9, -30)), closed=False), 44, 22)  # fmt: skip
        c.puff(strap, darker(s.colour, 0.25), finish, edge=14, grain=grain)
    c.puff(body, s.colour, finish, edge=74, depth=0.8, folds=0.7, seed=s.seed, grain=grain)
    pocket = curve(symmetric([(0, -tall * 0.42), (wide * 0.6, -tall * 0.41), (wide * 0.74, -tall * 0.34),
        (wide * 0.78, -46), (wide * 0.6, -18), (0, -14)]))  # fmt: skip
    c.shadow(pocket + (0, -8), 14, 0.35)
    c.puff(pocket, s.colour if s.dice.random() < 0.6 else s.accent, finish, edge=34, folds=0.5,
        seed=s.seed + 1, grain=grain)  # fmt: skip
    metal = (196, 170, 120) if s.dice.random() < 0.5 else (70, 68, 68)
    if s.dice.random() < 0.5:
        flap = curve(symmetric([(0, -tall - 6), (wide * 0.7, -tall + 14), (wide * 0.98, -tall * 0.74),
            (wide * 0.9, -tall * 0.5), (0, -tall * 0.46)]))  # fmt: skip
        c.shadow(flap + (0, 16), 16, 0.4)
        c.puff(flap, lighter(s.colour, 0.03), finish, edge=44, folds=0.5, seed=s.seed + 2, grain=grain)
        for x in (-wide * 0.42, wide * 0.42):
            belt = box(x - 15, -tall * 0.66, x + 15, -tall * 0.3, 6)
            c.shadow(belt + (4, 5), 5, 0.3)
            c.puff(belt, s.accent, "leather", edge=6, grain="leather")
            c.puff(box(x - 22, -tall * 0.42, x + 22, -tall * 0.42 + 34, 6), metal, "metal", edge=5,
                holes=[box(x - 12, -tall * 0.42 + 9, x + 12, -tall * 0.42 + 25, 3)])  # fmt: skip
        return
    zips = [curve([(-wide * 0.84, -tall * 0.36), (-wide * 0.8, -tall * 0.78), (0, -tall * 0.9), (wide * 0.8,
        -tall * 0.78), (wide * 0.84, -tall * 0.36)], closed=False), curve(((-wide * 0.62, -tall * 0.33), (0,
        -tall * 0.345), (wide * 0.62, -tall * 0.33)), closed=False)]  # fmt: skip
    for line in zips:
        c.flat(stroke(line, 13), darker(s.colour, 0.45), 0.9)
        stitches(c, line, metal, 2)
    c.puff(box(wide * 0.5, -tall * 0.335, wide * 0.5 + 14, -tall * 0.335 + 52, 6), metal, "metal", edge=4)
    c.puff(
        soften(((-38, -tall * 0.7), (38, -tall * 0.7), (30, -tall * 0.6), (-30, -tall * 0.6)), 10),
        s.accent,
        "leather",
        edge=6,
    )


@kind("watch", scale=1.25, laid=True, detail=(20, 0, 2.2), scenes=("flat",))
def watch(c: Canvas, s: Style) -> None:
    """Draw a wristwatch from above, its strap laid out."""
    radius = s.dice.uniform(128, 146)
    metal = (214, 178, 122) if s.dice.random() < 0.4 else CHROME if s.dice.random() < 0.7 else (62, 60, 60)
    upper = soften(((-70, -90), (70, -90), (56, -372), (-56, -372)), 20)
    lower = soften(((-70, 90), (70, 90), (50, 372), (0, 400), (-50, 372)), 20)
    lay(c, [upper, lower, ellipse(0, 0, radius)], 15)
    mesh = s.finish == "metal"
    c.puff([upper, lower], metal if mesh else s.colour, "metal" if mesh else "leather", edge=22,
        grain="weave" if mesh else "leather")  # fmt: skip
    if not mesh:
        light = lighter(s.colour, 0.45)
        for side in (-1, 1):
            for end, (first, last) in ((45, (-130, -356)), (42, (130, 352))):
                down = np.linspace(first, last, 40)
                stitches(c, np.column_stack((np.linspace(side * 56, side * end, 40), down)), light, 2)
        c.flat([ellipse(0, y, 8) for y in (210, 250, 290, 330)], darker(s.colour, 0.6))
    c.puff(
        [turned(box(-80, -radius - 18, -52, radius + 18, 10), 0), box(52, -radius - 18, 80, radius + 18, 10)],
        metal,
        "metal",
        edge=10,
    )
    c.puff(box(radius - 6, -15, radius + 26, 15, 6), metal, "metal", edge=8)
    c.shadow(ellipse(6, 10, radius), 14, 0.35)
    c.puff(ellipse(0, 0, radius), metal, "metal", edge=15)
    dial = s.dice.choice(
        ((246, 243, 236), (44, 46, 52), mix(s.colour, (255, 255, 255), 0.1), (226, 218, 202))
    )
    inner = radius - 15
    c.gradient(ellipse(0, 0, inner), darker(dial, 0.1), lighter(dial, 0.25), (-inner, -inner), (inner, inner))
    c.flat(ellipse(0, 0, inner), (30, 28, 28), 0.4, holes=[ellipse(5, 7, inner)], blur=5, within=[ellipse(0,
        0, inner)])  # fmt: skip
    ink = (248, 244, 236) if luminance(dial) < 0.5 else (54, 48, 46)
    for i in range(12):
        a = pi * i / 6
        first = 0.72 if i % 3 == 0 else 0.82
        c.flat(stroke(((sin(a) * inner * first, -cos(a) * inner * first), (sin(a) * inner * 0.93,
            -cos(a) * inner * 0.93)), 7 if i % 3 == 0 else 4), ink)  # fmt: skip
    if s.dice.random() < 0.4:
        c.gradient(
            ellipse(0, inner * 0.44, inner * 0.26), darker(dial, 0.2), lighter(dial, 0.1), (-30, 20), (30, 90)
        )
        c.flat(stroke(((0, inner * 0.44), (14, inner * 0.28)), 3), ink)
    for angle, long, width in ((-pi / 3 + 0.1, 0.5, 9), (pi / 3 - 0.05, 0.76, 7), (2.5, 0.82, 2.5)):
        hand = stroke(((-sin(angle) * inner * 0.14, cos(angle) * inner * 0.14), (sin(angle) * inner * long,
            -cos(angle) * inner * long)), width, width * 0.6)  # fmt: skip
        c.shadow(hand + (4, 6), 3, 0.35)
        c.flat(hand, ink if width > 3 else s.accent)
    c.puff(ellipse(0, 0, 9), metal, "metal", edge=5)
    c.flat(
        poly((-200, 40), (60, -200), (110, -200), (-200, 110)),
        (255, 255, 255),
        0.13,
        within=[ellipse(0, 0, inner)],
    )


@kind("sunglasses", scale=1.25, laid=True, detail=(-150, 20, 1.9), scenes=("flat",))
def sunglasses(c: Canvas, s: Style) -> None:
    """Draw sunglasses lying on paper, the light falling through the lenses."""
    sort = s.dice.randrange(4)
    thin = s.dice.random() < 0.35
    base = {
        0: ellipse(0, 0, 128, 122),
        1: curve([(-132, -96), (0, -110), (132, -100), (138, 10), (96, 96), (-20, 112), (-118, 70)]),
        2: soften(((-140, -92), (140, -92), (128, 88), (-120, 92)), 52),
        3: curve([(-150, -110), (0, -92), (128, -86), (130, 20), (70, 98), (-50, 98), (-128, 20)]),
    }[sort]
    width = 9 if thin else 22
    metal = thin
    lens = s.dice.choice(((62, 58, 56), (92, 74, 54), (70, 84, 78), mix(s.accent, (80, 66, 60), 0.5)))
    left, right = base + (-178, 0), base * (-1, 1) + (178, 0)
    frame = [stroke(np.concatenate((e, e[:2])), width, caps=False) for e in (left, right)]
    bridge = stroke(curve(((-62, -30), (0, -62), (62, -30)), closed=False), width)
    arms = [stroke(curve(((side * 306, -60), (side * 330, -150), (side * 270, -262), (side * 20,
        -300 - 18 * side)), closed=False), width * 0.9, width * 0.6) for side in (1, -1)]  # fmt: skip
    c.shadow([e + (20, 34) for e in (*frame, bridge, *arms)], 13, 0.5)
    c.flat([e + (22, 38) for e in (left, right)], mix(lens, (60, 48, 44), 0.4), 0.30, blur=14)
    for arm in arms:
        c.puff(arm, darker(s.colour, 0.1), "metal" if metal else "gloss", edge=width * 0.4)
    for eye in (left, right):
        x = float(eye[:, 0].mean())
        c.gradient(eye, darker(lens, 0.25), lighter(lens, 0.35), (x, -120), (x + 30, 120), alpha=0.88)
        c.flat(poly((x - 150, 60), (x + 10, -140), (x + 54, -140), (x - 120, 110)), (255, 252, 246), 0.2,
            within=[eye], blur=5)  # fmt: skip
    c.puff([*frame, bridge], (206, 172, 112) if metal else s.colour, "metal" if metal else "gloss",
        edge=width * 0.42, folds=0 if metal else 0.15, hills=(18, 9), seed=s.seed)  # fmt: skip


@kind("wallet", scale=1.25, laid=True, detail=(90, 60, 1.9), scenes=("flat",))
def wallet(c: Canvas, s: Style) -> None:
    """Draw a leather wallet or card holder."""
    wide, tall = s.dice.uniform(270, 310), s.dice.uniform(180, 215)
    body = soften(((-wide, -tall), (wide, -tall), (wide, tall), (-wide, tall)), 26)
    lay(c, [body], 20)
    cards = s.dice.randrange(3)
    for i in range(cards):
        top = -tall - 56 + i * 26
        c.gradient(box(-wide * 0.8, top, wide * 0.72, tall * 0.5, 16), ((226, 214, 196), (138, 148, 140),
            (196, 140, 110))[i], lighter(((226, 214, 196), (138, 148, 140), (196, 140, 110))[i], 0.3),
            (-wide, 0), (wide, 0))  # fmt: skip
    c.puff(body, s.colour, "leather", edge=16, depth=0.8, folds=0.25, seed=s.seed, grain="leather")
    for i in range(s.dice.choice((1, 2, 3))):
        y = -tall * 0.55 + i * 62
        slot = curve(((-wide + 6, y), (-wide * 0.3, y + 4), (wide * 0.3, y), (wide - 6, y)), closed=False)
        c.shadow(stroke(slot + (0, -3), 7), 5, 0.45)
        c.flat(stroke(slot, 3), lighter(s.colour, 0.25), 0.7)
    edge = body * 0.945
    stitches(c, np.concatenate([np.linspace(a, b, 12)[:-1] for a, b in zip(edge, np.roll(edge, -1, 0),
        strict=True)][::1]), lighter(s.colour, 0.4), 4)  # fmt: skip
    if s.dice.random() < 0.5:
        strap = box(wide * 0.5, -26, wide + 8, 26, 20)
        c.shadow(strap + (3, 6), 7, 0.4)
        c.puff(strap, s.colour, "leather", edge=10, grain="leather")
        c.puff(ellipse(wide * 0.62, 0, 13), (206, 176, 120), "metal", edge=7)
