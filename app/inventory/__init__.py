"""Warehouses, stock, reservations and every movement of goods.

Promises that the level of a stock row equals the sum of its movements, that what is reserved equals
the open reservations, and that nothing is sold twice. Refuses (`OutOfStock`) whatever does not fit.
"""
