"""Products, their variants and attributes, brands and the category tree.

Promises: a product that breaks a rule is never stored, one that is incomplete is never published,
one that was sold is never lost, an address that was public keeps leading somewhere.
"""
