"""Facts and roll-ups of the metric layer.

All tables are new and empty: the job `analytics.keep` makes the facts of the orders a shop has already, some days at a time,
within minutes after the start.
"""

import sqlalchemy as sa
from alembic import op

revision = '9a1c0b5d1001'
down_revision = '8d2f6b1c4e55'
branch_labels = None
depends_on = None


def upgrade():
    """Bring the tables to this version."""
    op.create_table('analytics_state',
    sa.Column('id', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('timezone', sa.Text(), nullable=False),
    sa.Column('salt', sa.Text(), nullable=False),
    sa.Column('built_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name='pk_analytics_state'),
    )
    op.create_table('analytics_customer',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_analytics_customer'),
    sa.UniqueConstraint('key', name='uq_analytics_customer_key'),
    )
    op.create_table('analytics_order',
    sa.Column('order_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('number', sa.Text(), nullable=True),
    sa.Column('placed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('payment_status', sa.Text(), nullable=False),
    sa.Column('units', sa.Integer(), nullable=False),
    sa.Column('discount', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('shipping', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('tax', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('gross', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_discount', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_shipping', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_tax', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_gross', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('hour', sa.SmallInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('payment_method', sa.Text(), nullable=False),
    sa.Column('coupon', sa.Text(), nullable=False),
    sa.Column('is_first', sa.Boolean(), nullable=False),
    sa.Column('is_counted', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('order_id', name='pk_analytics_order'),
    )
    op.create_index('ix_analytics_order_customer', 'analytics_order', ['customer_id', 'day'], unique=False)
    op.create_index('ix_analytics_order_day', 'analytics_order', ['day', 'order_id'], unique=False)
    op.create_table('analytics_line',
    sa.Column('order_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('line_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('variant_id', sa.BigInteger(), nullable=False),
    sa.Column('category_id', sa.BigInteger(), nullable=False),
    sa.Column('brand_id', sa.BigInteger(), nullable=False),
    sa.Column('seller_id', sa.BigInteger(), nullable=False),
    sa.Column('tax_rate', sa.Numeric(precision=6, scale=3), nullable=False),
    sa.Column('units', sa.Integer(), nullable=False),
    sa.Column('discount', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('tax', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('gross', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_discount', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_tax', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_gross', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('hour', sa.SmallInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('payment_method', sa.Text(), nullable=False),
    sa.Column('coupon', sa.Text(), nullable=False),
    sa.Column('is_first', sa.Boolean(), nullable=False),
    sa.Column('is_counted', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('order_id', 'line_id', name='pk_analytics_line'),
    )
    op.create_index('ix_analytics_line_category', 'analytics_line', ['category_id', 'day'], unique=False)
    op.create_index('ix_analytics_line_day', 'analytics_line', ['day', 'order_id'], unique=False)
    op.create_index('ix_analytics_line_product', 'analytics_line', ['product_id', 'day'], unique=False)
    op.create_table('analytics_move',
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('move_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('order_id', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_amount', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('hour', sa.SmallInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('payment_method', sa.Text(), nullable=False),
    sa.Column('coupon', sa.Text(), nullable=False),
    sa.Column('is_first', sa.Boolean(), nullable=False),
    sa.Column('is_counted', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'move_id', name='pk_analytics_move'),
    )
    op.create_index('ix_analytics_move_day', 'analytics_move', ['day', 'order_id'], unique=False)
    op.create_index('ix_analytics_move_order', 'analytics_move', ['order_id'], unique=False)
    op.create_index('ix_analytics_move_refund', 'analytics_move', ['day', 'order_id'], unique=False,
                    postgresql_where=sa.text("kind = 'refund'"))
    op.create_table('analytics_day',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('payment_method', sa.Text(), nullable=False),
    sa.Column('is_first', sa.Boolean(), nullable=False),
    sa.Column('orders', sa.BigInteger(), nullable=False),
    sa.Column('cancelled', sa.BigInteger(), nullable=False),
    sa.Column('units', sa.BigInteger(), nullable=False),
    sa.Column('discount', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('shipping', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('tax', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('gross', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('captured', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('settled', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('refunded', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('refunded_net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_discount', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_shipping', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_tax', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_gross', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_captured', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_settled', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_refunded', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_refunded_net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.PrimaryKeyConstraint('day', 'currency', 'country', 'language', 'channel', 'payment_method', 'is_first', name='pk_analytics_day'),
    )
    op.create_table('analytics_month',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('payment_method', sa.Text(), nullable=False),
    sa.Column('is_first', sa.Boolean(), nullable=False),
    sa.Column('orders', sa.BigInteger(), nullable=False),
    sa.Column('cancelled', sa.BigInteger(), nullable=False),
    sa.Column('units', sa.BigInteger(), nullable=False),
    sa.Column('discount', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('shipping', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('tax', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('gross', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('captured', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('settled', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('refunded', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('refunded_net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_discount', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_shipping', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_tax', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_gross', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_captured', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_settled', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_refunded', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_refunded_net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.PrimaryKeyConstraint('day', 'currency', 'country', 'language', 'channel', 'payment_method', 'is_first', name='pk_analytics_month'),
    )
    op.create_table('analytics_article_day',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('product_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('category_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('brand_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('seller_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('tax_rate', sa.Numeric(precision=6, scale=3), nullable=False),
    sa.Column('units', sa.BigInteger(), nullable=False),
    sa.Column('discount', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('tax', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('gross', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_discount', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_tax', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_gross', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.PrimaryKeyConstraint('day', 'currency', 'product_id', 'category_id', 'brand_id', 'seller_id', 'tax_rate', name='pk_analytics_article_day'),
    )
    op.create_table('analytics_article_month',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('product_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('category_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('brand_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('seller_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('tax_rate', sa.Numeric(precision=6, scale=3), nullable=False),
    sa.Column('units', sa.BigInteger(), nullable=False),
    sa.Column('discount', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('tax', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('gross', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_discount', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_tax', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('base_gross', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.PrimaryKeyConstraint('day', 'currency', 'product_id', 'category_id', 'brand_id', 'seller_id', 'tax_rate', name='pk_analytics_article_month'),
    )


def downgrade():
    """Go back by one version; the facts can be made again from the orders."""
    op.drop_table('analytics_article_month')
    op.drop_table('analytics_article_day')
    op.drop_table('analytics_month')
    op.drop_table('analytics_day')
    op.drop_table('analytics_move')
    op.drop_table('analytics_line')
    op.drop_table('analytics_order')
    op.drop_table('analytics_customer')
    op.drop_table('analytics_state')
