"""Fetches the day's reference rates from the European Central Bank, through the one gate outside."""

from __future__ import annotations

from urllib.parse import urlsplit

from app.core import outbound
from app.core.errors import Unavailable
from app.regions.rules import MAX_FILE


def fetch(address: str) -> bytes:
    """The file behind an address, at most 5 MB.

    Raises:
        Unavailable: no connection, no answer in time, or an answer that is none.
    """
    import requests  # not before somebody fetches: a web worker never does, and it is 5 MB

    parts = urlsplit(address)
    host, secure = parts.hostname or "", parts.scheme == "https"
    outbound.allow("exchange rates", host, parts.port or (443 if secure else 80))
    try:
        with requests.get(
            address, timeout=outbound.TIMEOUT_SECONDS, stream=True, allow_redirects=False
        ) as answer:
            if answer.status_code != 200:
                raise Unavailable()
            data = answer.raw.read(MAX_FILE + 1, decode_content=True)
    except requests.RequestException as lost:
        raise Unavailable() from lost
    if len(data) > MAX_FILE:
        raise Unavailable()
    return bytes(data)
