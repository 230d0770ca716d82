"""Background work of pictures: AVIF files, and sweeping up."""

from __future__ import annotations

import time
from typing import Any

from app.core import settings
from app.core.db import db
from app.media import operations
from app.media.settings import MediaSettings

SECONDS = 25.0
"""How long one run may encode; the next run goes on where this one stopped."""
AT_ONCE = 4


def add_avif(progress: Any) -> dict[str, int]:
    """Encode AVIF files of pictures that have none yet. Running it again goes on or does nothing."""
    done, until = 0, time.monotonic() + SECONDS
    while settings.get(db.session, MediaSettings).makes_avif and time.monotonic() < until:
        waiting = operations.without_avif(db.session, AT_ONCE)
        made = operations.add_formats(db.session, image_ids=waiting)
        done += made
        progress.step(done)
        if made < AT_ONCE or progress.others_wait():
            break
    return {"encoded": done}


def remove_orphans(progress: Any) -> dict[str, int]:
    """Remove files without a row and pictures that nobody uses. Running it again finds nothing."""
    return operations.remove_orphans(db.session)
