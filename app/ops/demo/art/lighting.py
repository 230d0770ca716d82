"""Lamps: on a table, from the ceiling, on the floor; and a lantern."""

from __future__ import annotations

from app.ops.demo.art.canvas import Canvas
from app.ops.demo.art.ceramics import flame
from app.ops.demo.art.colour import darker, lighter, mix
from app.ops.demo.art.lathe import Band, lathe, outline, profile_of, ring_between, tilt
from app.ops.demo.art.registry import Style, kind
from app.ops.demo.art.shapes import box, curve, ellipse, stroke

METAL = (196, 160, 104)
BLACK = (48, 46, 45)


def shade_profile(s: Style, top: float, tall: float, wide: float) -> list[tuple[float, float]]:
    """Choose a lampshade: drum, cone, empire, dome."""
    choice = s.dice.randrange(4)
    if choice == 0:
        return [(top, wide * 0.94), (top + tall, wide)]
    if choice == 1:
        return [(top, wide * 0.42), (top + tall, wide)]
    if choice == 2:
        return [(top, wide * 0.66), (top + tall, wide)]
    return [(top, wide * 0.18), (top + tall * 0.12, wide * 0.52), (top + tall * 0.4, wide * 0.83),
        (top + tall * 0.75, wide * 0.97), (top + tall, wide)]  # fmt: skip


def shade(
    c: Canvas, s: Style, profile: list[tuple[float, float]], colour: tuple[int, int, int], lit: bool = True
) -> None:
    """Draw a shade, glowing from inside when lit."""
    dome = len(profile) > 2
    solid = dome or s.finish in ("metal", "gloss")
    finish = s.finish if solid else "fabric"
    line = lathe(
        c, profile, colour, finish, smooth=dome, lid=False, grain=None if solid else "weave", level=0.05
    )
    top, bottom = float(line[0, 0]), float(line[-1, 0])
    radius = float(line[-1, 1])
    body = outline(c, line)
    if lit and not solid:
        c.flat(ellipse(0, (top + bottom) / 2 + 20, radius * 0.62, (bottom - top) * 0.42), (255, 232, 190),
            0.62, within=body, blur=46)  # fmt: skip
        c.flat(ellipse(-radius * 0.1, (top + bottom) / 2 + 10, radius * 0.3, (bottom - top) * 0.26), (255,
            246, 226), 0.6, within=body, blur=34)  # fmt: skip
    if lit:
        k = tilt(c, bottom)
        lip = ellipse(0, bottom, radius * 0.985, radius * k * 0.9)
        c.gradient(lip, (255, 236, 200) if not solid else darker(colour, 0.35), (252, 214, 160), (-radius,
            bottom), (radius * 0.4, bottom), alpha=0.0 if not solid else 0.95)  # fmt: skip
        if solid:
            c.flat(ellipse(0, bottom + 4, radius * 0.55, radius * k * 0.5), (255, 240, 210), 0.95, blur=12,
                within=[lip])  # fmt: skip
    if not solid:
        k = tilt(c, top)
        r = float(line[0, 1])
        c.gradient(ellipse(0, top, r, r * k), lighter(colour, 0.5), (255, 238, 206), (-r, top), (r, top))
        c.flat(ellipse(0, top + 2, r - 5, (r - 5) * k), mix((255, 230, 186), colour, 0.25), 0.9)


BASES = (((-330, 12), (-60, 12), (-30, 40), (-14, 118), (0, 122)), ((-330, 16), (-300, 26), (-230, 110),
    (-120, 150), (-30, 112), (0, 92)), ((-330, 14), (-310, 40), (-200, 62), (-90, 96), (-10, 120), (0,
    118)), ((-330, 18), (-300, 60), (-265, 60), (-250, 24), (-220, 82), (-160, 82), (-140, 30), (-110, 104),
    (-20, 104), (0, 100)), ((-330, 20), (-310, 76), (-40, 84), (0, 84)))  # fmt: skip


