"""Writes the invoices and credit notes of past orders, many at once; nothing is announced.

What holds of a document holds of these: gapless in its journal and year, lines and VAT add up to the total, the total
is that of the order, and the database refuses every later change. Dates are those of the past.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import series
from app.core.copying import copy_rows, new_ids
from app.core.money import Money, total
from app.core.unit_of_work import unit_of_work
from app.invoicing import operations, rules
from app.invoicing.rules import Band, Kind
from app.regions.rules import EU

_DRAFTS = text(
    """INSERT INTO invoicing_invoice (kind, journal, year, order_id, order_number, issued_on, due_on, supplied_on, paid_on,
              payment_method, currency, exchange_rate, language, seller, buyer, buyer_name, mentions, net, tax, gross, tax_eur)
       SELECT 'invoice', CAST(:journal AS text), extract(year FROM d.paid), o.id, o.number, d.paid, d.paid, d.paid, d.paid,
              o.payment_method, o.currency, o.exchange_rate, o.language, CAST(:seller AS jsonb),
              o.billing_address || jsonb_build_object('email', o.email),
              coalesce(nullif(o.billing_address->>'company', ''), nullif(o.billing_address->>'name', ''), o.email),
              CASE WHEN b.is_untaxed AND o.country <> ALL(CAST(:eu AS text[])) THEN '["export"]'::jsonb ELSE '[]'::jsonb END,
              o.total_net, o.total_tax, o.total_gross, b.tax_eur
         FROM orders_order o
        CROSS JOIN LATERAL (SELECT CAST(o.paid_at AT TIME ZONE CAST(:zone AS text) AS date) AS paid) d
        CROSS JOIN LATERAL (
              SELECT bool_or((x->>'rate')::numeric = 0 AND (x->>'gross')::numeric > 0) AS is_untaxed,
                     sum(CASE WHEN o.currency = 'EUR' THEN (x->>'tax')::numeric
                              ELSE round((x->>'tax')::numeric / o.exchange_rate, 2) END) AS tax_eur
                FROM jsonb_array_elements(o.taxes) AS x) b
        WHERE o.id = ANY(CAST(:ids AS bigint[])) AND o.paid_at IS NOT NULL ORDER BY o.paid_at, o.id
    RETURNING id, year"""
)
_LINES = text(
    """INSERT INTO invoicing_line (invoice_id, position, kind, sku, name, options, quantity, unit_net, discount, tax_rate,
              net, tax, gross)
       SELECT i.id, x.position, x.kind, x.sku, x.name, x.options, x.quantity,
              CASE WHEN x.kind = 'shipping' OR NOT o.prices_include_tax THEN x.unit
                   ELSE round(x.unit * 100 / (100 + x.rate), 4) END, 0, x.rate, x.net, x.tax, x.gross
         FROM invoicing_invoice i JOIN orders_order o ON o.id = i.order_id
        CROSS JOIN LATERAL (
              SELECT l.position, 'goods' AS kind, l.sku, l.name, l.options, l.quantity, l.unit_price AS unit,
                     l.tax_rate AS rate, l.net, l.tax, l.gross FROM orders_line l WHERE l.order_id = o.id
              UNION ALL
              SELECT (SELECT count(*) + 1 FROM orders_line l WHERE l.order_id = o.id), 'shipping', '', o.shipping_name,
                     CAST('{}' AS json), 1, o.shipping_net, o.shipping_rate, o.shipping_net, o.shipping_tax, o.shipping_gross
               WHERE o.shipping_gross > 0) x
        WHERE i.id = ANY(CAST(:made AS bigint[])) ORDER BY i.id, x.position"""
)
_TAXES = text(
    """INSERT INTO invoicing_tax (invoice_id, rate, net, tax, gross, tax_eur)
       SELECT i.id, (x->>'rate')::numeric, (x->>'net')::numeric, (x->>'tax')::numeric, (x->>'gross')::numeric,
              CASE WHEN o.currency = 'EUR' THEN (x->>'tax')::numeric
                   ELSE round((x->>'tax')::numeric / o.exchange_rate, 2) END
         FROM invoicing_invoice i JOIN orders_order o ON o.id = i.order_id
        CROSS JOIN LATERAL jsonb_array_elements(o.taxes) AS x
        WHERE i.id = ANY(CAST(:made AS bigint[]))"""
)
_NUMBERED = text(
    """UPDATE invoicing_invoice i SET sequence = n.sequence, number = n.number, issued_at = n.at
         FROM unnest(CAST(:made AS bigint[]), CAST(:sequences AS int[]), CAST(:numbers AS text[]),
                     CAST(:moments AS timestamptz[])) AS n(id, sequence, number, at) WHERE i.id = n.id"""
)
_MOMENTS = text(
    """SELECT i.id, o.paid_at FROM invoicing_invoice i JOIN orders_order o ON o.id = i.order_id
        WHERE i.id = ANY(CAST(:made AS bigint[]))"""
)


def write_past_invoices(session: Session, order_ids: Sequence[int], *, journal: str = "") -> int:
    """Give paid past orders their invoice, dated the day their money came. Returns how many were written.

    `journal` keeps what came from elsewhere apart from the shop's own series (the default). Orders that have an
    invoice must not be among them: the database refuses a second one.
    """
    if not order_ids:
        return 0
    journal = journal or rules.JOURNALS[Kind.INVOICE]
    values = {
        "ids": list(order_ids), "journal": journal, "seller": json.dumps(operations.seller_now(session)),
        "eu": sorted(EU), "zone": rules.ZONE.key,
    }  # fmt: skip
    with unit_of_work(session):
        made = [(row.id, row.year) for row in session.execute(_DRAFTS, values)]
        ids = {"made": [i for i, _ in made]}
        session.execute(_LINES, ids)
        session.execute(_TAXES, ids)
        moments = {row.id: row.paid_at for row in session.execute(_MOMENTS, ids)}
        _number(session, journal, made, moments)
    return len(made)


def _number(session: Session, journal: str, made: list[tuple[int, int]], moments: dict[int, Any]) -> None:
    """The next numbers of each year, in the order of the documents: the very last thing."""
    years: dict[int, list[int]] = defaultdict(list)
    for invoice_id, year in sorted(made):
        years[year].append(invoice_id)
    found: list[tuple[int, int, str, Any]] = []
    for year, ids in sorted(years.items()):
        taken = series.take_many(session, rules.series(journal), year, len(ids))
        found += [(i, n, rules.number(journal, year, n), moments[i]) for i, n in zip(ids, taken, strict=True)]
    if found:
        names = ("made", "sequences", "numbers", "moments")
        columns = zip(*found, strict=True)
        session.execute(_NUMBERED, dict(zip(names, (list(c) for c in columns), strict=True)))


_REFUNDS = text(
    """SELECT r.id AS refund_id, r.amount, r.reason, r.done_at, i.id AS invoice_id, i.number, i.gross, i.currency,
              i.exchange_rate, CAST(r.done_at AT TIME ZONE CAST(:zone AS text) AS date) AS day
         FROM payments_refund r JOIN payments_payment p ON p.id = r.payment_id
         JOIN invoicing_invoice i ON i.order_id = p.order_id AND i.kind = 'invoice'
        WHERE r.id = ANY(CAST(:ids AS bigint[])) AND r.state = 'done' ORDER BY r.done_at, r.id"""
)
_BANDS = text(
    """SELECT coalesce(i.invoice_id, i.id) AS invoice_id, i.kind, t.rate, t.net, t.tax FROM invoicing_invoice i
         JOIN invoicing_tax t ON t.invoice_id = i.id
        WHERE i.id = ANY(CAST(:ids AS bigint[])) OR i.invoice_id = ANY(CAST(:ids AS bigint[]))
        ORDER BY i.id, t.rate DESC"""
)
_CREDITS = text(
    """INSERT INTO invoicing_invoice (id, kind, journal, year, order_id, order_number, invoice_id, refund_id, reason,
              issued_on, due_on, paid_on, payment_method, currency, exchange_rate, language, seller, buyer, buyer_name,
              mentions, net, tax, gross, tax_eur)
       SELECT n.id, 'credit_note', CAST(:journal AS text), extract(year FROM n.day), i.order_id, i.order_number, i.id,
              n.refund_id, n.reason, n.day, n.day, n.day, i.payment_method, i.currency, i.exchange_rate, i.language,
              i.seller, i.buyer, i.buyer_name, i.mentions, n.net, n.tax, n.net + n.tax, n.tax_eur
         FROM unnest(CAST(:new AS bigint[]), CAST(:invoices AS bigint[]), CAST(:refunds AS bigint[]), CAST(:reasons AS text[]),
                     CAST(:days AS date[]), CAST(:nets AS numeric[]), CAST(:taxes AS numeric[]), CAST(:euros AS numeric[]))
                     AS n(id, invoice_id, refund_id, reason, day, net, tax, tax_eur)
         JOIN invoicing_invoice i ON i.id = n.invoice_id"""
)
_LINE = (
    "invoice_id", "position", "kind", "name", "quantity", "unit_net", "tax_rate", "net", "tax", "gross",
)  # fmt: skip


def write_past_credits(session: Session, refund_ids: Sequence[int], *, journal: str = "") -> int:
    """Give refunds of past orders their credit notes, dated the day the money went. Returns how many were written.

    Each is spread over the rates of VAT as `credit_refund` does it: in proportion to what is not credited yet.
    """
    if not refund_ids:
        return 0
    journal = journal or rules.JOURNALS[Kind.CREDIT_NOTE]
    with unit_of_work(session):
        rows = session.execute(_REFUNDS, {"ids": list(refund_ids), "zone": rules.ZONE.key}).all()
        if not rows:
            return 0
        spread = list(zip(rows, _spread(session, rows), strict=True))
        ids = new_ids(session, "invoicing_invoice", len(spread))
        _write_credits(session, journal, ids, spread)
        made = [(i, row.day.year) for i, (row, _) in zip(ids, spread, strict=True)]
        moments = {i: row.done_at for i, (row, _) in zip(ids, spread, strict=True)}
        _number(session, journal, made, moments)
    return len(spread)


def _spread(session: Session, rows: Sequence[Any]) -> list[list[Band]]:
    """The VAT of each refund, one after the other: what one has credited the next one does not."""
    currencies = {row.invoice_id: row.currency for row in rows}
    bands: dict[int, list[Band]] = defaultdict(list)
    gone: dict[int, list[Band]] = defaultdict(list)
    for row in session.execute(_BANDS, {"ids": list(currencies)}):
        money = currencies[row.invoice_id]
        band = Band.of(row.rate, Money(row.net, money), Money(row.tax, money))
        (bands if row.kind == "invoice" else gone)[row.invoice_id].append(band)
    found = []
    for row in rows:
        left = rules.remaining(bands[row.invoice_id], gone[row.invoice_id])
        parts = rules.credit(Money(row.amount, row.currency), left)
        gone[row.invoice_id] += parts
        found.append(parts)
    return found


def _write_credits(
    session: Session, journal: str, ids: list[int], spread: list[tuple[Any, list[Band]]]
) -> None:
    def euros(row: Any, bands: list[Band]) -> list[Decimal]:
        return [rules.in_euro(band.tax, row.exchange_rate).amount for band in bands]

    sums = [
        (total([b.net for b in bands], row.currency), total([b.tax for b in bands], row.currency))
        for row, bands in spread
    ]
    session.execute(
        _CREDITS,
        {
            "journal": journal, "new": ids, "invoices": [row.invoice_id for row, _ in spread],
            "refunds": [row.refund_id for row, _ in spread], "reasons": [row.reason for row, _ in spread],
            "days": [row.day for row, _ in spread], "nets": [net.amount for net, _ in sums],
            "taxes": [tax.amount for _, tax in sums], "euros": [sum(euros(row, b), Decimal(0)) for row, b in spread],
        },
    )  # fmt: skip
    copy_rows(
        session, "invoicing_line", _LINE,
        (
            (i, n, "credit", row.number, 1, b.net.amount, b.rate, b.net.amount, b.tax.amount, b.gross.amount)
            for i, (row, bands) in zip(ids, spread, strict=True) for n, b in enumerate(bands, 1)
        ),
    )  # fmt: skip
    copy_rows(
        session, "invoicing_tax", ("invoice_id", "rate", "net", "tax", "gross", "tax_eur"),
        (
            (i, b.rate, b.net.amount, b.tax.amount, b.gross.amount, euro)
            for i, (row, bands) in zip(ids, spread, strict=True)
            for b, euro in zip(bands, euros(row, bands), strict=True)
        ),
    )  # fmt: skip
