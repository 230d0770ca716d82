"""Boards of tiles, what is mailed when, reports.

New, empty tables. A tile is a number without a dimension or a chart with one; a mailing is about a board or a report:
the database refuses anything else.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '9a1c0b5d1004'
down_revision = '9a1c0b5d1003'
branch_labels = None
depends_on = None


def upgrade():
    """Bring the tables to this version."""
    op.create_table('dashboards_board',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('roles', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='[]', nullable=False),
    sa.Column('period', sa.Text(), server_default='30_days', nullable=False),
    sa.Column('comparison', sa.Text(), server_default='previous', nullable=False),
    sa.Column('currency', sa.String(length=3), server_default='', nullable=False),
    sa.Column('filters', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['ab_user.id'], name=op.f('fk_dashboards_board_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dashboards_board'))
    )
    op.create_index('ix_dashboards_board_owner_id', 'dashboards_board', ['owner_id'], unique=False)
    op.create_table('dashboards_tile',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('board_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.Column('metric', sa.Text(), nullable=False),
    sa.Column('dimension', sa.Text(), server_default='', nullable=False),
    sa.Column('chart', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), server_default='', nullable=False),
    sa.Column('filters', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('row_limit', sa.SmallInteger(), server_default='10', nullable=False),
    sa.Column('span', sa.SmallInteger(), server_default='1', nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint("(chart = 'number') = (dimension = '')", name=op.f('ck_dashboards_tile_dimension')),
    sa.CheckConstraint("chart IN ('number', 'line', 'columns', 'bars', 'table')", name=op.f('ck_dashboards_tile_chart')),
    sa.CheckConstraint('row_limit BETWEEN 1 AND 50', name=op.f('ck_dashboards_tile_row_limit')),
    sa.CheckConstraint('span IN (1, 2)', name=op.f('ck_dashboards_tile_span')),
    sa.ForeignKeyConstraint(['board_id'], ['dashboards_board.id'], name=op.f('fk_dashboards_tile_board_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dashboards_tile'))
    )
    op.create_index('ix_dashboards_tile_board_id', 'dashboards_tile', ['board_id', 'position'], unique=False)
    op.create_table('dashboards_mailing',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('board_id', sa.BigInteger(), nullable=True),
    sa.Column('report', sa.Text(), nullable=True),
    sa.Column('format', sa.Text(), server_default='pdf', nullable=False),
    sa.Column('period', sa.Text(), server_default='30_days', nullable=False),
    sa.Column('currency', sa.String(length=3), server_default='', nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('recipients', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='[]', nullable=False),
    sa.Column('rhythm', sa.Text(), nullable=False),
    sa.Column('day', sa.SmallInteger(), server_default='0', nullable=False),
    sa.Column('hour', sa.SmallInteger(), server_default='7', nullable=False),
    sa.Column('is_active', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint("rhythm = 'day' OR (rhythm = 'week' AND day BETWEEN 0 AND 6) OR (rhythm = 'month' AND day BETWEEN 1 AND 28)", name=op.f('ck_dashboards_mailing_day')),
    sa.CheckConstraint("rhythm IN ('day', 'week', 'month')", name=op.f('ck_dashboards_mailing_rhythm')),
    sa.CheckConstraint('(board_id IS NULL) <> (report IS NULL)', name=op.f('ck_dashboards_mailing_subject')),
    sa.CheckConstraint('hour BETWEEN 0 AND 23', name=op.f('ck_dashboards_mailing_hour')),
    sa.ForeignKeyConstraint(['board_id'], ['dashboards_board.id'], name=op.f('fk_dashboards_mailing_board_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['owner_id'], ['ab_user.id'], name=op.f('fk_dashboards_mailing_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dashboards_mailing'))
    )
    op.create_index('ix_dashboards_mailing_board_id', 'dashboards_mailing', ['board_id'], unique=False)
    op.create_index('ix_dashboards_mailing_due', 'dashboards_mailing', ['next_at'], unique=False, postgresql_where=sa.text('is_active'))
    op.create_index('ix_dashboards_mailing_owner_id', 'dashboards_mailing', ['owner_id'], unique=False)
    op.create_table('dashboards_report',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('format', sa.Text(), nullable=False),
    sa.Column('parameters', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('seller_id', sa.Integer(), nullable=True),
    sa.Column('job_id', sa.BigInteger(), nullable=True),
    sa.Column('stored', sa.Text(), server_default='', nullable=False),
    sa.Column('rows', sa.Integer(), nullable=True),
    sa.Column('size', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("format IN ('csv', 'xlsx', 'pdf')", name=op.f('ck_dashboards_report_format')),
    sa.CheckConstraint("kind IN ('sales', 'orders', 'inventory', 'customers')", name=op.f('ck_dashboards_report_kind')),
    sa.ForeignKeyConstraint(['owner_id'], ['ab_user.id'], name=op.f('fk_dashboards_report_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dashboards_report'))
    )
    op.create_index('ix_dashboards_report_made_at', 'dashboards_report', ['made_at'], unique=False)
    op.create_index('ix_dashboards_report_owner_id', 'dashboards_report', ['owner_id', 'id'], unique=False)


def downgrade():
    """Take the tables away again."""
    op.drop_table('dashboards_report')
    op.drop_table('dashboards_mailing')
    op.drop_table('dashboards_tile')
    op.drop_table('dashboards_board')
