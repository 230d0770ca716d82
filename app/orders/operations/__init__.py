"""The verbs of orders. Every door calls these; the outermost unit of work commits."""

from app.orders.operations.cancelling import cancel_order, expire_unpaid
from app.orders.operations.claiming import claim_guest_orders
from app.orders.operations.details import add_note, change_addresses, remember, take_from_lines
from app.orders.operations.news import tell_pages
from app.orders.operations.past import (
    PastLine,
    PastOrder,
    PastReturn,
    PastShipping,
    return_past_orders,
    write_past_orders,
)
from app.orders.operations.placing import Buyer, LineDetail, announce_placed, assign_number, create_from_quote
from app.orders.operations.settling import hold_until, settle
from app.orders.operations.steps import confirm, deliver, note_if_illegal, pack, return_order, ship

__all__ = [
    "Buyer", "LineDetail", "PastLine", "PastOrder", "PastReturn", "PastShipping", "add_note", "announce_placed", "assign_number", "cancel_order", "change_addresses",
    "claim_guest_orders", "confirm", "create_from_quote", "deliver", "expire_unpaid",
    "hold_until", "note_if_illegal", "pack", "remember", "return_order", "return_past_orders", "settle", "ship", "take_from_lines", "tell_pages",
    "write_past_orders",
]  # fmt: skip
