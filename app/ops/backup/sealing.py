"""Encryption of a stream of unknown length: AES-256-GCM in segments, in order, with a marked end.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its
Nonce-Reuse Misuse-Resistance, CRYPTO 2015): the nonce of each segment is a random prefix (7 bytes), its number
(4 bytes) and whether it is the last (1 byte). Segments that are changed, swapped, doubled or missing at the end
do not open. Each file has a key of its own (HKDF-SHA-256 over a random salt and the whole header), so that a
changed header opens nothing either.

    "COMPTOIR-BACKUP\\n" | length of header (4) | header (JSON) | segments of 1 MiB + 16 bytes of tag
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.core import crypto
from app.ops.backup.errors import Damaged, NotABackup, WrongKey

MAGIC = b"COMPTOIR-BACKUP\n"
FORMAT = 1
SEGMENT = 1024 * 1024
TAG = 16
MOST_SEGMENTS = 2**32
LONGEST_HEADER = 64 * 1024
PURPOSE = "comptoir-backup"


def _nonce(prefix: bytes, number: int, is_last: bool) -> bytes:
    if number >= MOST_SEGMENTS:
        raise OverflowError("a backup cannot be larger than 4 PiB")
    return prefix + number.to_bytes(4, "big") + (b"\x01" if is_last else b"\x00")


def _check_of(key_id: str, salt: bytes) -> str:
    """Tells a wrong key from a damaged file, and nothing about the key."""
    return crypto.derived_key(PURPOSE, key_id=key_id, salt=salt, about=b"check")[:8].hex()


class Sealer:
    """A file that can only be written: what is written is sealed. `close` marks the end."""

    def __init__(self, file: BinaryIO, about: Mapping[str, Any]):
        salt, self._prefix = os.urandom(32), os.urandom(7)
        key_id = crypto.current_key()
        header = {
            **about, "format": FORMAT, "cipher": "AES-256-GCM-STREAM", "segment": SEGMENT, "key": key_id,
            "salt": salt.hex(), "prefix": self._prefix.hex(), "check": _check_of(key_id, salt),
        }  # fmt: skip
        raw = json.dumps(header, sort_keys=True).encode()
        self._cipher = AESGCM(crypto.derived_key(PURPOSE, key_id=key_id, salt=salt, about=raw))
        self._file, self._held, self._number = file, bytearray(), 0
        file.write(MAGIC + len(raw).to_bytes(4, "big") + raw)

    def write(self, data: bytes) -> None:
        """Take some more; whole segments go to the file at once."""
        self._held += data
        while len(self._held) > SEGMENT:  # never the last one: that is only known at the end
            self._seal(bytes(self._held[:SEGMENT]), False)
            del self._held[:SEGMENT]

    def close(self) -> None:
        """Seal what is left as the last segment."""
        self._seal(bytes(self._held), True)
        self._held.clear()

    def _seal(self, data: bytes, is_last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._prefix, self._number, is_last), data, None))
        self._number += 1


def read_header(file: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """What stands in front of the segments, and its raw bytes. Not proved yet: opening a segment does that.

    Raises:
        NotABackup: another kind of file, or a newer format.
    """
    if file.read(len(MAGIC)) != MAGIC:
        raise NotABackup()
    size = int.from_bytes(file.read(4), "big")
    raw = file.read(size) if size <= LONGEST_HEADER else b""
    try:
        header = json.loads(raw)
        readable = header["format"] == FORMAT and header["segment"] == SEGMENT
        bytes.fromhex(header["salt"] + header["prefix"])
    except (ValueError, KeyError, TypeError) as wrong:
        raise NotABackup() from wrong
    if not readable:
        raise NotABackup()
    return header, raw


class Opener:
    """A file that can only be read: every byte it gives was proved to be as it was sealed.

    Raises:
        NotABackup, WrongKey: when it is made.
        Damaged: from `read`, at the first segment that does not open.
    """

    def __init__(self, file: BinaryIO):
        self.header, raw = read_header(file)
        key_id, salt = str(self.header["key"]), bytes.fromhex(self.header["salt"])
        if key_id not in crypto.known_keys() or _check_of(key_id, salt) != self.header.get("check"):
            raise WrongKey(key=key_id[:60])
        self._cipher = AESGCM(crypto.derived_key(PURPOSE, key_id=key_id, salt=salt, about=raw))
        self._prefix = bytes.fromhex(self.header["prefix"])
        self._file, self._held, self._number, self._ended = file, bytearray(), 0, False
        self._next = file.read(SEGMENT + TAG)

    def read(self, size: int) -> bytes:
        """So many bytes, fewer only at the end."""
        while len(self._held) < size and not self._ended:
            self._open_one()
        data = bytes(self._held[:size])
        del self._held[:size]
        return data

    def finish(self) -> None:
        """Say that nothing more should come.

        Raises:
            Damaged: something does.
        """
        if self.read(1):
            raise Damaged()

    def _open_one(self) -> None:
        sealed, self._next = self._next, self._file.read(SEGMENT + TAG)
        self._ended = not self._next
        try:
            nonce = _nonce(self._prefix, self._number, self._ended)
            self._held += self._cipher.decrypt(nonce, sealed, None)
        except (InvalidTag, ValueError) as wrong:
            raise Damaged() from wrong
        self._number += 1
