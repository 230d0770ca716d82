"""Imports of tables: what was uploaded for which screen, how far it is taken, and the rows that were wrong."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '8d2f6b1c4e44'
down_revision = '8d2f6b1c4e33'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        'core_import',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('entity', sa.Text(), nullable=False),
        sa.Column('filename', sa.Text(), nullable=False),
        sa.Column('stored', sa.Text(), nullable=False),
        sa.Column('encoding', sa.Text(), server_default='', nullable=False),
        sa.Column('separator', sa.Text(), server_default='', nullable=False),
        sa.Column('header', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column('mapping', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('fixed', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('state', sa.Text(), server_default='new', nullable=False),
        sa.Column('problem', sa.Text(), nullable=True),
        sa.Column('job_id', sa.BigInteger(), nullable=True),
        sa.Column('line', sa.Integer(), server_default='0', nullable=False),
        sa.Column('created', sa.Integer(), server_default='0', nullable=False),
        sa.Column('updated', sa.Integer(), server_default='0', nullable=False),
        sa.Column('same', sa.Integer(), server_default='0', nullable=False),
        sa.Column('wrong', sa.Integer(), server_default='0', nullable=False),
        sa.Column('user_id', sa.Integer(), nullable=True),
        sa.Column('actor_label', sa.Text(), server_default='', nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.CheckConstraint(
            "state IN ('new', 'checking', 'checked', 'taking', 'taken', 'stopped')", name=op.f('ck_core_import_state')
        ),
        sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_core_import_user_id'), ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_import')),
    )
    op.create_index('ix_core_import_user_id', 'core_import', ['user_id'], unique=False)
    op.create_table(
        'core_import_wrong',
        sa.Column('import_id', sa.BigInteger(), nullable=False),
        sa.Column('line', sa.Integer(), nullable=False),
        sa.Column('cells', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column('problems', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ['import_id'], ['core_import.id'], name=op.f('fk_core_import_wrong_import_id'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('import_id', 'line', name=op.f('pk_core_import_wrong')),
    )


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_table('core_import_wrong')
    op.drop_index('ix_core_import_user_id', table_name='core_import')
    op.drop_table('core_import')
