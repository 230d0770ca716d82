"""Texts that break programs: what PostgreSQL cannot hold, what HTML must not show, what overflows."""

from __future__ import annotations

import random
from collections.abc import Iterator

ECHO = "<script>alert(1)</script>"
ECHOES = (ECHO, "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "\"'><b id=x>")
NASTY = (
    "", " ", "\t\r\n", "\x00", "a\x00b", "\ud800", "a\udfffb", "\ufeff", "\ufffe\uffff", "\u202eevil\u202c",
    "\u200b\u200d", "e\u0301", "\U0001f469\u200d\U0001f4bb\U0001f3fd", "Ｔｈｅ", "ﷺ", "İıß", "田中さん", "مرحبا",
    "Z̡̢͎̙̝͙̠ͅA̛͈͙L̠G͔O̢", "\x1b[31m", "\x7f\x80\x9f", "\r\nSet-Cookie: a=b", "%00%0d%0a", "%s%s%s%n", "%(x)s", "{0.__class__}",
    "{{ 7*7 }}", "${7*7}", "#{7*7}", "${jndi:ldap://x/a}", "'", "\"", "\\", "`", "';--", "' OR '1'='1", "1; DROP TABLE x",
    "') UNION SELECT NULL--", "../../../../etc/passwd", "..\\..\\", "file:///etc/passwd", "http://[::1", "//evil.example",
    "javascript:alert(1)", "=1+1", "@SUM(1)", "-1", "0", "-0", "00", "1e9999", "-1e9999", "1e-400", "NaN", "Infinity", "0x10",
    "1_000", "１２３", "²", "1,000.00", "2147483648", "-2147483649", "9223372036854775808", "1" * 5_000, "A" * 10_000,
    "null", "undefined", "true", "[]", "{}", "[[[[", "a" * 64 + "@example.org", "a@b", "@", "a@" + "b" * 260 + ".org",
    "4111 1111 1111 1111", "2026-02-30", "99999-01-01", "en_US.UTF-8; rm -rf /", "|id", "$(id)", "\N{ZERO WIDTH NO-BREAK SPACE}x",
    *ECHOES,
)  # fmt: skip
VALUES = (
    None,
    True,
    0,
    -1,
    2**31,
    2**63,
    2**64,
    1e308,
    -0.0,
    1.5,
    [],
    {},
    [[]],
    [None] * 50,
    {"a": {"a": {}}},
)
"""What JSON can hold where a text is expected."""


def texts(dice: random.Random) -> Iterator[str]:
    """Every nasty text, then random ones for ever."""
    yield from NASTY
    while True:
        pool = dice.choice(((0, 0x20), (0x20, 0x7F), (0x80, 0x800), (0x800, 0xFFFF), (0x10000, 0x10FFFF)))
        yield "".join(chr(dice.randrange(*pool)) for _ in range(dice.randrange(1, 40)))


def encoded(text: str) -> bytes:
    """The bytes a hostile program would send: half surrogates as they are."""
    return text.encode("utf-8", "surrogatepass")
