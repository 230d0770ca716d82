"""What a picture shows, as a value; importing it costs nothing (no Pillow, no numpy)."""

from __future__ import annotations

from dataclasses import dataclass, replace

VIEWS = 3
"""Views every kind can be drawn in: 0 studio front, 1 close-up, 2 in a room."""

TONES: dict[str, str] = {
    "linen": "#ece5da",
    "oat": "#e6dccb",
    "chalk": "#f0eeea",
    "pearl": "#e3e2df",
    "mist": "#dfe4e6",
    "sky": "#d7e0e6",
    "sage": "#d9dfd2",
    "blush": "#ecdcd4",
    "clay": "#e2cbbb",
    "butter": "#efe4c6",
    "lilac": "#e0dbe4",
    "stone": "#d3cfc8",
}
"""Background papers by name."""


@dataclass(frozen=True, slots=True)
class PictureSpec:
    """One picture; equal specs give equal pixels.

    ``seed`` chooses the shape and the arrangement, so the colour variants of a product share it.
    """

    kind: str
    colour: str = "#c9b79c"
    accent: str = "#9a7650"
    finish: str = "matte"
    seed: int = 0
    view: int = 0
    tone: str = "linen"

    @property
    def key(self) -> str:
        """Name the picture for a file or a cache: same key, same pixels."""
        parts = (self.kind, self.colour, self.accent, self.finish, str(self.seed), str(self.view), self.tone)
        return "-".join(parts).replace("#", "")

    def seen(self, view: int, tone: str | None = None) -> PictureSpec:
        """Give the same object in another view, on another paper if asked."""
        return replace(self, view=view, tone=tone or self.tone)
