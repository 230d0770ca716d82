"""Zones and methods: what may be chosen for a basket, at which price, and why.

Promises one documented winner where rules overlap. Refuses (`NoShippingMethod`) a method that does
not fit the basket and its destination.
"""
