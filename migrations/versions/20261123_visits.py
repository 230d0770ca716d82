"""Visits: what visitors do who agreed to it; the customers' bell.

Four new tables, empty at first. `analytics_visit` and `analytics_visit_event` are kept for some months (a setting),
`analytics_visit_day` stays. `notifications_notice` holds what an account is told in the shop itself.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '9a1c0b5d1002'
down_revision = '9a1c0b5d1001'
branch_labels = None
depends_on = None


def upgrade():
    """Bring the tables to this version."""
    op.create_table('analytics_visit',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('visitor', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('is_profiled', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('agreed_to', sa.Text(), nullable=False),
    sa.Column('is_robot', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('device', sa.Text(), nullable=False),
    sa.Column('referrer', sa.Text(), server_default='', nullable=False),
    sa.Column('page_views', sa.Integer(), server_default='0', nullable=False),
    sa.Column('product_views', sa.Integer(), server_default='0', nullable=False),
    sa.Column('additions', sa.Integer(), server_default='0', nullable=False),
    sa.Column('checkouts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('orders', sa.Integer(), server_default='0', nullable=False),
    sa.CheckConstraint('is_profiled OR user_id IS NULL', name=op.f('ck_analytics_visit_account_needs_consent')),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_analytics_visit_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_analytics_visit'))
    )
    op.create_index(op.f('ix_analytics_visit_visitor'), 'analytics_visit', ['visitor'])
    op.create_index(op.f('ix_analytics_visit_started_at'), 'analytics_visit', ['started_at'])
    op.create_index('ix_analytics_visit_user_id', 'analytics_visit', ['user_id'], postgresql_where=sa.text('user_id IS NOT NULL'))
    op.create_table('analytics_visit_event',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('visit_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('page', sa.Text(), nullable=True),
    sa.Column('product_id', sa.BigInteger(), nullable=True),
    sa.Column('cart_id', sa.BigInteger(), nullable=True),
    sa.Column('order_id', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("kind IN ('page', 'addition', 'checkout', 'order')", name=op.f('ck_analytics_visit_event_kind')),
    sa.ForeignKeyConstraint(['visit_id'], ['analytics_visit.id'], name=op.f('fk_analytics_visit_event_visit_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_analytics_visit_event'))
    )
    op.create_index(op.f('ix_analytics_visit_event_visit_id'), 'analytics_visit_event', ['visit_id'])
    op.create_index(op.f('ix_analytics_visit_event_at'), 'analytics_visit_event', ['at'])
    op.create_index('ix_analytics_visit_event_product', 'analytics_visit_event', ['at', 'product_id'], postgresql_where=sa.text('product_id IS NOT NULL'))
    op.create_index('ix_analytics_visit_event_cart', 'analytics_visit_event', ['cart_id'], postgresql_where=sa.text('cart_id IS NOT NULL'))
    op.create_index('uq_analytics_visit_event_order', 'analytics_visit_event', ['order_id'], unique=True, postgresql_where=sa.text('order_id IS NOT NULL'))
    op.create_index('uq_analytics_visit_event_checkout', 'analytics_visit_event', ['visit_id', 'cart_id'], unique=True, postgresql_where=sa.text("kind = 'checkout'"))
    op.create_table('analytics_visit_day',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('device', sa.Text(), nullable=False),
    sa.Column('referrer', sa.Text(), nullable=False),
    sa.Column('visits', sa.Integer(), nullable=False),
    sa.Column('visitors', sa.Integer(), nullable=False),
    sa.Column('page_views', sa.BigInteger(), nullable=False),
    sa.Column('product_views', sa.BigInteger(), nullable=False),
    sa.Column('with_product', sa.Integer(), nullable=False),
    sa.Column('with_addition', sa.Integer(), nullable=False),
    sa.Column('with_checkout', sa.Integer(), nullable=False),
    sa.Column('with_order', sa.Integer(), nullable=False),
    sa.Column('orders', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'language', 'device', 'referrer', name=op.f('pk_analytics_visit_day'))
    )
    op.create_table('notifications_notice',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('topic', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('url', sa.Text(), server_default='', nullable=False),
    sa.Column('facts', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_notifications_notice_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notifications_notice')),
    sa.UniqueConstraint('user_id', 'topic', 'subject', name=op.f('uq_notifications_notice_user_id_topic_subject'))
    )
    op.create_index(op.f('ix_notifications_notice_created_at'), 'notifications_notice', ['created_at'])
    op.create_index('ix_notifications_notice_unread', 'notifications_notice', ['user_id', 'id'], postgresql_where=sa.text('read_at IS NULL'))
    op.create_index('ix_notifications_notice_user', 'notifications_notice', ['user_id', 'id'])


def downgrade():
    """Take it back; what was counted and told is lost."""
    op.drop_table('notifications_notice')
    op.drop_table('analytics_visit_day')
    op.drop_table('analytics_visit_event')
    op.drop_table('analytics_visit')
