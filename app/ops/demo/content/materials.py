"""Materials: the words that follow a noun, how they feel, how to care for them, how they look.

Each phrase brings its own preposition ("en laiton brossé", "aus gebürstetem Messing"), so that
it can follow any noun without agreeing with it.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.ops.demo.content.language import Text, five


@dataclass(frozen=True, slots=True)
class Material:
    """A material with its texts and its look in pictures."""

    code: str
    labels: Text
    phrases: Text
    feels: Text
    care: str
    finishes: tuple[str, ...]
    palette: str = ""
    factor: float = 1.0


MATERIALS: dict[str, Material] = {}


def add_material(
    code: str,
    finishes: str,
    care: str,
    factor: float,
    palette: str,
    labels: tuple[str, ...],
    phrases: tuple[str, ...],
    feels: tuple[str, ...],
) -> None:
    MATERIALS[code] = Material(
        code, five(*labels), five(*phrases), five(*feels), care, tuple(finishes.split()), palette, factor
    )
