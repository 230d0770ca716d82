"""A small photographic studio: `draw(spec)` gives a finished picture of one invented product."""

from app.ops.demo.art.spec import TONES, VIEWS, PictureSpec

__all__ = ["TONES", "VIEWS", "PictureSpec"]
