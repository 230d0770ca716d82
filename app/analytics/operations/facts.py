"""The one SQL that makes facts from orders, lines and payments; recording and rebuilding both use it.

`SCOPE` says which orders. Everything is computed in one statement, so it sees one moment. Base amounts are rounded
half up once a row, as `app.core.money` does, and cumulatively inside an order: the n-th row gets what rounding the
running sum adds. So lines and shipping add up to the order, and its captures to the order, to the cent.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from babel.core import get_global
from sqlalchemy.orm import Session

from app.analytics.models import ArticleDay, ArticleMonth, BackFact, Day, LineFact, Month, MoveFact, OrderFact
from app.core.money import exponent
from app.regions.queries import base_currency

ONE = "o.id = ANY(:ids)"
SPAN = "o.placed_at >= :start AND o.placed_at < :end"


def _one(alias: str, direction: str) -> str:
    return f"""
      LEFT JOIN LATERAL (SELECT e.id, e.placed_at, e.country, e.language, e.currency, e.channel FROM orders_order e
                          WHERE e.email_key = o.email_key AND e.state <> 'cancelled'
                            AND (e.placed_at, e.id) < (o.placed_at, o.id)
                          ORDER BY e.placed_at {direction}, e.id {direction} LIMIT 1) {alias} ON true"""


EARLIER = _one("b", "DESC") + _one("since", "ASC")
"""Of the orders of the same customer before an order `o` that count, the last and the first (ix_orders_order_counted)."""


def _day(moment: str) -> str:
    return f"({moment} AT TIME ZONE :tz)::date"


PLACES = {
    "is_first": "b.id IS NULL",
    "is_second": "coalesce(b.id = since.id, false)",
    "is_like_previous": "coalesce((b.country, b.language, b.currency, b.channel)"
    " = (o.country, o.language, o.currency, o.channel), true)",
    "previous_day": _day("b.placed_at"),
    "customer_since": _day("coalesce(since.placed_at, o.placed_at)"),
}
"""The place of an order among those of its customer, as columns of its fact (from `EARLIER`)."""
MISPLACED = f"({', '.join(f'a.{c}' for c in PLACES)}) IS DISTINCT FROM ({', '.join(PLACES.values())})"
"""Facts `a` of orders `o` that stand at another place."""
_SCOPE = f"""
scope AS MATERIALIZED (
    SELECT o.*, o.exchange_rate AS rate, coalesce(old.customer_id, c.id) AS customer_id,
           o.placed_at AT TIME ZONE :tz AS local_at,
           coalesce(array_to_string(ARRAY(SELECT jsonb_array_elements_text(o.coupon_codes) ORDER BY 1), '+'), '') AS coupon,
           coalesce((CAST(:exponents AS jsonb) ->> o.currency)::int, 2) AS places,
           o.state <> 'cancelled' AS is_counted, {", ".join(f"{sql} AS {name}" for name, sql in PLACES.items())}
      FROM orders_order o
      LEFT JOIN analytics_order old ON old.order_id = o.id
      LEFT JOIN analytics_customer c ON c.key = encode(sha256(convert_to(:salt || o.email_key, 'UTF8')), 'hex')
{EARLIER}
     WHERE {{scope}}
)"""

_LINES = """
raw_line AS (
    SELECT l.order_id, l.id AS line_id, l.product_id, l.variant_id, l.tax_rate, l.quantity AS units,
           l.discount, l.net, l.tax, l.gross
      FROM scope s JOIN orders_line l ON l.order_id = s.id
    UNION ALL
    SELECT s.id, 0, -1, -1, s.shipping_rate, 0,
           s.discount - coalesce((SELECT sum(l.discount) FROM orders_line l WHERE l.order_id = s.id), 0),
           s.shipping_net, s.shipping_tax, s.shipping_gross
      FROM scope s
), converted AS (
    SELECT r.*, s.rate,
           sum(r.discount) OVER w AS run_discount, sum(r.net) OVER w AS run_net, sum(r.gross) OVER w AS run_gross
      FROM raw_line r JOIN scope s ON s.id = r.order_id
    WINDOW w AS (PARTITION BY r.order_id ORDER BY r.line_id = 0, r.line_id)
), new_line AS MATERIALIZED (
    SELECT s.local_at::date AS day, extract(hour FROM s.local_at)::smallint AS hour, s.currency, s.country, s.language,
           s.channel, s.payment_method, s.coupon, s.is_first, s.is_counted,
           r.order_id, r.line_id, s.customer_id, r.product_id, r.variant_id,
           coalesce(old.category_id, CASE WHEN r.line_id = 0 THEN -1 ELSE coalesce(p.category_id, 0) END) AS category_id,
           coalesce(old.brand_id, CASE WHEN r.line_id = 0 THEN -1 ELSE coalesce(p.brand_id, 0) END) AS brand_id,
           coalesce(old.seller_id, CASE WHEN r.line_id = 0 THEN -1 ELSE coalesce(p.seller_id, 0) END) AS seller_id,
           r.tax_rate, r.units, r.discount, r.net, r.tax, r.gross,
           b.base_discount, b.base_net, b.base_gross - b.base_net AS base_tax, b.base_gross
      FROM converted r
      JOIN scope s ON s.id = r.order_id
      LEFT JOIN analytics_line old ON old.order_id = r.order_id AND old.line_id = r.line_id
      LEFT JOIN catalog_product p ON p.id = r.product_id,
   LATERAL (SELECT round(run_discount / r.rate, :places) - round((run_discount - r.discount) / r.rate, :places),
                   round(run_net / r.rate, :places) - round((run_net - r.net) / r.rate, :places),
                   round(run_gross / r.rate, :places) - round((run_gross - r.gross) / r.rate, :places)
           ) AS b(base_discount, base_net, base_gross)
)"""

_ORDERS = f"""
new_order AS MATERIALIZED (
    SELECT s.local_at::date AS day, extract(hour FROM s.local_at)::smallint AS hour, s.currency, s.country, s.language,
           s.channel, s.payment_method, s.coupon, s.is_first, s.is_counted,
           s.id AS order_id, s.number, s.placed_at, s.customer_id,
           {", ".join(f"s.{name}" for name in PLACES if name != "is_first")},
           s.state, s.payment_status, l.units, s.discount, s.shipping_gross AS shipping,
           s.total_net AS net, s.total_tax AS tax, s.total_gross AS gross,
           l.base_discount, l.base_shipping, l.base_net, l.base_tax, l.base_gross
      FROM scope s
      JOIN (SELECT order_id, sum(units) AS units, sum(base_discount) AS base_discount, sum(base_net) AS base_net,
                   sum(base_tax) AS base_tax, sum(base_gross) AS base_gross,
                   sum(base_gross) FILTER (WHERE line_id = 0) AS base_shipping
              FROM new_line GROUP BY order_id) l ON l.order_id = s.id
)"""

_MOVES = """
raw_move AS (
    SELECT 'capture' AS kind, c.id AS move_id, p.order_id, c.at, c.amount
      FROM scope s JOIN payments_payment p ON p.order_id = s.id JOIN payments_capture c ON c.payment_id = p.id
    UNION ALL
    SELECT 'refund', r.id, p.order_id, coalesce(r.done_at, r.created_at), r.amount
      FROM scope s JOIN payments_payment p ON p.order_id = s.id JOIN payments_refund r ON r.payment_id = p.id
     WHERE r.state = 'done'
), running AS (
    SELECT m.*, sum(m.amount) OVER w AS run, s.rate, s.places, s.total_gross, s.total_net,
           greatest(s.captured - s.total_gross, 0) AS surplus,
           m.kind = 'refund' AND s.is_counted AND s.total_gross > 0 AS takes_away
      FROM raw_move m JOIN scope s ON s.id = m.order_id
    WINDOW w AS (PARTITION BY m.order_id, m.kind ORDER BY m.at, m.move_id)
), credited AS (
    SELECT r.*,
           CASE WHEN takes_away THEN round(least(greatest(run - surplus, 0), total_gross)
                                           * total_net / total_gross, places) ELSE 0 END AS net_to,
           CASE WHEN takes_away THEN round(least(greatest(run - amount - surplus, 0), total_gross)
                                           * total_net / total_gross, places) ELSE 0 END AS net_from
      FROM running r
), new_move AS MATERIALIZED (
    SELECT (m.at AT TIME ZONE :tz)::date AS day, extract(hour FROM m.at AT TIME ZONE :tz)::smallint AS hour,
           s.currency, s.country, s.language, s.channel, s.payment_method, s.coupon, s.is_first, s.is_counted,
           m.kind, m.move_id, m.order_id, m.amount, m.net_to - m.net_from AS net,
           round(m.run / m.rate, :places) - round((m.run - m.amount) / m.rate, :places) AS base_amount,
           round(m.net_to / m.rate, :places) - round(m.net_from / m.rate, :places) AS base_net
      FROM credited m JOIN scope s ON s.id = m.order_id
)"""


def _piece(prefix: str, places: str) -> str:
    """What a refund takes of a line: the running sum of refunds over the running sum of lines, rounded, less before."""
    before = f"(b.{prefix}upto - b.{prefix}amount)"
    return f"""CASE WHEN l.whole = 0 THEN CASE WHEN l.line_id = 0 THEN b.{prefix}amount ELSE 0 END
                ELSE round(b.{prefix}upto * l.upto / l.whole, {places})
                   - round(b.{prefix}upto * (l.upto - l.gross) / l.whole, {places})
                   - round({before} * l.upto / l.whole, {places})
                   + round({before} * (l.upto - l.gross) / l.whole, {places}) END"""


_BACK = f"""
refund AS (
    SELECT m.*, sum(m.amount) OVER w AS upto, sum(m.base_amount) OVER w AS base_upto
      FROM new_move m WHERE m.kind = 'refund'
    WINDOW w AS (PARTITION BY m.order_id ORDER BY m.day, m.hour, m.move_id)
), taken AS (
    SELECT l.*, s.places, sum(l.gross) OVER (PARTITION BY l.order_id ORDER BY l.line_id = 0, l.line_id) AS upto,
           sum(l.gross) OVER (PARTITION BY l.order_id) AS whole
      FROM new_line l JOIN scope s ON s.id = l.order_id
     WHERE l.order_id IN (SELECT order_id FROM refund)
), new_back AS MATERIALIZED (
    SELECT b.day, b.hour, b.currency, b.country, b.language, b.channel, b.payment_method, b.coupon, b.is_first, b.is_counted,
           b.move_id AS refund_id, l.line_id, b.order_id, l.product_id, l.variant_id, l.category_id, l.brand_id,
           l.seller_id, l.tax_rate, {_piece("", "l.places")} AS amount, {_piece("base_", ":places")} AS base_amount
      FROM refund b JOIN taken l ON l.order_id = b.order_id
)"""


def columns(table: Any) -> list[str]:
    """Names of the columns of a model."""
    return [column.name for column in table.__table__.columns]


def _put(table: Any, source: str) -> str:
    """Write the new rows of a fact table over the old ones and drop what is no more."""
    name, keys = table.__tablename__, [c.name for c in table.__table__.primary_key.columns]
    names = columns(table)
    changes = ", ".join(f"{c} = excluded.{c}" for c in names if c not in keys)
    same = " AND ".join(f"n.{k} = a.{k}" for k in keys)
    return f"""