@kind(
    "table_lamp",
    scale=1.1,
    base=870,
    detail=(0, -430, 1.7),
    room_scale=0.84,
    scenes=("room", "room", "plinth"),
)
def table_lamp(c: Canvas, s: Style) -> None:
    """Draw a table lamp with its light on."""
    base = s.dice.choice(BASES)
    stretch = s.dice.uniform(0.9, 1.12)
    base = [(y * stretch, r) for y, r in base]
    line = profile_of(base)
    wide, tall = s.dice.uniform(185, 240), s.dice.uniform(175, 240)
    top = base[0][0] - tall + 26
    profile = shade_profile(s, top, tall, wide)
    cover = profile_of(profile, len(profile) > 2)
    c.shine(ellipse(0, top + tall * 0.5, 420, 330), 0.34, 90)
    c.cast([*outline(c, line)[:1], *outline(c, cover)[:1]], strength=0.24)
    foot = float(line[-1, 1])
    c.contact(0, foot * tilt(c, 0) * 0.3, foot * 2, height=foot * tilt(c, 0))
    thin = max(r for _, r in base[:2]) < 20 and base[1][0] > -200
    finish = "metal" if thin and s.dice.random() < 0.7 else s.finish
    body = mix(s.accent, METAL, 0.5) if finish == "metal" else s.colour
    rings = [Band(-120 * stretch, -104 * stretch, s.accent, "satin")] if s.dice.random() < 0.3 else []
    lathe(c, base, body, finish, bands=rings, grain="speckle" if finish == "matte" else None, lid=False)
    lathe(c, [(base[0][0] - 26, 9), (base[0][0] + 10, 9)], METAL, "metal", smooth=False, lid=False)
    cloth = (
        mix(lighter(s.accent, 0.72), (246, 238, 222), 0.55)
        if s.dice.random() < 0.6
        else mix(s.colour, (246, 236, 220), 0.35)
    )
    shade(c, s, profile, s.colour if len(profile) > 2 or finish == "metal" else cloth)


@kind("pendant", scale=1.1, base=60, detail=(0, 470, 1.7), hangs=True, room_scale=0.84)
def pendant(c: Canvas, s: Style) -> None:
    """Draw a lamp hanging from the ceiling; its origin is the top of the cord."""
    choice = s.dice.randrange(5)
    drop = s.dice.uniform(300, 360)
    c.flat(stroke(((0, -200), (0, drop)), 5), darker(s.accent, 0.45))
    c.shine(ellipse(0, drop + 170, 360, 300), 0.34, 90)
    if choice == 0:
        lathe(c, [(drop - 46, 18), (drop, 22)], METAL, "metal", smooth=False, lid=False)
        globe = [(drop, 24), (drop + 12, 88), (drop + 60, 160), (drop + 150, 206), (drop + 240, 176),
            (drop + 300, 100), (drop + 322, 16)]  # fmt: skip
        lathe(c, globe, mix(s.colour, (252, 240, 220), 0.75), "glow", lid=False, level=0.12)
        return
    if choice == 1:
        globe = [(drop, 30), (drop + 14, 96), (drop + 70, 190), (drop + 150, 232), (drop + 230, 196),
            (drop + 280, 110), (drop + 292, 70)]  # fmt: skip
        cream = mix(s.colour, (252, 244, 230), 0.7)
        line = lathe(c, globe, cream, "glow", lid=False, level=0.1)
        for y in range(round(drop) + 20, round(drop) + 285, 22):
            c.flat(ring_between(c, line, 0, y, y + 2.4), darker(cream, 0.25), 0.35)
        return
    wide, tall = s.dice.uniform(200, 275), s.dice.uniform(160, 240)
    lathe(c, [(drop - 58, 12), (drop - 50, 26), (drop + 12, 30)], METAL if s.dice.random() < 0.6 else BLACK,
        "metal", lid=False)  # fmt: skip
    profile = {2: [(drop, wide * 0.18), (drop + tall * 0.12, wide * 0.5), (drop + tall * 0.42, wide * 0.84),
        (drop + tall * 0.8, wide * 0.98), (drop + tall, wide)], 3: [(drop, wide * 0.16), (drop + tall * 0.5,
        wide * 0.34), (drop + tall * 0.8, wide * 0.82), (drop + tall, wide)], 4: [(drop, wide * 0.32),
        (drop + 40, wide * 0.36), (drop + tall * 1.4, wide * 0.5), (drop + tall * 1.45,
        wide * 0.5)]}[choice]  # fmt: skip
    line = lathe(c, profile, s.colour, s.finish, lid=False)
    bottom, radius = float(line[-1, 0]), float(line[-1, 1])
    k = tilt(c, bottom)
    lip = ellipse(0, bottom, radius * 0.985, radius * k)
    c.gradient(lip, mix(darker(s.colour, 0.2), (250, 220, 170), 0.6), (255, 240, 208), (-radius, bottom),
        (radius * 0.5, bottom))  # fmt: skip
    c.flat(
        ellipse(0, bottom + 2, radius * 0.42, radius * k * 0.5), (255, 252, 240), 1.0, blur=10, within=[lip]
    )


