"""What to offer while somebody types."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.catalog.queries import category_tree
from app.core import caching
from app.core.i18n import DEFAULT_LANGUAGE
from app.search import rules
from app.search.queries.asking import Suggestions
from app.search.queries.matching import OWNER, Match, condition, language_of, synonyms, understand
from app.search.queries.ranking import WEIGHTS

MOST = 20
MOST_CANDIDATES = 1_500


def suggest(session: Session, q: str, lang: str, n: int = 5) -> Suggestions:
    """Products, categories and queries that begin like `q`; at most `n` of each. Kept a minute."""
    lang, query = language_of(lang), rules.clean(q, 80)
    terms = rules.terms_of(query)
    if not terms:
        return Suggestions()
    n = min(max(n, 1), MOST)
    key = f"suggest:{lang}:{n}:{' '.join(terms)}"
    return caching.cached(OWNER, key, lambda: _suggest(session, query, terms, lang, n), ttl=60)


def _suggest(session: Session, query: str, terms: list[str], lang: str, n: int) -> Suggestions:
    products = _products(session, query, terms, lang, n)
    tree = category_tree(session, lang)
    fitting = [
        (not words[0].startswith(terms[0]), -node.product_count, node.id)
        for node in tree.nodes.values()
        if tree.is_shown(node.id) and (words := rules.words_of(node.name)) and _fits(terms, words)
    ]
    categories = tuple(item[2] for item in sorted(fitting)[:n])
    return Suggestions(products, categories, _queries(session, terms, lang, n))


def _fits(terms: list[str], words: list[str]) -> bool:
    whole = all(term in words or any(word.startswith(term) for word in words) for term in terms)
    return whole


def _products(session: Session, query: str, terms: list[str], lang: str, n: int) -> tuple[int, ...]:
    said = rules.query_text(terms, synonyms(session, lang))
    match: Match | None = Match(said, rules.code_of(query), said)
    found = _best(session, match, lang, n) if match else ()
    if not found and len(query) >= 3:
        match = understand(session, query, lang)
        found = _best(session, match, lang, n) if match and match.how != "none" else ()
    return found


def _best(session: Session, match: Match, lang: str, n: int) -> tuple[int, ...]:
    config = rules.LANGUAGE_CONFIGS
    own = lang if lang == DEFAULT_LANGUAGE else f"coalesce(t.{lang}, t.{DEFAULT_LANGUAGE})"
    vector = f"t.{own}" if lang == DEFAULT_LANGUAGE else own
    statement = f"""WITH hits AS MATERIALIZED (
        SELECT t.product_id, t.codes @> ARRAY[CAST(:code AS text)] AS exact FROM search_text t
         WHERE {condition(lang)} LIMIT {MOST_CANDIDATES})
        SELECT h.product_id FROM hits h JOIN search_document d USING (product_id)
          JOIN search_text t USING (product_id)
         ORDER BY h.exact DESC, d.available DESC,
               ts_rank({WEIGHTS}, {vector}, to_tsquery('{config[lang]}', :q), 1)
                 * (1 + 0.05 * ln(1 + d.popularity)) DESC, h.product_id DESC LIMIT :n"""
    return tuple(session.scalars(text(statement), {"q": match.query, "code": match.code, "n": n}))


# ix_search_word_prefix; ix_search_query_count_lang
_COMPLETIONS = text(
    """(SELECT query AS whole, sum(times) * 100 AS weight FROM search_query_count
         WHERE lang = :lang AND query LIKE :typed AND hits > 0 GROUP BY query ORDER BY 2 DESC LIMIT :n)
       UNION ALL
       (SELECT :before || word, frequency FROM search_word
         WHERE lang = :lang AND word LIKE :prefix ORDER BY frequency DESC LIMIT :n)"""
)


def _queries(session: Session, terms: list[str], lang: str, n: int) -> tuple[str, ...]:
    """Whole queries: what others looked for and found, else words of the catalogue."""
    typed, last = " ".join(terms), terms[-1]
    if len(last) < 2:
        return ()
    before = typed[: len(typed) - len(last)]
    values = {"lang": lang, "typed": f"{typed}%", "before": before, "prefix": f"{last}%", "n": n + 1}
    rows = session.execute(_COMPLETIONS, values)
    ranked = sorted(((-int(row.weight), row.whole) for row in rows), key=lambda item: item)
    return tuple(dict.fromkeys(whole for _weight, whole in ranked if whole != typed))[:n]