put_{source} AS (
    INSERT INTO {name} ({", ".join(names)}) SELECT {", ".join(names)} FROM new_{source}
    ON CONFLICT ({", ".join(keys)}) DO UPDATE SET {changes}
), drop_{source} AS (
    DELETE FROM {name} a USING scope s
     WHERE a.order_id = s.id AND NOT EXISTS (SELECT 1 FROM new_{source} n WHERE {same})
)"""


FACTS = ((OrderFact, "order"), (LineFact, "line"), (MoveFact, "move"), (BackFact, "back"))
_MAKE = ",".join((_SCOPE, _LINES, _ORDERS, _MOVES, _BACK, *(_put(table, source) for table, source in FACTS)))

_MONEY = ("discount", "net", "tax", "gross")
DAY_KEYS = ("day", "currency", "country", "language", "channel", "payment_method", "is_first")
ARTICLE_KEYS = ("day", "currency", "product_id", "category_id", "brand_id", "seller_id", "tax_rate")


def _day_rows(orders: str, moves: str, sign: str) -> str:
    """Rows that sum up to `analytics_day`: each with all its columns, times a sign."""
    keys = ", ".join(DAY_KEYS)
    amounts = ("discount", "shipping", "net", "tax", "gross")
    of_orders = [f"{sign}CASE WHEN is_counted THEN {p}{a} ELSE 0 END" for p in ("", "base_") for a in amounts]
    zeros, nothing = ["0"] * 4, ["0"] * 5
    money = [
        f"{sign}CASE WHEN {when} THEN {p}{amount} ELSE 0 END"
        for p in ("", "base_")
        for when, amount in (
            ("kind = 'capture'", "amount"), ("kind = 'capture' AND is_counted", "amount"),
            ("kind = 'refund'", "amount"), ("kind = 'refund'", "net"),
        )
    ]  # fmt: skip
    first = [
        f"{sign}(is_counted)::int", f"{sign}(NOT is_counted)::int", f"{sign}CASE WHEN is_counted THEN units ELSE 0 END",
        *of_orders[:5], *zeros, *of_orders[5:], *zeros,
    ]  # fmt: skip
    second = ["0", "0", "0", *nothing, *money[:4], *nothing, *money[4:]]
    return f"SELECT {keys}, {', '.join(first)} FROM {orders} UNION ALL SELECT {keys}, {', '.join(second)} FROM {moves}"


def _article_rows(lines: str, sign: str) -> str:
    """Rows that sum up to `analytics_article_day`; lines of cancelled orders have none."""
    first = "line_id <> 0 AND row_number() OVER (PARTITION BY order_id, product_id ORDER BY line_id) = 1"
    amounts = [f"({first})::int", "units", *(f"{p}{a}" for p in ("", "base_") for a in _MONEY)]
    values = ", ".join(f"{sign}{amount}" for amount in amounts)
    return f"SELECT {', '.join(ARTICLE_KEYS)}, {values} FROM {lines} WHERE is_counted"


def _sums(table: Any, keys: tuple[str, ...], rows: str, day: str = "day") -> str:
    """Sums of rows as a roll-up has them; `day` is what stands in it for a day."""
    names = columns(table)
    sums = [name for name in names if name not in keys]
    place = ", ".join((day, *keys[1:]))
    return f"""
    SELECT {place}, {", ".join(f"sum({s})" for s in sums)}
      FROM ({rows}) AS r({", ".join(names)}) GROUP BY {place}
    HAVING {" OR ".join(f"sum({s}) <> 0" for s in sums)}"""


def _filling(table: Any, body: str) -> str:
    """Write sums into a roll-up that has none of them."""
    return f"INSERT INTO {table.__tablename__} AS d ({', '.join(columns(table))}){body}"


def _adding(table: Any, keys: tuple[str, ...], body: str) -> str:
    """Add sums to a roll-up, always in the same order so that nobody waits for each other."""
    changes = ", ".join(f"{s} = d.{s} + excluded.{s}" for s in columns(table) if s not in keys)
    numbers = ", ".join(str(n) for n in range(1, len(keys) + 1))
    return (
        f"{_filling(table, body)} ORDER BY {numbers} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {changes}"
    )


_FIRST = "date_trunc('month', day)::date"


def _old(table: str) -> str:
    return f"(SELECT a.* FROM {table} a JOIN scope s ON s.id = a.order_id) AS old_{table}"


_DAY_CHANGE = _sums(
    Day, DAY_KEYS,
    _day_rows(_old("analytics_order"), _old("analytics_move"), "-")
    + " UNION ALL "
    + _day_rows("new_order", "new_move", ""),
)  # fmt: skip
_ARTICLE_CHANGE = _sums(
    ArticleDay, ARTICLE_KEYS, _article_rows(_old("analytics_line"), "-") + " UNION ALL " + _article_rows("new_line", "")
)  # fmt: skip
_OF_DAYS, _OF_ARTICLES = "SELECT * FROM day_change", "SELECT * FROM article_change"

RECORD = f"""WITH {_MAKE.format(scope=ONE)},
day_change({", ".join(columns(Day))}) AS MATERIALIZED ({_DAY_CHANGE}),
article_change({", ".join(columns(ArticleDay))}) AS MATERIALIZED ({_ARTICLE_CHANGE}),
days AS ({_adding(Day, DAY_KEYS, f" {_OF_DAYS}")}),
months AS ({_adding(Month, DAY_KEYS, _sums(Month, DAY_KEYS, _OF_DAYS, _FIRST))}),
article_days AS ({_adding(ArticleDay, ARTICLE_KEYS, f" {_OF_ARTICLES}")})
{_adding(ArticleMonth, ARTICLE_KEYS, _sums(ArticleMonth, ARTICLE_KEYS, _OF_ARTICLES, _FIRST))}"""
"""Make the facts of `:ids` anew and add the difference to the roll-ups."""
REMAKE = f"WITH {_MAKE.format(scope=SPAN)} SELECT count(*) FROM new_order"
"""Make the facts of orders placed from `:start` to `:end` anew; the roll-ups stay as they are."""


def _between(table: str) -> str:
    return f"(SELECT * FROM {table} WHERE day >= :first AND day <= :last) AS f_{table}"


def _all_of(table: Any) -> str:
    return f"SELECT {', '.join(columns(table))} FROM {_between(table.__tablename__)}"


DAYS = _filling(
    Day, _sums(Day, DAY_KEYS, _day_rows(_between("analytics_order"), _between("analytics_move"), ""))
)
ARTICLE_DAYS = _filling(
    ArticleDay, _sums(ArticleDay, ARTICLE_KEYS, _article_rows(_between("analytics_line"), ""))
)
"""Fill the sums by day from the facts for days from `:first` to `:last`, which must be empty."""
MONTHS = _filling(Month, _sums(Month, DAY_KEYS, _all_of(Day), _FIRST))
ARTICLE_MONTHS = _filling(ArticleMonth, _sums(ArticleMonth, ARTICLE_KEYS, _all_of(ArticleDay), _FIRST))
"""Fill the sums by month from those by day; `:first` is the first and `:last` the last day of a month."""
ROLL_UPS = (
    (Day, DAY_KEYS, DAYS), (Month, DAY_KEYS, MONTHS),
    (ArticleDay, ARTICLE_KEYS, ARTICLE_DAYS), (ArticleMonth, ARTICLE_KEYS, ARTICLE_MONTHS),
)  # fmt: skip
"""Tables of sums with their keys and what fills them, in the order in which they are filled."""


def sums_alone(statement: str) -> str:
    """What a statement that fills a roll-up would write, as rows to compare with."""
    return statement[statement.index("SELECT") :]


CUSTOMERS = """
INSERT INTO analytics_customer (key)
SELECT DISTINCT encode(sha256(convert_to(:salt || o.email_key, 'UTF8')), 'hex') AS key FROM orders_order o
 WHERE {scope} AND NOT EXISTS (SELECT 1 FROM analytics_order a WHERE a.order_id = o.id)
 ORDER BY 1 ON CONFLICT (key) DO NOTHING"""


@lru_cache(maxsize=1)
def _exponents() -> str:
    """Decimals of the currencies that do not have two, as JSON."""
    fractions = get_global("currency_fractions")
    return json.dumps(
        {code: exponent(code) for code in fractions if code != "DEFAULT" and exponent(code) != 2}
    )


def parameters(session: Session, *, timezone: str, salt: str) -> dict[str, Any]:
    """What every statement here needs besides its scope."""
    return {
        "tz": timezone, "salt": salt, "exponents": _exponents(), "places": exponent(base_currency(session)),
    }  # fmt: skip
