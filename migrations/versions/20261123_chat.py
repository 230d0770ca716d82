"""Live chat: conversations, messages, files, notes, agents; and canned replies, which tickets use too.

All tables are new and empty: nothing is locked or rewritten. The unique pairs (conversation, seq) and
(conversation, client_id) are what refuses a doubled message, whatever arrives at the same moment.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '9a1c0b5d1006'
down_revision = '9a1c0b5d1005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table('support_conversation',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('public_id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('guest_key', sa.Text(), server_default='', nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('page', sa.Text(), server_default='', nullable=False),
    sa.Column('subject', sa.Text(), server_default='', nullable=False),
    sa.Column('email', sa.Text(), server_default='', nullable=False),
    sa.Column('state', sa.Text(), server_default='open', nullable=False),
    sa.Column('with_bot', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('assignee_id', sa.Integer(), nullable=True),
    sa.Column('priority', sa.Text(), server_default='normal', nullable=False),
    sa.Column('labels', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='[]', nullable=False),
    sa.Column('last_seq', sa.Integer(), server_default='0', nullable=False),
    sa.Column('customer_read', sa.Integer(), server_default='0', nullable=False),
    sa.Column('staff_read', sa.Integer(), server_default='0', nullable=False),
    sa.Column('customer_unread', sa.Integer(), server_default='0', nullable=False),
    sa.Column('staff_unread', sa.Integer(), server_default='0', nullable=False),
    sa.Column('last_message_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('first_asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('first_answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('waiting_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('snoozed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('close_reason', sa.Text(), server_default='', nullable=False),
    sa.Column('rating', sa.SmallInteger(), nullable=True),
    sa.Column('comment', sa.Text(), server_default='', nullable=False),
    sa.Column('ticket_asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ticket_reference', sa.Text(), server_default='', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("priority IN ('low', 'normal', 'high', 'urgent')", name=op.f('ck_support_conversation_priority')),
    sa.CheckConstraint("state IN ('closed', 'open', 'snoozed', 'waiting')", name=op.f('ck_support_conversation_state')),
    sa.CheckConstraint('last_seq >= 0 AND customer_read BETWEEN 0 AND last_seq AND staff_read BETWEEN 0 AND last_seq AND customer_unread >= 0 AND staff_unread >= 0', name=op.f('ck_support_conversation_counts')),
    sa.CheckConstraint('length(subject) <= 120 AND length(comment) <= 1000', name=op.f('ck_support_conversation_lengths')),
    sa.CheckConstraint('rating BETWEEN 1 AND 5', name=op.f('ck_support_conversation_rating')),
    sa.ForeignKeyConstraint(['assignee_id'], ['ab_user.id'], name=op.f('fk_support_conversation_assignee_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_support_conversation_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_conversation')),
    sa.UniqueConstraint('public_id', name=op.f('uq_support_conversation_public_id'))
    )
    op.create_index('ix_support_conversation_alive', 'support_conversation', ['last_message_at', 'id'], unique=False, postgresql_where=sa.text("state <> 'closed'"))
    op.create_index('ix_support_conversation_assignee', 'support_conversation', ['assignee_id'], unique=False, postgresql_where=sa.text("state <> 'closed'"))
    op.create_index('ix_support_conversation_done', 'support_conversation', ['closed_at', 'id'], unique=False, postgresql_where=sa.text("state = 'closed'"))
    op.create_index('ix_support_conversation_guest', 'support_conversation', ['guest_key'], unique=False, postgresql_where=sa.text("guest_key <> ''"))
    op.create_index('ix_support_conversation_user', 'support_conversation', ['user_id', 'id'], unique=False)
    op.create_table('support_chat_message',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('public_id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('conversation_id', sa.BigInteger(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Text(), nullable=False),
    sa.Column('author_kind', sa.Text(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('author_name', sa.Text(), server_default='', nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("author_kind IN ('customer', 'agent', 'bot', 'system')", name=op.f('ck_support_chat_message_author_kind')),
    sa.CheckConstraint('length(text) <= 4000', name=op.f('ck_support_chat_message_text')),
    sa.CheckConstraint('seq > 0', name=op.f('ck_support_chat_message_seq')),
    sa.ForeignKeyConstraint(['author_id'], ['ab_user.id'], name=op.f('fk_support_chat_message_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['conversation_id'], ['support_conversation.id'], name=op.f('fk_support_chat_message_conversation_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_chat_message')),
    sa.UniqueConstraint('conversation_id', 'client_id', name=op.f('uq_support_chat_message_conversation_id_client_id')),
    sa.UniqueConstraint('conversation_id', 'seq', name=op.f('uq_support_chat_message_conversation_id_seq')),
    sa.UniqueConstraint('public_id', name=op.f('uq_support_chat_message_public_id'))
    )
    op.create_table('support_chat_file',
    sa.Column('message_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['support_chat_message.id'], name=op.f('fk_support_chat_file_message_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('message_id', name=op.f('pk_support_chat_file'))
    )
    op.create_table('support_chat_note',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('conversation_id', sa.BigInteger(), nullable=False),
    sa.Column('after_seq', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint('length(text) <= 4000', name=op.f('ck_support_chat_note_text')),
    sa.ForeignKeyConstraint(['author_id'], ['ab_user.id'], name=op.f('fk_support_chat_note_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['conversation_id'], ['support_conversation.id'], name=op.f('fk_support_chat_note_conversation_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_chat_note'))
    )
    op.create_index(op.f('ix_support_chat_note_conversation_id'), 'support_chat_note', ['conversation_id'], unique=False)
    op.create_table('support_chat_agent',
    sa.Column('user_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('is_available', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_support_chat_agent_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_support_chat_agent'))
    )
    op.create_table('support_canned',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('shortcut', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), server_default='en', nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('is_active', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("shortcut ~ '^[a-z0-9-]{1,40}$'", name=op.f('ck_support_canned_shortcut')),
    sa.CheckConstraint('length(text) BETWEEN 1 AND 4000', name=op.f('ck_support_canned_text')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_canned')),
    sa.UniqueConstraint('shortcut', name=op.f('uq_support_canned_shortcut'))
    )


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_table('support_canned')
    op.drop_table('support_chat_agent')
    op.drop_table('support_chat_note')
    op.drop_table('support_chat_file')
    op.drop_table('support_chat_message')
    op.drop_table('support_conversation')
