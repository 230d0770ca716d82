"""Cash on delivery."""

from __future__ import annotations

from typing import Any, ClassVar

from app.core.i18n import _l
from app.payments.providers.offline import Offline
from app.payments.providers.port import Capability, Outcome, StartPayment


class CashOnDelivery(Offline):
    """Paid to the carrier at the door. Limits by amount and country are shop settings."""

    key: ClassVar[str] = "cod"
    label: ClassVar[Any] = _l("Cash on delivery")
    description: ClassVar[Any] = _l("Pay the carrier when the parcel arrives.")
    can: ClassVar[frozenset[Capability]] = frozenset({Capability.OFFLINE, Capability.AFTER_DELIVERY})

    def start(self, request: StartPayment) -> Outcome:
        """Nothing to do until the parcel arrives."""
        return Outcome("pending")
