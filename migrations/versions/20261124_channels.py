"""Where an order came in, and an age band for those who give one.

Orders there are came by the shop. Figures have had their channel, 'web', all along, so nothing is made anew.
"""

import sqlalchemy as sa
from alembic import op

revision = '9a1c0b5d1009'
down_revision = '9a1c0b5d1008'
branch_labels = None
depends_on = None


CHANNELS = "channel IN ('web', 'api', 'marketplace', 'phone', 'import')"


def upgrade():
    """Bring the tables to this version."""
    op.add_column('orders_order', sa.Column('channel', sa.Text(), server_default='web', nullable=False))
    op.create_check_constraint(op.f('ck_orders_order_channel'), 'orders_order', CHANNELS)


def downgrade():
    """Go back to the version before."""
    op.drop_constraint(op.f('ck_orders_order_channel'), 'orders_order', type_='check')
    op.drop_column('orders_order', 'channel')
