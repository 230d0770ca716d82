"""Files that people send: good ones, and ones made to hurt."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image


def picture(width: int = 800, height: int = 600, mode: str = "RGB", seed: int = 0) -> Image.Image:
    """A gradient, different for each seed."""
    across = Image.linear_gradient("L").rotate(90 + seed).resize((width, height))
    down = Image.linear_gradient("L").resize((width, height))
    flat = Image.new("L", (width, height), (seed * 37) % 256)
    made = Image.merge("RGB", (across, down, flat))
    return made.convert(mode)


def as_bytes(made: Image.Image, kind: str = "PNG", **more: Any) -> bytes:
    out = BytesIO()
    made.save(out, kind, **more)
    return out.getvalue()


def turned_photo() -> bytes:
    """A JPEG as a phone writes it: lying on its side, with place and camera in its metadata."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn 90° clockwise
    exif[0x010F] = "Secret Camera"
    exif.get_ifd(0x8825)[1] = "N"
    return as_bytes(picture(800, 400), "JPEG", exif=exif)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that claim to be as large as a house."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def png_with_text_bomb() -> bytes:
    """A picture whose comment unpacks to a hundred megabytes."""
    whole = as_bytes(picture(64, 64))
    bomb = chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(b"A" * 100_000_000))
    return whole[:33] + bomb + whole[33:]


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
