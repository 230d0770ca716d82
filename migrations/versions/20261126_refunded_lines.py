"""What each refund took of each line is written down with the facts, instead of spread anew whenever it is asked for."""

import json

import sqlalchemy as sa
from alembic import op
from babel.core import get_global

revision = "9a1c0b5d1011"
down_revision = "9a1c0b5d1010"
branch_labels = None
depends_on = None

TABLE = "analytics_back"
MONEY = sa.Numeric(18, 4)


def _piece(prefix: str, places: str) -> str:
    before = f"(b.{prefix}upto - b.{prefix}amount)"
    return f"""CASE WHEN l.whole = 0 THEN CASE WHEN l.line_id = 0 THEN b.{prefix}amount ELSE 0 END
                ELSE round(b.{prefix}upto * l.upto / l.whole, {places})
                   - round(b.{prefix}upto * (l.upto - l.gross) / l.whole, {places})
                   - round({before} * l.upto / l.whole, {places})
                   + round({before} * (l.upto - l.gross) / l.whole, {places}) END"""


FILL = f"""
    WITH places AS (SELECT coalesce((SELECT values ->> 'base_currency' FROM core_setting
                                      WHERE name = 'regions.RegionSettings'), 'EUR') AS base),
    refund AS (
        SELECT m.*, sum(m.amount) OVER w AS upto, sum(m.base_amount) OVER w AS base_upto
          FROM analytics_move m WHERE m.kind = 'refund'
        WINDOW w AS (PARTITION BY m.order_id ORDER BY m.day, m.hour, m.move_id)),
    taken AS (
        SELECT l.*, sum(l.gross) OVER (PARTITION BY l.order_id ORDER BY l.line_id = 0, l.line_id) AS upto,
               sum(l.gross) OVER (PARTITION BY l.order_id) AS whole
          FROM analytics_line l WHERE l.order_id IN (SELECT order_id FROM refund))
    INSERT INTO analytics_back (day, hour, currency, country, language, channel, payment_method, coupon, is_first, is_counted,
                                refund_id, line_id, order_id, product_id, variant_id, category_id, brand_id, seller_id,
                                tax_rate, amount, base_amount)
    SELECT b.day, b.hour, b.currency, b.country, b.language, b.channel, b.payment_method, b.coupon, b.is_first, b.is_counted,
           b.move_id, l.line_id, b.order_id, l.product_id, l.variant_id, l.category_id, l.brand_id, l.seller_id, l.tax_rate,
           {_piece("", "d.own")}, {_piece("base_", "d.base")}
      FROM refund b JOIN taken l ON l.order_id = b.order_id
     CROSS JOIN LATERAL (SELECT coalesce((CAST(:exponents AS jsonb) ->> b.currency)::int, 2) AS own,
                                coalesce((CAST(:exponents AS jsonb) ->> places.base)::int, 2) AS base FROM places) d"""


def _decimals() -> str:
    """Decimals of the currencies that do not have two, as JSON."""
    fractions = get_global("currency_fractions")
    return json.dumps({code: digits[0] for code, digits in fractions.items() if digits[0] != 2})


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        TABLE,
        *(
            sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)
            for name in ("refund_id", "line_id")
        ),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("order_id", "product_id", "variant_id", "category_id", "brand_id", "seller_id")
        ),
        sa.Column("tax_rate", sa.Numeric(6, 3), nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("base_amount", MONEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("language", "channel", "payment_method", "coupon")
        ),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("is_first", "is_counted")),
        sa.PrimaryKeyConstraint("refund_id", "line_id", name=op.f("pk_analytics_back")),
    )
    op.execute(sa.text(FILL).bindparams(exponents=_decimals()))
    op.create_index("ix_analytics_back_day", TABLE, ["day", "order_id"])
    op.create_index("ix_analytics_back_order", TABLE, ["order_id"])


def downgrade() -> None:
    """Bring the tables back."""
    op.drop_table(TABLE)
