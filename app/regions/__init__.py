"""Countries, currencies and exchange rates.

Promises dated rates with their source, and a warning when they are older than three days.
Refuses to convert with a rate it does not have.
"""
