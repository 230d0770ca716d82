"""Finding products: an index in PostgreSQL, lists with facets, suggestions, synonyms.

Promises: a list costs at most three statements; what changed is found by the next request; nothing a
visitor can type raises. Refuses to guess prices: what a product costs is told by `pricing`, the index
only sorts and filters by the lowest price in the base currency.
"""
