"""Orders from elsewhere: they fit into the tables as they are, so nothing changes here."""

import sqlalchemy as sa
from alembic import op

revision = '9a1c0b5d1008'
down_revision = '9a1c0b5d1007'
branch_labels = None
depends_on = None


def upgrade():
    """Nothing to do."""


def downgrade():
    """Nothing to do."""
