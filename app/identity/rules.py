"""Rules of identity as pure functions: addresses, passwords, one-time codes, devices, roles."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import struct
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from email_validator import EmailNotValidError, validate_email

from app.core.i18n import _l
from app.identity.errors import BadEmail, WeakPassword

ADMIN: Final = "Admin"
MANAGER: Final = "Manager"
SELLER: Final = "Seller"
SUPPORT: Final = "Support"
CUSTOMER: Final = "Customer"
PUBLIC: Final = "Public"
ROLES: Final = (ADMIN, MANAGER, SELLER, SUPPORT, CUSTOMER)
STAFF_ROLES: Final = frozenset({ADMIN, MANAGER, SELLER, SUPPORT})

SHORTEST_PASSWORD: Final = 8
LONGEST_PASSWORD: Final = 256
LONGEST_EMAIL: Final = 254
LONGEST_NAME: Final = 64
TOTP_SECONDS: Final = 30
TOTP_DIGITS: Final = 6
RECOVERY_CODES: Final = 10
HANDLE_LENGTH: Final = 24
"""Characters of a login's fingerprint by which its owner's page names it."""
_RECOVERY_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"


class Permission(str):
    """A right that a feature declares in its manifest, with the roles that have it from the start.

    `Permission("orders.cancel", "Support")` is the text "orders.cancel"; Admin and Manager have
    every right without being named. A plain string is the same with no further role.
    """

    roles: tuple[str, ...]

    def __new__(cls, name: str, *roles: str) -> Permission:
        made = super().__new__(cls, name)
        made.roles = roles
        return made


def is_storable(text: str) -> bool:
    """True for text that PostgreSQL can hold: no NUL, no lone surrogate."""
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def normal_email(raw: Any) -> str:
    """The address in its one spelling here: lower case, international domain, no display name.

    Raises:
        BadEmail: not an address, longer than 254 characters, or not storable.
    """
    text = raw.strip() if isinstance(raw, str) else ""
    if not text or len(text) > LONGEST_EMAIL or not is_storable(text):
        raise BadEmail()
    try:
        found = validate_email(text, check_deliverability=False, test_environment=True, allow_smtputf8=False)
    except EmailNotValidError as wrong:
        raise BadEmail() from wrong
    email = found.normalized.lower()
    if len(email) > LONGEST_EMAIL:
        raise BadEmail()
    return email


def mailbox(email: str) -> str:
    """The address as mail servers take it: an international domain in its ASCII spelling."""
    found = validate_email(email, check_deliverability=False, test_environment=True)
    return found.ascii_email or email


def typed_email(raw: Any) -> str:
    """What somebody typed at a login, made comparable; never refuses."""
    try:
        return normal_email(raw)
    except BadEmail:
        return ""


def clean_name(raw: Any) -> str:
    """A person's name on one line, at most 64 characters; unprintable characters are dropped."""
    text = raw if isinstance(raw, str) else ""
    text = "".join(char if char.isprintable() else " " for char in text[: LONGEST_NAME * 4])
    return " ".join(text.split())[:LONGEST_NAME]


@cache
def _common_passwords() -> frozenset[str]:
    text = (Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.split() if line)


def check_password(password: Any, *, email: str = "") -> str:
    """A new password that may be used: 8 to 256 characters, none of the first guesses.

    No rule of composition (ASVS 6.2.5); every character counts as typed (6.2.8).

    Raises:
        WeakPassword: with a sentence that says what is wrong.
    """
    if not isinstance(password, str) or len(password) < SHORTEST_PASSWORD:
        raise WeakPassword(_l("Please use at least %(count)s characters."), count=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise WeakPassword(_l("Please use at most %(count)s characters."), count=LONGEST_PASSWORD)
    if not is_storable(password):
        raise WeakPassword(_l("This password contains a character that cannot be used."))
    plain = password.lower()
    guessed = {plain, plain.rstrip("0123456789!.?*")}
    mine = {email, email.partition("@")[0]} - {""}
    if guessed & _common_passwords() or plain in mine or len(set(plain)) < 3:
        raise WeakPassword(_l("This password is one of the first that are guessed. Please choose another."))
    return password


# --- one-time codes (RFC 6238: HMAC-SHA-1, 30 seconds, 6 digits) -------------------------------------


def new_totp_secret() -> str:
    """A secret of 160 bits in base32, as authenticator apps take it."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def totp_code(secret: str, step: int) -> str:
    """The code of one 30-second step."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return str(number % 10**TOTP_DIGITS).zfill(TOTP_DIGITS)


def matching_step(secret: str, code: str, *, now: float, last_step: int = 0) -> int | None:
    """The step this code belongs to: this one or a neighbour, and newer than the last one used."""
    digits = "".join(char for char in code if char.isascii() and char.isdigit())
    current = int(now) // TOTP_SECONDS
    found = None
    for step in (current - 1, current, current + 1):
        if hmac.compare_digest(totp_code(secret, step), digits) and step > last_step:
            found = step
    return found


def totp_address(secret: str, *, email: str, issuer: str) -> str:
    """The otpauth address that an authenticator app opens."""
    return f"otpauth://totp/{quote(issuer)}:{quote(email)}?secret={secret}&issuer={quote(issuer)}"


def new_recovery_codes() -> list[str]:
    """Ten codes of 50 bits, each good for one login without the app."""
    return [
        "-".join("".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(5)) for _ in range(2))
        for _ in range(RECOVERY_CODES)
    ]


def fingerprint(secret: str) -> str:
    """What is stored of a random secret: its SHA-256. Not for passwords, which people choose."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def recovery_fingerprint(code: str) -> str:
    """A recovery code as stored, however it was typed."""
    return fingerprint("".join(char for char in code.lower() if char in _RECOVERY_ALPHABET))


_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def device_name(agent: str) -> str:
    """A few words for a User-Agent: "Firefox, Linux"; the first word of others; "" when unknown."""
    browser = next((name for mark, name in _BROWSERS if re.search(rf"\b{mark}", agent)), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    if browser or system:
        return ", ".join(part for part in (browser, system) if part)
    return agent.split("/")[0].strip()[:40]
