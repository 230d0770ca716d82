"""From cart to placed order, in one transaction.

Promises that what was shown is what is charged, that the last piece is sold once, that the same key
makes one order, and that no order stands without its payment. Refuses with the reason beside the
field, and then nothing has changed and nothing typed is lost.
"""
