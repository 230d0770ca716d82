"""Orders of the past: read from other systems, or drawn by lot for a demo, and written in bulk.

Promises: orders, payments, ledger, stock, invoices and their numbers hold every invariant of the shop afterwards;
nobody gets a mail. Refuses: to change an order that was written before.
"""
