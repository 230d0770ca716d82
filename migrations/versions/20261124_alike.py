"""Products that go with others, chosen by hand: one new table, empty at first.

Nothing that is there is touched; the downgrade loses what was chosen.
"""

import sqlalchemy as sa
from alembic import op

revision = '9a1c0b5d100a'
down_revision = '9a1c0b5d1009'
branch_labels = None
depends_on = None


def upgrade():
    """Bring the tables to this version."""
    op.create_table('catalog_product_link',
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('target_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('related','upsell','cross_sell')", name=op.f('ck_catalog_product_link_kind')),
    sa.CheckConstraint('position >= 0', name=op.f('ck_catalog_product_link_position')),
    sa.CheckConstraint('target_id <> product_id', name=op.f('ck_catalog_product_link_own_target')),
    sa.ForeignKeyConstraint(['product_id'], ['catalog_product.id'], name=op.f('fk_catalog_product_link_product_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['target_id'], ['catalog_product.id'], name=op.f('fk_catalog_product_link_target_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('product_id', 'kind', 'target_id', name=op.f('pk_catalog_product_link'))
    )
    op.create_index(op.f('ix_catalog_product_link_target_id'), 'catalog_product_link', ['target_id'])


def downgrade():
    """Take it back; what was chosen is lost."""
    op.drop_table('catalog_product_link')
