"""Notices in the shop itself, for people with an account: the bell in the header and the list in the account.

Promises one notice a matter, kept until it is read and shown wherever the account is open. Words belong to the
feature that tells: it fills the slot `notice.<topic>` with a function of the facts that gives title and body.
"""