@kind("floor_lamp", scale=1.12, base=930, detail=(0, -640, 1.9), room_scale=0.94, scenes=("floor",))
def floor_lamp(c: Canvas, s: Style) -> None:
    """Draw a floor lamp on a disc foot, straight, arched or on three legs."""
    choice = s.dice.randrange(3)
    metal = mix(METAL, s.accent, 0.4) if s.dice.random() < 0.6 else BLACK
    wide, tall = s.dice.uniform(130, 165), s.dice.uniform(130, 170)
    x = 0.0
    if choice == 2:
        for foot in (-150, 150, 18):
            leg = stroke(((0, -590), (foot, 10 if foot != 18 else -28)), 17, 11)
            c.cast(leg, 10, strength=0.16)
            c.puff(leg, s.accent, "wood", edge=8, grain="wood")
    else:
        x = -120.0 if choice == 1 else 0.0
        pole = (
            curve(((80, -4), (80, -480), (30, -690), (-70, -740), (-120, -690)), closed=False)
            if choice
            else curve(((0, 0), (0, -330), (0, -640)), closed=False)
        )
        foot_x = 80 if choice else 0
        c.contact(foot_x, 6, 220, 0.5, 26)
        with c.at(foot_x, 0):
            lathe(c, [(-18, 100), (-12, 108), (0, 108)], metal, "metal", smooth=False)
        c.cast(stroke(pole, 10), strength=0.18)
        c.puff(stroke(pole, 11), metal, "metal", edge=5)
    with c.at(x, 0):
        top = -770 if choice != 1 else -730
        c.shine(ellipse(0, top + tall * 0.5, 330, 260), 0.32, 80)
        cloth = mix(s.colour, (248, 240, 226), 0.35 if s.dice.random() < 0.5 else 0.8)
        shade(c, s, shade_profile(s, top, tall, wide), cloth if choice != 1 else s.colour)


@kind("lantern", scale=1.2, base=860, detail=(0, -250, 1.7), room_scale=0.76)
def lantern(c: Canvas, s: Style) -> None:
    """Draw a lantern: a frame, glass and a candle inside."""
    wide, tall = s.dice.uniform(120, 160), s.dice.uniform(330, 430)
    c.cast(box(-wide, -tall, wide, 0), strength=0.22)
    c.contact(0, 4, wide * 2.05, 0.55, 18)
    handle = curve(((-wide * 0.5, -tall - 30), (-wide * 0.4, -tall - 130), (wide * 0.4, -tall - 130),
        (wide * 0.5, -tall - 30)), closed=False)  # fmt: skip
    c.puff(stroke(handle, 10), darker(s.colour, 0.1), "metal", edge=5)
    glass = box(-wide + 8, -tall, wide - 8, -12)
    c.gradient(glass, (250, 240, 218), (236, 214, 178), (-wide, -tall), (wide, 0), alpha=0.62)
    with c.at(0, -26):
        lathe(c, [(-tall * 0.42, 50), (-tall * 0.4, 52), (0, 52)], (244, 234, 214), "matte")
        c.shine(ellipse(0, -tall * 0.5, 120, 120), 0.6, 46)
        flame(c, 0, -tall * 0.42)
    c.shine(stroke(((-wide * 0.55, -tall + 26), (-wide * 0.72, -40)), 20), 0.4, 6, [glass])
    bars = [
        box(-wide, -tall, -wide + 16, 0, 3),
        box(wide - 16, -tall, wide, 0, 3),
        box(-wide - 6, -22, wide + 6, 4, 4),
        box(-wide - 6, -tall - 8, wide + 6, -tall + 14, 4),
    ]
    if s.dice.random() < 0.5:
        bars.append(box(-5, -tall, 5, 0))
    c.puff(bars, s.colour, s.finish, edge=8)
    roof = [(-tall - 52, wide * 0.34), (-tall - 44, wide * 0.4), (-tall - 6, wide * 0.98)]
    lathe(c, roof, s.colour, s.finish, smooth=False)
