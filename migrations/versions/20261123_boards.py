"""Boards of tiles and reports."""

import sqlalchemy as sa
from alembic import op

revision = '9a1c0b5d1004'
down_revision = '9a1c0b5d1003'
branch_labels = None
depends_on = None


def upgrade():
    """Nothing yet."""


def downgrade():
    """Nothing yet."""
