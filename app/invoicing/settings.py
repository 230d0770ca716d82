"""Who sells: what the law wants to read on an invoice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from stdnum.be import vat as belgian
from stdnum.eu import vat

from app.core.i18n import _l
from app.core.settings import setting


@dataclass(frozen=True, slots=True)
class InvoicingSettings:
    """The seller as invoices name it. Account and BIC are those of the payments.

    What is changed here counts for invoices from then on; issued ones keep what they say.
    """

    TITLE: ClassVar[Any] = _l("Invoices")
    HELP: ClassVar[Any] = _l("The company as it stands on invoices. The bank account is set under Payments.")
    ICON: ClassVar[str] = "receipt"
    POSITION: ClassVar[int] = 25

    legal_name: str = setting(
        "Comptoir NV", _l("Name of the company"), _l("With its legal form, as it is registered."), needed=True
    )
    street: str = setting(
        "Rue du Comptoir 12", _l("Street and number"), _l("Of the registered seat."), needed=True
    )
    postcode: str = setting("1000", _l("Postcode"), _l("Of the registered seat."), needed=True)
    city: str = setting("Brussels", _l("Town or city"), _l("Of the registered seat."), needed=True)
    country: str = setting("BE", _l("Country"), _l("Its code in two capitals, for example BE."), needed=True)
    vat_number: str = setting(
        "BE0123456749",
        _l("VAT number"),
        _l("With the letters of the country, for example BE0123456749."),
        needed=True,
    )
    company_number: str = setting(
        "0123.456.749", _l("Company number"), _l("In Belgium the number of the Crossroads Bank (KBO, BCE).")
    )
    register: str = setting(
        "RPM Bruxelles", _l("Court of the register"), _l("In Belgium for example RPM Bruxelles or RPR Gent.")
    )
    email: str = setting(
        "billing@comptoir.example",
        _l("E-mail for invoices"),
        _l("Where customers ask about an invoice."),
        needed=True,
    )
    payment_days: int = setting(
        14, _l("Days to pay an invoice"), _l("For goods that were sent before they were paid."), least=0
    )
    footer: str = setting(
        "", _l("Line at the foot of each page"), _l("For example conditions of sale. Empty: none.")
    )

    def problems(self) -> dict[str, Any]:
        """Numbers that no authority would know."""
        found: dict[str, Any] = {}
        if not vat.is_valid(self.vat_number):
            found["vat_number"] = _l("This is not a valid VAT number.")
        if len(self.country) != 2 or not (self.country.isascii() and self.country.isupper()):
            found["country"] = _l("Please give the code of the country in two capitals.")
        elif self.country == "BE" and self.company_number and not belgian.is_valid(self.company_number):
            found["company_number"] = _l("This is not a valid Belgian company number.")
        if "@" not in self.email.strip("@"):
            found["email"] = _l("This is not an e-mail address: %(text)s", text=self.email[:80])
        return found
