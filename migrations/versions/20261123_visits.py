"""Visits: what visitors do who agreed to it."""

import sqlalchemy as sa
from alembic import op

revision = '9a1c0b5d1002'
down_revision = '9a1c0b5d1001'
branch_labels = None
depends_on = None


def upgrade():
    """Nothing yet."""


def downgrade():
    """Nothing yet."""
