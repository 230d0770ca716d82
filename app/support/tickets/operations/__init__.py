"""The verbs of tickets."""

from app.support.tickets.operations.calling import open_for_caller
from app.support.tickets.operations.challenges import spend
from app.support.tickets.operations.following import follow, repeat_in_chat
from app.support.tickets.operations.forgetting import forget_customer
from app.support.tickets.operations.keeping import drop_kept, forget_kept, keep_files, take_kept
from app.support.tickets.operations.moving import assign, label, link_order, merge, move, prioritise
from app.support.tickets.operations.opening import open_ticket
from app.support.tickets.operations.promises import close_solved, mark_late
from app.support.tickets.operations.receiving import fetch, receive
from app.support.tickets.operations.writing import answer, note, reply

__all__ = [
    "answer", "assign", "close_solved", "drop_kept", "fetch", "follow", "forget_customer", "forget_kept", "keep_files", "label", "link_order", "mark_late", "merge", "move", "note",
    "open_for_caller", "open_ticket", "prioritise", "receive", "repeat_in_chat", "reply", "spend", "take_kept",
]  # fmt: skip
