"""The models: each learns from a sparse matrix (people x items) and scores rows of such a matrix.

`fit(matrix)` learns, `score(rows)` answers a dense block with a figure for each item; a row may be of somebody the
model has never seen. Nothing here knows the shop, and nothing here is imported by a web worker.
"""
