"""Words that mean the same in most shops, so that the first customers already find what they mean."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import caching
from app.core.unit_of_work import after_commit, unit_of_work
from app.search.models import Synonym
from app.search.queries.matching import OWNER

SYNONYMS: dict[str, tuple[str, ...]] = {
    "en": (
        "laptop, notebook", "tv, television", "phone, smartphone, mobile", "headphones, headset, earphones",
        "sofa, couch, settee", "trousers, pants", "jumper, sweater, pullover", "fridge, refrigerator",
        "bag, handbag", "trainers, sneakers", "mug, cup",
    ),
    "fr": (
        "ordinateur portable, laptop, portable", "tv, télévision, téléviseur", "téléphone, smartphone, gsm",
        "casque, écouteurs", "canapé, sofa, divan", "pull, chandail, tricot", "frigo, réfrigérateur",
        "baskets, sneakers", "lampe, luminaire",
    ),
    "nl": (
        "laptop, notebook", "tv, televisie", "telefoon, smartphone, gsm", "hoofdtelefoon, koptelefoon, headset",
        "zetel, sofa, bank", "trui, pull, sweater", "koelkast, frigo", "sneakers, sportschoenen", "lamp, verlichting",
    ),
    "de": (
        "laptop, notebook", "tv, fernseher", "handy, smartphone, mobiltelefon", "kopfhörer, headset",
        "sofa, couch", "pullover, pulli, sweater", "turnschuhe, sneaker", "lampe, leuchte",
    ),
    "es": (
        "portátil, laptop, notebook", "tv, televisión, televisor", "móvil, smartphone, teléfono",
        "auriculares, cascos", "sofá, diván", "jersey, suéter", "zapatillas, deportivas",
    ),
}  # fmt: skip


def setup_data(session: Session) -> None:
    """Fill an empty table; what people of the shop have set or deleted stays as it is."""
    with unit_of_work(session):
        if session.scalar(select(func.count()).select_from(Synonym)):
            return
        session.add_all(Synonym(lang=lang, words=words) for lang, rows in SYNONYMS.items() for words in rows)
        after_commit(session, lambda: caching.purge(OWNER))
