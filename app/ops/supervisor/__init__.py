"""Start, watch and stop the processes of one Comptoir on one machine.

The modules here use the standard library only: they run before the shop's own
dependencies are needed, and a mistake in a feature can never keep them from stopping
what they started.
"""
