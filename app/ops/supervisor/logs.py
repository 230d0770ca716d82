"""One log file per process, cut before it fills the disk."""

import shutil
from pathlib import Path

LARGEST_BYTES = 50 * 2**20


def cut_long_logs(folder: Path, largest: int = LARGEST_BYTES) -> list[str]:
    """Copy logs that grew too long to `<name>.1` and empty them; return the names.

    The writers hold the files open in append mode, so they go on at the new start.
    """
    cut = []
    for log in sorted(folder.glob("*.log")):
        if log.stat().st_size > largest:
            shutil.copyfile(log, log.with_name(log.name + ".1"))
            with log.open("r+b") as file:
                file.truncate(0)
            cut.append(log.name)
    return cut
