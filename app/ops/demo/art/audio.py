"""Things that sound: headphones, earbuds, speakers."""

from __future__ import annotations

import numpy as np

from app.ops.demo.art.canvas import Canvas
from app.ops.demo.art.colour import darker, lighter, mix
from app.ops.demo.art.garments import lay
from app.ops.demo.art.lathe import lathe, tilt
from app.ops.demo.art.registry import Style, kind
from app.ops.demo.art.shapes import arc, box, curve, ellipse, poly, stroke, turned

ALU = (206, 206, 204)
DARK = (46, 47, 50)


@kind("headphones", scale=1.14, base=850, detail=(-190, -170, 1.9), room_scale=0.84)
def headphones(c: Canvas, s: Style) -> None:
    """Draw over-ear headphones standing up, ear cups turned a little."""
    wide, tall = s.dice.uniform(225, 255), s.dice.uniform(560, 610)
    metal = ALU if s.dice.random() < 0.5 else (198, 168, 122)
    c.flat(ellipse(20, 0, wide * 1.3, 34), (52, 44, 44), 0.42, blur=18)
    band = np.concatenate((arc(0, -tall + wide, wide * 1.0, wide, 180, 360, 60), [(wide * 1.02, -260.0)]))
    band = np.concatenate(([(-wide * 1.02, -260.0)], band))
    c.cast([stroke(band, 34)], strength=0.2)
    c.puff(stroke(band, 14), metal, "metal", edge=6)
    pad = arc(0, -tall + wide, wide * 0.985, wide * 0.985, 212, 328, 50)
    c.puff(stroke(pad, 58), darker(s.colour, 0.12), "leather", edge=25, grain="film")
    c.puff(stroke(pad + (0, -6), 40), s.colour, "leather", edge=16, grain="film", level=0.02)
    for side in (-1, 1):
        x = side * wide * 1.02
        c.puff(box(x - 13, -330, x + 13, -210, 8), metal, "metal", edge=8)
        cushion = turned(ellipse(x - side * 52, -152, 62, 148), side * 0.07, x, -150)
        c.contact(x - side * 20, -4, 130, 0.5, 8)
        c.puff(cushion, darker(mix(s.colour, (60, 54, 50), 0.55), 0.2), "leather", edge=36, folds=0.15,
            seed=s.seed, grain="leather")  # fmt: skip
        cup = turned(ellipse(x + side * 6, -152, 60, 142), side * 0.07, x, -150)
        c.shadow(cup + (-side * 8, 4), 8, 0.4)
        finish = s.finish if s.finish in ("matte", "satin", "gloss", "metal") else "satin"
        c.puff(cup, s.colour, finish, edge=44, grain="film")
        disc = turned(ellipse(x + side * 20, -152, 34, 96), side * 0.07, x, -150)
        c.puff(disc, s.accent if s.dice.random() < 0.5 else lighter(s.colour, 0.08),
            "metal" if s.seed % 3 == 0 else finish, edge=10, depth=0.7)  # fmt: skip
        c.shine(ellipse(x + side * 6 - 18, -220, 9, 40, 0.1), 0.35, 7, [cup])


@kind("earbuds", scale=1.4, laid=True, detail=(0, 10, 1.6), scenes=("flat",))
def earbuds(c: Canvas, s: Style) -> None:
    """Draw a charging case with two earbuds."""
    wide, tall = s.dice.uniform(200, 230), s.dice.uniform(150, 180)
    corner = s.dice.uniform(70, 150)
    case = box(-wide, -40, wide, -40 + tall * 2, corner)
    lid = box(-wide, -40 - tall * 0.9, wide, 6, corner * 0.7)
    lay(c, [case, lid], 24, 0.5)
    c.puff(lid, darker(s.colour, 0.05), "satin", edge=40)
    c.puff(
        box(-wide + 26, -tall * 0.9 - 16, wide - 26, -14, corner * 0.5),
        darker(s.colour, 0.5),
        "matte",
        edge=16,
    )
    c.puff(case, s.colour, s.finish if s.finish in ("matte", "gloss", "satin") else "satin", edge=70,
        grain="film")  # fmt: skip
    c.flat(box(-wide + 30, -34, wide - 30, 44, 34), darker(s.colour, 0.62))
    for side in (-1, 1):
        x = side * wide * 0.42
        stem = box(x - 26, -46, x + 26, 66, 26)
        c.shadow(stem + (8, 10), 9, 0.4)
        c.puff(stem, s.colour, "gloss", edge=20)
        c.puff(ellipse(x - side * 12, -62, 62, 54, side * 0.5), s.colour, "gloss", edge=36)
        c.puff(
            ellipse(x + side * 34, -78, 30, 34, side * 0.4),
            darker(mix(s.colour, (70, 70, 72), 0.7), 0.1),
            "matte",
            edge=18,
        )
        c.shine(ellipse(x - side * 12 - 14, -82, 18, 11, -0.5), 0.7, 6)
    c.flat(ellipse(0, 120, 6), (140, 196, 150), 0.9)


