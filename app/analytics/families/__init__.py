"""Families of figures. Each module here has `METRICS` (tuple of `rules.Metric`) and `answer(session, questions, language)`.

`answer` gets questions of its own family that share a period, filters and a currency, and gives their `Figures` in the
same order with as few statements as it can. `app.analytics.queries` knows the families and is the only way in.
"""
