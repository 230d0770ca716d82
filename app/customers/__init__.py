"""Customers: profile (one to one with a user), customer group, and the book of addresses.

Promises: an address that is stored is complete and well formed for its country, and is written in
that country's order. Refuses: to keep a second copy of what identity knows (e-mail address, name,
language and currency live with the user).
"""
