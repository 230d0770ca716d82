"""Encrypted columns: AES-256-GCM with a key id in front, so that keys can be rotated.

Stored form: key id, dot, base64url(nonce + ciphertext + tag). The column's name is bound as
associated data: a value copied into another column does not decrypt. Source: NIST SP 800-38D.
"""

from __future__ import annotations

import base64
import hashlib
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Text, TypeDecorator, text
from sqlalchemy.orm import Session

from app.core.unit_of_work import unit_of_work

_keys: dict[str, bytes] = {}
_current: list[str] = []
_columns: list[tuple[str, str]] = []


class DecryptionFailed(ValueError):
    """The value was tampered with, belongs elsewhere, or its key is missing."""


def configure(secrets: dict[str, str], current: str) -> None:
    """Set the known secrets by key id and the one new values use. Keys are derived with SHA-256."""
    _keys.clear()
    _keys.update(
        {
            name: hashlib.sha256(b"comptoir-column:" + value.encode()).digest()
            for name, value in secrets.items()
        }
    )
    if current not in _keys:
        raise ValueError("the current key is not among the keys")
    _current[:] = [current]


def current_key() -> str:
    """The id of the key that new values use."""
    return _current[0]


def known_keys() -> frozenset[str]:
    """The ids of all keys that are configured."""
    return frozenset(_keys)


def derived_key(purpose: str, *, key_id: str, salt: bytes, about: bytes = b"") -> bytes:
    """A key of 256 bits for something else than columns, made from one of the configured ones (RFC 5869)."""
    info = purpose.encode() + b"\0" + about
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=info).derive(_keys[key_id])


def encrypt(plain: str, context: str) -> str:
    """Encrypt for one context (`table.column`). The nonce is random, 96 bits."""
    nonce = os.urandom(12)
    sealed = AESGCM(_keys[_current[0]]).encrypt(nonce, plain.encode(), context.encode())
    return f"{_current[0]}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def decrypt(stored: str, context: str) -> str:
    """The inverse of `encrypt`.

    Raises:
        DecryptionFailed: tampered with, from another context, or with an unknown key.
    """
    key_id, _, body = stored.partition(".")
    try:
        raw = base64.urlsafe_b64decode(body)
        return AESGCM(_keys[key_id]).decrypt(raw[:12], raw[12:], context.encode()).decode()
    except (KeyError, InvalidTag, ValueError) as wrong:
        raise DecryptionFailed(context) from wrong


class Encrypted(TypeDecorator[str]):
    """A text column that is never in the database in the clear. Not searchable."""

    impl = Text
    cache_ok = True

    def __init__(self, context: str):
        super().__init__()
        self.context = context
        table, _, column = context.partition(".")
        if (table, column) not in _columns:
            _columns.append((table, column))

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else encrypt(value, self.context)

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else decrypt(value, self.context)


def rotate(session: Session) -> int:
    """Encrypt every encrypted column anew with the current key. Returns how many values changed."""
    changed = 0
    with unit_of_work(session):
        for table, column in _columns:
            found = session.execute(
                text(
                    f'SELECT ctid::text, "{column}" FROM "{table}" WHERE "{column}" NOT LIKE :mine FOR UPDATE'
                ),
                {"mine": f"{_current[0]}.%"},
            ).all()
            for ctid, stored in found:
                plain = decrypt(stored, f"{table}.{column}")
                session.execute(
                    text(f'UPDATE "{table}" SET "{column}" = :new WHERE ctid = CAST(:ctid AS tid)'),
                    {"new": encrypt(plain, f"{table}.{column}"), "ctid": ctid},
                )
                changed += 1
    return changed
