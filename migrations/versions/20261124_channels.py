"""Where an order came in, an age band for those who give one, and what was invoiced read from an index.

Sums by article count orders by product too; they are filled from the facts there are.

Orders there are came by the shop. Figures have had their channel, 'web', all along, so nothing is made anew.
"""

import sqlalchemy as sa
from alembic import op

revision = '9a1c0b5d1009'
down_revision = '9a1c0b5d1008'
branch_labels = None
depends_on = None


CHANNELS = "channel IN ('web', 'api', 'marketplace', 'phone', 'import')"
AGES = "age_band IN ('under_18', '18_24', '25_34', '35_44', '45_54', '55_64', '65_up')"
FILL_DAYS = """
    UPDATE analytics_article_day d SET orders = n.orders
      FROM (SELECT day, currency, product_id, category_id, brand_id, seller_id, tax_rate, count(*) AS orders
              FROM (SELECT *, row_number() OVER (PARTITION BY order_id, product_id ORDER BY line_id) AS place
                      FROM analytics_line WHERE is_counted AND line_id <> 0) l
             WHERE place = 1 GROUP BY 1, 2, 3, 4, 5, 6, 7) n
     WHERE (d.day, d.currency, d.product_id, d.category_id, d.brand_id, d.seller_id, d.tax_rate)
         = (n.day, n.currency, n.product_id, n.category_id, n.brand_id, n.seller_id, n.tax_rate)"""
FILL_MONTHS = """
    UPDATE analytics_article_month m SET orders = n.orders
      FROM (SELECT date_trunc('month', day)::date AS day, currency, product_id, category_id, brand_id, seller_id, tax_rate,
                   sum(orders) AS orders
              FROM analytics_article_day GROUP BY 1, 2, 3, 4, 5, 6, 7) n
     WHERE (m.day, m.currency, m.product_id, m.category_id, m.brand_id, m.seller_id, m.tax_rate)
         = (n.day, n.currency, n.product_id, n.category_id, n.brand_id, n.seller_id, n.tax_rate)"""


def upgrade():
    """Bring the tables to this version."""
    op.add_column('orders_order', sa.Column('channel', sa.Text(), server_default='web', nullable=False))
    op.create_check_constraint(op.f('ck_orders_order_channel'), 'orders_order', CHANNELS)
    op.add_column('customers_profile', sa.Column('age_band', sa.Text(), nullable=True))
    op.create_check_constraint(op.f('ck_customers_profile_age_band'), 'customers_profile', AGES)
    op.create_index('ix_invoicing_invoice_sums', 'invoicing_invoice', ['issued_on'],
                    postgresql_include=['id', 'kind', 'currency', 'exchange_rate', 'net', 'tax', 'gross'])
    for table in ('analytics_article_day', 'analytics_article_month'):
        op.add_column(table, sa.Column('orders', sa.BigInteger(), server_default='0', nullable=False))
    op.execute(FILL_DAYS)
    op.execute(FILL_MONTHS)
    for table in ('analytics_article_day', 'analytics_article_month'):
        op.alter_column(table, 'orders', server_default=None)


def downgrade():
    """Go back to the version before."""
    for table in ('analytics_article_month', 'analytics_article_day'):
        op.drop_column(table, 'orders')
    op.drop_index('ix_invoicing_invoice_sums', table_name='invoicing_invoice')
    op.drop_constraint(op.f('ck_customers_profile_age_band'), 'customers_profile', type_='check')
    op.drop_column('customers_profile', 'age_band')
    op.drop_constraint(op.f('ck_orders_order_channel'), 'orders_order', type_='check')
    op.drop_column('orders_order', 'channel')
