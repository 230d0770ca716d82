"""What happens to pictures."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.event import Event


@dataclass(frozen=True, slots=True)
class ImageStored(Event):
    """A picture and its first renditions are on disk and in the database."""

    image_id: int


@dataclass(frozen=True, slots=True)
class ImagesChanged(Event):
    """Pictures have another text, or exist in more formats than before."""

    image_ids: tuple[int, ...]
