"""Pages travel in gzip: a front page of 50 KB arrives as 9, which on a slow phone is a third of a second.

A layer around the kept pages, since each visitor's copy differs by nonce and token. It packs whole answers of text
only; files, streams and answers that are packed already pass untouched. Behind nginx it never runs: nginx asks for
plain pages and packs them itself (deploy/nginx.conf).
"""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Callable, Iterable
from typing import Any

KINDS = ("text/html", "application/json", "application/problem+json", "application/xml", "text/plain")
LEAST = 1_200
"""Smaller answers fit into one packet anyway."""
LEVEL = 3
"""0.2 ms for 50 KB; level 6 takes twice as long for a tenth less."""

StartResponse = Callable[..., Any]
Headers = list[tuple[str, str]]


def gzipped(body: bytes) -> bytes:
    """The body as a gzip file with a name of random length.

    The name hides how well the rest was packed: else somebody who can have a page show words of his choice, and
    sees the sizes, could guess the token beside them (BREACH).
    """
    name = secrets.token_hex(secrets.randbelow(48) + 1).encode()
    machine = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    end = zlib.crc32(body).to_bytes(4, "little") + (len(body) & 0xFFFFFFFF).to_bytes(4, "little")
    head = b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + name + b"\0"
    return head + machine.compress(body) + machine.flush() + end


def accepts(environ: dict[str, Any]) -> bool:
    """Whether the visitor reads gzip. A weight of nought is a no."""
    for part in environ.get("HTTP_ACCEPT_ENCODING", "").lower().split(","):
        name, _, weight = part.strip().partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def is_packable(status: str, headers: Headers) -> bool:
    """Whether this is a whole text of some length."""
    known = {name.lower(): value for name, value in headers}
    return (
        status[:3] not in ("204", "206", "304")
        and known.get("content-type", "").partition(";")[0].strip() in KINDS
        and int(known.get("content-length") or 0) >= LEAST
        and "content-encoding" not in known
        and "no-transform" not in known.get("cache-control", "")
    )


def varying(headers: Headers) -> Headers:
    """The headers, saying that the answer differs by what the visitor reads."""
    varies = [value for name, value in headers if name.lower() == "vary"]
    others = [(name, value) for name, value in headers if name.lower() != "vary"]
    return [*others, ("Vary", ", ".join([*varies, "Accept-Encoding"]))]


def packed_headers(headers: Headers, length: int) -> Headers:
    """The headers of the packed answer; a strong mark becomes a weak one, as the bytes are others."""
    kept = [
        (name, f"W/{value}" if name.lower() == "etag" and not value.startswith("W/") else value)
        for name, value in varying(headers)
        if name.lower() != "content-length"
    ]
    return [*kept, ("Content-Encoding", "gzip"), ("Content-Length", str(length))]


class Packing:
    """WSGI middleware around everything that makes pages."""

    def __init__(self, inner: Callable[..., Iterable[bytes]]):
        self.inner = inner

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        takes = environ["REQUEST_METHOD"] != "HEAD" and accepts(environ)
        held: list[Any] = []
        is_late = False

        def hold(status: str, headers: Headers, exc_info: Any = None) -> Any:
            held.clear()
            if exc_info is not None:
                return start_response(status, headers, exc_info)
            if is_late or not is_packable(status, headers):
                return start_response(status, headers)
            if not takes:
                return start_response(status, varying(headers))
            held[:] = [status, headers]
            return None

        answer = self.inner(environ, hold)
        is_late = True
        if not held:
            return answer
        try:
            body = gzipped(b"".join(answer))
        finally:
            getattr(answer, "close", lambda: None)()
        start_response(held[0], packed_headers(held[1], len(body)))
        return [body]
