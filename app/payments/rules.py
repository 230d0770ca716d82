"""Pure rules of payments: who may pay how, the structured communication, card numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from stdnum import iban

from app.core.money import Money
from app.payments.settings import PaymentSettings

_DIGITS = re.compile(r"\d")
_FORM = re.compile(r"[\s+*/.\-]*(?:\d[\s+*/.\-]*){12}")
_CARD = re.compile(r"(?<![\d.])(?:\d[ -]?){13,19}(?![\d])")


def structured_communication(number: int) -> str:
    """The Belgian structured communication of a number: ten digits and two check digits.

    The check is the number modulo 97, and 97 where that is 0. 1234567890 gives
    `+++123/4567/89002+++`. Only the last ten digits count. Source: Febelfin, «OGM-VCS».
    """
    base = number % 10**10
    check = base % 97 or 97
    digits = f"{base:010d}{check:02d}"
    return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"


def communication_base(number: str | None, order_id: int) -> int:
    """What a communication says: the digits of the order's number ("2026-000123": 2026000123), else its id."""
    digits = "".join(c for c in number or "" if c.isdigit())
    return int(digits) if digits else order_id


def parse_communication(text: str) -> int | None:
    """The number inside a structured communication in any usual spelling; None when the check fails."""
    if len(text) > 60 or not _FORM.fullmatch(text):
        return None
    digits = "".join(d for d in _DIGITS.findall(text) if d.isascii())
    if len(digits) != 12:
        return None
    base, check = int(digits[:10]), int(digits[10:])
    return base if check == (base % 97 or 97) else None


def cod_allowed(total: Money, rate: Decimal, country: str, settings: PaymentSettings) -> bool:
    """Cash on delivery up to the limit (in base currency: amount / rate) and in the listed countries."""
    return country in settings.cod_countries and total.amount / rate <= settings.cod_limit


def is_allowed(key: str, total: Money, rate: Decimal, country: str, settings: PaymentSettings) -> bool:
    """True when this way to pay may be offered. `rate` is units of the currency for one of the base."""
    if key in settings.disabled:
        return False
    if key == "cod":
        return cod_allowed(total, rate, country, settings)
    if key == "bank_transfer":
        return is_iban(settings.bank_iban) and total.currency in settings.bank_currencies
    return True


def is_iban(text: str) -> bool:
    """True for an account number whose country, length and check digits fit (ISO 13616)."""
    return bool(iban.is_valid(text, check_country=False))


def epc_payload(beneficiary: str, account: str, bic: str, amount: Money, communication: str) -> str:
    """The text of a payment QR code, as banking apps scan it (EPC069-12 version 002); "" unless in EUR.

    The Belgian communication is not an ISO 11649 reference, so it stands in the unstructured field.
    """
    if amount.currency != "EUR" or not amount.amount > 0:
        return ""
    lines = (
        "BCD", "002", "1", "SCT", bic, beneficiary[:70], iban.compact(account),
        f"EUR{amount.amount}", "", "", communication[:140], "",
    )  # fmt: skip
    return "\n".join(lines).rstrip("\n")


def waits_for(key: str, settings: PaymentSettings) -> timedelta | None:
    """How long an order with this way to pay keeps its stock without money; None: for ever."""
    if key == "cod":
        return None
    if key == "bank_transfer":
        return timedelta(days=settings.bank_days)
    return timedelta(minutes=settings.card_minutes)


def check_after(attempts: int) -> timedelta:
    """When the reconciler asks a provider (again): 20 s, 40 s, … at most 15 minutes."""
    return timedelta(seconds=min(900, 20 * 2 ** min(attempts, 10)))


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_card(digits: str) -> bool:
    length = len(digits)
    known = (
        (digits[0] == "4" and length in (13, 16, 19))
        or (length == 16 and (51 <= int(digits[:2]) <= 55 or 2221 <= int(digits[:4]) <= 2720))
        or (length == 15 and digits[:2] in ("34", "37"))
        or (length == 14 and digits[:2] in ("30", "36", "38", "39"))
        or (16 <= length <= 19 and (digits[:4] == "6011" or digits[:2] in ("62", "64", "65", "35")))
    )
    return known and len(set(digits)) > 1 and _luhn(digits)


def holds_card_number(texts: Iterable[str]) -> bool:
    """True when a text contains what can only be a payment card's number (issuer range and Luhn)."""
    for text in texts:
        for found in _CARD.findall(text[:100_000]):
            digits = "".join(c for c in found if c.isdigit() and c.isascii())
            if 13 <= len(digits) <= 19 and _is_card(digits):
                return True
    return False
