"""Help pages: short answers by category and language, found by their words, judged by their readers.

Promises: a reader whose language has no text reads the English one; a reader counts once for an article and day, and
nothing is kept that says who it was. Refuses: HTML that could run, two articles at one address.
"""
