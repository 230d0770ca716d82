"""The search's reads: lists, suggestions. Whatever a visitor types is a question, never an error."""

from app.search.queries.asking import (
    SORTS,
    Facet,
    FacetValue,
    Listing,
    ListingPage,
    Suggestions,
)
from app.search.queries.lists import listing, sort_of
from app.search.queries.related import related, tokens
from app.search.queries.suggesting import suggest

__all__ = [
    "SORTS",
    "Facet",
    "FacetValue",
    "Listing",
    "ListingPage",
    "Suggestions",
    "listing",
    "related",
    "sort_of",
    "suggest",
    "tokens",
]
