"""Bank transfer."""

from __future__ import annotations

from typing import Any, ClassVar

from app.core.i18n import _l
from app.payments.providers.offline import Offline
from app.payments.providers.port import Capability, Outcome, StartPayment


class BankTransfer(Offline):
    """The customer sends the money with our communication; staff or a bank file record it."""

    key: ClassVar[str] = "bank_transfer"
    label: ClassVar[Any] = _l("Bank transfer")
    description: ClassVar[Any] = _l(
        "You get our account number and a reference. We ship when the money is there."
    )
    can: ClassVar[frozenset[Capability]] = frozenset({Capability.OFFLINE})

    def start(self, request: StartPayment) -> Outcome:
        """The customer gets the instructions; the money comes in days."""
        return Outcome("pending", reference=request.reference)
