"""Visits: what people do in the shop who agreed to be counted, first-party and without their address.

Promises: nothing is kept of somebody who has not agreed, or whose browser says Do Not Track or Global Privacy
Control; taking the consent back deletes what was kept; an order of somebody who agreed is never missed, a page view
may be. Refuses robots. Searches without results are counted elsewhere (`app.search`), with nobody's name beside them.
"""
