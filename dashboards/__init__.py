"""Pages on which managers see how the shop is doing: Plotly charts over the metric layer.

Promises: a number here is the number of `app.analytics`, with its rows behind it. Refuses: arithmetic of its own.
"""
