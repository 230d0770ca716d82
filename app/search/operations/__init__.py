"""The verbs of the search: keep the index, the vocabulary and the counts of queries."""

from app.search.operations.evaluating import Evaluation, Judgement, evaluate, read_judgements
from app.search.operations.indexing import index_products, refresh_fields, refresh_popularity, reindex
from app.search.operations.words import learn_words, replace_words, write_down_queries

__all__ = [
    "Evaluation", "Judgement", "evaluate", "index_products", "learn_words", "read_judgements", "refresh_fields",
    "refresh_popularity", "reindex", "replace_words", "write_down_queries",
]  # fmt: skip
