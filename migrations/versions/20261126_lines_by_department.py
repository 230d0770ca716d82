"""What is asked of the lines of a department is told by their index, without the rows."""

from alembic import op

revision = "9a1c0b5d1012"
down_revision = "9a1c0b5d1011"
branch_labels = None
depends_on = None

TABLE, INDEX, COLUMNS = "analytics_line", "ix_analytics_line_category", ["category_id", "day"]
TOLD = [
    "order_id", "line_id", "is_counted", "is_first", "hour", "currency", "country", "language", "channel",
    "payment_method", "units", "base_gross",
]  # fmt: skip


def upgrade() -> None:
    """Bring the table to this version."""
    op.drop_index(INDEX, table_name=TABLE)
    op.create_index(INDEX, TABLE, COLUMNS, postgresql_include=TOLD)


def downgrade() -> None:
    """Bring the table back."""
    op.drop_index(INDEX, table_name=TABLE)
    op.create_index(INDEX, TABLE, COLUMNS)
