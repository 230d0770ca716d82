"""Set up one picture: backdrop, framing, props, light; then hand the canvas to the kind."""

from __future__ import annotations

from random import Random

from PIL import Image, ImageOps

from app.ops.demo.art import backdrop, kinds
from app.ops.demo.art.canvas import Canvas
from app.ops.demo.art.colour import mix, rgb
from app.ops.demo.art.props import dress, rug
from app.ops.demo.art.registry import KINDS, Kind, style_of
from app.ops.demo.art.spec import TONES, PictureSpec

__all__ = ["draw", "kinds"]


def draw(spec: PictureSpec, size: int = 1200) -> Image.Image:
    """Draw one square picture, ``size`` pixels wide, as an RGB image.

    Raises:
        KeyError: the kind is unknown.
    """
    which = KINDS[spec.kind]
    turn = Random(f"light:{spec.kind}:{spec.seed}")
    mirrored = turn.random() < 0.3
    if spec.view == 1:
        image = _close(which, spec, size)
    elif spec.view == 2:
        image = _scene(which, spec, size)
    else:
        image = _front(which, spec, size)
    return ImageOps.mirror(image) if mirrored else image


def _front(which: Kind, spec: PictureSpec, size: int) -> Image.Image:
    canvas = Canvas(backdrop.paper(spec.tone, size, size, which.laid).copy())
    place(canvas, which, spec, 500, 500 if which.laid else which.base, which.scale)
    return canvas.image


def _close(which: Kind, spec: PictureSpec, size: int) -> Image.Image:
    x, y, zoom = which.detail
    shade = "#{:02x}{:02x}{:02x}".format(*mix(TONES.get(spec.tone, spec.tone), rgb(spec.colour), 0.10))
    canvas = Canvas(backdrop.paper(shade, size, size, which.laid).copy())
    place(
        canvas, which, spec, 500 - x * zoom, 520 - y * zoom, zoom * which.scale, -0.10 if which.laid else 0.0
    )
    return canvas.image


def _scene(which: Kind, spec: PictureSpec, size: int) -> Image.Image:
    dice = Random(f"scene:{spec.kind}:{spec.seed}")
    name = dice.choice(which.scenes)
    number = dice.randrange(12)
    if name == "flat":
        canvas = Canvas(backdrop.paper(spec.tone, size, size, True).copy())
        dress(canvas, "flat", dice, spec)
        place(canvas, which, spec, 500, 500, which.scale * 0.8, dice.uniform(-0.12, 0.12))
        return canvas.image
    if name == "plinth":
        canvas = Canvas(backdrop.plinth(spec.tone, size, size, number).copy())
        place(canvas, which, spec, 500, 90 if which.hangs else 762, which.scale * which.room_scale)
        return canvas.image
    if name == "floor":
        canvas = Canvas(backdrop.room(spec.tone, size, size, number, 660.0).copy())
        rug(canvas, dice, spec)
        place(canvas, which, spec, 500 + dice.uniform(-50, 50), 885, which.scale * which.room_scale)
        return canvas.image
    canvas = Canvas(backdrop.room(spec.tone, size, size, number).copy())
    dress(canvas, "room", dice, spec)
    place(
        canvas,
        which,
        spec,
        500 + dice.uniform(-60, 60),
        which.base - 60 if which.hangs else 820,
        which.scale * which.room_scale,
    )
    return canvas.image


def place(
    canvas: Canvas, which: Kind, spec: PictureSpec, x: float, y: float, scale: float, turn: float = 0.0
) -> None:
    """Draw an object at a spot of a canvas."""
    with canvas.at(x, y, scale, turn):
        which.draw(canvas, style_of(spec))
