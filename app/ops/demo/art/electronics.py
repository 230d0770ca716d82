"""Computers and what goes with them: laptops, screens, keyboards, mice, tablets, phones."""

from __future__ import annotations

import numpy as np

from app.ops.demo.art.canvas import Canvas
from app.ops.demo.art.colour import RGB, darker, lighter, luminance, mix
from app.ops.demo.art.garments import lay
from app.ops.demo.art.lathe import lathe
from app.ops.demo.art.registry import Style, kind
from app.ops.demo.art.shapes import Points, arc, box, curve, ellipse, poly, soften, stroke, turned

ALU = (206, 206, 204)
DARK = (46, 47, 50)
WALLPAPERS: tuple[tuple[RGB, RGB, RGB], ...] = (
    ((226, 178, 144), (150, 108, 120), (72, 74, 104)), ((190, 206, 200), (112, 146, 146), (54, 84, 96)),
    ((236, 214, 180), (206, 142, 104), (140, 78, 68)), ((206, 204, 220), (140, 136, 172), (74, 76, 118)),
    ((224, 222, 204), (152, 164, 124), (82, 104, 84)),
)  # fmt: skip


def shell(s: Style) -> RGB:
    """Give the body colour: the product's own, calmed towards aluminium."""
    return mix(s.colour, ALU, 0.18) if s.finish != "gloss" else s.colour


def wallpaper(c: Canvas, s: Style, screen: Points) -> None:
    """Fill a screen with hills at dusk or with soft bands, and let the room glint on it."""
    sky, hill, deep = WALLPAPERS[s.seed % len(WALLPAPERS)]
    low, high = screen.min(0), screen.max(0)
    wide, tall = high - low
    c.gradient(screen, lighter(sky, 0.3), sky, (low[0], low[1]), (low[0] + wide * 0.2, high[1]))
    sun = (low[0] + wide * (0.3 + 0.4 * (s.seed % 7) / 6), low[1] + tall * 0.42)
    c.flat(ellipse(*sun, tall * 0.16), lighter(sky, 0.65), 0.9, within=[screen])
    for level in range(4):
        rng = np.random.default_rng(s.seed * 7 + level)
        top = low[1] + tall * (0.42 + 0.14 * level)
        ridge = [(low[0] + wide * i / 6, top + float(rng.uniform(-1, 1)) * tall * 0.09) for i in range(7)]
        land = np.concatenate(
            (curve(ridge, closed=False), [(high[0] + 4, high[1] + 4), (low[0] - 4, high[1] + 4)])
        )
        tint = mix(mix(sky, hill, 0.55), deep, level / 3)
        c.gradient(land, lighter(tint, 0.12), tint, (low[0], top), (low[0], high[1]), within=[screen])
    glint = poly(
        (low[0] + wide * 0.55, low[1]),
        (high[0], low[1]),
        (high[0], low[1] + tall * 0.9),
        (low[0] + wide * 0.86, high[1]),
    )
    c.flat(glint, (255, 255, 255), 0.07, within=[screen])


@kind("laptop", scale=1.1, base=760, detail=(-120, -150, 1.9), room_scale=0.86)
def laptop(c: Canvas, s: Style) -> None:
    """Draw an open laptop seen from a little above."""
    metal = shell(s)
    wide, tall = s.dice.uniform(325, 350), s.dice.uniform(410, 440)
    deep = s.dice.uniform(88, 112)
    c.flat(
        poly((-wide * 1.05, 0), (wide * 1.05, 0), (wide * 1.26, deep + 22), (-wide * 1.20, deep + 22)),
        (52, 44, 44),
        0.5,
        blur=20,
    )
    lid = box(-wide, -tall, wide, 4, 18)
    c.cast(lid, 0, lean=0.35, strength=0.2)
    c.gradient(lid, lighter(metal, 0.3), darker(metal, 0.35), (-wide, -tall), (wide, 0))
    c.gradient(
        box(-wide + 5, -tall + 5, wide - 5, 2, 15), (40, 41, 44), (26, 27, 30), (-wide, -tall), (wide, 0)
    )
    wallpaper(c, s, box(-wide + 20, -tall + 22, wide - 20, -18, 5))
    c.flat(ellipse(0, -tall + 13, 3.5), (84, 88, 96))
    deck = poly((-wide, 2), (wide, 2), (wide * 1.13, deep), (-wide * 1.13, deep))
    c.gradient(deck, darker(metal, 0.16), lighter(metal, 0.34), (0, 0), (-40, deep), grain="film")
    keys(c, s, wide * 0.86, 10, deep * 0.58, DARK if s.dice.random() < 0.6 else mix(metal, (250, 250, 248),
        0.5))  # fmt: skip
    pad = poly(
        (-wide * 0.30, deep * 0.66),
        (wide * 0.30, deep * 0.66),
        (wide * 0.325, deep * 0.95),
        (-wide * 0.325, deep * 0.95),
    )
    c.gradient(pad, darker(metal, 0.1), lighter(metal, 0.2), (0, deep * 0.6), (0, deep))
    front = soften(((-wide * 1.13, deep - 1), (wide * 1.13, deep - 1), (wide * 1.12, deep + 15),
        (-wide * 1.12, deep + 15)), 9)  # fmt: skip
    c.gradient(front, lighter(metal, 0.5), darker(metal, 0.4), (0, deep - 1), (0, deep + 15))
    c.flat(box(-44, deep, 44, deep + 5, 3), darker(metal, 0.35), 0.7)
    c.flat(box(-wide * 0.9, -1, wide * 0.9, 7, 3), darker(metal, 0.6), 0.8)


