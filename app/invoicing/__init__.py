"""Invoices and credit notes: what was sold, written down once and for ever.

Promises one invoice an order, with the first of payment or shipment; numbers without gaps in each
journal and year; lines, VAT by rate and totals that agree to the cent with the order and with each
other, checked by the database itself; and one PDF that stays the same, byte by byte. Refuses every
change after issue: what was wrong is put right by a credit note.
"""
