"""Days of stock know the running totals of their stock row: sums over long spans are differences of two rows."""

import sqlalchemy as sa
from alembic import op

revision = "9a1c0b5d1010"
down_revision = "9a1c0b5d100f"
branch_labels = None
depends_on = None

TABLE = "analytics_stock_day"
TOTALS = ("net_total", "sold_total", "taken_total", "moment_total")


def upgrade() -> None:
    """Bring the table to this version; the days that are in it get their totals."""
    for name in TOTALS:
        op.add_column(TABLE, sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column(TABLE, sa.Column("since", sa.Date(), nullable=True))
    op.add_column(TABLE, sa.Column("last_sale", sa.Date(), nullable=True))
    op.execute(
        f"""UPDATE {TABLE} d
               SET net_total = t.net, sold_total = t.sold, taken_total = t.taken, moment_total = t.moment,
                   since = t.since, last_sale = t.last_sale
              FROM (SELECT stock_id, day, sum(net) OVER w AS net, sum(sold) OVER w AS sold, sum(taken_in) OVER w AS taken,
                           sum(CAST(net AS bigint) * (day - DATE '2000-01-01')) OVER w AS moment,
                           min(day) OVER w AS since, max(day) FILTER (WHERE has_sale) OVER w AS last_sale
                      FROM {TABLE} WINDOW w AS (PARTITION BY stock_id ORDER BY day)) t
             WHERE t.stock_id = d.stock_id AND t.day = d.day"""
    )
    for name in (*TOTALS, "since"):
        op.alter_column(TABLE, name, nullable=False)


def downgrade() -> None:
    """Bring the table back."""
    for name in ("last_sale", "since", *reversed(TOTALS)):
        op.drop_column(TABLE, name)
