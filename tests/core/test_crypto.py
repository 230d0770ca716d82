"""SEC-02, PAY-13: encrypted columns: nothing in the clear, no value moved, keys rotate."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import crypto
from app.core.crypto import DecryptionFailed, decrypt, encrypt


@pytest.fixture(autouse=True)
def keys() -> Iterator[None]:
    kept, current = dict(crypto._keys), list(crypto._current)
    crypto.configure({"old": "a" * 40, "new": "b" * 40}, "new")
    yield
    crypto._keys.clear()
    crypto._keys.update(kept)
    crypto._current[:] = current


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_what_goes_in_comes_out(plain: str) -> None:
    assert decrypt(encrypt(plain, "t.c"), "t.c") == plain


def test_the_same_text_never_looks_the_same() -> None:
    assert encrypt("secret", "t.c") != encrypt("secret", "t.c")
    assert "secret" not in encrypt("secret", "t.c")


def test_a_value_belongs_to_its_column() -> None:
    with pytest.raises(DecryptionFailed):
        decrypt(encrypt("secret", "users.totp"), "payments.token")


def test_tampering_is_seen() -> None:
    stored = encrypt("secret", "t.c")
    key, _, body = stored.partition(".")
    flipped = body[:-2] + ("A" if body[-2] != "A" else "B") + body[-1]
    with pytest.raises(DecryptionFailed):
        decrypt(f"{key}.{flipped}", "t.c")


def test_old_keys_still_read_and_unknown_ones_do_not() -> None:
    crypto.configure({"old": "a" * 40}, "old")
    stored = encrypt("secret", "t.c")
    crypto.configure({"old": "a" * 40, "new": "b" * 40}, "new")
    assert decrypt(stored, "t.c") == "secret"
    assert encrypt("secret", "t.c").startswith("new.")
    crypto.configure({"new": "b" * 40}, "new")
    with pytest.raises(DecryptionFailed):
        decrypt(stored, "t.c")
