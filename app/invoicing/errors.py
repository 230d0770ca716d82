"""The ways an invoice can refuse."""

from __future__ import annotations

from app.core.errors import Conflict, NotFound
from app.core.i18n import _l


class InvoiceNotFound(NotFound):
    """No such invoice, or it is somebody else's."""

    code = "invoice_not_found"
    message = _l("This invoice was not found.")


class DoesNotAddUp(Conflict):
    """Lines and shipping of the order are not its total; no invoice is written over that."""

    code = "does_not_add_up"
    message = _l("The lines of order %(number)s do not add up to its total.")
