"""Why a file cannot be imported at all. Single rows that are wrong are reported, not raised."""

from __future__ import annotations

from app.core.errors import Invalid
from app.core.i18n import _l


class UnreadableFile(Invalid):
    """The file is not what its format promises."""

    code, field = "unreadable_file", "file"
    message = _l("This file cannot be read: %(reason)s")


class UnknownFormat(Invalid):
    """There is no reader of this name."""

    code, field = "unknown_format", "format"
    message = _l("There is no such format.")
