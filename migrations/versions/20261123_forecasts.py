"""What articles cost, and what is expected to sell."""

import sqlalchemy as sa
from alembic import op

revision = '9a1c0b5d1003'
down_revision = '9a1c0b5d1002'
branch_labels = None
depends_on = None


def upgrade():
    """Nothing yet."""


def downgrade():
    """Nothing yet."""
