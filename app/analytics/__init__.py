"""The metric layer: every figure of the shop has one definition here, and everybody reads it from here.

Promises: a figure is the same on every screen, in every export, over REST and in mails; sums equal the orders, payments
and stock they are made from, to the cent, in every currency. Refuses: a figure without unit, time and source; a
dimension that a figure does not have.
"""
