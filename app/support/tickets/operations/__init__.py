"""The verbs of tickets."""

from app.support.tickets.operations.challenges import spend
from app.support.tickets.operations.forgetting import forget_customer
from app.support.tickets.operations.moving import assign, label, link_order, merge, move, prioritise
from app.support.tickets.operations.opening import open_ticket
from app.support.tickets.operations.promises import close_solved, mark_late
from app.support.tickets.operations.receiving import fetch, receive
from app.support.tickets.operations.writing import answer, note, reply

__all__ = [
    "answer", "assign", "close_solved", "fetch", "forget_customer", "label", "link_order", "mark_late", "merge", "move", "note",
    "open_ticket", "prioritise", "receive", "reply", "spend",
]  # fmt: skip
