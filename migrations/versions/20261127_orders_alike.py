"""Facts know since when somebody is a customer, and whether an order is like the one before it; lines know whose they are.

Most orders have the country, language, currency and channel of the one before: people of a span are then counted at
their first order in it under filters of these, too. Cohorts need no search for first orders, a department's customers
need no orders, and indexes tell whatever a filter asks.
"""

import sqlalchemy as sa
from alembic import op

revision = "9a1c0b5d1013"
down_revision = "9a1c0b5d1012"
branch_labels = None
depends_on = None

ORDERS, BY_DAY, BY_CUSTOMER = "analytics_order", "ix_analytics_order_day", "ix_analytics_order_customer"
LINES, BY_DEPARTMENT = "analytics_line", "ix_analytics_line_category"
COUNTED = "ix_orders_order_counted"
SLICE = ["hour", "currency", "country", "language", "channel", "payment_method"]
OF_DAY = ["customer_id", "is_counted", "is_first", "is_second", "previous_day"]
OF_CUSTOMER = ["is_counted", "is_first", "base_gross", "gross"]
OF_LINE = ["is_counted", "is_first", *SLICE, "units", "base_gross"]


def upgrade() -> None:
    """Bring the tables to this version."""
    op.add_column(
        ORDERS, sa.Column("is_like_previous", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column(ORDERS, sa.Column("customer_since", sa.Date(), nullable=True))
    op.drop_index(BY_DAY, table_name=ORDERS)
    op.execute(
        """UPDATE analytics_order a
              SET customer_since = coalesce(s.day, a.day),
                  is_like_previous = coalesce((p.country, p.language, p.currency, p.channel)
                                              = (a.country, a.language, a.currency, a.channel), false)
             FROM analytics_order o
             LEFT JOIN (SELECT customer_id, min(day) AS day FROM analytics_order WHERE is_counted GROUP BY customer_id) s
                    ON s.customer_id = o.customer_id AND s.day < o.day
             LEFT JOIN LATERAL (SELECT e.country, e.language, e.currency, e.channel FROM analytics_order e
                                 WHERE o.previous_day IS NOT NULL AND e.customer_id = o.customer_id AND e.is_counted
                                   AND e.day = o.previous_day AND (e.placed_at, e.order_id) < (o.placed_at, o.order_id)
                                 ORDER BY e.placed_at DESC, e.order_id DESC LIMIT 1) p ON true
            WHERE o.order_id = a.order_id"""
    )
    op.alter_column(ORDERS, "customer_since", nullable=False)
    op.alter_column(ORDERS, "is_like_previous", server_default=None)
    told = [*OF_DAY, "is_like_previous", "customer_since", "placed_at", *SLICE, "base_gross", "gross"]
    op.create_index(BY_DAY, ORDERS, ["day", "order_id"], postgresql_include=told)
    unlike = sa.text("previous_day IS NOT NULL AND NOT is_like_previous")
    op.create_index("ix_analytics_order_unlike", ORDERS, ["day"], postgresql_where=unlike)
    op.drop_index(BY_CUSTOMER, table_name=ORDERS)
    told = [*OF_CUSTOMER, *SLICE]
    op.create_index(
        BY_CUSTOMER, ORDERS, ["customer_id", "day", "placed_at", "order_id"], postgresql_include=told
    )
    op.drop_index(BY_DEPARTMENT, table_name=LINES)
    op.add_column(LINES, sa.Column("customer_id", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE analytics_line l SET customer_id = o.customer_id FROM analytics_order o WHERE o.order_id = l.order_id"
    )
    op.alter_column(LINES, "customer_id", nullable=False)
    told = ["order_id", "line_id", "customer_id", *OF_LINE, "gross"]
    op.create_index(BY_DEPARTMENT, LINES, ["category_id", "day"], postgresql_include=told)
    _index_of_orders(postgresql_include=["country", "language", "currency", "channel"])


def downgrade() -> None:
    """Bring the tables back."""
    _index_of_orders()
    op.drop_index(BY_DEPARTMENT, table_name=LINES)
    op.drop_column(LINES, "customer_id")
    told = ["order_id", "line_id", *OF_LINE]
    op.create_index(BY_DEPARTMENT, LINES, ["category_id", "day"], postgresql_include=told)
    told = [*OF_CUSTOMER, "currency", "country", "language"]
    op.drop_index(BY_CUSTOMER, table_name=ORDERS)
    op.create_index(BY_CUSTOMER, ORDERS, ["customer_id", "day"], postgresql_include=told)
    op.drop_index("ix_analytics_order_unlike", table_name=ORDERS)
    op.drop_index(BY_DAY, table_name=ORDERS)
    op.drop_column(ORDERS, "customer_since")
    op.drop_column(ORDERS, "is_like_previous")
    op.create_index(BY_DAY, ORDERS, ["day", "order_id"], postgresql_include=[*OF_DAY, *SLICE])


def _index_of_orders(**told: list[str]) -> None:
    op.drop_index(COUNTED, table_name="orders_order")
    op.create_index(
        COUNTED, "orders_order", ["email_key", "placed_at", "id"],
        postgresql_where=sa.text("state <> 'cancelled'"), **told,
    )  # fmt: skip
