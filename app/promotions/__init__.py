"""Coupons and promotion rules.

Promises discounts that never push a price below zero, that are split to the cent, and coupons that
are used no more often than allowed. Refuses (`CouponRefused`) with the reason.
"""
