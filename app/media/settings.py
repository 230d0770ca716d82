"""What the shop takes as a picture, and how long it keeps those nobody uses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MediaSettings:
    """Limits of uploads. `unused_days` 0 keeps unused pictures for ever."""

    most_megabytes: int = 15
    most_megapixels: int = 50
    least_side: int = 16
    unused_days: int = 30
    makes_avif: bool = True
