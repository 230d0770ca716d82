"""What lies on the shelves is worth, how long it lasts, what is expected to sell and what to order.

Promises: the value of any past day follows from movements, which sum to levels; an unknown cost is unknown, not zero; a
forecast is replaced as a whole or not at all. Refuses: a forecast that was not proved better than seasonal-naive.
"""
