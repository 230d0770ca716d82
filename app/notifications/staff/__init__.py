"""Notices for people of the shop: the bell of the back office and the page behind it.

Promises one notice a matter: a topic and a subject are kept once, whoever tells of them and however
often, and in whatever order "there is something" and "it is over" arrive. A notice belongs to a screen;
only who may open that screen is told. Words are the feature's own: it fills the slot
`staff.notice.<topic>` with a function of the facts that gives a title.
"""
