"""Reviews of products, and the stars they add up to.

Both tables are new and empty: nothing is locked or rewritten. The unique pair (customer, product) is what refuses
a second review, whatever arrives at the same moment; the sums of `reviews_rating` are generated columns.
"""

import sqlalchemy as sa
from alembic import op

revision = '8d2f6b1c4e22'
down_revision = '8d2f6b1c4e11'
branch_labels = None
depends_on = None

SHOWN = sa.text("state = 'approved'")


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table('reviews_rating',
    sa.Column('product_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('stars_1', sa.Integer(), server_default='0', nullable=False),
    sa.Column('stars_2', sa.Integer(), server_default='0', nullable=False),
    sa.Column('stars_3', sa.Integer(), server_default='0', nullable=False),
    sa.Column('stars_4', sa.Integer(), server_default='0', nullable=False),
    sa.Column('stars_5', sa.Integer(), server_default='0', nullable=False),
    sa.Column('count', sa.Integer(), sa.Computed('stars_1 + stars_2 + stars_3 + stars_4 + stars_5', persisted=True), nullable=False),
    sa.Column('total', sa.Integer(), sa.Computed('stars_1 + 2 * stars_2 + 3 * stars_3 + 4 * stars_4 + 5 * stars_5', persisted=True), nullable=False),
    sa.CheckConstraint('stars_1 >= 0 AND stars_2 >= 0 AND stars_3 >= 0 AND stars_4 >= 0 AND stars_5 >= 0', name=op.f('ck_reviews_rating_stars')),
    sa.ForeignKeyConstraint(['product_id'], ['catalog_product.id'], name=op.f('fk_reviews_rating_product_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('product_id', name=op.f('pk_reviews_rating'))
    )
    op.create_table('reviews_review',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('public_id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('order_line_id', sa.BigInteger(), nullable=False),
    sa.Column('rating', sa.SmallInteger(), nullable=False),
    sa.Column('title', sa.Text(), server_default='', nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), server_default='pending', nullable=False),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('answer', sa.Text(), server_default='', nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('length(title) <= 120 AND length(body) <= 4000 AND length(reason) <= 500 AND length(answer) <= 2000', name=op.f('ck_reviews_review_lengths')),
    sa.CheckConstraint('rating BETWEEN 1 AND 5', name=op.f('ck_reviews_review_rating')),
    sa.CheckConstraint("state IN ('approved', 'pending', 'rejected')", name=op.f('ck_reviews_review_state')),
    sa.ForeignKeyConstraint(['order_line_id'], ['orders_line.id'], name=op.f('fk_reviews_review_order_line_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['product_id'], ['catalog_product.id'], name=op.f('fk_reviews_review_product_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_reviews_review_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reviews_review')),
    sa.UniqueConstraint('public_id', name=op.f('uq_reviews_review_public_id')),
    sa.UniqueConstraint('user_id', 'product_id', name=op.f('uq_reviews_review_user_id_product_id'))
    )
    op.create_index('ix_reviews_review_newest', 'reviews_review', ['product_id', 'created_at', 'id'], unique=False, postgresql_where=SHOWN)
    op.create_index('ix_reviews_review_stars', 'reviews_review', ['product_id', 'rating', 'created_at', 'id'], unique=False, postgresql_where=SHOWN)
    op.create_index('ix_reviews_review_state', 'reviews_review', ['state', 'id'], unique=False)
    op.create_index(op.f('ix_reviews_review_order_line_id'), 'reviews_review', ['order_line_id'], unique=False)
    op.create_index(op.f('ix_reviews_review_product_id'), 'reviews_review', ['product_id'], unique=False)


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_table('reviews_review')
    op.drop_table('reviews_rating')
