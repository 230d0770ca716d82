"""What articles cost the shop, and what is expected to sell.

Movements get an index by moment, because the value of a past day is the level of now less what moved since.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '9a1c0b5d1003'
down_revision = '9a1c0b5d1002'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('inventory_cost',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('variant_id', sa.BigInteger(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('amount', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('amount >= 0', name=op.f('ck_inventory_cost_not_negative')),
    sa.ForeignKeyConstraint(['variant_id'], ['catalog_variant.id'], name=op.f('fk_inventory_cost_variant_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inventory_cost')),
    sa.UniqueConstraint('variant_id', 'valid_from', name=op.f('uq_inventory_cost_variant_id_valid_from'))
    )
    op.create_index('ix_inventory_movement_at', 'inventory_movement', ['at'], unique=False)
    op.create_table('analytics_forecast_run',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('job_id', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('is_current', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('version', sa.Text(), nullable=False),
    sa.Column('known_until', sa.Date(), nullable=False),
    sa.Column('articles', sa.Integer(), server_default='0', nullable=False),
    sa.Column('wape', sa.Numeric(precision=10, scale=4), nullable=True),
    sa.Column('naive_wape', sa.Numeric(precision=10, scale=4), nullable=True),
    sa.Column('coverage', sa.Numeric(precision=6, scale=4), nullable=True),
    sa.Column('figures', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("state IN ('published', 'refused')", name=op.f('ck_analytics_forecast_run_state')),
    sa.CheckConstraint("NOT is_current OR state = 'published'", name=op.f('ck_analytics_forecast_run_current')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_analytics_forecast_run')),
    sa.UniqueConstraint('job_id', name=op.f('uq_analytics_forecast_run_job_id'))
    )
    op.create_index('uq_analytics_forecast_run_current', 'analytics_forecast_run', ['is_current'], unique=True, postgresql_where=sa.text('is_current'))
    op.create_table('analytics_forecast',
    sa.Column('run_id', sa.BigInteger(), nullable=False),
    sa.Column('variant_id', sa.BigInteger(), nullable=False),
    sa.Column('horizon_days', sa.Integer(), nullable=False),
    sa.Column('mean', sa.Numeric(precision=14, scale=3), nullable=False),
    sa.Column('low', sa.Numeric(precision=14, scale=3), nullable=False),
    sa.Column('high', sa.Numeric(precision=14, scale=3), nullable=False),
    sa.Column('model', sa.Text(), nullable=False),
    sa.CheckConstraint('horizon_days > 0', name=op.f('ck_analytics_forecast_horizon_days')),
    sa.CheckConstraint('low >= 0 AND low <= mean AND mean <= high', name=op.f('ck_analytics_forecast_interval')),
    sa.ForeignKeyConstraint(['run_id'], ['analytics_forecast_run.id'], name=op.f('fk_analytics_forecast_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['variant_id'], ['catalog_variant.id'], name=op.f('fk_analytics_forecast_variant_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'variant_id', 'horizon_days', name=op.f('pk_analytics_forecast'))
    )
    op.create_index('ix_analytics_forecast_variant_id', 'analytics_forecast', ['variant_id'], unique=False)


def downgrade():
    op.drop_index('ix_analytics_forecast_variant_id', table_name='analytics_forecast')
    op.drop_table('analytics_forecast')
    op.drop_index('uq_analytics_forecast_run_current', table_name='analytics_forecast_run', postgresql_where=sa.text('is_current'))
    op.drop_table('analytics_forecast_run')
    op.drop_index('ix_inventory_movement_at', table_name='inventory_movement')
    op.drop_table('inventory_cost')
