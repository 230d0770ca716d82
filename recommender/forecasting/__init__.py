"""What will sell: demand of each article with an interval, proved on the past before it is used.

Promises: a model that does worse than "the same as last week" is not used, and the figures of every run are kept.
The modules `demand`, `models`, `boosting`, `folds`, `mixing`, `intervals` and `backtest` import numpy; only jobs and
commands load them.
"""
