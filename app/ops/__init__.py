"""Running the shop: health, metrics, backups, demo data, invariant checks and the supervisor.

Nothing is imported here, so that `run.py` can use the supervisor without loading the shop.
"""
