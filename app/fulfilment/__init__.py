"""Parcels: what was put into which one, who carries it, where it is.

Promises that no more leaves than was ordered, and that an order is shipped when its last piece has
left and delivered when its last parcel has arrived. Refuses to ship what is not confirmed or paid.
"""
