"""Tickets with their messages and files, help pages, what the bot has learned.

All tables are new and empty. Two columns with constant defaults are added to `notifications_message` (no rewrite, a
short lock): where answers to a mail go, and the mails that it belongs to. The unique `mail_id` is what makes a mail of
a mailbox one message, however often it is read; the unique `message_id` of a turn is what makes the bot answer once.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '9a1c0b5d1007'
down_revision = '9a1c0b5d1006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table('support_bot_model',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('weights', sa.LargeBinary(), nullable=False),
    sa.Column('labels', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
    sa.Column('sentences', sa.Integer(), nullable=False),
    sa.Column('accuracy', sa.Numeric(precision=5, scale=4), nullable=False),
    sa.Column('data_mark', sa.Text(), nullable=False),
    sa.Column('is_in_force', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_bot_model'))
    )
    op.create_index('uq_support_bot_model_in_force', 'support_bot_model', ['is_in_force'], unique=True, postgresql_where=sa.text('is_in_force'))
    op.create_table('support_challenge',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('spent_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_support_challenge'))
    )
    op.create_index(op.f('ix_support_challenge_spent_at'), 'support_challenge', ['spent_at'], unique=False)
    op.create_table('support_dropped_mail',
    sa.Column('mail_id', sa.Text(), nullable=False),
    sa.Column('sender', sa.Text(), server_default='', nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('mail_id', name=op.f('pk_support_dropped_mail'))
    )
    op.create_index(op.f('ix_support_dropped_mail_created_at'), 'support_dropped_mail', ['created_at'], unique=False)
    op.create_table('support_help_category',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('slug', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.Column('translations', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_help_category')),
    sa.UniqueConstraint('slug', name=op.f('uq_support_help_category_slug'))
    )
    op.create_table('support_help_article',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('slug', sa.Text(), nullable=False),
    sa.Column('category_id', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), server_default='draft', nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('summary', sa.Text(), server_default='', nullable=False),
    sa.Column('body', sa.Text(), server_default='', nullable=False),
    sa.Column('translations', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.Column('helpful', sa.Integer(), server_default='0', nullable=False),
    sa.Column('unhelpful', sa.Integer(), server_default='0', nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("state IN ('draft', 'published')", name=op.f('ck_support_help_article_state')),
    sa.CheckConstraint('helpful >= 0 AND unhelpful >= 0', name=op.f('ck_support_help_article_votes')),
    sa.ForeignKeyConstraint(['category_id'], ['support_help_category.id'], name=op.f('fk_support_help_article_category_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_help_article')),
    sa.UniqueConstraint('slug', name=op.f('uq_support_help_article_slug'))
    )
    op.create_index('ix_support_help_article_category', 'support_help_article', ['category_id', 'position'], unique=False)
    op.create_table('support_bot_turn',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('message_id', sa.BigInteger(), nullable=False),
    sa.Column('conversation_id', sa.BigInteger(), nullable=False),
    sa.Column('intent', sa.Text(), nullable=False),
    sa.Column('confidence', sa.Numeric(precision=5, scale=4), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('waits_for', sa.Text(), server_default='', nullable=False),
    sa.Column('facts', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['support_conversation.id'], name=op.f('fk_support_bot_turn_conversation_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_bot_turn')),
    sa.UniqueConstraint('message_id', name=op.f('uq_support_bot_turn_message_id'))
    )
    op.create_index('ix_support_bot_turn_conversation', 'support_bot_turn', ['conversation_id', 'id'], unique=False)
    op.create_table('support_help_vote',
    sa.Column('article_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('voter', sa.Text(), nullable=False),
    sa.Column('is_helpful', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['support_help_article.id'], name=op.f('fk_support_help_vote_article_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('article_id', 'voter', name=op.f('pk_support_help_vote'))
    )
    op.create_index(op.f('ix_support_help_vote_created_at'), 'support_help_vote', ['created_at'], unique=False)
    op.create_table('support_help_words',
    sa.Column('article_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('document', postgresql.TSVECTOR(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['support_help_article.id'], name=op.f('fk_support_help_words_article_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('article_id', 'language', name=op.f('pk_support_help_words'))
    )
    op.create_index('ix_support_help_words_document', 'support_help_words', ['document'], unique=False, postgresql_using='gin')
    op.create_table('support_ticket',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('token', sa.Text(), nullable=False),
    sa.Column('mail_key', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), server_default='new', nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('priority', sa.Text(), server_default='normal', nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('labels', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='[]', nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), server_default='', nullable=False),
    sa.Column('order_id', sa.BigInteger(), nullable=True),
    sa.Column('assignee_id', sa.Integer(), nullable=True),
    sa.Column('conversation_id', sa.BigInteger(), nullable=True),
    sa.Column('merged_into_id', sa.BigInteger(), nullable=True),
    sa.Column('first_due', sa.DateTime(timezone=True), nullable=False),
    sa.Column('solve_due', sa.DateTime(timezone=True), nullable=False),
    sa.Column('first_answer_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('first_late_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('solve_late_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paused_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('solved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("(state = 'waiting') = (paused_at IS NOT NULL)", name=op.f('ck_support_ticket_pause')),
    sa.CheckConstraint("channel IN ('web', 'mail', 'chat', 'api')", name=op.f('ck_support_ticket_channel')),
    sa.CheckConstraint("priority IN ('urgent', 'high', 'normal', 'low')", name=op.f('ck_support_ticket_priority')),
    sa.CheckConstraint("state IN ('closed', 'new', 'open', 'solved', 'waiting')", name=op.f('ck_support_ticket_state')),
    sa.CheckConstraint('length(subject) BETWEEN 1 AND 200', name=op.f('ck_support_ticket_subject')),
    sa.ForeignKeyConstraint(['assignee_id'], ['ab_user.id'], name=op.f('fk_support_ticket_assignee_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['conversation_id'], ['support_conversation.id'], name=op.f('fk_support_ticket_conversation_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['merged_into_id'], ['support_ticket.id'], name=op.f('fk_support_ticket_merged_into_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['order_id'], ['orders_order.id'], name=op.f('fk_support_ticket_order_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_support_ticket_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_ticket')),
    sa.UniqueConstraint('conversation_id', name=op.f('uq_support_ticket_conversation_id')),
    sa.UniqueConstraint('mail_key', name=op.f('uq_support_ticket_mail_key')),
    sa.UniqueConstraint('number', name=op.f('uq_support_ticket_number')),
    sa.UniqueConstraint('token', name=op.f('uq_support_ticket_token'))
    )
    op.create_index('ix_support_ticket_assignee', 'support_ticket', ['assignee_id', 'id'], unique=False, postgresql_where=sa.text("state IN ('new', 'open', 'waiting')"))
    op.create_index('ix_support_ticket_email', 'support_ticket', [sa.literal_column('lower(email)'), 'id'], unique=False)
    op.create_index('ix_support_ticket_first_due', 'support_ticket', ['first_due'], unique=False, postgresql_where=sa.text("first_answer_at IS NULL AND first_late_at IS NULL AND state IN ('new', 'open')"))
    op.create_index(op.f('ix_support_ticket_merged_into_id'), 'support_ticket', ['merged_into_id'], unique=False)
    op.create_index(op.f('ix_support_ticket_order_id'), 'support_ticket', ['order_id'], unique=False)
    op.create_index('ix_support_ticket_solve_due', 'support_ticket', ['solve_due'], unique=False, postgresql_where=sa.text("solve_late_at IS NULL AND state IN ('new', 'open')"))
    op.create_index('ix_support_ticket_state', 'support_ticket', ['state', 'id'], unique=False)
    op.create_index('ix_support_ticket_user', 'support_ticket', ['user_id', 'id'], unique=False)
    op.create_table('support_ticket_message',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('public_id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('author', sa.Text(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('author_name', sa.Text(), server_default='', nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('mail_id', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("author IN ('customer', 'agent', 'note', 'system')", name=op.f('ck_support_ticket_message_author')),
    sa.CheckConstraint("channel IN ('web', 'mail', 'chat', 'api')", name=op.f('ck_support_ticket_message_channel')),
    sa.CheckConstraint('length(body) <= 20000', name=op.f('ck_support_ticket_message_body')),
    sa.ForeignKeyConstraint(['author_id'], ['ab_user.id'], name=op.f('fk_support_ticket_message_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['ticket_id'], ['support_ticket.id'], name=op.f('fk_support_ticket_message_ticket_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_ticket_message')),
    sa.UniqueConstraint('mail_id', name=op.f('uq_support_ticket_message_mail_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_support_ticket_message_public_id'))
    )
    op.create_index('ix_support_ticket_message_ticket', 'support_ticket_message', ['ticket_id', 'id'], unique=False)
    op.create_table('support_ticket_file',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('public_id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('message_id', sa.BigInteger(), nullable=False),
    sa.Column('filename', sa.Text(), nullable=False),
    sa.Column('content_type', sa.Text(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.Text(), server_default='unscanned', nullable=False),
    sa.Column('finding', sa.Text(), server_default='', nullable=False),
    sa.CheckConstraint("state IN ('clean', 'unscanned', 'infected')", name=op.f('ck_support_ticket_file_state')),
    sa.CheckConstraint('size > 0', name=op.f('ck_support_ticket_file_size')),
    sa.ForeignKeyConstraint(['message_id'], ['support_ticket_message.id'], name=op.f('fk_support_ticket_file_message_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_ticket_file')),
    sa.UniqueConstraint('public_id', name=op.f('uq_support_ticket_file_public_id'))
    )
    op.create_index(op.f('ix_support_ticket_file_message_id'), 'support_ticket_file', ['message_id'], unique=False)
    op.add_column('notifications_message', sa.Column('reply_to', sa.Text(), server_default='', nullable=False))
    op.add_column('notifications_message', sa.Column('thread', sa.Text(), server_default='', nullable=False))


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_column('notifications_message', 'thread')
    op.drop_column('notifications_message', 'reply_to')
    op.drop_table('support_ticket_file')
    op.drop_table('support_ticket_message')
    op.drop_table('support_ticket')
    op.drop_table('support_help_words')
    op.drop_table('support_help_vote')
    op.drop_table('support_bot_turn')
    op.drop_table('support_help_article')
    op.drop_table('support_help_category')
    op.drop_table('support_dropped_mail')
    op.drop_table('support_challenge')
    op.drop_table('support_bot_model')
