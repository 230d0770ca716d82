"""The kinds of things the studio can draw, and how each is framed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from app.ops.demo.art.canvas import Canvas
from app.ops.demo.art.colour import RGB, rgb
from app.ops.demo.art.spec import PictureSpec


@dataclass(slots=True)
class Style:
    """The choices a drawing function works with; ``dice`` is the same for every view of a product."""

    colour: RGB
    accent: RGB
    finish: str
    dice: Random
    seed: int
    view: int = 0


Draw = Callable[[Canvas, Style], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A drawing function and its framing; its origin is the foot (standing) or the middle (laid)."""

    name: str
    draw: Draw
    scale: float = 1.0
    base: float = 845.0
    detail: tuple[float, float, float] = (0.0, -420.0, 2.1)
    laid: bool = False
    hangs: bool = False
    room_scale: float = 0.86
    scenes: tuple[str, ...] = field(default=("room", "plinth"))


KINDS: dict[str, Kind] = {}


def kind(name: str, **framing: object) -> Callable[[Draw], Draw]:
    """Register a drawing function under a name."""

    def register(draw: Draw) -> Draw:
        KINDS[name] = Kind(name=name, draw=draw, **framing)  # type: ignore[arg-type]
        return draw

    return register


def style_of(spec: PictureSpec) -> Style:
    """Turn a spec into the choices for one drawing."""
    return Style(
        rgb(spec.colour),
        rgb(spec.accent),
        spec.finish,
        Random(f"{spec.kind}:{spec.seed}"),
        spec.seed,
        spec.view,
    )
