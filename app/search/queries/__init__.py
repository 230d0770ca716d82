"""The search's reads: lists, suggestions. Whatever a visitor types is a question, never an error."""

from app.search.queries.asking import (
    SORTS,
    Facet,
    FacetValue,
    Listing,
    ListingPage,
    Suggestions,
)
from app.search.queries.lists import listing
from app.search.queries.related import related
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
    "suggest",
]
