"""Addresses, passwords, one-time codes: pure rules."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.identity import rules
from app.identity.errors import BadEmail, WeakPassword


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Anna@Example.COM", "anna@example.com"),
        ("  anna@example.com ", "anna@example.com"),
        ("anna@MÜNCHEN.example", "anna@münchen.example"),
    ],
)
def test_an_address_has_one_spelling(typed: str, kept: str) -> None:
    assert rules.normal_email(typed) == kept


def test_mail_goes_to_the_ascii_spelling() -> None:
    assert rules.mailbox("anna@münchen.example") == "anna@xn--mnchen-3ya.example"


@pytest.mark.parametrize(
    "typed",
    [None, 5, "", "anna", "anna@", "@example.com", "a b@example.com", "Anna <anna@example.com>", "a@b@example.com",
     "anna@example.com\nBcc: x@y.example", "a\x00@example.com", "x" * 250 + "@example.com", "änna@example.com", "a@[127.0.0.1]"],
)  # fmt: skip
def test_what_is_no_address(typed: object) -> None:
    with pytest.raises(BadEmail):
        rules.normal_email(typed)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_an_address_or_none(text: str) -> None:
    found = rules.typed_email(text)
    assert found == "" or rules.normal_email(found) == found


@pytest.mark.parametrize(
    "password", ["eight8ch", "ein Satz mit Leerzeichen", "🦊🦊fuchs🦊🦊", "x9" + "a" * 250]
)
def test_passwords_that_may_be_used(password: str) -> None:
    assert rules.check_password(password, email="anna@example.com") == password


@pytest.mark.parametrize(
    "password",
    ["", "short", "password", "Password1!", "123456789", "aaaaaaaaaa", "abababababab", "anna@example.com", "x" * 257, "a\x00bcdefgh", None],
)  # fmt: skip
def test_passwords_that_are_guessed_first(password: object) -> None:
    with pytest.raises(WeakPassword):
        rules.check_password(password, email="anna@example.com")


@pytest.mark.parametrize(
    ("moment", "code"),
    [(59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"), (2000000000, "69279037")],
)  # fmt: skip
def test_codes_of_the_standard(moment: int, code: str) -> None:
    """RFC 6238, appendix B (eight digits there, six here)."""
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert rules.totp_code(secret, moment // 30) == code[-6:]


def test_a_code_is_good_for_its_step_and_its_neighbours_once() -> None:
    secret = rules.new_totp_secret()
    for distance in (-1, 0, 1):
        assert (
            rules.matching_step(secret, rules.totp_code(secret, 100 + distance), now=3000) == 100 + distance
        )
    for distance in (-2, 2):
        assert rules.matching_step(secret, rules.totp_code(secret, 100 + distance), now=3000) is None
    assert rules.matching_step(secret, rules.totp_code(secret, 100), now=3000, last_step=100) is None


@pytest.mark.parametrize("code", ["", "abc", "٠١٢٣٤٥", "123", "\x00", "9" * 400])
def test_no_code_is_not_a_code(code: str) -> None:
    assert rules.matching_step(rules.new_totp_secret(), code, now=3000) is None


def test_recovery_codes_however_they_are_typed() -> None:
    code = rules.new_recovery_codes()[0]
    typed = f" {code.upper().replace('-', ' ')} "
    assert rules.recovery_fingerprint(typed) == rules.recovery_fingerprint(code)
    assert len({*rules.new_recovery_codes()}) == rules.RECOVERY_CODES


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit Version/18.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/130.0 Safari/537.36 Edg/130.0", "Edge, Windows"),
        ("curl/8.5.0", "curl"),
        ("", ""),
    ],
)
def test_devices_have_names(agent: str, name: str) -> None:
    assert rules.device_name(agent) == name


def test_names_are_one_line_and_short() -> None:
    assert rules.clean_name(" Anna\x00\n  \u202eJanssens ") == "Anna Janssens"
    assert len(rules.clean_name("x" * 1_000_000)) == rules.LONGEST_NAME
    assert rules.clean_name(None) == ""
