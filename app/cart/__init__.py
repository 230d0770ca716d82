"""Carts of guests and customers, and the one place that shows the order of calculation.

Promises that no click is lost when several arrive at once, that a merge can be undone for 30 days,
and that the total shown is computed by the same steps as the total charged. Refuses quantities
that make no sense and goods that cannot be sold.
"""
