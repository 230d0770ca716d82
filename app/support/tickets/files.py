"""What files people may send: pictures, newly encoded in their own format, and PDFs as they are; scanned where a scanner is named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from urllib.parse import urlsplit

import clamd
import structlog

from app.core import outbound
from app.core.errors import ShopError, Unavailable
from app.media import processing
from app.media.rules import MIME
from app.media.settings import MediaSettings
from app.support.tickets.errors import FileRefused, FileTooLarge, TooManyFiles
from app.support.tickets.rules import MOST_FILES

log = structlog.get_logger("support.files")
MOST_MEGABYTES = 10
LIMITS = replace(MediaSettings(), most_megabytes=MOST_MEGABYTES, least_side=1)
SCAN_SECONDS = 20.0
TYPES = {**MIME, "png": "image/png"}
"""How a picture is sent by its ending. PNG and WebP stay what they were, everything else becomes a JPEG (WebP when it is
see-through): name, type and content always agree."""
_scanner: list[str] = []


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as somebody sent it."""

    filename: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept. `state` is clean, unscanned (no scanner is named) or infected."""

    filename: str
    content_type: str
    data: bytes
    state: str = "unscanned"
    finding: str = ""


def configure(url: str | None) -> None:
    """Set the scanner: "tcp://host:3310" or "unix:///run/clamav/clamd.ctl"; None scans nothing."""
    _scanner[:] = [url] if url else []


def is_scanned() -> bool:
    """True where a scanner is named."""
    return bool(_scanner)


def plain_name(raw: str) -> str:
    """A name without path or anything a shell or header would take for its own."""
    return re.sub(r"[^\w .()-]", "_", raw.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .") or "file"


def name_of(raw: str, ending: str) -> str:
    """A plain name with the ending of its content."""
    return f"{plain_name(raw).rsplit('.', 1)[0][:80] or 'file'}.{ending}"


def check(sent: Sequence[Sent | Checked]) -> list[Checked]:
    """Look at files by their content; pictures lose everything but their pixels. Infected ones are kept shut away.

    Files that were checked before are scanned if they were not.

    Raises:
        TooManyFiles, FileTooLarge, FileRefused: naming the file. Unavailable: the scanner does not answer.
    """
    if len(sent) > MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    looked = [file if isinstance(file, Checked) else _checked(file) for file in sent]
    return [scanned(file) if file.state == "unscanned" else file for file in looked]


def _checked(file: Sent) -> Checked:
    shown = name_of(file.filename, "x").removesuffix(".x")
    if len(file.data) > MOST_MEGABYTES * 1_000_000:
        raise FileTooLarge(name=shown, most=MOST_MEGABYTES)
    if is_pdf(file.data):
        return Checked(name_of(file.filename, "pdf"), "application/pdf", file.data)
    if processing.kind_of(file.data) is None:
        raise FileRefused(name=shown)
    try:
        picture = processing.read(file.data, LIMITS)
    except ShopError as damage:
        raise FileRefused(name=shown) from damage
    other = "webp" if picture.has_alpha else "jpg"
    ending = picture.kind if picture.kind in ("png", "webp") else other
    made = processing.encode(picture.pixels, ending)
    if len(made) > MOST_MEGABYTES * 1_000_000:  # a drawing of few colours can grow when it is made anew
        ending, made = other, processing.encode(picture.pixels, other)
    return Checked(name_of(file.filename, ending), TYPES[ending], made)


def is_pdf(data: bytes) -> bool:
    """A PDF by its first and last bytes."""
    return data[:5] == b"%PDF-" and b"%%EOF" in data[-2048:]


def scanned(file: Checked) -> Checked:
    """The file with what the scanner says of it.

    Raises:
        Unavailable: a scanner is named and does not answer; nothing unscanned slips in then.
    """
    if not _scanner:
        return file
    parts = urlsplit(_scanner[0])
    try:
        if parts.scheme == "unix":
            line = clamd.ClamdUnixSocket(parts.path, timeout=SCAN_SECONDS)
        else:
            outbound.allow("clamd", parts.hostname or "", parts.port or 3310)
            line = clamd.ClamdNetworkSocket(parts.hostname, parts.port or 3310, timeout=SCAN_SECONDS)
        status, finding = line.instream(BytesIO(file.data))["stream"]
    except (clamd.ClamdError, OSError, KeyError, TypeError, ValueError) as trouble:
        log.warning("scanner silent", problem=repr(trouble)[:200])
        raise Unavailable() from trouble
    if status == "OK":
        return replace(file, state="clean")
    log.warning("file shut away", finding=str(finding)[:200])
    return replace(file, state="infected", finding=str(finding or status)[:200])
