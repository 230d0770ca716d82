"""Quiet company for a product in a scene: books, a bowl of fruit, a sprig, a coaster."""

from __future__ import annotations

from random import Random

from app.ops.demo.art.canvas import Canvas
from app.ops.demo.art.colour import RGB, darker, lighter
from app.ops.demo.art.lathe import lathe, mouth
from app.ops.demo.art.shapes import box, curve, ellipse, poly, stroke, turned
from app.ops.demo.art.spec import PictureSpec

QUIET: tuple[RGB, ...] = (
    (196, 164, 136),
    (138, 142, 124),
    (206, 196, 180),
    (150, 112, 92),
    (108, 116, 122),
    (222, 206, 178),
)


def books(c: Canvas, dice: Random, x: float, y: float) -> None:
    """Lay two or three books on the table."""
    for _ in range(dice.choice((2, 3))):
        wide, tall = dice.uniform(200, 260), dice.uniform(26, 42)
        tint = dice.choice(QUIET)
        left = x - wide / 2 + dice.uniform(-14, 14)
        c.contact(left + wide / 2, y, wide * 0.95, 0.4, 10)
        c.gradient(
            box(left, y - tall, left + wide, y, 4),
            lighter(tint, 0.22),
            darker(tint, 0.18),
            (left, y),
            (left + wide, y),
        )
        c.gradient(
            box(left + wide * 0.08, y - tall + 5, left + wide, y - 5),
            (244, 238, 226),
            (214, 204, 188),
            (left, y),
            (left + wide, y),
        )
        c.flat(
            poly(
                (left + 6, y - tall),
                (left + wide - 6, y - tall),
                (left + wide - 22, y - tall - 20),
                (left + 22, y - tall - 20),
            ),
            lighter(tint, 0.32),
        )
        y -= tall + 1


def pear(c: Canvas, dice: Random, x: float, y: float) -> None:
    """Stand a pear on the table."""
    tint = dice.choice(((188, 176, 96), (196, 140, 84), (160, 164, 92)))
    with c.at(x, y, 0.9):
        c.contact(0, 2, 92, 0.5)
        lathe(
            c,
            [(-150, 12), (-135, 26), (-95, 36), (-50, 62), (-16, 48), (0, 22)],
            tint,
            "satin",
            grain="speckle",
            lid=False,
        )
        c.flat(stroke(((0, -146), (5, -168), (14, -180)), 6), (84, 62, 44))


def small_pot(c: Canvas, dice: Random, x: float, y: float) -> None:
    """Stand a small pot on the table."""
    tint = dice.choice(QUIET)
    tall, wide = dice.uniform(90, 190), dice.uniform(52, 84)
    with c.at(x, y):
        c.contact(0, 3, wide * 1.8, 0.45)
        lathe(
            c,
            [
                (-tall, wide * 0.7),
                (-tall * 0.9, wide * 0.66),
                (-tall * 0.5, wide),
                (-10, wide * 0.7),
                (0, wide * 0.6),
            ],
            tint,
            "matte",
            lid=False,
        )
        mouth(c, -tall, wide * 0.7, tint, wall=6)


def sprig(c: Canvas, dice: Random, x: float, y: float, angle: float) -> None:
    """Lay a leafy twig flat."""
    tint = dice.choice(((128, 140, 112), (168, 140, 104), (96, 116, 96)))
    stem = turned(curve(((-150, 14), (-40, -8), (60, 8), (160, -10)), closed=False), angle)
    with c.at(x, y):
        c.shadow(stroke(stem + (8, 12), 8), 8, 0.35)
        c.flat(stroke(stem, 5, 3), darker(tint, 0.25))
        for i, point in enumerate(stem[3::3]):
            leaf = turned(ellipse(26, 0, 26, 12, n=20), angle + (0.8 if i % 2 else -0.8))
            c.shadow(leaf + point + (6, 9), 7, 0.25)
            c.gradient(leaf + point, lighter(tint, 0.25), darker(tint, 0.12), tuple(point), tuple(point + 30))


def dress(c: Canvas, scene: str, dice: Random, spec: PictureSpec) -> None:
    """Put company at the edges of a scene, never in front of the product."""
    if scene == "flat":
        for x, y in dice.sample(((120, 140), (880, 130), (130, 870), (880, 880)), 2):
            sprig(c, dice, x, y, dice.uniform(0, 6))
        return
    side = dice.choice((-1, 1))
    first, second = dice.sample((books, small_pot, pear), 2)
    first(c, dice, 500 + side * 345, 790)
    if dice.random() < 0.6:
        second(c, dice, 500 - side * 370, 770)


def rug(c: Canvas, dice: Random, spec: PictureSpec) -> None:
    """Lay a rug under furniture; sometimes stand a basket with grasses behind."""
    tint = dice.choice(QUIET)
    shape = ellipse(500, 880, dice.uniform(380, 440), 74)
    c.shadow(shape + (6, 8), 10, 0.25)
    c.puff(shape, lighter(tint, 0.45), "fabric", edge=8, depth=0.5, grain="weave")
    c.flat(stroke(ellipse(500, 878, 360, 58), 6), tint, 0.5)
    if dice.random() < 0.6:
        x = 500 + dice.choice((-1, 1)) * 390
        for i in range(14):
            lean, high = dice.uniform(-110, 110), dice.uniform(180, 330)
            blade = curve(
                ((x + lean * 0.2, 700), (x + lean * 0.5, 700 - high * 0.6), (x + lean, 700 - high)),
                closed=False,
            )
            c.flat(stroke(blade, 7, 2), ((136, 128, 92), (160, 146, 106), (112, 116, 88))[i % 3])
        with c.at(x, 800):
            c.contact(0, 3, 130, 0.5, 14)
            lathe(c, [(-120, 62), (-60, 78), (0, 56)], (178, 142, 102), "fabric", grain="weave", lid=False)
            mouth(c, -120, 62, (160, 126, 90), wall=7)
