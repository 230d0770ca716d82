"""Facts know since when somebody is a customer, and the order before of those to the same country and in the same language.

So people of a span are counted at their first order in it where a country or language is told or asked for, cohorts need
no search for first orders, indexes tell whatever a filter asks, and lines of a department tell whose they are without their orders.
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
OF_ORDER = ["customer_id", "is_counted", "is_first", "is_second", "previous_day"]
ALIKE = [
    "is_second_in_country", "previous_in_country", "is_second_in_language", "previous_in_language", "customer_since",
]  # fmt: skip
OF_CUSTOMER = ["is_counted", "is_first", "base_gross", "gross"]
OF_LINE = ["is_counted", "is_first", *SLICE, "units", "base_gross"]


def upgrade() -> None:
    """Bring the tables to this version."""
    for name in ("country", "language"):
        op.add_column(ORDERS, sa.Column(f"previous_in_{name}", sa.Date(), nullable=True))
        op.add_column(
            ORDERS, sa.Column(f"is_second_in_{name}", sa.Boolean(), server_default="false", nullable=False)
        )
    op.add_column(ORDERS, sa.Column("customer_since", sa.Date(), nullable=True))
    op.drop_index(BY_DAY, table_name=ORDERS)
    op.drop_index(BY_CUSTOMER, table_name=ORDERS)
    op.execute(
        """UPDATE analytics_order a
              SET customer_since = coalesce(p.since, a.day),
                  previous_in_country = p.in_country, is_second_in_country = p.second_in_country,
                  previous_in_language = p.in_language, is_second_in_language = p.second_in_language
             FROM (SELECT order_id, min(day) FILTER (WHERE is_counted) OVER earlier AS since,
                          max(day) FILTER (WHERE is_counted) OVER to_country AS in_country,
                          count(*) FILTER (WHERE is_counted) OVER to_country = 1
                      AND count(*) FILTER (WHERE is_counted AND is_first) OVER to_country = 1 AS second_in_country,
                          max(day) FILTER (WHERE is_counted) OVER by_language AS in_language,
                          count(*) FILTER (WHERE is_counted) OVER by_language = 1
                      AND count(*) FILTER (WHERE is_counted AND is_first) OVER by_language = 1 AS second_in_language
                     FROM analytics_order
                   WINDOW earlier AS (PARTITION BY customer_id ORDER BY placed_at, order_id
                                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
                          to_country AS (PARTITION BY customer_id, country ORDER BY placed_at, order_id
                                         ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
                          by_language AS (PARTITION BY customer_id, language ORDER BY placed_at, order_id
                                          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) p
            WHERE p.order_id = a.order_id"""
    )
    op.alter_column(ORDERS, "customer_since", nullable=False)
    for name in ("country", "language"):
        op.alter_column(ORDERS, f"is_second_in_{name}", server_default=None)
    told = [*OF_ORDER, *ALIKE, *SLICE, "base_gross", "gross"]
    op.create_index(BY_DAY, ORDERS, ["day", "order_id"], postgresql_include=told)
    op.create_index(BY_CUSTOMER, ORDERS, ["customer_id", "day"], postgresql_include=[*OF_CUSTOMER, *SLICE])
    op.drop_index(BY_DEPARTMENT, table_name=LINES)
    op.add_column(LINES, sa.Column("customer_id", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE analytics_line l SET customer_id = o.customer_id FROM analytics_order o WHERE o.order_id = l.order_id"
    )
    op.alter_column(LINES, "customer_id", nullable=False)
    told = ["order_id", "line_id", "customer_id", *OF_LINE, "gross"]
    op.create_index(BY_DEPARTMENT, LINES, ["category_id", "day"], postgresql_include=told)
    _index_of_orders(postgresql_include=["country", "language"])


def downgrade() -> None:
    """Bring the tables back."""
    _index_of_orders()
    op.drop_index(BY_DEPARTMENT, table_name=LINES)
    op.drop_column(LINES, "customer_id")
    told = ["order_id", "line_id", *OF_LINE]
    op.create_index(BY_DEPARTMENT, LINES, ["category_id", "day"], postgresql_include=told)
    op.drop_index(BY_DAY, table_name=ORDERS)
    for name in ALIKE:
        op.drop_column(ORDERS, name)
    op.create_index(BY_DAY, ORDERS, ["day", "order_id"], postgresql_include=[*OF_ORDER, *SLICE])
    told = [*OF_CUSTOMER, "currency", "country", "language"]
    op.drop_index(BY_CUSTOMER, table_name=ORDERS)
    op.create_index(BY_CUSTOMER, ORDERS, ["customer_id", "day"], postgresql_include=told)


def _index_of_orders(**told: list[str]) -> None:
    op.drop_index(COUNTED, table_name="orders_order")
    op.create_index(
        COUNTED, "orders_order", ["email_key", "placed_at", "id"],
        postgresql_where=sa.text("state <> 'cancelled'"), **told,
    )  # fmt: skip