@kind("speaker", scale=1.12, base=860, detail=(-30, -260, 1.8), room_scale=0.8)
def speaker(c: Canvas, s: Style) -> None:
    """Draw a loudspeaker: a fabric cylinder, or a wooden box with drivers."""
    if s.dice.random() < 0.5:
        tall, wide = s.dice.uniform(300, 520), s.dice.uniform(150, 205)
        c.cast(box(-wide, -tall, wide, 0), strength=0.28)
        c.contact(0, 10, wide * 2, 0.55, wide * 0.2)
        profile = [(-tall, wide * 0.93), (-tall + 14, wide), (-22, wide), (0, wide * 0.96)]
        lathe(c, profile, s.colour, "fabric", smooth=False, grain="weave")
        lathe(c, [(-26, wide * 1.002), (0, wide * 0.97)], darker(s.colour, 0.4), "satin", smooth=False,
            lid=False)  # fmt: skip
        r = wide * 0.93
        k = tilt(c, -tall)
        c.gradient(ellipse(0, -tall, r, r * k), lighter(s.colour, 0.3), darker(s.colour, 0.2), (-r, -tall),
            (r, -tall))  # fmt: skip
        c.gradient(ellipse(0, -tall + 1, r * 0.9, r * k * 0.9), darker(s.colour, 0.5), darker(s.colour,
            0.25), (-r, -tall), (r, -tall))  # fmt: skip
        if s.dice.random() < 0.5:
            strap = stroke(curve(((wide * 0.98, -tall * 0.75), (wide * 1.2, -tall * 0.6), (wide * 0.98,
                -tall * 0.4)), closed=False), 20)  # fmt: skip
            c.puff(strap, s.accent, "leather", edge=8)
        return
    tall, wide = s.dice.uniform(430, 600), s.dice.uniform(165, 225)
    wood = s.dice.random() < 0.6
    body = box(-wide, -tall, wide, 0, s.dice.choice((10, 40)))
    side = poly((wide - 4, -tall + 6), (wide + 64, -tall + 40), (wide + 64, -34), (wide - 4, -3))
    c.cast([body, side], strength=0.26)
    c.contact(30, 0, wide * 2.2, 0.55, 12)
    c.gradient(side, darker(s.accent if wood else s.colour, 0.35), darker(s.accent if wood else s.colour,
        0.55), (wide, 0), (wide + 64, 0), grain="wood" if wood else None)  # fmt: skip
    c.puff(body, s.accent if wood else s.colour, "wood" if wood else "satin", edge=8,
        grain="wood" if wood else None)  # fmt: skip
    panel = box(-wide + 16, -tall + 16, wide - 16, -16, 12)
    if s.dice.random() < 0.4:
        c.shadow(panel + (3, 4), 6, 0.35)
        c.puff(panel, s.colour, "fabric", edge=10, grain="weave")
        c.flat(box(-30, -60, 30, -46, 3), lighter(s.accent, 0.4), 0.9)
        return
    c.puff(panel, s.colour, "matte", edge=6, depth=0.5, grain="film")
    for y, radius in ((-tall * 0.73, wide * 0.36), (-tall * 0.33, wide * 0.64)):
        driver(c, s, y, radius)


def driver(c: Canvas, s: Style, y: float, radius: float) -> None:
    """Draw a loudspeaker cone."""
    c.shadow(ellipse(3, y + 5, radius * 1.06), 6, 0.4)
    c.puff(ellipse(0, y, radius), (60, 60, 62), "satin", edge=radius * 0.12)
    c.gradient(
        ellipse(0, y, radius * 0.84), (26, 26, 28), (92, 92, 94), (-radius, y - radius), (radius, y + radius)
    )
    c.puff(ellipse(0, y, radius * 0.32), s.accent if s.seed % 2 else (74, 74, 78), "satin", edge=radius * 0.2)
