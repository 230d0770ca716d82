"""Password hashes: FAB's format (werkzeug scrypt), renewed at login when the parameters have changed."""

from __future__ import annotations

from functools import cache

from werkzeug.security import check_password_hash, generate_password_hash

SALT_LENGTH = 16
_method = ["scrypt"]


def configure(method: str) -> None:
    """Set the method of new hashes, for example "scrypt" or "scrypt:65536:8:1"."""
    _method[:] = [method]


def make_hash(password: str) -> str:
    """Hash a password with a salt of its own."""
    return generate_password_hash(password, method=_method[0], salt_length=SALT_LENGTH)


def fits(stored: str | None, password: str) -> bool:
    """True when the password is the stored one. Takes as long when there is none."""
    try:
        return check_password_hash(stored or _nobody(_method[0]), password) and stored is not None
    except (ValueError, UnicodeEncodeError):
        return False


def is_outdated(stored: str) -> bool:
    """True when the hash was made with other parameters than today's."""
    return stored.split("$", 1)[0] != _full_name(_method[0])


@cache
def _full_name(method: str) -> str:
    return make_hash("parameters").split("$", 1)[0]


@cache
def _nobody(method: str) -> str:
    return make_hash("nobody has this password")
