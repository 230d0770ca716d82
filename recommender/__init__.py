"""Learns from what people look at and buy, and says what else they may like.

Promises: only a model that beats the one that serves goes live, one that serves can be called back within a minute, and
every suggestion gives its reason. Refuses: what is out of stock, what is bought once in a lifetime and was bought, and
profiles of people who do not want one.
"""
