"""What staff can set about payments."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from stdnum import iban

from app.core.i18n import _l
from app.core.settings import setting

WAYS = ("stripe", "cod", "bank_transfer", "demo_card")


@dataclass(frozen=True)
class PaymentSettings:
    """Limits and details of the ways to pay. Amounts are in the shop's base currency (EUR)."""

    TITLE: ClassVar[Any] = _l("Payments")
    HELP: ClassVar[Any] = _l("Ways to pay, their limits, and the account that transfers go to.")
    ICON: ClassVar[str] = "card"
    POSITION: ClassVar[int] = 20

    disabled: tuple[str, ...] = setting(
        (), _l("Ways to pay that are switched off"), _l("One a line: stripe, cod, bank_transfer.")
    )
    cod_limit: Decimal = setting(
        Decimal("500"), _l("Highest amount paid on delivery"), _l("In EUR. Dearer orders are not offered it.")
    )
    cod_countries: tuple[str, ...] = setting(
        ("BE", "NL", "LU", "FR", "DE"), _l("Countries with payment on delivery"), _l("One code a line.")
    )
    bank_beneficiary: str = setting(
        "Comptoir NV",
        _l("Holder of the account"),
        _l("As the bank writes it; customers copy it."),
        needed=True,
    )
    bank_iban: str = setting("BE68 5390 0754 7034", _l("IBAN"), _l("Empty hides the bank transfer."))
    bank_bic: str = setting("TRIOBEBB", _l("BIC"), _l("Needed for transfers from abroad. Empty: not shown."))
    bank_currencies: tuple[str, ...] = setting(
        ("EUR",), _l("Currencies of this account"), _l("One code a line.")
    )
    card_minutes: int = setting(
        60, _l("Minutes an order waits for a card"), _l("Then it is cancelled and its goods are free again."), least=10
    )  # fmt: skip
    bank_days: int = setting(
        7, _l("Days an order waits for a transfer"), _l("Then it is cancelled and its goods are free again."), least=1
    )  # fmt: skip
    retry_seconds: int = 45

    def problems(self) -> dict[str, Any]:
        """What would hide a way to pay by mistake."""
        found: dict[str, Any] = {}
        if self.bank_iban.strip() and not iban.is_valid(self.bank_iban, check_country=False):
            found["bank_iban"] = _l("This is not a valid IBAN.")
        if unknown := [way for way in self.disabled if way not in WAYS]:
            found["disabled"] = _l("There is no way to pay called %(name)s.", name=unknown[0][:40])
        for name, length in (("cod_countries", 2), ("bank_currencies", 3)):
            if any(len(c) != length or not (c.isascii() and c.isupper()) for c in getattr(self, name)):
                found[name] = _l("Please give codes in capitals, one a line.")
        return found
