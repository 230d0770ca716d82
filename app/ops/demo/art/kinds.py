"""Import every module that registers kinds."""

from app.ops.demo.art import accessories, audio, ceramics, electronics, garments, interior, lighting
from app.ops.demo.art.registry import KINDS

__all__ = ["KINDS", "accessories", "audio", "ceramics", "electronics", "garments", "interior", "lighting"]
