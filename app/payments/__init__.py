"""Money: what is asked for, what came in, what went back, and the books that prove it.

Promises that an order is paid exactly once however often and in whatever order a provider tells us,
that never more goes back than came in, that every capture and refund posts a balanced entry, and
that a charge whose answer was lost is found again. Refuses card numbers: they never reach the shop.
No lock and no transaction is held while a provider is talked to.
"""
