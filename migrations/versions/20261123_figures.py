"""Facts and roll-ups of the metric layer."""

import sqlalchemy as sa
from alembic import op

revision = '9a1c0b5d1001'
down_revision = '8d2f6b1c4e55'
branch_labels = None
depends_on = None


def upgrade():
    """Nothing yet."""


def downgrade():
    """Nothing yet."""
