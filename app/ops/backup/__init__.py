"""Encrypted backups of a whole shop: one file with every table and every picture, made while the shop runs.

Promises: what cannot be read back is never called a backup; nothing is restored from a file that was changed,
cut short, sealed with another key or made by a newer version; a restore happens whole or not at all.
"""
