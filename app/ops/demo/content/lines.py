"""The forty kinds of things the demo shop sells: words, materials, sizes, prices."""

from __future__ import annotations

from dataclasses import dataclass

from app.ops.demo.content.language import Text, five

Words = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of thing. `price` is a range in EUR, `weight` in grams, VAT included."""

    kind: str
    path: str
    type_code: str
    plural: Text
    noun: Text
    purpose: Text
    materials: tuple[str, ...]
    palette: str
    price: tuple[int, int]
    weight: tuple[int, int]
    sizes: tuple[str, ...] = ()


LINES: dict[str, Line] = {}
LETTERS = ("S", "M", "L", "XL")
FEET = ("37", "38", "39", "40", "41", "42", "43", "44", "45")


def add_line(
    kind: str,
    path: str,
    type_code: str,
    plural: Words,
    noun: Words,
    purpose: Words,
    materials: str,
    palette: str,
    price: tuple[int, int],
    weight: tuple[int, int],
    sizes: tuple[str, ...] = (),
) -> None:
    """Add one kind of thing under its name in the studio."""
    LINES[kind] = Line(
        kind, path, type_code, five(*plural), five(*noun), five(*purpose), tuple(materials.split()), palette,
        price, weight, sizes,
    )  # fmt: skip
