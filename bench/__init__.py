"""Measures the shop from outside: `python -m bench`. Never part of a running shop."""
