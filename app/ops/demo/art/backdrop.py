"""What stands behind the object: seamless paper, a table by a window, a plinth; all cached."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from app.ops.demo.art.canvas import Canvas
from app.ops.demo.art.colour import RGB, darker, lighter, mix, rgb
from app.ops.demo.art.shapes import box, ellipse, poly
from app.ops.demo.art.spec import TONES
from app.ops.demo.art.texture import cut, texture

WOODS: tuple[RGB, ...] = ((198, 158, 116), (222, 192, 152), (152, 108, 76), (112, 80, 60))


def _glow(width: int, height: int, x: float, y: float, reach: float) -> np.ndarray:
    yy, xx = np.mgrid[0:height, 0:width].astype(np.float32)
    far = ((xx - x * width) / (reach * height)) ** 2 + ((yy - y * height) / (reach * height)) ** 2
    return np.exp(-far)


@lru_cache(maxsize=40)
def paper(tone: str, width: int, height: int, flat: bool = False) -> Image.Image:
    """Give a sweep of coloured paper lit from the upper left; ``flat`` seen from above."""
    base = np.array(rgb(TONES.get(tone, tone)), dtype=np.float32)
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    if flat:
        light = (
            0.955
            + 0.075 * _glow(width, height, 0.25, 0.15, 0.9)
            - 0.05 * _glow(width, height, 1.05, 1.1, 0.6)
        )
    else:
        sweep = 1 / (1 + np.exp(-(y - 0.66) * 16))
        light = 0.925 + 0.06 * sweep + 0.085 * _glow(width, height, 0.30, 0.34, 0.52)
        light = light + 0.05 * _glow(width, height, 0.46, 0.86, 0.34) - 0.07 * np.clip(y - 0.86, 0, 1)
        light = light - 0.06 * _glow(width, height, 1.05, 0.05, 0.5)
    warm = np.array((1.012, 1.0, 0.985), dtype=np.float32)
    image = base[None, None, :] * light[:, :, None] * warm
    out = Image.fromarray(np.clip(image, 0, 255).astype(np.uint8))
    grain = cut(texture("film", 512, 1), width, height)
    return ImageChops.add(out, Image.merge("RGB", (grain,) * 3), 1, -128)


@lru_cache(maxsize=8)
def window(width: int, height: int, seed: int) -> Image.Image:
    """Give the mask of daylight falling through a window onto a wall, slanted and soft."""
    canvas = Canvas(Image.new("L", (max(1, width // 4), max(1, height // 4))))
    rng = np.random.default_rng(seed)
    left, slant = 120 + float(rng.uniform(-60, 220)), 170 + float(rng.uniform(-40, 60))
    image = canvas.image.convert("RGB")
    canvas.image = image
    for col in range(2):
        for row in range(3):
            x, y = left + col * 235, 20 + row * 222
            lean = slant * 0.5
            canvas.flat(
                poly((x, y + lean), (x + 205, y), (x + 205, y + 196), (x, y + 196 + lean)), (255, 255, 255)
            )
    soft = image.convert("L").filter(ImageFilter.GaussianBlur(image.height / 75))
    return soft.resize((width, height), Image.Resampling.BICUBIC)


@lru_cache(maxsize=40)
def room(tone: str, width: int, height: int, seed: int, horizon: float = 705.0) -> Image.Image:
    """Give a wall and a table top (wood, linen or stone) with light from a window."""
    rng = np.random.default_rng(seed)
    wall = mix(TONES.get(tone, tone), (150, 132, 116), float(rng.uniform(0.0, 0.22)))
    canvas = Canvas(paper("#{:02x}{:02x}{:02x}".format(*wall), width, height).copy())
    edge = width / height * 1000
    tile = cut(texture("plaster", 512, 2), width, height)
    canvas.image = ImageChops.add(canvas.image, Image.merge("RGB", (tile,) * 3), 1, -128)
    if rng.random() < 0.8:
        lightened = Image.new("RGB", (width, height), lighter(wall, 0.55))
        canvas.image.paste(
            lightened, (0, 0), window(width, height, seed % 5).point([v * 6 // 10 for v in range(256)])
        )
    top = box(-5, horizon, edge + 5, 1005)
    choice = int(rng.integers(0, 4))
    if choice < 2:
        wood = WOODS[int(rng.integers(0, len(WOODS)))]
        canvas.gradient(top, darker(wood, 0.10), lighter(wood, 0.16), (0, horizon), (edge * 0.2, 1000))
        _planks(canvas, horizon, edge, wood)
    else:
        stone = mix(lighter(wall, 0.45), (236, 230, 222), 0.5)
        canvas.gradient(top, darker(stone, 0.09), lighter(stone, 0.3), (0, horizon), (edge * 0.1, 1000))
    canvas.flat(box(-5, horizon - 2, edge + 5, horizon + 5), (60, 48, 42), 0.28, blur=7)
    canvas.shine(ellipse(edge * 0.3, 840, 330, 75), 0.22, blur=60)
    canvas.shadow(box(edge * 0.86, -50, edge + 80, 1050), blur=110, strength=0.16)
    return canvas.image


def _planks(canvas: Canvas, horizon: float, edge: float, wood: RGB) -> None:
    where = (0, round(horizon * canvas.unit), canvas.image.width, canvas.image.height)
    wide, tall = where[2], where[3] - where[1]
    grain = texture("wood", 512, 2).transpose(Image.Transpose.ROTATE_90)
    layer = cut(grain, wide // 2 + 1, tall * 3).resize((wide, tall), Image.Resampling.BILINEAR)
    part = canvas.image.crop(where)
    canvas.image.paste(ImageChops.add(part, Image.merge("RGB", (layer,) * 3), 1, -128), where[:2])
    for y in (horizon + 70, horizon + 172):
        canvas.flat(box(-5, y, edge + 5, y + 2.2), darker(wood, 0.55), 0.55)


@lru_cache(maxsize=40)
def plinth(tone: str, width: int, height: int, seed: int) -> Image.Image:
    """Give blocks and an arch of one colour, as a still life's stage; the top is at y = 760."""
    rng = np.random.default_rng(seed)
    base = rgb(TONES.get(tone, tone))
    deep = mix(
        base,
        ((176, 128, 104), (132, 142, 122), (146, 150, 160), (186, 152, 112))[int(rng.integers(0, 4))],
        0.5,
    )
    edge = width / height * 1000
    canvas = Canvas(paper("#{:02x}{:02x}{:02x}".format(*mix(base, deep, 0.25)), width, height).copy())
    cx = edge / 2
    if rng.random() < 0.6:
        disc = ellipse(cx + float(rng.uniform(-150, 150)), 400, 300)
        canvas.gradient(disc, lighter(deep, 0.22), deep, (cx - 300, 100), (cx + 300, 700))
    else:
        x = cx + float(rng.choice((-1, 1))) * float(rng.uniform(60, 170))
        arch = np.concatenate(
            (ellipse(x, 340, 230, n=80)[40:], np.array(((x + 230, 790.0), (x - 230, 790.0))))
        )
        canvas.gradient(arch, darker(deep, 0.2), lighter(deep, 0.12), (x - 230, 300), (x + 230, 500))
        canvas.shadow(box(x - 215, 180, x - 180, 780), blur=26, strength=0.2)
    front = lighter(deep, 0.30)
    side = float(rng.choice((-1, 1)))
    block = box(cx + side * 300 - 130, 620, cx + side * 300 + 130, 860)
    canvas.cast(block, 860, strength=0.28)
    canvas.gradient(block, lighter(deep, 0.2), darker(deep, 0.08), (cx - 400, 600), (cx + 400, 860))
    canvas.gradient(
        poly((block[0, 0], 620), (block[1, 0], 620), (block[1, 0] - 26, 590), (block[0, 0] + 26, 590)),
        lighter(deep, 0.45),
        lighter(deep, 0.28),
        (cx - 300, 600),
        (cx + 300, 620),
    )
    stage = box(cx - 330, 790, cx + 330, 940)
    canvas.cast(stage, 935, lean=0.5, strength=0.3)
    canvas.gradient(stage, front, darker(deep, 0.05), (cx - 330, 800), (cx + 330, 930))
    face = poly((cx - 330, 792), (cx + 330, 792), (cx + 285, 715), (cx - 285, 715))
    canvas.gradient(face, lighter(deep, 0.55), lighter(deep, 0.36), (cx - 300, 720), (cx + 300, 790))
    return canvas.image
