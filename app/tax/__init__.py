"""VAT: dated rates by country and class, and the steps of a quote that take the tax out.

Promises net + tax = gross on every line and on the whole. Refuses to guess: a country without a
rate is an export at 0 % only when it lies outside the EU.
"""
