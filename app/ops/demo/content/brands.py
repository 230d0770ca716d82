"""Invented makers, and invented names for what they make."""

from __future__ import annotations

BRANDS: dict[str, tuple[str, ...]] = {
    "home": ("Atelier Nord", "Fjord & Fils", "Maison Lumen", "Terre Brune", "Studio Haller", "Oda Werk"),
    "wear": ("Lindqvist", "Marais & Co", "Noor Knit", "Vester", "Casa Ribera", "Halm"),
    "tech": ("Kanto Audio", "Stille", "Openbench", "Nuvo Labs", "Parallel", "Fram"),
}

_HEADS = (
    "Ha", "Bru", "Lo", "Mare", "No", "Os", "Ti", "Ve", "Kal", "Fen", "Sol", "Ar", "Il", "Bo", "Da", "Er",
    "Gra", "Ju", "Lin", "Mo", "Ny", "Pe", "Ros", "Su",
)  # fmt: skip
_TAILS = (
    "lden", "mel", "ra", "vik", "stad", "lin", "da", "ne", "sby", "mont", "wen", "ter", "lo", "mar", "is",
    "dal", "rup", "berg", "sa", "tis", "no", "ven", "gen", "ria",
)  # fmt: skip


def series(number: int) -> str:
    """A name for a series: "Halden", "Lovik"; after 576 of them with a number."""
    count = len(_HEADS) * len(_TAILS)
    place = (number * 205) % count
    name = _HEADS[place % len(_HEADS)] + _TAILS[place // len(_HEADS)]
    return name if number < count else f"{name} {number // count + 1}"
