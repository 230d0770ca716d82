"""Machinery that knows no noun of the shop: transactions, money, events, jobs, the base admin layer."""