def keys(c: Canvas, s: Style, half: float, top: float, bottom: float, colour: RGB) -> None:
    """Lay the keys of a laptop in perspective."""
    shapes = []
    for row in range(5):
        y0 = top + (bottom - top) * row / 5
        y1 = top + (bottom - top) * (row + 0.82) / 5
        grow0, grow1 = half * (1 + 0.13 * row / 5), half * (1 + 0.13 * (row + 0.82) / 5)
        cuts = (
            np.linspace(-1, 1, 15)
            if row < 4
            else np.array((-1, -0.86, -0.72, -0.58, -0.42, 0.42, 0.58, 0.72, 0.86, 1))
        )
        for a, b in zip(cuts[:-1], cuts[1:], strict=True):
            shapes.append(
                poly((grow0 * a + 3, y0), (grow0 * b - 3, y0), (grow1 * b - 3, y1), (grow1 * a + 3, y1))
            )
    c.flat(shapes, darker(colour, 0.1), 0.95)


@kind("monitor", scale=1.08, base=850, detail=(-150, -430, 1.8), room_scale=0.86)
def monitor(c: Canvas, s: Style) -> None:
    """Draw a desktop screen on a stand."""
    metal = shell(s)
    wide, tall = s.dice.choice(((385, 440), (420, 380), (360, 420)))
    lift = s.dice.uniform(90, 130)
    top = -tall - lift
    c.contact(0, 0, 300, 0.5, 30)
    foot_round = s.dice.random() < 0.5
    if foot_round:
        lathe(c, [(-14, 140), (-9, 150), (0, 150)], metal, "satin", smooth=False)
    else:
        c.gradient(poly((-150, -22), (150, -22), (180, 10), (-180, 10)), darker(metal, 0.12), lighter(metal,
            0.3), (0, -22), (0, 10))  # fmt: skip
        c.flat(box(-180, 9, 180, 16, 3), darker(metal, 0.35))
    neck = box(-38, -lift - 40, 38, -12, 6)
    c.gradient(neck, lighter(metal, 0.25), darker(metal, 0.35), (-38, 0), (38, 0))
    frame = box(-wide, top, wide, -lift, 14)
    c.cast(frame, 0, lean=0.3, strength=0.14)
    c.gradient(frame, lighter(metal, 0.15), darker(metal, 0.3), (-wide, top), (wide, -lift))
    chin = 12 if s.dice.random() < 0.6 else 46
    c.gradient(box(-wide + 5, top + 5, wide - 5, -lift - chin + 6, 10), (38, 39, 42), (24, 25, 28), (-wide,
        top), (wide, 0))  # fmt: skip
    wallpaper(c, s, box(-wide + 13, top + 13, wide - 13, -lift - chin, 3))


@kind("keyboard", scale=1.12, laid=True, detail=(-190, -30, 1.9), scenes=("flat",))
def keyboard(c: Canvas, s: Style) -> None:
    """Draw a keyboard from above, keycaps in two or three colours."""
    columns, rows, pitch = s.dice.choice(((15, 5, 50), (16, 6, 47), (18, 5, 43)))
    wide, tall = columns * pitch / 2 + 22, rows * pitch / 2 + 22
    case = shell(s)
    lay(c, [box(-wide, -tall, wide, tall, 26)], 16, 0.55)
    c.puff(box(-wide, -tall, wide, tall, 26), case, "satin", edge=14)
    c.flat(box(-wide + 18, -tall + 18, wide - 18, tall - 18, 10), darker(case, 0.62))
    light = luminance(case) > 0.55
    plain = mix(case, (250, 247, 240), 0.75) if light or s.dice.random() < 0.3 else darker(case, 0.25)
    second = mix(plain, case, 0.7) if light else lighter(plain, 0.14)
    groups: dict[int, list[Points]] = {0: [], 1: [], 2: []}
    for row in range(rows):
        x = -columns * pitch / 2
        y = -rows * pitch / 2 + row * pitch
        widths = row_widths(row, rows, columns)
        for i, unit in enumerate(widths):
            edge = i == 0 or i == len(widths) - 1
            group = 2 if row == 0 and i == 0 or (row == rows - 2 and i == len(widths) - 1 and s.seed % 2) else 1 if edge or unit > 1.4 else 0  # fmt: skip
            groups[group].append(box(x + 2.5, y + 2.5, x + unit * pitch - 2.5, y + pitch - 2.5, 8))
            x += unit * pitch
    for group, colour in ((0, plain), (1, second), (2, s.accent)):
        if not groups[group]:
            continue
        caps = groups[group]
        c.puff(caps, darker(colour, 0.10), "matte", edge=5)
        tops = [
            box(k[:, 0].min() + 6, k[:, 1].min() + 4, k[:, 0].max() - 6, k[:, 1].max() - 9, 6) for k in caps
        ]
        c.gradient(tops, lighter(colour, 0.22), colour, (-wide, -tall), (wide, tall))


