"""Who writes to us: a browser that has worked a second for it, or somebody who answers a question.

The proof is ALTCHA's (SHA-256, found by the visitor's own machine; nobody else is asked). Without JavaScript the
question stands in its place. Each works for an hour and once (`operations.spend`).
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from altcha import v1 as altcha
from itsdangerous import BadData, URLSafeTimedSerializer

from app.core.clock import utcnow
from app.support.tickets.errors import NoChallenge

HARDEST = 40_000
"""The largest number to be found: half a second on a phone."""
LIFETIME = timedelta(hours=1)
_key: list[str] = []


def configure(secret: str) -> None:
    """Derive the key from the shop's secret."""
    _key[:] = [sha256(f"support.challenge:{secret}".encode()).hexdigest()]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_key[0], salt="support.question")


@dataclass(frozen=True, slots=True)
class Question:
    """A sum, and the token that knows its answer without telling it."""

    first: int
    second: int
    token: str


def proof_wanted() -> dict[str, Any]:
    """What a browser has to find a number for."""
    options = altcha.ChallengeOptions(
        algorithm="SHA-256", max_number=HARDEST, hmac_key=_key[0], expires=utcnow() + LIFETIME
    )
    made = altcha.create_challenge(options)
    return dict(made.to_dict())


def question() -> Question:
    """A new sum of two numbers."""
    first, second = 2 + secrets.randbelow(8), 2 + secrets.randbelow(8)
    nonce = secrets.token_hex(8)
    mark = sha256(f"{_key[0]}:{nonce}:{first + second}".encode()).hexdigest()
    return Question(first, second, str(_signer().dumps([nonce, mark])))


def proved(payload: str) -> str:
    """The key of a proof, to be spent.

    Raises:
        NoChallenge: it is none, wrong, or too old.
    """
    if not payload or len(payload) > 2_000 or not payload.isascii():
        raise NoChallenge()
    try:
        given = json.loads(base64.b64decode(payload, validate=True))
        is_good, _why = altcha.verify_solution(given, _key[0], check_expires=True)
    except (binascii.Error, ValueError, TypeError, KeyError, AttributeError, RecursionError) as wrong:
        raise NoChallenge() from wrong
    if not is_good or not isinstance(given.get("challenge"), str):
        raise NoChallenge()
    return f"proof:{given['challenge'][:128]}"


def answered(token: str, answer: str) -> str:
    """The key of a question that was answered, to be spent.

    Raises:
        NoChallenge: the answer is wrong, or the question is none of ours or too old.
    """
    if len(token) > 500 or not token.isascii() or len(answer) > 20:
        raise NoChallenge()
    try:
        nonce, mark = _signer().loads(token, max_age=int(LIFETIME.total_seconds()))
    except (BadData, ValueError, TypeError) as wrong:
        raise NoChallenge() from wrong
    typed = answer.strip()
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else -1
    if not secrets.compare_digest(sha256(f"{_key[0]}:{nonce}:{number}".encode()).hexdigest(), str(mark)):
        raise NoChallenge()
    return f"question:{nonce}"
