"""A picture's name, type and content agree, and it stays the kind that it was where that is one we make anew."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from app.media import processing
from app.support.tickets import files
from app.support.tickets.files import Checked, Sent


def picture(kind: str, mode: str = "RGB") -> bytes:
    """A small picture with words hidden in it."""
    out, hidden = BytesIO(), PngImagePlugin.PngInfo()
    hidden.add_text("Comment", "hidden-words")
    words = Image.Exif()
    words[0x010E] = "hidden-words"
    more = {"pnginfo": hidden} if kind == "PNG" else {"exif": words} if kind == "WEBP" else {}
    Image.new(mode, (30, 20), (255, 0, 0, 90) if mode == "RGBA" else "red").save(out, kind, **more)
    return out.getvalue()


def kept(name: str, data: bytes) -> Checked:
    """The one file, as it is kept."""
    (file,) = files.check([Sent(name, data)])
    return file


@pytest.mark.parametrize(
    ("kind", "mode", "name", "expected"),
    [("PNG", "RGB", "lamp.png", "lamp.png"), ("PNG", "RGBA", "lamp.png", "lamp.png"), ("PNG", "P", "lamp.jpg", "lamp.png"),
     ("JPEG", "RGB", "lamp.jpeg", "lamp.jpg"), ("JPEG", "RGB", "lamp.png", "lamp.jpg"), ("WEBP", "RGBA", "lamp.webp", "lamp.webp"),
     ("WEBP", "RGB", "lamp.webp", "lamp.webp"), ("AVIF", "RGB", "lamp.avif", "lamp.jpg"), ("AVIF", "RGBA", "lamp.avif", "lamp.webp")],
)  # fmt: skip
def test_name_type_and_content_agree(kind: str, mode: str, name: str, expected: str) -> None:
    file = kept(name, picture(kind, mode))
    held = {"png": "png", "jpg": "jpeg", "webp": "webp"}[expected.rsplit(".", 1)[1]]
    assert (file.filename, file.content_type) == (expected, f"image/{held}")
    assert processing.kind_of(file.data) == held and b"hidden-words" not in file.data


def test_a_png_that_grows_too_much_becomes_a_smaller_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    data, made = picture("PNG"), processing.encode

    def grown(pixels: Image.Image, name: str) -> bytes:
        return made(pixels, name) + (b"\x00" * 10_000_000 if name == "png" else b"")

    monkeypatch.setattr(processing, "encode", grown)
    file = kept("lamp.png", data)
    assert (file.filename, file.content_type) == ("lamp.jpg", "image/jpeg") and len(file.data) < 10_000
