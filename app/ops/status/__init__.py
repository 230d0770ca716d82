"""How the machinery stands: queues, workers, schedules, failures, announcements that wait. For people of the shop.

What balancers ask is `/readyz`; it says nothing of work and needs no login.
"""
