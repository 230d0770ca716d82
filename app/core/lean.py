"""Keeps out of memory what libraries load just in case.

A library that can do without a package asks for it in a `try`. Where the shop never uses that side of the library,
the package costs every process megabytes for nothing: the answer is then "not installed", for as long as the
library is being loaded.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(*packages: str) -> Iterator[None]:
    """Import inside of it as if these packages were not installed; those already loaded stay."""
    absent = [name for name in packages if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


def import_libraries() -> None:
    """Load the libraries with such sides, before anybody else does: 10 MB less in each process."""
    with without("rich", "pygments"):  # coloured tracebacks; logs are JSON
        import structlog  # noqa: F401
    with without("requests", "websocket", "aiohttp"):  # Socket.IO's client; the shop is the server
        import socketio  # noqa: F401
