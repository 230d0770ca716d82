"""Models, their runs and what they suggest."""

import sqlalchemy as sa
from alembic import op

revision = '9a1c0b5d1005'
down_revision = '9a1c0b5d1004'
branch_labels = None
depends_on = None


def upgrade():
    """Nothing yet."""


def downgrade():
    """Nothing yet."""
