"""Consents by topic and address, with their proof.

What customers had agreed to with one box in their profile (news and offers, which bag reminders went by as well)
becomes a consent to each of the three topics that are asked for, dated as it was given. The two columns of the
profile go: one truth. Four partial indexes hold the products whose texts a language lacks: the back office's list of
missing translations stays quick however large the shop (building them takes about four seconds for 100,000
products, during which products can be read and not written). New tables are empty before that; the columns added to messages have defaults of the server.
"""

import sqlalchemy as sa
from alembic import op

revision = '8d2f6b1c4e55'
down_revision = '8d2f6b1c4e44'
branch_labels = None
depends_on = None

KEEP = """
WITH agreed AS (
    SELECT p.user_id, lower(u.email) AS email, coalesce(u.language, 'en') AS language,
           p.marketing_consent_at AS at, p.marketing_consent_source AS source
    FROM customers_profile p JOIN ab_user u ON u.id = p.user_id WHERE p.marketing_consent_at IS NOT NULL
), people AS (
    INSERT INTO notifications_subscriber (email, user_id, language)
    SELECT DISTINCT ON (email) email, user_id, language FROM agreed ORDER BY email, user_id
    RETURNING id, user_id
), given AS (
    INSERT INTO notifications_consent (subscriber_id, topic, state, changed_at)
    SELECT people.id, topic, 'given', agreed.at
    FROM people JOIN agreed USING (user_id), unnest(ARRAY['cart', 'new_products', 'promotions']) AS topic
    RETURNING subscriber_id, topic, changed_at
)
INSERT INTO notifications_consent_record (subscriber_id, topic, state, at, source, wording, language)
SELECT given.subscriber_id, given.topic, 'given', given.changed_at, agreed.source, 'profile-1', agreed.language
FROM given JOIN people ON people.id = given.subscriber_id JOIN agreed USING (user_id)
"""
LACKING = """
CREATE INDEX ix_catalog_product_lacks_{0} ON catalog_product (id) WHERE (
    (name <> '' AND coalesce(((translations -> '{0}') ->> 'name'), '') = '')
    OR (slug <> '' AND coalesce(((translations -> '{0}') ->> 'slug'), '') = '')
    OR (description <> '' AND coalesce(((translations -> '{0}') ->> 'description'), '') = '')
) AND state <> 'archived'
"""
GIVE_BACK = """
UPDATE customers_profile p SET marketing_consent_at = c.changed_at, marketing_consent_source = 'topics'
FROM notifications_subscriber s JOIN notifications_consent c ON c.subscriber_id = s.id
WHERE s.user_id = p.user_id AND c.topic = 'promotions' AND c.state = 'given'
"""


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table('notifications_subscriber',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('language', sa.Text(), server_default='en', nullable=False),
    sa.Column('nonce', sa.Text(), server_default='', nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('email = lower(email)', name=op.f('ck_notifications_subscriber_email_is_lower')),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_notifications_subscriber_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notifications_subscriber')),
    sa.UniqueConstraint('email', name=op.f('uq_notifications_subscriber_email')),
    sa.UniqueConstraint('user_id', name=op.f('uq_notifications_subscriber_user_id')),
    )
    op.create_table('notifications_consent',
    sa.Column('subscriber_id', sa.BigInteger(), nullable=False),
    sa.Column('topic', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("state IN ('asked', 'given', 'withdrawn')", name=op.f('ck_notifications_consent_state')),
    sa.ForeignKeyConstraint(['subscriber_id'], ['notifications_subscriber.id'], name=op.f('fk_notifications_consent_subscriber_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('subscriber_id', 'topic', name=op.f('pk_notifications_consent')),
    )
    op.create_index('ix_notifications_consent_given', 'notifications_consent', ['topic', 'subscriber_id'], postgresql_where=sa.text("state = 'given'"))
    op.create_table('notifications_consent_record',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('subscriber_id', sa.BigInteger(), nullable=False),
    sa.Column('topic', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('ip', sa.Text(), server_default='', nullable=False),
    sa.Column('wording', sa.Text(), server_default='', nullable=False),
    sa.Column('language', sa.Text(), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['subscriber_id'], ['notifications_subscriber.id'], name=op.f('fk_notifications_consent_record_subscriber_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notifications_consent_record')),
    )
    op.create_index(op.f('ix_notifications_consent_record_subscriber_id'), 'notifications_consent_record', ['subscriber_id'])
    op.add_column('notifications_message', sa.Column('topic', sa.Text(), server_default='orders', nullable=False))
    op.add_column('notifications_message', sa.Column('unsubscribe_url', sa.Text(), server_default='', nullable=False))
    op.execute(KEEP)
    for language in ("fr", "nl", "de", "es"):
        op.execute(LACKING.format(language))
    op.drop_column('customers_profile', 'marketing_consent_source')
    op.drop_column('customers_profile', 'marketing_consent_at')


def downgrade() -> None:
    """Go back to the version before; consents to single topics become one again, their proof is lost."""
    for language in ("fr", "nl", "de", "es"):
        op.drop_index(f'ix_catalog_product_lacks_{language}', table_name='catalog_product')
    op.add_column('customers_profile', sa.Column('marketing_consent_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('customers_profile', sa.Column('marketing_consent_source', sa.Text(), server_default='', nullable=False))
    op.execute(GIVE_BACK)
    op.drop_column('notifications_message', 'unsubscribe_url')
    op.drop_column('notifications_message', 'topic')
    op.drop_index(op.f('ix_notifications_consent_record_subscriber_id'), table_name='notifications_consent_record')
    op.drop_table('notifications_consent_record')
    op.drop_index('ix_notifications_consent_given', table_name='notifications_consent', postgresql_where=sa.text("state = 'given'"))
    op.drop_table('notifications_consent')
    op.drop_table('notifications_subscriber')
