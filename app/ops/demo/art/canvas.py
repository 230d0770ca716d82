"""The studio: a canvas on which outlines become lit bodies with soft shadows.

All coordinates are in thousandths of the picture's height, in the frame set by ``at``. Edges
are drawn three times too large and averaged; light is computed small and enlarged, which
is what keeps a picture at a few hundredths of a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import cos, sin

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from app.ops.demo.art.colour import RGB, SHADOW, WARM_WHITE, ramp, rgb
from app.ops.demo.art.shapes import Points, ellipse
from app.ops.demo.art.texture import cut, field, soft, texture

OVER = 3
LIGHT = np.array((-0.52, -0.50, 0.69), dtype=np.float32)
SHADE_PIXELS = 220
Box = tuple[int, int, int, int]


class Canvas:
    """A picture in the making."""

    def __init__(self, image: Image.Image) -> None:
        self.image = image
        self.unit = image.height / 1000
        self.matrix = np.array(((self.unit, 0, 0), (0, self.unit, 0)), dtype=float)

    @contextmanager
    def at(self, x: float, y: float, scale: float = 1.0, turn: float = 0.0) -> Iterator[Canvas]:
        """Draw in a frame moved to (x, y), scaled and turned (radians)."""
        before = self.matrix
        inner = np.array(
            ((scale * cos(turn), -scale * sin(turn), x), (scale * sin(turn), scale * cos(turn), y), (0, 0, 1))
        )
        self.matrix = np.vstack((before, (0, 0, 1))) @ inner
        self.matrix = self.matrix[:2]
        try:
            yield self
        finally:
            self.matrix = before

    @property
    def zoom(self) -> float:
        """Pixels per unit in the present frame."""
        return float(np.hypot(self.matrix[0, 0], self.matrix[1, 0]))

    def pixels(self, points: Points) -> Points:
        """Move points from the present frame to pixels."""
        return points @ self.matrix[:, :2].T + self.matrix[:, 2]

    def mask(
        self, solids: Sequence[Points], holes: Sequence[Points] = (), within: Sequence[Points] = ()
    ) -> tuple[Box, Image.Image] | None:
        """Cover the union of outlines, less the holes, inside ``within``; None when out of sight."""
        shapes = [self.pixels(s) for s in solids]
        every = np.concatenate(shapes)
        x0, y0 = np.maximum(np.floor(every.min(0)) - 1, 0).astype(int)
        x1, y1 = np.minimum(np.ceil(every.max(0)) + 1, self.image.size).astype(int)
        if x1 - x0 < 1 or y1 - y0 < 1:
            return None
        out = self._cover(shapes, x0, y0, x1, y1, [self.pixels(h) for h in holes])
        if within:
            limit = self._cover([self.pixels(w) for w in within], x0, y0, x1, y1, [])
            out = ImageChops.multiply(out, limit)
        return (int(x0), int(y0), int(x1), int(y1)), out

    @staticmethod
    def _cover(solids: list[Points], x0: int, y0: int, x1: int, y1: int, holes: list[Points]) -> Image.Image:
        big = Image.new("L", ((x1 - x0) * OVER, (y1 - y0) * OVER))
        pen = ImageDraw.Draw(big)
        for fill, shapes in ((255, solids), (0, holes)):
            for shape in shapes:
                pen.polygon(((shape - (x0, y0)) * OVER).ravel().tolist(), fill=fill)
        return big.reduce(OVER)

    def flat(
        self,
        solids: Sequence[Points] | Points,
        colour: str | RGB,
        alpha: float = 1.0,
        holes: Sequence[Points] = (),
        within: Sequence[Points] = (),
        blur: float = 0.0,
    ) -> None:
        """Fill outlines with one colour, softened by ``blur``."""
        found = self.mask(_many(solids), holes, within if not blur else ())
        if found is None:
            return
        where, mask = found
        if blur:
            self._soft_fill(where, mask, rgb(colour), alpha, blur, within)
            return
        if alpha < 1:
            mask = mask.point([round(v * alpha) for v in range(256)])
        self.image.paste(rgb(colour), where, mask)

    def _soft_fill(
        self, where: Box, mask: Image.Image, colour: RGB, alpha: float, blur: float, within: Sequence[Points]
    ) -> None:
        radius = blur * self.zoom
        pad = int(radius * 2.5) + 2
        step = max(1, int(radius / 3))
        size = (mask.width + 2 * pad, mask.height + 2 * pad)
        small = Image.new("L", (-(-size[0] // step), -(-size[1] // step)))
        part = mask.resize((max(1, mask.width // step), max(1, mask.height // step)), Image.Resampling.BOX)
        small.paste(part, (pad // step, pad // step))
        small = small.filter(ImageFilter.GaussianBlur(radius / step)).point(
            [round(v * alpha) for v in range(256)]
        )
        left, top = where[0] - pad, where[1] - pad
        cover = small.resize((small.width * step, small.height * step), Image.Resampling.BILINEAR)
        if within:
            found = self.mask(within)
            if found is None:
                return
            limits, limit = found
            cover = ImageChops.multiply(
                cover.crop(tuple(a - b for a, b in zip(limits, (left, top, left, top), strict=True))), limit
            )
            left, top = limits[:2]
        self.image.paste(colour, (left, top), cover)

    def lit(
        self,
        where: Box,
        mask: Image.Image,
        shade: np.ndarray,
        colour: str | RGB,
        finish: str,
        grain: str | None = None,
        alpha: float = 1.0,
    ) -> None:
        """Colour a light field (0 to 1, any size) by a material and lay it under the mask."""
        level = Image.fromarray(np.clip(shade * 255, 0, 255).astype(np.uint8))
        if level.size != mask.size:
            level = level.resize(mask.size, Image.Resampling.BICUBIC)
        if grain:
            tile = texture(grain, 512, max(2, round(4 * self.zoom)))
            level = ImageChops.add(level, cut(tile, *mask.size, where[0], where[1]), 1, -128)
        red, green, blue = ramp(rgb(colour), finish)
        body = Image.merge("RGB", (level.point(red), level.point(green), level.point(blue)))
        if alpha < 1:
            mask = mask.point([round(v * alpha) for v in range(256)])
        self.image.paste(body, where[:2], mask)

    def puff(
        self,
        solids: Sequence[Points] | Points,
        colour: str | RGB,
        finish: str = "matte",
        *,
        edge: float = 30.0,
        depth: float = 1.0,
        folds: float = 0.0,
        hills: tuple[int, int] = (5, 4),
        seed: int = 0,
        grain: str | None = None,
        level: float = 0.0,
        holes: Sequence[Points] = (),
        within: Sequence[Points] = (),
        alpha: float = 1.0,
    ) -> None:
        """Fill outlines with a body that rounds off over ``edge``, folded like cloth if asked."""
        found = self.mask(_many(solids), holes, within)
        if found is None:
            return
        where, mask = found
        step = max(1.0, max(mask.size) / SHADE_PIXELS)
        size = (max(3, round(mask.width / step)), max(3, round(mask.height / step)))
        radius = max(1.0, edge * self.zoom / step)
        pad = int(radius * 2) + 2
        flat = np.asarray(mask.resize(size, Image.Resampling.BOX), dtype=np.float32) / 255
        flat = np.pad(flat, pad)
        height = (soft(flat, radius * 0.22) * 0.30 + soft(flat, radius * 0.5) * 0.8) * radius * 1.7 * depth
        if folds:
            rng = np.random.default_rng(abs(int(seed)))
            grown = flat.shape[1], flat.shape[0]
            height += field(rng, *hills, *grown) * folds * self.zoom / step * 6
            height += field(rng, hills[0] * 2, hills[1] * 2, *grown) * folds * self.zoom / step * 2.2
        gy, gx = np.gradient(height)
        bright = (LIGHT[2] - gx * LIGHT[0] - gy * LIGHT[1]) / np.sqrt(1 + gx**2 + gy**2)
        inner = bright[pad:-pad, pad:-pad]
        slope = np.linspace(0.03, -0.05, inner.shape[0], dtype=np.float32)[:, None]
        self.lit(where, mask, 0.08 + inner * 0.94 + slope + level, colour, finish, grain, alpha)

    def gradient(
        self,
        solids: Sequence[Points] | Points,
        first: str | RGB,
        second: str | RGB,
        start: tuple[float, float],
        end: tuple[float, float],
        *,
        alpha: float = 1.0,
        holes: Sequence[Points] = (),
        within: Sequence[Points] = (),
        grain: str | None = None,
    ) -> None:
        """Fill outlines with a straight gradient between two points."""
        found = self.mask(_many(solids), holes, within)
        if found is None:
            return
        where, mask = found
        a, b = self.pixels(np.array((start, end), dtype=float))
        way = (b - a) / max(1e-6, float((b - a) @ (b - a)))
        x = (np.arange(where[0], where[2], dtype=np.float32) - a[0]) * way[0]
        y = (np.arange(where[1], where[3], dtype=np.float32) - a[1]) * way[1]
        share = np.clip((x[None, :] + y[:, None]) * 255, 0, 255).astype(np.uint8)
        level = Image.fromarray(share)
        if grain:
            tile = texture(grain, 512, max(2, round(4 * self.zoom)))
            level = ImageChops.add(level, cut(tile, *mask.size, where[0], where[1]), 1, -128)
        low, high = rgb(first), rgb(second)
        tables = [[round(p + (q - p) * v / 255) for v in range(256)] for p, q in zip(low, high, strict=True)]
        if alpha < 1:
            mask = mask.point([round(v * alpha) for v in range(256)])
        self.image.paste(Image.merge("RGB", [level.point(t) for t in tables]), where[:2], mask)

    def shadow(
        self,
        solids: Sequence[Points] | Points,
        blur: float = 22.0,
        strength: float = 0.4,
        colour: RGB = SHADOW,
    ) -> None:
        """Darken what lies under outlines, softly."""
        self.flat(solids, colour, strength, blur=blur)

    def cast(
        self, solids: Sequence[Points] | Points, base: float = 0.0, lean: float = 0.62, strength: float = 0.3
    ) -> None:
        """Lay the shadow of standing outlines on the ground, to the right and back."""
        down = []
        for shape in _many(solids):
            high = base - shape[:, 1]
            down.append(np.column_stack((shape[:, 0] + high * lean, base - high * 0.13)))
        self.flat(down, SHADOW, strength * 0.75, blur=26)
        self.flat(down, SHADOW, strength * 0.4, blur=9)

    def contact(
        self, x: float, y: float, width: float, strength: float = 0.55, height: float | None = None
    ) -> None:
        """Anchor a body to the ground by the thin dark line under it."""
        tall = width * 0.16 if height is None else height
        self.flat(ellipse(x + width * 0.05, y, width * 0.54, tall), SHADOW, strength * 0.65, blur=14)
        self.flat(ellipse(x + width * 0.02, y, width * 0.49, tall * 0.8), SHADOW, strength, blur=4)

    def shine(
        self,
        solids: Sequence[Points] | Points,
        alpha: float = 0.5,
        blur: float = 5.0,
        within: Sequence[Points] = (),
    ) -> None:
        """Put the soft reflection of a lamp on a body."""
        self.flat(solids, WARM_WHITE, alpha, blur=blur, within=within)


def _many(solids: Sequence[Points] | Points) -> list[Points]:
    return [solids] if isinstance(solids, np.ndarray) else list(solids)
