"""Prices of variants, and the types every quote is made of.

Promises a price in every enabled currency for each variant that has one in the base currency, and
quotes that explain themselves line by line. Refuses negative prices and mixed currencies.
"""
