"""A first order is like the one before it: only orders that differ from an earlier one count as unlike.

The index of those few then says how few they are, which the database did not know of two columns together: it sorted
all orders of a span where it could add them up.
"""

import sqlalchemy as sa
from alembic import op

revision = "9a1c0b5d1014"
down_revision = "9a1c0b5d1013"
branch_labels = None
depends_on = None

ORDERS, UNLIKE = "analytics_order", "ix_analytics_order_unlike"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.execute(f"UPDATE {ORDERS} SET is_like_previous = true WHERE previous_day IS NULL")
    op.drop_index(UNLIKE, table_name=ORDERS)
    op.create_index(
        UNLIKE, ORDERS, ["day"],
        postgresql_where=sa.text("NOT is_like_previous"), postgresql_include=["customer_id"],
    )  # fmt: skip


def downgrade() -> None:
    """Bring the tables back."""
    op.drop_index(UNLIKE, table_name=ORDERS)
    op.create_index(
        UNLIKE, ORDERS, ["day"],
        postgresql_where=sa.text("previous_day IS NOT NULL AND NOT is_like_previous"),
    )  # fmt: skip
    op.execute(f"UPDATE {ORDERS} SET is_like_previous = false WHERE previous_day IS NULL")
