"""Signatures of carriers' notices: HMAC-SHA256 over the raw body, in hex, with the carrier's secret.

Header `X-Signature: sha256=<hex>`; several, separated by commas, while a secret is being changed.
A notice that is sent again is known by its events' ids, so an old signature can do no harm.
"""

from __future__ import annotations

import hashlib
import hmac

HEADER = "X-Signature"


def sign(secret: str, body: bytes) -> str:
    """The header's value for a body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_genuine(secret: str, body: bytes, header: str) -> bool:
    """True when one of the header's signatures is right. Compared in constant time."""
    wanted = sign(secret, body).encode()
    offered = [part.strip().encode() for part in header[:2000].split(",")]
    return bool(secret) and any(hmac.compare_digest(wanted, one) for one in offered)
