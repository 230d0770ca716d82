"""Why a file cannot be imported at all. Single rows that are wrong are reported, not raised."""

from __future__ import annotations

from app.core.admin.imports.files import UnreadableFile
from app.core.errors import Invalid
from app.core.i18n import _l

__all__ = ["UnknownFormat", "UnreadableFile"]


class UnknownFormat(Invalid):
    """There is no reader of this name."""

    code, field = "unknown_format", "format"
    message = _l("There is no such format.")
