"""Reads pictures that strangers send, and makes renditions of them: bytes in, bytes out.

The type is decided by content, never by name; size is checked before a pixel is decoded; what comes
out is newly encoded, so that no metadata (place, camera, hidden payload) survives.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from app.media.errors import (
    BrokenPicture,
    NotAPicture,
    PictureMoves,
    PictureTooHeavy,
    PictureTooLarge,
    PictureTooSmall,
)
from app.media.rules import FALLBACK_WIDTH, WIDTHS, widths_for
from app.media.settings import MediaSettings

READERS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "avif": "AVIF"}
NARROWEST = 40
"""A picture more than this many times longer than wide is a strip, not a picture."""
DAMAGE = (
    OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, struct.error,
    zlib.error, MemoryError, RuntimeError,
)  # fmt: skip
"""What Pillow raises on files that were made to hurt it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A checked picture, upright, in sRGB, without metadata. `kind` is what it was sent as."""

    pixels: Image.Image
    kind: str
    key: str
    sha256: str
    size: int
    colour: str

    @property
    def has_alpha(self) -> bool:
        """True when parts of it are see-through."""
        return self.pixels.mode == "RGBA"


def kind_of(data: bytes) -> str | None:
    """The kind of a picture by its first bytes, or None for anything the shop does not take."""
    if data[:3] == b"\xff\xd8\xff":
        return "jpeg"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:12] in (b"ftypavif", b"ftypavis"):
        return "avif"
    return None


def read(data: bytes, limits: MediaSettings) -> Picture:
    """Check a file and decode it.

    Raises:
        PictureTooHeavy, NotAPicture, PictureTooLarge, PictureTooSmall, PictureMoves, BrokenPicture.
    """
    if len(data) > limits.most_megabytes * 1_000_000:
        raise PictureTooHeavy(most=limits.most_megabytes)
    kind = kind_of(data)
    if kind is None:
        raise NotAPicture()
    try:
        with Image.open(BytesIO(data), formats=(READERS[kind],)) as opened:
            _check_size(opened, limits)
            if getattr(opened, "n_frames", 1) > 1:
                raise PictureMoves()
            pixels = upright(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise PictureTooLarge(most=limits.most_megapixels) from bomb
    except UnidentifiedImageError as unknown:
        raise BrokenPicture() from unknown
    except DAMAGE as damage:
        raise BrokenPicture() from damage
    digest = hashlib.sha256(data).hexdigest()
    return Picture(pixels, kind, digest[:24], digest, len(data), average_colour(pixels))


def _check_size(opened: Image.Image, limits: MediaSettings) -> None:
    """Before anything is decoded: a small file may claim to be as large as a house."""
    width, height = opened.size
    if width * height > limits.most_megapixels * 1_000_000:
        raise PictureTooLarge(most=limits.most_megapixels)
    if min(width, height) < limits.least_side or max(width, height) > NARROWEST * min(width, height):
        raise PictureTooSmall(least=limits.least_side)


def upright(opened: Image.Image) -> Image.Image:
    """The pixels alone: turned as the camera was held, in sRGB, with or without transparency."""
    opened.load()
    turned = ImageOps.exif_transpose(opened)
    has_alpha = "A" in turned.getbands() or "transparency" in turned.info
    coloured = _to_srgb(turned, has_alpha)
    plain = Image.new(coloured.mode, coloured.size)
    plain.paste(coloured)
    return plain


def _to_srgb(picture: Image.Image, has_alpha: bool) -> Image.Image:
    mode = "RGBA" if has_alpha else "RGB"
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "RGBA", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            done = ImageCms.profileToProfile(picture, source, target, outputMode=mode)
            if done is not None:
                return done
        except (ImageCms.PyCMSError, *DAMAGE):
            return picture.convert(mode)  # a wrong profile: the numbers are taken as sRGB
    return picture.convert(mode)


def average_colour(pixels: Image.Image) -> str:
    """One colour that stands for the picture until it is loaded, as #rrggbb."""
    red, green, blue = pixels.convert("RGB").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))  # type: ignore[misc]
    return f"#{red:02x}{green:02x}{blue:02x}"


def drawn(picture: Image.Image | bytes) -> Picture:
    """A picture that we drew ourselves: no stranger's file, so no checks."""
    if isinstance(picture, bytes):
        with Image.open(BytesIO(picture)) as opened:
            pixels = upright(opened)
        digest, size = hashlib.sha256(picture).hexdigest(), len(picture)
    else:
        pixels = picture if picture.mode in ("RGB", "RGBA") else picture.convert("RGB")
        raw = pixels.tobytes()
        digest, size = hashlib.sha256(f"{pixels.mode}{pixels.size}".encode() + raw).hexdigest(), len(raw)
    return Picture(pixels, "drawn", digest[:24], digest, size, average_colour(pixels))


def render(
    pixels: Image.Image, formats: Sequence[str], quick: bool = False, widths: Sequence[int] = WIDTHS
) -> dict[str, dict[int, bytes]]:
    """Encode a picture: {format: {width: bytes}}. The fallback format gets one width only.

    `quick` trades some bytes for speed; used for the demo's thousands of pictures.
    """
    wanted = widths_for(pixels.width, widths)
    made: dict[str, dict[int, bytes]] = {name: {} for name in formats}
    for width, small in _shrunk(pixels, wanted).items():
        for name in formats:
            if name != "jpg" or width == fallback_of(wanted):
                made[name][width] = encode(small, name, quick, largest=width == wanted[-1])
    return made


def _shrunk(pixels: Image.Image, widths: Sequence[int]) -> dict[int, Image.Image]:
    """Each width from the next larger one: one pass over the large picture, not five."""
    found: dict[int, Image.Image] = {}
    source = pixels
    for width in sorted(widths, reverse=True):
        height = max(1, round(pixels.height * width / pixels.width))
        if (width, height) != source.size:
            source = source.resize((width, height), Image.Resampling.LANCZOS)
        found[width] = source
    return found


def fallback_of(widths: Sequence[int]) -> int:
    """The width that old programs and mails get."""
    return min(widths, key=lambda width: abs(width - FALLBACK_WIDTH))


def encode(pixels: Image.Image, name: str, quick: bool = False, largest: bool = False) -> bytes:
    """One file. The largest WebP keeps more detail: later formats are made from it."""
    out = BytesIO()
    if name == "webp":
        pixels.save(out, "WEBP", quality=88 if largest else 80, method=1 if quick else 4)
    elif name == "avif":
        pixels.save(out, "AVIF", quality=60, speed=9 if quick else 7)
    elif name == "jpg":
        _on_white(pixels).save(out, "JPEG", quality=82, optimize=True, progressive=True)
    elif name == "png":
        pixels.save(out, "PNG")
    else:
        raise ValueError(name)
    return out.getvalue()


def _on_white(pixels: Image.Image) -> Image.Image:
    if pixels.mode != "RGBA":
        return pixels
    ground = Image.new("RGB", pixels.size, "white")
    ground.paste(pixels, mask=pixels.getchannel("A"))
    return ground


def widths_of(made: Mapping[str, Mapping[int, bytes]]) -> dict[str, list[int]]:
    """Which files were made, as the table keeps it."""
    return {name: sorted(files) for name, files in made.items()}
