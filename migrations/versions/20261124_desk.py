"""The desk: tickets of people who call, conversations that know their ticket's thread, files kept while a form comes back.

Two checks are replaced by wider ones and three empty or constant columns come; each takes its table for a moment
only. Conversations that have a ticket already count as written into it: what was said after their ticket stays
where it is read now, in the conversation.
"""

import sqlalchemy as sa
from alembic import op

revision = '9a1c0b5d100c'
down_revision = '9a1c0b5d100b'
branch_labels = None
depends_on = None

OLD = "channel IN ('web', 'mail', 'chat', 'api')"
NEW = "channel IN ('web', 'mail', 'chat', 'api', 'phone')"


def upgrade() -> None:
    """Bring the tables to this version."""
    for table in ('support_ticket', 'support_ticket_message'):
        name = op.f(f'ck_{table}_channel')
        op.drop_constraint(name, table, type_='check')
        op.create_check_constraint(name, table, NEW)
    op.add_column('support_conversation', sa.Column('ticket_seq', sa.Integer(), server_default='0', nullable=False))
    op.execute("UPDATE support_conversation SET ticket_seq = last_seq WHERE ticket_reference <> ''")
    op.add_column('support_chat_message', sa.Column('ticket_message_id', sa.BigInteger(), nullable=True))
    op.create_unique_constraint(
        op.f('uq_support_chat_message_ticket_message_id'), 'support_chat_message', ['ticket_message_id']
    )
    op.create_foreign_key(
        op.f('fk_support_chat_message_ticket_message_id'), 'support_chat_message', 'support_ticket_message',
        ['ticket_message_id'], ['id'], ondelete='SET NULL',
    )  # fmt: skip
    op.create_table('support_kept_file',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('public_id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('draft', sa.Text(), nullable=False),
    sa.Column('filename', sa.Text(), nullable=False),
    sa.Column('content_type', sa.Text(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.Text(), server_default='unscanned', nullable=False),
    sa.Column('finding', sa.Text(), server_default='', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("state IN ('clean', 'unscanned', 'infected')", name=op.f('ck_support_kept_file_state')),
    sa.CheckConstraint('size > 0', name=op.f('ck_support_kept_file_size')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_kept_file')),
    sa.UniqueConstraint('public_id', name=op.f('uq_support_kept_file_public_id'))
    )
    op.create_index(op.f('ix_support_kept_file_created_at'), 'support_kept_file', ['created_at'])
    op.create_index(op.f('ix_support_kept_file_draft'), 'support_kept_file', ['draft'])


def downgrade() -> None:
    """Go back to the version before; tickets of callers become tickets of the form, kept files are lost."""
    op.drop_table('support_kept_file')
    op.drop_constraint(op.f('fk_support_chat_message_ticket_message_id'), 'support_chat_message', type_='foreignkey')
    op.drop_constraint(op.f('uq_support_chat_message_ticket_message_id'), 'support_chat_message', type_='unique')
    op.drop_column('support_chat_message', 'ticket_message_id')
    op.drop_column('support_conversation', 'ticket_seq')
    for table in ('support_ticket', 'support_ticket_message'):
        name = op.f(f'ck_{table}_channel')
        op.execute(f"UPDATE {table} SET channel = 'web' WHERE channel = 'phone'")
        op.drop_constraint(name, table, type_='check')
        op.create_check_constraint(name, table, OLD)
