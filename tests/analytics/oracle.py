"""The figures counted again, by other means: pandas over orders, lines, captures and refunds. Tests only."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.analytics.rules import Question
from app.core.money import Money

ZONE = ZoneInfo("Europe/Brussels")
ZERO = Decimal(0)


def read(session: Session) -> dict[str, pd.DataFrame]:
    """Orders, lines (shipping among them) and movements of money, each with all dimensions."""
    orders = _frame(session, "SELECT * FROM orders_order ORDER BY placed_at, id")
    seen: set[str] = set()
    firsts = []
    for row in orders.itertuples():
        firsts.append(row.email.lower() not in seen)
        if row.state != "cancelled":
            seen.add(row.email.lower())
    orders["customer_kind"] = ["new" if first else "returning" for first in firsts]
    orders["coupon"] = ["+".join(sorted(codes)) or "_none" for codes in orders.coupon_codes]
    orders["counted"] = orders.state != "cancelled"
    orders["customer"] = orders.email.str.lower()
    lines = _frame(
        session,
        """SELECT l.*, p.slug AS product, v.sku AS variant, c.path AS category, coalesce(b.slug, '_none') AS brand
             FROM orders_line l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_variant v ON v.id = l.variant_id
             JOIN catalog_category c ON c.id = p.category_id LEFT JOIN catalog_brand b ON b.id = p.brand_id ORDER BY l.id""",
    )
    moves = _frame(
        session,
        """SELECT 'capture' AS kind, c.id, p.order_id, c.at, c.amount FROM payments_capture c
             JOIN payments_payment p ON p.id = c.payment_id
            UNION ALL SELECT 'refund', r.id, p.order_id, r.done_at, r.amount FROM payments_refund r
             JOIN payments_payment p ON p.id = r.payment_id WHERE r.state = 'done' ORDER BY at, id""",
    )
    records = orders.to_dict("records")
    by_order = {record["id"]: record for record in records}
    return {
        "orders": _times(pd.DataFrame([_order(r) for r in records]), "placed_at"),
        "lines": _times(pd.DataFrame(_lines(by_order, lines)), "placed_at"),
        "moves": _times(pd.DataFrame(_moves(by_order, moves)), "at"),
        "backs": _times(pd.DataFrame(_backs(by_order, lines, moves)), "at"),
        "offs": _times(pd.DataFrame(_offs(by_order)), "placed_at"),
    }


def _frame(session: Session, query: str) -> pd.DataFrame:
    result = session.execute(text(query))
    return pd.DataFrame([dict(row) for row in result.mappings()], columns=list(result.keys()), dtype=object)


def _times(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    if frame.empty:
        return frame
    local = [moment.astimezone(ZONE) for moment in frame[column]]
    frame["date"] = [moment.date() for moment in local]
    frame["day"] = [d.isoformat() for d in frame["date"]]
    frame["month"] = [d.isoformat()[:7] for d in frame["date"]]
    frame["week"] = [f"{d.isocalendar()[0]}-W{d.isocalendar()[1]:02d}" for d in frame["date"]]
    frame["hour"] = [f"{moment.hour:02d}" for moment in local]
    frame["weekday"] = [str(d.isoweekday()) for d in frame["date"]]
    return frame


def base(amount: Decimal, rate: Decimal) -> Decimal:
    """An amount of a foreign currency in euros, by exact fractions."""
    return Money.rounded(Fraction(amount) / Fraction(rate), "EUR").amount


DIMENSIONS = (
    "placed_at",
    "country",
    "currency",
    "channel",
    "language",
    "payment_method",
    "customer_kind",
    "coupon",
    "counted",
    "customer",
)


def _order(r: dict[str, Any]) -> dict[str, Any]:
    net, gross = base(r["total_net"], r["exchange_rate"]), base(r["total_gross"], r["exchange_rate"])
    return {
        **{n: r[n] for n in DIMENSIONS}, "id": r["id"], "net": r["total_net"], "tax": r["total_tax"], "gross": r["total_gross"],
        "discount": r["discount"], "shipping": r["shipping_gross"],
        "base_net": net, "base_tax": gross - net, "base_gross": gross, "base_discount": base(r["discount"], r["exchange_rate"]),
        "base_shipping": gross - base(r["total_gross"] - r["shipping_gross"], r["exchange_rate"]),
    }  # fmt: skip


def _lines(orders: dict[int, dict[str, Any]], lines: pd.DataFrame) -> list[dict[str, Any]]:
    found = []
    grouped: dict[int, list[dict[str, Any]]] = {}
    for line in lines.to_dict("records"):
        grouped.setdefault(line["order_id"], []).append(line)
    for order_id, r in orders.items():
        mine = grouped.get(order_id, [])
        rest = r["discount"] - sum((line["discount"] for line in mine), ZERO)
        nothing = dict.fromkeys(("product", "variant", "category", "brand"), "_shipping")
        shipping = {**nothing, "net": r["shipping_net"], "tax": r["shipping_tax"], "gross": r["shipping_gross"],
                    "discount": rest, "quantity": 0, "tax_rate": r["shipping_rate"]}  # fmt: skip
        run = dict.fromkeys(("net", "gross", "discount"), ZERO)
        for line in (*mine, shipping):
            row = {**{n: r[n] for n in DIMENSIONS}, "order_id": order_id, "units": line["quantity"]}
            for name in ("net", "tax", "gross", "discount"):
                row[name] = line[name]
            for name, before in list(run.items()):
                run[name] = before + line[name]
                row[f"base_{name}"] = base(run[name], r["exchange_rate"]) - base(before, r["exchange_rate"])
            row["base_tax"] = row["base_gross"] - row["base_net"]
            row |= {n: line[n] for n in ("product", "variant", "category", "brand")}
            row["tax_rate"] = f"{line['tax_rate'].normalize():f}"
            found.append(row)
    return found


def _moves(orders: dict[int, dict[str, Any]], moves: pd.DataFrame) -> list[dict[str, Any]]:
    found = []
    run: dict[tuple[int, str], Decimal] = {}
    for move in moves.to_dict("records"):
        r = orders[move["order_id"]]
        key = (move["order_id"], move["kind"])
        before = run.get(key, ZERO)
        after = run[key] = before + move["amount"]
        surplus = max(r["captured"] - r["total_gross"], ZERO)

        def credited(
            total: Decimal, r: dict[str, Any] = r, surplus: Decimal = surplus, kind: str = move["kind"]
        ) -> Decimal:
            if kind != "refund" or not r["counted"] or not r["total_gross"]:
                return ZERO
            part = Fraction(min(max(total - surplus, ZERO), r["total_gross"]))
            return Money.rounded(
                part * Fraction(r["total_net"]) / Fraction(r["total_gross"]), r["currency"]
            ).amount

        rate = r["exchange_rate"]
        found.append({
            **{n: r[n] for n in DIMENSIONS}, "at": move["at"], "kind": move["kind"], "order_id": move["order_id"],
            "amount": move["amount"], "base_amount": base(after, rate) - base(before, rate),
            "net": credited(after) - credited(before),
            "base_net": base(credited(after), rate) - base(credited(before), rate),
        })  # fmt: skip
    return found


def _backs(
    orders: dict[int, dict[str, Any]], lines: pd.DataFrame, moves: pd.DataFrame
) -> list[dict[str, Any]]:
    """Each refund spread over the lines of its order in proportion to their gross, by exact fractions."""
    names = ("product", "variant", "category", "brand")
    grouped: dict[int, list[dict[str, Any]]] = {}
    for line in lines.to_dict("records"):
        grouped.setdefault(line["order_id"], []).append(line)
    found, run = [], dict.fromkeys(orders, ZERO)
    ordered = sorted(
        moves.to_dict("records"),
        key=lambda m: (m["at"].astimezone(ZONE).replace(minute=0, second=0), m["id"]),
    )
    for move in ordered:
        if move["kind"] != "refund":
            continue
        r = orders[move["order_id"]]
        before = run[move["order_id"]]
        after = run[move["order_id"]] = before + move["amount"]
        shipping = {
            **dict.fromkeys(names, "_shipping"),
            "gross": r["shipping_gross"],
            "tax_rate": r["shipping_rate"],
        }
        upto, whole = ZERO, r["total_gross"]
        for line in (*grouped.get(move["order_id"], []), shipping):
            start, upto = upto, upto + line["gross"]
            row = {**{n: r[n] for n in DIMENSIONS}, "at": move["at"], **{n: line[n] for n in names}}
            row["tax_rate"] = f"{line['tax_rate'].normalize():f}"
            for prefix, currency, now, then in (
                ("", r["currency"], after, before),
                ("base_", "EUR", base(after, r["exchange_rate"]), base(before, r["exchange_rate"])),
            ):
                part = ZERO
                for sign, total in ((1, now), (-1, then)):
                    for way, edge in ((1, upto), (-1, start)):
                        share = Fraction(total) * Fraction(edge) / Fraction(whole)
                        part += sign * way * Money.rounded(share, currency).amount
                row[f"{prefix}amount"] = part
            found.append(row)
    return found


def _offs(orders: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    """What each coupon and promotion took off an order; what is named by none is the rest."""
    found = []
    for r in orders.values():
        run, rate = ZERO, r["exchange_rate"]
        for told in r["discounts"]:
            after = run + Decimal(told["amount"])
            row = {
                **{n: r[n] for n in DIMENSIONS},
                "promotion": told["code"] or told["name"],
                "discount": after - run,
            }
            found.append(row | {"base_discount": base(after, rate) - base(run, rate)})
            run = after
        rest = {
            "promotion": "_none",
            "discount": r["discount"] - run,
            "base_discount": base(r["discount"], rate) - base(run, rate),
        }
        found.append({**{n: r[n] for n in DIMENSIONS}, **rest})
    return found


ARTICLE = {"product", "variant", "category", "brand", "tax_rate"}


def _within(frame: pd.DataFrame, q: Question) -> pd.DataFrame:
    if frame.empty:
        return frame
    keep = (frame["date"] >= q.period.start) & (frame["date"] <= q.period.end)
    for name, keys in q.filters.items():
        if name == "category":
            below = [any(v == k or v.startswith(f"{k}/") for k in keys) for v in frame["category"]]
            keep &= pd.Series(below, index=frame.index)
        else:
            keep &= frame[name].isin(keys)
    if q.currency:
        keep &= frame["currency"] == q.currency
    return frame[keep]


def count(tables: dict[str, pd.DataFrame], q: Question) -> tuple[Decimal, dict[str, Decimal]]:
    """Total and rows of a question, counted from orders, lines and movements of money."""
    by_article = bool({q.group_by, *q.filters} & ARTICLE)
    if q.metric == "promotion_discounts" or (q.metric == "refunds" and by_article):
        return _spread(tables, q)
    p = "" if q.currency else "base_"
    sold = _within(tables["lines" if by_article else "orders"], q)
    lines = _within(tables["lines"], q)
    moves = sold[:0] if by_article else _within(tables["moves"], q)

    def value(sold: pd.DataFrame, lines: pd.DataFrame, moves: pd.DataFrame) -> Decimal:
        good = sold[sold.counted.astype(bool)]
        bought = lines[lines.counted.astype(bool)]
        orders = Decimal(
            len(set(bought[bought["product"] != "_shipping"].order_id)) if by_article else len(good)
        )
        units = Decimal(int(bought.units.sum()))
        back = moves[moves.kind == "refund"] if len(moves) else moves
        gross = _sum(good, f"{p}gross")
        lost = Decimal(len(sold) - len(good))
        refunds = _sum(back, f"{p}amount")
        return {
            "gross": lambda: gross, "net": lambda: _sum(good, f"{p}net"), "tax": lambda: _sum(good, f"{p}tax"),
            "tax_by_rate": lambda: _sum(good, f"{p}tax"), "taxed_by_rate": lambda: _sum(good, f"{p}net"),
            "discounts": lambda: _sum(good, f"{p}discount"), "shipping": lambda: _sum(good, f"{p}shipping"),
            "orders": lambda: orders, "units": lambda: units,
            "average_order_value": lambda: gross / orders if orders else ZERO,
            "units_per_order": lambda: units / orders if orders else ZERO,
            "refunds": lambda: refunds, "refunded": lambda: refunds,
            "captured": lambda: _sum(moves[moves.kind == "capture"] if len(moves) else moves, f"{p}amount"),
            "refund_rate": lambda: refunds * 100 / gross if gross else ZERO,
            "net_sales": lambda: _sum(good, f"{p}net") - _sum(back, f"{p}net"),
            "cancelled_orders": lambda: lost,
            "cancel_rate": lambda: lost * 100 / len(sold) if len(sold) else ZERO,
        }[q.metric]()  # fmt: skip

    rows: dict[str, Decimal] = {}
    if q.group_by:
        keys = {key for frame in (sold, lines, moves) if len(frame) for key in frame[q.group_by]}
        for key in keys:
            parts = [
                frame[frame[q.group_by] == key] if len(frame) else frame for frame in (sold, lines, moves)
            ]
            rows[key] = value(*parts)
    return value(sold, lines, moves), rows


def _spread(tables: dict[str, pd.DataFrame], q: Question) -> tuple[Decimal, dict[str, Decimal]]:
    table, name = ("backs", "amount") if q.metric == "refunds" else ("offs", "discount")
    mine, column = _within(tables[table], q), f"{'' if q.currency else 'base_'}{name}"
    if table == "offs" and len(mine):
        mine = mine[mine.counted.astype(bool)]
    keys = set(mine[q.group_by]) if q.group_by and len(mine) else set()
    return _sum(mine, column), {key: _sum(mine[mine[q.group_by] == key], column) for key in keys}


def _sum(frame: pd.DataFrame, column: str) -> Decimal:
    return sum(frame[column], ZERO) if len(frame) else ZERO
