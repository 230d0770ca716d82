"""Files of conversations: checked by what they hold, pictures made anew without what cameras write into them."""

from __future__ import annotations

from typing import Any

from app.media import processing
from app.media.rules import safe_filename
from app.media.settings import MediaSettings
from app.support.chat import rules
from app.support.chat.operations.conversing import Upload

LIMITS = MediaSettings(most_megabytes=rules.MOST_FILE_MEGABYTES, most_megapixels=40, least_side=1)
TYPES = {"pdf": "application/pdf", "webp": "image/webp"}
"""What is kept and how it is sent. Pictures are kept as WebP, whatever they came as."""


def read(data: bytes, name: Any) -> Upload:
    """Check a file: a picture or a PDF of at most five megabytes.

    Raises:
        FileTooLarge, FileNotAllowed; for pictures what `app.media` refuses (damaged, too many pixels, moving).
    """
    kind = rules.file_kind(data)
    given = safe_filename(name if isinstance(name, str) else "") or "file"
    stem = given.rsplit(".", 1)[0][:80] or "file"
    if kind == "pdf":
        return Upload(f"{stem}.pdf", "pdf", data)
    picture = processing.read(data, LIMITS)
    pixels = picture.pixels
    pixels.thumbnail((2400, 2400))
    return Upload(f"{stem}.webp", "webp", processing.encode(pixels, "webp"))