def row_widths(row: int, rows: int, columns: int) -> list[float]:
    """Give the widths of a row's keys, in units; they add up to ``columns``."""
    if row == rows - 1:
        side = [1.25, 1.25, 1.25]
        tail = [1.25, 1.25] + [1.0] * 2
        return [*side, columns - sum(side) - sum(tail), *tail]
    first = (1.0, 1.5, 1.75, 2.25, 1.0, 1.0)[row if rows == 5 else max(0, row - 1)]
    middle = int(columns - first - 1)
    return [first, *([1.0] * (middle - 1)), columns - first - (middle - 1)]


@kind("mouse", scale=1.35, laid=True, detail=(0, -60, 1.7), scenes=("flat",))
def mouse(c: Canvas, s: Style) -> None:
    """Draw a mouse from above."""
    wide, tall = s.dice.uniform(148, 172), s.dice.uniform(250, 285)
    pinch = s.dice.uniform(0.86, 1.0)
    body = curve([(0, -tall), (wide * 0.7, -tall * 0.92), (wide * 0.94, -tall * 0.5), (wide * pinch, 0),
        (wide, tall * 0.5), (wide * 0.66, tall * 0.92), (0, tall), (-wide * 0.66, tall * 0.92), (-wide,
        tall * 0.5), (-wide * pinch, 0), (-wide * 0.94, -tall * 0.5), (-wide * 0.7, -tall * 0.92)])  # fmt: skip
    if s.dice.random() < 0.4:
        cable = curve(
            ((0, -tall + 20), (-10, -tall - 60), (60, -tall - 150), (20, -tall - 320)), closed=False
        )
        c.shadow(stroke(cable + (8, 12), 10), 6, 0.4)
        c.puff(stroke(cable, 10), DARK, "matte", edge=5)
    lay(c, [body], 26, 0.55)
    finish = s.finish if s.finish in ("matte", "satin", "gloss") else "satin"
    c.puff(body, s.colour, finish, edge=110, depth=1.0, grain="film")
    split = curve(((-wide, -tall * 0.12), (0, -tall * 0.2), (wide, -tall * 0.12)), closed=False)
    c.flat([stroke(split, 4), box(-2, -tall, 2, -tall * 0.2)], darker(s.colour, 0.55), 0.75, within=[body])
    c.shine(ellipse(-wide * 0.4, -tall * 0.55, wide * 0.2, tall * 0.2, 0.3), 0.35, 16, [body])
    c.flat(box(-24, -tall * 0.78, 24, -tall * 0.34, 24), darker(s.colour, 0.65))
    c.puff(box(-16, -tall * 0.72, 16, -tall * 0.4, 12), s.accent, "satin", edge=12)
    c.flat(
        [box(-16, y, 16, y + 3) for y in np.arange(-tall * 0.69, -tall * 0.42, 12)],
        darker(s.accent, 0.4),
        0.6,
    )


