"""Movements of stock summed up by day, for days that are over; orders of a customer read from their index alone."""

import sqlalchemy as sa
from alembic import op

revision = "9a1c0b5d100d"
down_revision = "9a1c0b5d100c"
branch_labels = None
depends_on = None


def upgrade():
    """Make the table empty; the job `analytics.close_stock_days` fills it within the hour."""
    op.create_table(
        "analytics_stock_day",
        sa.Column("stock_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("net", sa.Integer(), nullable=False),
        sa.Column("sold", sa.Integer(), nullable=False),
        sa.Column("taken_in", sa.Integer(), nullable=False),
        sa.Column("has_sale", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["stock_id"],
            ["inventory_stock.id"],
            name="fk_analytics_stock_day_stock_id_inventory_stock",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("stock_id", "day", name="pk_analytics_stock_day"),
    )
    op.create_index("ix_analytics_stock_day_day", "analytics_stock_day", ["day"])
    op.drop_index("ix_analytics_order_customer", "analytics_order")
    op.create_index(
        "ix_analytics_order_customer",
        "analytics_order",
        ["customer_id", "day"],
        postgresql_include=[
            "is_counted",
            "is_first",
            "base_gross",
            "gross",
            "currency",
            "country",
            "language",
        ],
    )
    op.add_column("analytics_state", sa.Column("stock_through", sa.Date(), nullable=True))


def downgrade():
    """Movements are read one by one again."""
    op.drop_column("analytics_state", "stock_through")
    op.drop_index("ix_analytics_order_customer", "analytics_order")
    op.create_index("ix_analytics_order_customer", "analytics_order", ["customer_id", "day"])
    op.drop_index("ix_analytics_stock_day_day", "analytics_stock_day")
    op.drop_table("analytics_stock_day")