@kind("phone_case", scale=1.2, laid=True, detail=(-60, -190, 1.9), scenes=("flat",))
def phone_case(c: Canvas, s: Style) -> None:
    """Draw the back of a phone in its case."""
    wide, tall = 190, 385
    body = box(-wide, -tall, wide, tall, 54)
    lay(c, [body], 20, 0.5)
    leather = s.finish in ("leather", "wood", "fabric")
    c.puff(body, s.colour, s.finish if s.finish != "metal" else "satin", edge=22,
        grain={"leather": "leather", "wood": "wood", "fabric": "weave"}.get(s.finish, "film"))  # fmt: skip
    sort = s.dice.randrange(4)
    if sort == 1 and not leather:
        for i in range(5):
            band = stroke(curve(((-wide - 20, 60 + i * 58), (-60, 20 + i * 58), (70, 100 + i * 58),
                (wide + 20, 40 + i * 58)), closed=False), 24)  # fmt: skip
            c.flat(band, mix(s.accent, s.colour, i / 6), 0.9, within=[body * 0.99])
    elif sort == 2 and not leather:
        c.flat(arc(0, 190, 120, 120, 180, 360), s.accent, 0.9)
        c.flat(ellipse(0, 20, 52), lighter(s.accent, 0.35), 0.9)
    elif sort == 3:
        c.puff(box(-110, 40, 110, 290, 16), s.colour, "leather", edge=10, grain="leather")
        c.shadow(stroke(((-108, 44), (108, 44)), 8), 6, 0.4)
    window = box(-wide + 26, -tall + 26, -wide + 200, -tall + 200, 44)
    c.shadow(window + (2, 3), 6, 0.3)
    c.puff(window, darker(s.colour, 0.35), "gloss", edge=10)
    for x, y in ((-wide + 76, -tall + 78), (-wide + 150, -tall + 150), (-wide + 76, -tall + 152)):
        c.puff(ellipse(x, y, 33), (70, 70, 74), "metal", edge=6)
        c.gradient(ellipse(x, y, 25), (18, 20, 28), (58, 66, 88), (x - 25, y - 25), (x + 25, y + 25))
        c.shine(ellipse(x - 8, y - 9, 6, 4, -0.6), 0.7, 3)
    c.flat(ellipse(-wide + 150, -tall + 78, 12), (240, 232, 214), 0.9)
    c.puff(box(wide - 5, -140, wide + 6, -40, 5), darker(s.colour, 0.2), "satin", edge=4)


@kind("tablet", scale=1.12, laid=True, detail=(-120, -150, 1.8), scenes=("flat",))
def tablet(c: Canvas, s: Style) -> None:
    """Draw a tablet with a pencil beside it."""
    metal = shell(s)
    wide, tall = s.dice.choice(((300, 390), (285, 370), (270, 395)))
    body = box(-wide - 30, -tall, wide - 30, tall, 36)
    lay(c, [body], 18, 0.55)
    c.puff(body, metal, "satin", edge=8)
    c.flat(box(-wide - 24, -tall + 6, wide - 36, tall - 6, 30), (30, 31, 34))
    wallpaper(c, s, box(-wide - 2, -tall + 30, wide - 58, tall - 30, 8))
    pencil = turned(box(wide + 14, -300, wide + 40, 260, 12), 0.05, wide, 0)
    lay(c, [pencil], 10, 0.5)
    c.puff(pencil, (244, 242, 238) if s.dice.random() < 0.6 else s.accent, "satin", edge=11)
    c.flat(turned(poly((wide + 16, 256), (wide + 38, 256), (wide + 27, 300)), 0.05, wide, 0), (220, 216, 210))


@kind("charger", scale=1.25, laid=True, detail=(0, -40, 1.7), scenes=("flat",))
def charger(c: Canvas, s: Style) -> None:
    """Draw a wireless charging pad or a power bank with its cable."""
    cable = curve(
        ((0, 150), (10, 290), (-150, 360), (-300, 250), (-330, 60), (-260, -40)), closed=False, steps=14
    )
    c.shadow(stroke(cable + (9, 13), 15), 7, 0.42)
    c.puff(stroke(cable, 15), mix(s.accent, s.colour, 0.4), "knit", edge=7, grain="weave")
    plug = turned(box(-290, -110, -232, -30, 10), 0.35, -262, -40)
    lay(c, [plug], 8)
    c.puff(plug, lighter(s.colour, 0.1), "satin", edge=14)
    c.puff(turned(box(-276, -146, -246, -106, 4), 0.35, -262, -40), ALU, "metal", edge=5)
    if s.dice.random() < 0.5:
        pad = ellipse(30, -30, 225)
        lay(c, [pad], 16, 0.5)
        c.puff(pad, s.colour, "satin", edge=18)
        c.puff(ellipse(30, -30, 190), s.colour if s.dice.random() < 0.5 else mix(s.colour, s.accent, 0.5),
            "fabric" if s.seed % 2 else "leather", edge=6, depth=0.5,
            grain="weave" if s.seed % 2 else "leather")  # fmt: skip
        c.flat(
            stroke(np.concatenate((ellipse(30, -30, 60), ellipse(30, -30, 60)[:2])), 5),
            lighter(s.colour, 0.4),
            0.55,
        )
        return
    bank = box(-120, -330, 190, 190, 46)
    lay(c, [bank], 22, 0.5)
    c.puff(bank, s.colour, s.finish if s.finish in ("matte", "satin", "gloss", "leather") else "satin",
        edge=44, grain="film")  # fmt: skip
    c.flat([ellipse(0 + i * 26, -280, 6) for i in range(4)], lighter(s.colour, 0.6), 0.9)
    c.puff(box(-120, -70, 190, -30, 0), s.accent, "satin", edge=10, depth=0.4)
