"""The first tables of the shop."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '01f41927176d'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table('ab_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('label', sa.String(length=150), nullable=True),
    sa.Column('description', sa.String(length=512), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_group')),
    sa.UniqueConstraint('name', name=op.f('uq_ab_group_name'))
    )
    op.create_table('ab_permission',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_permission')),
    sa.UniqueConstraint('name', name=op.f('uq_ab_permission_name'))
    )
    op.create_table('ab_register_user',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('first_name', sa.String(length=64), nullable=False),
    sa.Column('last_name', sa.String(length=64), nullable=False),
    sa.Column('username', sa.String(length=128), nullable=False),
    sa.Column('password', sa.String(length=256), nullable=True),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('registration_date', sa.DateTime(), nullable=True),
    sa.Column('registration_hash', sa.String(length=256), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_register_user')),
    sa.UniqueConstraint('email', name=op.f('uq_ab_register_user_email')),
    sa.UniqueConstraint('username', name=op.f('uq_ab_register_user_username'))
    )
    op.create_table('ab_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_role')),
    sa.UniqueConstraint('name', name=op.f('uq_ab_role_name'))
    )
    op.create_table('ab_user',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('first_name', sa.String(length=64), nullable=False),
    sa.Column('last_name', sa.String(length=64), nullable=False),
    sa.Column('username', sa.String(length=254), nullable=False),
    sa.Column('password', sa.String(length=256), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=True),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('last_login', sa.DateTime(), nullable=True),
    sa.Column('login_count', sa.Integer(), nullable=True),
    sa.Column('fail_login_count', sa.Integer(), nullable=True),
    sa.Column('created_on', sa.DateTime(), nullable=True),
    sa.Column('changed_on', sa.DateTime(), nullable=True),
    sa.Column('created_by_fk', sa.Integer(), nullable=True),
    sa.Column('changed_by_fk', sa.Integer(), nullable=True),
    sa.Column('language', sa.String(length=2), server_default='en', nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=True),
    sa.Column('email_verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('session_stamp', sa.Text(), server_default=sa.text("replace(gen_random_uuid()::text, '-', '')"), nullable=False),
    sa.Column('suspended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_staff', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('registered_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('password_changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('totp_secret', sa.Text(), nullable=True),
    sa.Column('totp_last_step', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('two_factor_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('recovery_hashes', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.ForeignKeyConstraint(['changed_by_fk'], ['ab_user.id'], name=op.f('fk_ab_user_changed_by_fk')),
    sa.ForeignKeyConstraint(['created_by_fk'], ['ab_user.id'], name=op.f('fk_ab_user_created_by_fk')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_user')),
    sa.UniqueConstraint('email', name=op.f('uq_ab_user_email')),
    sa.UniqueConstraint('username', name=op.f('uq_ab_user_username'))
    )
    op.create_table('ab_view_menu',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=250), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_view_menu')),
    sa.UniqueConstraint('name', name=op.f('uq_ab_view_menu_name'))
    )
    op.create_table('catalog_attribute',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('unit', sa.Text(), server_default='', nullable=False),
    sa.Column('is_filter', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('is_variant', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.Column('translations', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("kind IN ('text','number','boolean','option')", name=op.f('ck_catalog_attribute_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalog_attribute')),
    sa.UniqueConstraint('code', name=op.f('uq_catalog_attribute_code'))
    )
    op.create_table('catalog_brand',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('slug', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalog_brand')),
    sa.UniqueConstraint('name', name=op.f('uq_catalog_brand_name')),
    sa.UniqueConstraint('slug', name=op.f('uq_catalog_brand_slug'))
    )
    op.create_table('catalog_mark',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_catalog_mark'))
    )
    op.create_table('catalog_product_type',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('variant_attributes', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='[]', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalog_product_type')),
    sa.UniqueConstraint('code', name=op.f('uq_catalog_product_type_code'))
    )
    op.create_table('catalog_slug',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('lang', sa.Text(), nullable=False),
    sa.Column('slug', sa.Text(collation='C'), nullable=False),
    sa.Column('target_id', sa.BigInteger(), nullable=False),
    sa.Column('is_current', sa.Boolean(), server_default='true', nullable=False),
    sa.CheckConstraint("kind IN ('product','category')", name=op.f('ck_catalog_slug_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalog_slug'))
    )
    op.create_index('ix_catalog_slug_target', 'catalog_slug', ['kind', 'target_id'], unique=False)
    op.create_index('uq_catalog_slug_current', 'catalog_slug', ['kind', 'target_id', 'lang'], unique=True, postgresql_where=sa.text('is_current'))
    op.create_index('uq_catalog_slug_kind_slug_lang', 'catalog_slug', ['kind', 'slug', 'lang'], unique=True)
    op.create_table('core_audit',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('actor_kind', sa.Text(), nullable=False),
    sa.Column('actor_user_id', sa.BigInteger(), nullable=True),
    sa.Column('actor_label', sa.Text(), nullable=False),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('entity', sa.Text(), nullable=False),
    sa.Column('entity_id', sa.Text(), nullable=False),
    sa.Column('before', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('after', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('chain', sa.BigInteger(), nullable=True),
    sa.Column('hash', sa.Text(), nullable=True),
    sa.Column('previous_hash', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_audit')),
    sa.UniqueConstraint('chain', name=op.f('uq_core_audit_chain'))
    )
    op.create_index('ix_core_audit_entity', 'core_audit', ['entity', 'entity_id', 'id'], unique=False)
    op.create_index('ix_core_audit_unsealed', 'core_audit', ['id'], unique=False, postgresql_where=sa.text('hash IS NULL'))
    op.create_table('core_idempotency',
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('fingerprint', sa.Text(), nullable=False),
    sa.Column('answer', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('scope', 'key', name=op.f('pk_core_idempotency'))
    )
    op.create_index(op.f('ix_core_idempotency_created_at'), 'core_idempotency', ['created_at'], unique=False)
    op.create_table('core_job',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('arguments', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('state', sa.Text(), server_default='queued', nullable=False),
    sa.Column('progress', sa.Integer(), server_default='0', nullable=False),
    sa.Column('total', sa.Integer(), nullable=True),
    sa.Column('message', sa.Text(), nullable=True),
    sa.Column('result', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('runs', sa.Integer(), server_default='0', nullable=False),
    sa.Column('cancel_requested', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('actor_user_id', sa.BigInteger(), nullable=True),
    sa.Column('actor_label', sa.Text(), server_default='system', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('heartbeat_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('queued','running','done','failed','cancelled')", name=op.f('ck_core_job_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_job'))
    )
    op.create_index(op.f('ix_core_job_name'), 'core_job', ['name'], unique=False)
    op.create_index('ix_core_job_open', 'core_job', ['state', 'id'], unique=False, postgresql_where=sa.text("state IN ('queued','running')"))
    op.create_table('core_outbox',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('handler', sa.Text(), nullable=False),
    sa.Column('body', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('dead', sa.Boolean(), server_default='false', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_outbox'))
    )
    op.create_index('ix_core_outbox_done', 'core_outbox', ['done_at'], unique=False, postgresql_where=sa.text('done_at IS NOT NULL'))
    op.create_index('ix_core_outbox_due', 'core_outbox', ['due_at', 'id'], unique=False, postgresql_where=sa.text('done_at IS NULL AND NOT dead'))
    op.create_table('core_schedule',
    sa.Column('job', sa.Text(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('job', name=op.f('pk_core_schedule'))
    )
    op.create_table('core_series',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('last', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name', 'year', name=op.f('pk_core_series'))
    )
    op.create_table('core_setting',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('values', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_core_setting'))
    )
    op.create_table('customers_group',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('is_business', sa.Boolean(), server_default='false', nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_customers_group'))
    )
    op.create_table('fulfilment_carrier',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('tracking_url', sa.Text(), server_default='', nullable=False),
    sa.Column('is_active', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('position', sa.Integer(), server_default='100', nullable=False),
    sa.CheckConstraint("code ~ '^[a-z0-9_-]{1,40}$'", name=op.f('ck_fulfilment_carrier_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fulfilment_carrier')),
    sa.UniqueConstraint('code', name=op.f('uq_fulfilment_carrier_code'))
    )
    op.create_table('inventory_warehouse',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('country', sa.Text(), nullable=True),
    sa.Column('priority', sa.Integer(), server_default='100', nullable=False),
    sa.Column('is_active', sa.Boolean(), server_default='true', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inventory_warehouse')),
    sa.UniqueConstraint('code', name=op.f('uq_inventory_warehouse_code'))
    )
    op.create_table('notifications_message',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('channel', sa.Text(), server_default='mail', nullable=False),
    sa.Column('recipient', sa.Text(), nullable=False),
    sa.Column('template', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), server_default='queued', nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('message_id', sa.Text(), nullable=False),
    sa.Column('dedupe_key', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('failed', 'kept', 'queued', 'sending', 'sent')", name=op.f('ck_notifications_message_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notifications_message')),
    sa.UniqueConstraint('dedupe_key', name=op.f('uq_notifications_message_dedupe_key')),
    sa.UniqueConstraint('message_id', name=op.f('uq_notifications_message_message_id'))
    )
    op.create_index(op.f('ix_notifications_message_created_at'), 'notifications_message', ['created_at'], unique=False)
    op.create_index('ix_notifications_message_due', 'notifications_message', ['due_at', 'id'], unique=False, postgresql_where=sa.text("state IN ('queued', 'sending')"))
    op.create_index('ix_notifications_message_recipient', 'notifications_message', ['recipient', 'id'], unique=False)
    op.create_table('pricing_change',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('run', sa.Text(), nullable=False),
    sa.Column('wish', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
    sa.Column('actor_label', sa.Text(), nullable=False),
    sa.Column('prices', sa.Integer(), server_default='0', nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pricing_change')),
    sa.UniqueConstraint('run', name=op.f('uq_pricing_change_run'))
    )
    op.create_table('promotions_coupon',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('value', sa.Numeric(precision=18, scale=4), server_default='0', nullable=False),
    sa.Column('currency', sa.CHAR(length=3), nullable=True),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('minimum', sa.Numeric(precision=18, scale=4), server_default='0', nullable=False),
    sa.Column('limit_total', sa.Integer(), nullable=True),
    sa.Column('limit_per_customer', sa.Integer(), nullable=True),
    sa.Column('used', sa.Integer(), server_default='0', nullable=False),
    sa.Column('is_active', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("kind <> 'fixed' OR (value > 0 AND currency IS NOT NULL)", name=op.f('ck_promotions_coupon_fixed')),
    sa.CheckConstraint("kind <> 'percent' OR (value > 0 AND value <= 100)", name=op.f('ck_promotions_coupon_percent')),
    sa.CheckConstraint("kind IN ('percent', 'fixed', 'free_shipping')", name=op.f('ck_promotions_coupon_kind')),
    sa.CheckConstraint('code = upper(code)', name=op.f('ck_promotions_coupon_code_upper')),
    sa.CheckConstraint('ends_at IS NULL OR starts_at IS NULL OR ends_at > starts_at', name=op.f('ck_promotions_coupon_window')),
    sa.CheckConstraint('limit_per_customer IS NULL OR limit_per_customer > 0', name=op.f('ck_promotions_coupon_limit_per_customer')),
    sa.CheckConstraint('limit_total IS NULL OR limit_total > 0', name=op.f('ck_promotions_coupon_limit_total')),
    sa.CheckConstraint('used >= 0 AND (limit_total IS NULL OR used <= limit_total)', name=op.f('ck_promotions_coupon_used')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_promotions_coupon')),
    sa.UniqueConstraint('code', name=op.f('uq_promotions_coupon_code'))
    )
    op.create_table('promotions_rule',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('value', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('currency', sa.CHAR(length=3), nullable=True),
    sa.Column('minimum', sa.Numeric(precision=18, scale=4), server_default='0', nullable=False),
    sa.Column('minimum_quantity', sa.Integer(), server_default='1', nullable=False),
    sa.Column('category_ids', sa.ARRAY(sa.BigInteger()), server_default='{}', nullable=False),
    sa.Column('product_ids', sa.ARRAY(sa.BigInteger()), server_default='{}', nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('priority', sa.Integer(), server_default='100', nullable=False),
    sa.Column('is_stackable', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('is_active', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("kind <> 'fixed' OR currency IS NOT NULL", name=op.f('ck_promotions_rule_currency')),
    sa.CheckConstraint("kind IN ('percent', 'fixed')", name=op.f('ck_promotions_rule_kind')),
    sa.CheckConstraint("scope IN ('line', 'cart')", name=op.f('ck_promotions_rule_scope')),
    sa.CheckConstraint("value > 0 AND (kind <> 'percent' OR value <= 100)", name=op.f('ck_promotions_rule_value')),
    sa.CheckConstraint('minimum_quantity >= 1', name=op.f('ck_promotions_rule_minimum_quantity')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_promotions_rule'))
    )
    op.create_table('regions_country',
    sa.Column('code', sa.CHAR(length=2), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('in_eu', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('is_enabled', sa.Boolean(), server_default='true', nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_regions_country'))
    )
    op.create_table('regions_currency',
    sa.Column('code', sa.CHAR(length=3), nullable=False),
    sa.Column('exponent', sa.Integer(), nullable=False),
    sa.Column('is_enabled', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('position', sa.Integer(), server_default='100', nullable=False),
    sa.CheckConstraint('exponent BETWEEN 0 AND 4', name=op.f('ck_regions_currency_exponent')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_regions_currency'))
    )
    op.create_table('search_document',
    sa.Column('product_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('categories', sa.ARRAY(sa.BigInteger()), server_default='{}', nullable=False),
    sa.Column('facets', sa.ARRAY(sa.Text()), server_default='{}', nullable=False),
    sa.Column('price', sa.Numeric(precision=18, scale=4), nullable=True),
    sa.Column('available', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('popularity', sa.Integer(), server_default='0', nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('product_id', name=op.f('pk_search_document'))
    )
    op.create_index('ix_search_document_categories', 'search_document', ['categories'], unique=False, postgresql_using='gin')
    op.create_index('ix_search_document_facets', 'search_document', ['facets'], unique=False, postgresql_using='gin')
    op.create_index('ix_search_document_newest', 'search_document', [sa.literal_column('published_at DESC'), sa.literal_column('product_id DESC')], unique=False)
    op.create_index('ix_search_document_popular', 'search_document', [sa.literal_column('available DESC'), sa.literal_column('popularity DESC'), sa.literal_column('product_id DESC')], unique=False)
    op.create_index('ix_search_document_price', 'search_document', ['price', 'product_id'], unique=False)
    op.create_table('search_query_count',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('lang', sa.Text(), nullable=False),
    sa.Column('query', sa.Text(collation='C'), nullable=False),
    sa.Column('times', sa.Integer(), server_default='0', nullable=False),
    sa.Column('hits', sa.Integer(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('day', 'lang', 'query', name=op.f('pk_search_query_count'))
    )
    op.create_index('ix_search_query_count_lang', 'search_query_count', ['lang', sa.literal_column('query text_pattern_ops')], unique=False)
    op.create_table('search_synonym',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('lang', sa.Text(), server_default='en', nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('is_one_way', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('length(words) <= 1000', name=op.f('ck_search_synonym_words')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_synonym'))
    )
    op.create_index(op.f('ix_search_synonym_lang'), 'search_synonym', ['lang'], unique=False)
    op.create_table('search_text',
    sa.Column('product_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('codes', sa.ARRAY(sa.Text()), server_default='{}', nullable=False),
    sa.Column('names', sa.ARRAY(sa.Text()), server_default='{}', nullable=False),
    sa.Column('en', postgresql.TSVECTOR(), nullable=True),
    sa.Column('fr', postgresql.TSVECTOR(), nullable=True),
    sa.Column('nl', postgresql.TSVECTOR(), nullable=True),
    sa.Column('de', postgresql.TSVECTOR(), nullable=True),
    sa.Column('es', postgresql.TSVECTOR(), nullable=True),
    sa.PrimaryKeyConstraint('product_id', name=op.f('pk_search_text'))
    )
    op.create_index('ix_search_text_codes', 'search_text', ['codes'], unique=False, postgresql_using='gin')
    op.create_index('ix_search_text_de', 'search_text', ['de'], unique=False, postgresql_using='gin')
    op.create_index('ix_search_text_en', 'search_text', ['en'], unique=False, postgresql_using='gin')
    op.create_index('ix_search_text_es', 'search_text', ['es'], unique=False, postgresql_using='gin')
    op.create_index('ix_search_text_fr', 'search_text', ['fr'], unique=False, postgresql_using='gin')
    op.create_index('ix_search_text_nl', 'search_text', ['nl'], unique=False, postgresql_using='gin')
    op.create_table('search_word',
    sa.Column('lang', sa.Text(), nullable=False),
    sa.Column('word', sa.Text(collation='C'), nullable=False),
    sa.Column('frequency', sa.Integer(), server_default='1', nullable=False),
    sa.Column('deletions', sa.ARRAY(sa.Text()), server_default='{}', nullable=False),
    sa.PrimaryKeyConstraint('lang', 'word', name=op.f('pk_search_word'))
    )
    op.create_index('ix_search_word_deletions', 'search_word', ['deletions'], unique=False, postgresql_using='gin')
    op.create_index('ix_search_word_prefix', 'search_word', ['lang', sa.literal_column('word text_pattern_ops')], unique=False)
    op.create_table('shipping_zone',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('countries', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('postcode_prefixes', sa.ARRAY(sa.Text()), server_default='{}', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shipping_zone')),
    sa.UniqueConstraint('code', name=op.f('uq_shipping_zone_code'))
    )
    op.create_table('tax_rate',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('country', sa.CHAR(length=2), nullable=False),
    sa.Column('tax_class', sa.Text(), nullable=False),
    sa.Column('rate', sa.Numeric(precision=6, scale=3), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.CheckConstraint("tax_class IN ('standard', 'reduced', 'intermediate', 'zero')", name=op.f('ck_tax_rate_tax_class')),
    sa.CheckConstraint('rate >= 0 AND rate < 100', name=op.f('ck_tax_rate_rate')),
    sa.CheckConstraint('valid_until IS NULL OR valid_until >= valid_from', name=op.f('ck_tax_rate_window')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tax_rate')),
    sa.UniqueConstraint('country', 'tax_class', 'valid_from', name=op.f('uq_tax_rate_country_tax_class_valid_from'))
    )
    op.create_table('ab_api_key',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=256), nullable=False),
    sa.Column('key_hash', sa.String(length=256), nullable=False),
    sa.Column('lookup_hash', sa.String(length=256), nullable=True),
    sa.Column('key_prefix', sa.String(length=16), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('scopes', sa.Text(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_on', sa.DateTime(), nullable=True),
    sa.Column('expires_on', sa.DateTime(), nullable=True),
    sa.Column('revoked_on', sa.DateTime(), nullable=True),
    sa.Column('last_used_on', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_ab_api_key_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_api_key')),
    sa.UniqueConstraint('lookup_hash', name=op.f('uq_ab_api_key_lookup_hash')),
    sa.UniqueConstraint('uuid', name=op.f('uq_ab_api_key_uuid'))
    )
    op.create_index('idx_api_key_lookup_hash', 'ab_api_key', ['lookup_hash'], unique=True)
    op.create_index('idx_api_key_prefix', 'ab_api_key', ['key_prefix'], unique=False)
    op.create_index('idx_api_key_user_id', 'ab_api_key', ['user_id'], unique=False)
    op.create_table('ab_group_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('role_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['group_id'], ['ab_group.id'], name=op.f('fk_ab_group_role_group_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['role_id'], ['ab_role.id'], name=op.f('fk_ab_group_role_role_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_group_role')),
    sa.UniqueConstraint('group_id', 'role_id', name=op.f('uq_ab_group_role_group_id_role_id'))
    )
    op.create_index('idx_group_id', 'ab_group_role', ['group_id'], unique=False)
    op.create_index('idx_group_role_id', 'ab_group_role', ['role_id'], unique=False)
    op.create_table('ab_permission_view',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('permission_id', sa.Integer(), nullable=False),
    sa.Column('view_menu_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['permission_id'], ['ab_permission.id'], name=op.f('fk_ab_permission_view_permission_id')),
    sa.ForeignKeyConstraint(['view_menu_id'], ['ab_view_menu.id'], name=op.f('fk_ab_permission_view_view_menu_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_permission_view')),
    sa.UniqueConstraint('permission_id', 'view_menu_id', name=op.f('uq_ab_permission_view_permission_id_view_menu_id'))
    )
    op.create_index('idx_permission_id', 'ab_permission_view', ['permission_id'], unique=False)
    op.create_index('idx_view_menu_id', 'ab_permission_view', ['view_menu_id'], unique=False)
    op.create_table('ab_user_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['group_id'], ['ab_group.id'], name=op.f('fk_ab_user_group_group_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_ab_user_group_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_user_group')),
    sa.UniqueConstraint('user_id', 'group_id', name=op.f('uq_ab_user_group_user_id_group_id'))
    )
    op.create_index('idx_user_group_id', 'ab_user_group', ['group_id'], unique=False)
    op.create_index('idx_user_id', 'ab_user_group', ['user_id'], unique=False)
    op.create_table('ab_user_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('role_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['role_id'], ['ab_role.id'], name=op.f('fk_ab_user_role_role_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_ab_user_role_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_user_role')),
    sa.UniqueConstraint('user_id', 'role_id', name=op.f('uq_ab_user_role_user_id_role_id'))
    )
    op.create_table('cart_cart',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('public_id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.Text(), server_default='open', nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('currency', sa.CHAR(length=3), server_default='EUR', nullable=False),
    sa.Column('language', sa.Text(), server_default='en', nullable=False),
    sa.Column('country', sa.CHAR(length=2), nullable=True),
    sa.Column('email', sa.Text(), nullable=True),
    sa.Column('shipping_address', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('billing_address', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('shipping_method', sa.Text(), nullable=True),
    sa.Column('coupon_codes', sa.ARRAY(sa.Text()), server_default='{}', nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('merged_into_id', sa.BigInteger(), nullable=True),
    sa.Column('before_merge', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('merged_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("state IN ('open', 'ordered', 'merged')", name=op.f('ck_cart_cart_state')),
    sa.ForeignKeyConstraint(['merged_into_id'], ['cart_cart.id'], name=op.f('fk_cart_cart_merged_into_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_cart_cart_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cart_cart')),
    sa.UniqueConstraint('public_id', name=op.f('uq_cart_cart_public_id'))
    )
    op.create_index('ix_cart_cart_idle', 'cart_cart', ['updated_at'], unique=False, postgresql_where=sa.text("state = 'open'"))
    op.create_index(op.f('ix_cart_cart_user_id'), 'cart_cart', ['user_id'], unique=False)
    op.create_index('uq_cart_cart_open_user', 'cart_cart', ['user_id'], unique=True, postgresql_where=sa.text("state = 'open'"))
    op.create_table('catalog_attribute_option',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('attribute_id', sa.BigInteger(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('swatch', sa.Text(), server_default='', nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.Column('translations', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.ForeignKeyConstraint(['attribute_id'], ['catalog_attribute.id'], name=op.f('fk_catalog_attribute_option_attribute_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalog_attribute_option')),
    sa.UniqueConstraint('attribute_id', 'value', name=op.f('uq_catalog_attribute_option_attribute_id_value'))
    )
    op.create_table('catalog_type_attribute',
    sa.Column('type_id', sa.BigInteger(), nullable=False),
    sa.Column('attribute_id', sa.BigInteger(), nullable=False),
    sa.Column('is_required', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['attribute_id'], ['catalog_attribute.id'], name=op.f('fk_catalog_type_attribute_attribute_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['type_id'], ['catalog_product_type.id'], name=op.f('fk_catalog_type_attribute_type_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('type_id', 'attribute_id', name=op.f('pk_catalog_type_attribute'))
    )
    op.create_index(op.f('ix_catalog_type_attribute_attribute_id'), 'catalog_type_attribute', ['attribute_id'], unique=False)
    op.create_table('core_saved_view',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.Text(), server_default='view', nullable=False),
    sa.Column('entity', sa.Text(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), server_default='', nullable=False),
    sa.Column('query', sa.Text(), server_default='', nullable=False),
    sa.Column('columns', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('is_shared', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("kind IN ('view', 'columns')", name=op.f('ck_core_saved_view_kind')),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_core_saved_view_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_saved_view'))
    )
    op.create_index('ix_core_saved_view_entity_user', 'core_saved_view', ['entity', 'user_id'], unique=False)
    op.create_index('uq_core_saved_view_columns', 'core_saved_view', ['entity', 'user_id'], unique=True, postgresql_where=sa.text("kind = 'columns'"))
    op.create_table('customers_address',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('public_id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('company', sa.Text(), server_default='', nullable=False),
    sa.Column('line1', sa.Text(), nullable=False),
    sa.Column('line2', sa.Text(), server_default='', nullable=False),
    sa.Column('postcode', sa.Text(), nullable=False),
    sa.Column('city', sa.Text(), nullable=False),
    sa.Column('region', sa.Text(), server_default='', nullable=False),
    sa.Column('country', sa.CHAR(length=2), nullable=False),
    sa.Column('phone', sa.Text(), server_default='', nullable=False),
    sa.Column('is_default_shipping', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('is_default_billing', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("country ~ '^[A-Z]{2}$'", name=op.f('ck_customers_address_country')),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_customers_address_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customers_address')),
    sa.UniqueConstraint('public_id', name=op.f('uq_customers_address_public_id'))
    )
    op.create_index('ix_customers_address_user_id', 'customers_address', ['user_id'], unique=False)
    op.create_index('uq_customers_address_default_billing', 'customers_address', ['user_id'], unique=True, postgresql_where=sa.text('is_default_billing'))
    op.create_index('uq_customers_address_default_shipping', 'customers_address', ['user_id'], unique=True, postgresql_where=sa.text('is_default_shipping'))
    op.create_table('customers_profile',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('phone', sa.Text(), server_default='', nullable=False),
    sa.Column('group_code', sa.Text(), server_default='b2c', nullable=False),
    sa.Column('note', sa.Text(), server_default='', nullable=False),
    sa.Column('marketing_consent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('marketing_consent_source', sa.Text(), server_default='', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['group_code'], ['customers_group.code'], name=op.f('fk_customers_profile_group_code')),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_customers_profile_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_customers_profile'))
    )
    op.create_index(op.f('ix_customers_profile_group_code'), 'customers_profile', ['group_code'], unique=False)
    op.create_table('identity_refresh_token',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('family', sa.Text(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('rotated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_identity_refresh_token_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identity_refresh_token')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_identity_refresh_token_token_hash'))
    )
    op.create_index(op.f('ix_identity_refresh_token_expires_at'), 'identity_refresh_token', ['expires_at'], unique=False)
    op.create_index(op.f('ix_identity_refresh_token_family'), 'identity_refresh_token', ['family'], unique=False)
    op.create_index(op.f('ix_identity_refresh_token_user_id'), 'identity_refresh_token', ['user_id'], unique=False)
    op.create_table('identity_session',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), server_default='shop', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('ip', sa.Text(), server_default='', nullable=False),
    sa.Column('agent', sa.Text(), server_default='', nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_identity_session_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identity_session')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_identity_session_token_hash'))
    )
    op.create_index('ix_identity_session_open', 'identity_session', ['user_id'], unique=False, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('identity_token',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('nonce', sa.Text(), nullable=False),
    sa.Column('value', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('pair_id', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_identity_token_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identity_token'))
    )
    op.create_index(op.f('ix_identity_token_expires_at'), 'identity_token', ['expires_at'], unique=False)
    op.create_index('ix_identity_token_user_id_purpose', 'identity_token', ['user_id', 'purpose'], unique=False)
    op.create_table('media_image',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('filename', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('bytes', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('renditions', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
    sa.Column('colour', sa.Text(), server_default='', nullable=False),
    sa.Column('alt', sa.Text(), server_default='', nullable=False),
    sa.Column('translations', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('is_kept', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('width > 0 AND height > 0', name=op.f('ck_media_image_size')),
    sa.ForeignKeyConstraint(['created_by'], ['ab_user.id'], name=op.f('fk_media_image_created_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_media_image')),
    sa.UniqueConstraint('key', name=op.f('uq_media_image_key'))
    )
    op.create_index(op.f('ix_media_image_created_by'), 'media_image', ['created_by'], unique=False)
    op.create_index(op.f('ix_media_image_sha256'), 'media_image', ['sha256'], unique=False)
    op.create_index('ix_media_image_without_avif', 'media_image', ['id'], unique=False, postgresql_where=sa.text("NOT renditions ? 'avif'"))
    op.create_table('notifications_attachment',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('message_id', sa.BigInteger(), nullable=False),
    sa.Column('filename', sa.Text(), nullable=False),
    sa.Column('content_type', sa.Text(), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['notifications_message.id'], name=op.f('fk_notifications_attachment_message_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notifications_attachment'))
    )
    op.create_index(op.f('ix_notifications_attachment_message_id'), 'notifications_attachment', ['message_id'], unique=False)
    op.create_table('orders_order',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.Text(), nullable=True),
    sa.Column('token', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), server_default='pending', nullable=False),
    sa.Column('payment_status', sa.Text(), sa.Computed("CASE WHEN refunded > 0 AND refunded >= captured THEN 'refunded' WHEN refunded > 0 THEN 'partly_refunded' WHEN captured > total_gross THEN 'overpaid' WHEN captured = total_gross THEN 'paid' WHEN captured > 0 THEN 'partly_paid' ELSE 'due' END", persisted=True), nullable=False),
    sa.Column('payment_method', sa.Text(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('email_key', sa.Text(), sa.Computed('lower(email)', persisted=True), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('exchange_rate', sa.Numeric(precision=20, scale=10), server_default='1', nullable=False),
    sa.Column('prices_include_tax', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('shipping_address', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
    sa.Column('billing_address', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('shipping_method', sa.Text(), nullable=False),
    sa.Column('shipping_name', sa.Text(), nullable=False),
    sa.Column('shipping_net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('shipping_tax', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('shipping_gross', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('shipping_rate', sa.Numeric(precision=6, scale=3), nullable=False),
    sa.Column('discount', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('discounts', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='[]', nullable=False),
    sa.Column('coupon_codes', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='[]', nullable=False),
    sa.Column('taxes', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='[]', nullable=False),
    sa.Column('total_net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('total_tax', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('total_gross', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('captured', sa.Numeric(precision=18, scale=4), server_default='0', nullable=False),
    sa.Column('refunded', sa.Numeric(precision=18, scale=4), server_default='0', nullable=False),
    sa.Column('note', sa.Text(), server_default='', nullable=False),
    sa.Column('cart_id', sa.BigInteger(), nullable=True),
    sa.Column('cancel_reason', sa.Text(), nullable=True),
    sa.Column('placed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('cancelled', 'confirmed', 'delivered', 'packed', 'paid', 'pending', 'returned', 'shipped')", name=op.f('ck_orders_order_state')),
    sa.CheckConstraint('captured >= 0 AND refunded >= 0 AND refunded <= captured', name=op.f('ck_orders_order_money')),
    sa.CheckConstraint('shipping_net + shipping_tax = shipping_gross', name=op.f('ck_orders_order_shipping')),
    sa.CheckConstraint('total_net + total_tax = total_gross', name=op.f('ck_orders_order_total')),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_orders_order_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_orders_order')),
    sa.UniqueConstraint('number', name=op.f('uq_orders_order_number')),
    sa.UniqueConstraint('token', name=op.f('uq_orders_order_token'))
    )
    op.create_index('ix_orders_order_email', 'orders_order', ['email_key', 'id'], unique=False)
    op.create_index('ix_orders_order_expiry', 'orders_order', ['expires_at'], unique=False, postgresql_where=sa.text("state = 'pending'"))
    op.create_index(op.f('ix_orders_order_placed_at'), 'orders_order', ['placed_at'], unique=False)
    op.create_index('ix_orders_order_state', 'orders_order', ['state', 'id'], unique=False)
    op.create_index('ix_orders_order_user', 'orders_order', ['user_id', 'id'], unique=False)
    op.create_index('uq_orders_order_live_cart', 'orders_order', ['cart_id'], unique=True, postgresql_where=sa.text("state <> 'cancelled'"))
    op.create_table('promotions_claim',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('coupon_id', sa.BigInteger(), nullable=False),
    sa.Column('holder', sa.Text(), nullable=False),
    sa.Column('email_key', sa.Text(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('claimed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['coupon_id'], ['promotions_coupon.id'], name=op.f('fk_promotions_claim_coupon_id')),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_promotions_claim_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_promotions_claim')),
    sa.UniqueConstraint('coupon_id', 'holder', name=op.f('uq_promotions_claim_coupon_id_holder'))
    )
    op.create_index('ix_promotions_claim_customer', 'promotions_claim', ['coupon_id', 'email_key'], unique=False)
    op.create_index('ix_promotions_claim_holder', 'promotions_claim', ['holder'], unique=False)
    op.create_index('ix_promotions_claim_user', 'promotions_claim', ['coupon_id', 'user_id'], unique=False)
    op.create_table('regions_rate',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('currency', sa.CHAR(length=3), nullable=False),
    sa.Column('date', sa.Date(), nullable=False),
    sa.Column('rate', sa.Numeric(precision=18, scale=8), nullable=False),
    sa.Column('manual', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('rate > 0', name=op.f('ck_regions_rate_positive')),
    sa.ForeignKeyConstraint(['currency'], ['regions_currency.code'], name=op.f('fk_regions_rate_currency')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_regions_rate')),
    sa.UniqueConstraint('currency', 'date', 'manual', name=op.f('uq_regions_rate_currency_date_manual'))
    )
    op.create_table('shipping_method',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('translations', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('kind', sa.Text(), server_default='standard', nullable=False),
    sa.Column('zone_id', sa.BigInteger(), nullable=False),
    sa.Column('min_weight', sa.Integer(), server_default='0', nullable=False),
    sa.Column('max_weight', sa.Integer(), nullable=True),
    sa.Column('min_value', sa.Numeric(precision=18, scale=4), server_default='0', nullable=False),
    sa.Column('max_value', sa.Numeric(precision=18, scale=4), nullable=True),
    sa.Column('price', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('free_over', sa.Numeric(precision=18, scale=4), nullable=True),
    sa.Column('days_min', sa.Integer(), server_default='1', nullable=False),
    sa.Column('days_max', sa.Integer(), server_default='3', nullable=False),
    sa.Column('position', sa.Integer(), server_default='100', nullable=False),
    sa.Column('is_active', sa.Boolean(), server_default='true', nullable=False),
    sa.CheckConstraint("kind IN ('standard', 'express', 'international')", name=op.f('ck_shipping_method_kind')),
    sa.CheckConstraint('days_min >= 0 AND days_max >= days_min', name=op.f('ck_shipping_method_days')),
    sa.CheckConstraint('free_over IS NULL OR free_over >= 0', name=op.f('ck_shipping_method_free_over')),
    sa.CheckConstraint('max_value IS NULL OR max_value > min_value', name=op.f('ck_shipping_method_value')),
    sa.CheckConstraint('max_weight IS NULL OR max_weight > min_weight', name=op.f('ck_shipping_method_weight')),
    sa.CheckConstraint('price >= 0', name=op.f('ck_shipping_method_price')),
    sa.ForeignKeyConstraint(['zone_id'], ['shipping_zone.id'], name=op.f('fk_shipping_method_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shipping_method'))
    )
    op.create_index(op.f('ix_shipping_method_code'), 'shipping_method', ['code'], unique=False)
    op.create_index(op.f('ix_shipping_method_zone_id'), 'shipping_method', ['zone_id'], unique=False)
    op.create_table('ab_permission_view_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('permission_view_id', sa.Integer(), nullable=True),
    sa.Column('role_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['permission_view_id'], ['ab_permission_view.id'], name=op.f('fk_ab_permission_view_role_permission_view_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['role_id'], ['ab_role.id'], name=op.f('fk_ab_permission_view_role_role_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_permission_view_role')),
    sa.UniqueConstraint('permission_view_id', 'role_id', name=op.f('uq_ab_permission_view_role_permission_view_id_role_id'))
    )
    op.create_index('idx_permission_view_id', 'ab_permission_view_role', ['permission_view_id'], unique=False)
    op.create_index('idx_role_id', 'ab_permission_view_role', ['role_id'], unique=False)
    op.create_table('catalog_category',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('parent_id', sa.BigInteger(), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('slug', sa.Text(), nullable=False),
    sa.Column('path', sa.Text(), nullable=False),
    sa.Column('lineage', postgresql.ARRAY(sa.BigInteger()), nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.Column('description', sa.Text(), server_default='', nullable=False),
    sa.Column('translations', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('image_id', sa.BigInteger(), nullable=True),
    sa.Column('is_visible', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('product_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('parent_id IS NULL OR parent_id <> id', name=op.f('ck_catalog_category_own_parent')),
    sa.ForeignKeyConstraint(['image_id'], ['media_image.id'], name=op.f('fk_catalog_category_image_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['parent_id'], ['catalog_category.id'], name=op.f('fk_catalog_category_parent_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalog_category')),
    sa.UniqueConstraint('path', name=op.f('uq_catalog_category_path'))
    )
    op.create_index('ix_catalog_category_lineage', 'catalog_category', ['lineage'], unique=False, postgresql_using='gin')
    op.create_index(op.f('ix_catalog_category_parent_id'), 'catalog_category', ['parent_id'], unique=False)
    op.create_table('fulfilment_shipment',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('order_id', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), server_default='shipped', nullable=False),
    sa.Column('carrier', sa.Text(), nullable=False),
    sa.Column('tracking_number', sa.Text(), server_default='', nullable=False),
    sa.Column('tracking_url', sa.Text(), server_default='', nullable=False),
    sa.Column('shipped_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('actor_label', sa.Text(), server_default='', nullable=False),
    sa.CheckConstraint("state IN ('delivered', 'lost', 'shipped')", name=op.f('ck_fulfilment_shipment_state')),
    sa.ForeignKeyConstraint(['order_id'], ['orders_order.id'], name=op.f('fk_fulfilment_shipment_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fulfilment_shipment'))
    )
    op.create_index(op.f('ix_fulfilment_shipment_order_id'), 'fulfilment_shipment', ['order_id'], unique=False)
    op.create_index('ix_fulfilment_shipment_tracking', 'fulfilment_shipment', ['carrier', 'tracking_number'], unique=False)
    op.create_table('orders_history',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('order_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=True),
    sa.Column('data', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('is_public', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('actor_kind', sa.Text(), nullable=False),
    sa.Column('actor_user_id', sa.Integer(), nullable=True),
    sa.Column('actor_label', sa.Text(), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['orders_order.id'], name=op.f('fk_orders_history_order_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_orders_history'))
    )
    op.create_index('ix_orders_history_order', 'orders_history', ['order_id', 'id'], unique=False)
    op.create_table('orders_line',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('order_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('variant_id', sa.BigInteger(), nullable=False),
    sa.Column('sku', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('options', sa.JSON(), server_default='{}', nullable=False),
    sa.Column('slug', sa.Text(), server_default='', nullable=False),
    sa.Column('image', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('shipped', sa.Integer(), server_default='0', nullable=False),
    sa.Column('weight_g', sa.Integer(), server_default='0', nullable=False),
    sa.Column('unit_price', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('discount', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('tax_class', sa.Text(), nullable=False),
    sa.Column('tax_rate', sa.Numeric(precision=6, scale=3), nullable=False),
    sa.Column('net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('tax', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('gross', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.CheckConstraint('net + tax = gross', name=op.f('ck_orders_line_total')),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_orders_line_quantity')),
    sa.CheckConstraint('shipped >= 0 AND shipped <= quantity', name=op.f('ck_orders_line_shipped')),
    sa.ForeignKeyConstraint(['order_id'], ['orders_order.id'], name=op.f('fk_orders_line_order_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_orders_line'))
    )
    op.create_index(op.f('ix_orders_line_order_id'), 'orders_line', ['order_id'], unique=False)
    op.create_index('ix_orders_line_product', 'orders_line', ['product_id', 'id'], unique=False)
    op.create_index('ix_orders_line_variant', 'orders_line', ['variant_id', 'id'], unique=False)
    op.create_table('payments_payment',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.BigInteger(), nullable=False),
    sa.Column('provider', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), server_default='created', nullable=False),
    sa.Column('amount', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('captured', sa.Numeric(precision=18, scale=4), server_default='0', nullable=False),
    sa.Column('refunded', sa.Numeric(precision=18, scale=4), server_default='0', nullable=False),
    sa.Column('refund_reserved', sa.Numeric(precision=18, scale=4), server_default='0', nullable=False),
    sa.Column('provider_ref', sa.Text(), nullable=True),
    sa.Column('method', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('failure', sa.Text(), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('check_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("state IN ('authorised', 'captured', 'created', 'failed', 'pending', 'requires_action', 'voided')", name=op.f('ck_payments_payment_state')),
    sa.CheckConstraint('amount >= 0 AND captured >= 0', name=op.f('ck_payments_payment_amounts')),
    sa.CheckConstraint('refunded >= 0 AND refund_reserved >= 0 AND refunded + refund_reserved <= captured', name=op.f('ck_payments_payment_refunds')),
    sa.ForeignKeyConstraint(['order_id'], ['orders_order.id'], name=op.f('fk_payments_payment_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payments_payment')),
    sa.UniqueConstraint('public_id', name=op.f('uq_payments_payment_public_id'))
    )
    op.create_index('ix_payments_payment_open', 'payments_payment', ['check_at', 'id'], unique=False, postgresql_where=sa.text("check_at IS NOT NULL AND state IN ('created', 'pending', 'requires_action', 'authorised', 'failed')"))
    op.create_index(op.f('ix_payments_payment_order_id'), 'payments_payment', ['order_id'], unique=False)
    op.create_index('uq_payments_payment_reference', 'payments_payment', ['provider', 'provider_ref'], unique=True, postgresql_where=sa.text('provider_ref IS NOT NULL'))
    op.create_table('catalog_product',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('type_id', sa.BigInteger(), nullable=False),
    sa.Column('brand_id', sa.BigInteger(), nullable=True),
    sa.Column('category_id', sa.BigInteger(), nullable=False),
    sa.Column('seller_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('slug', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), server_default='', nullable=False),
    sa.Column('translations', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('state', sa.Text(), server_default='draft', nullable=False),
    sa.Column('is_available', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('published_from', sa.DateTime(timezone=True), nullable=True),
    sa.Column('published_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('first_published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tax_class', sa.Text(), server_default='standard', nullable=False),
    sa.Column('specifications', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('rating_average', sa.Numeric(precision=3, scale=2), server_default='0', nullable=False),
    sa.Column('rating_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('popularity', sa.Integer(), server_default='0', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint("state IN ('draft','published','archived')", name=op.f('ck_catalog_product_state')),
    sa.CheckConstraint("tax_class IN ('standard','reduced','intermediate','zero')", name=op.f('ck_catalog_product_tax_class')),
    sa.CheckConstraint('published_until IS NULL OR published_until > published_from', name=op.f('ck_catalog_product_window')),
    sa.ForeignKeyConstraint(['brand_id'], ['catalog_brand.id'], name=op.f('fk_catalog_product_brand_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['category_id'], ['catalog_category.id'], name=op.f('fk_catalog_product_category_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['seller_id'], ['ab_user.id'], name=op.f('fk_catalog_product_seller_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['type_id'], ['catalog_product_type.id'], name=op.f('fk_catalog_product_type_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalog_product')),
    sa.UniqueConstraint('slug', name=op.f('uq_catalog_product_slug'))
    )
    op.create_index(op.f('ix_catalog_product_brand_id'), 'catalog_product', ['brand_id'], unique=False)
    op.create_index(op.f('ix_catalog_product_category_id'), 'catalog_product', ['category_id'], unique=False)
    op.create_index(op.f('ix_catalog_product_seller_id'), 'catalog_product', ['seller_id'], unique=False)
    op.create_index(op.f('ix_catalog_product_type_id'), 'catalog_product', ['type_id'], unique=False)
    op.create_index('ix_catalog_product_window', 'catalog_product', ['published_from'], unique=False, postgresql_where=sa.text("state = 'published'"))
    op.create_table('fulfilment_shipment_line',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('shipment_id', sa.BigInteger(), nullable=False),
    sa.Column('order_line_id', sa.BigInteger(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_fulfilment_shipment_line_quantity')),
    sa.ForeignKeyConstraint(['order_line_id'], ['orders_line.id'], name=op.f('fk_fulfilment_shipment_line_order_line_id')),
    sa.ForeignKeyConstraint(['shipment_id'], ['fulfilment_shipment.id'], name=op.f('fk_fulfilment_shipment_line_shipment_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fulfilment_shipment_line')),
    sa.UniqueConstraint('shipment_id', 'order_line_id', name=op.f('uq_fulfilment_shipment_line_shipment_id_order_line_id'))
    )
    op.create_index(op.f('ix_fulfilment_shipment_line_order_line_id'), 'fulfilment_shipment_line', ['order_line_id'], unique=False)
    op.create_table('payments_capture',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('payment_id', sa.BigInteger(), nullable=False),
    sa.Column('provider', sa.Text(), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('amount', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_payments_capture_amount')),
    sa.ForeignKeyConstraint(['payment_id'], ['payments_payment.id'], name=op.f('fk_payments_capture_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payments_capture')),
    sa.UniqueConstraint('provider', 'reference', name=op.f('uq_payments_capture_provider_reference'))
    )
    op.create_index(op.f('ix_payments_capture_payment_id'), 'payments_capture', ['payment_id'], unique=False)
    op.create_table('payments_ledger_transaction',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('payment_id', sa.BigInteger(), nullable=False),
    sa.Column('order_id', sa.BigInteger(), nullable=False),
    sa.Column('memo', sa.Text(), server_default='', nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['orders_order.id'], name=op.f('fk_payments_ledger_transaction_order_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payments_payment.id'], name=op.f('fk_payments_ledger_transaction_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payments_ledger_transaction')),
    sa.UniqueConstraint('source', name=op.f('uq_payments_ledger_transaction_source'))
    )
    op.create_index(op.f('ix_payments_ledger_transaction_at'), 'payments_ledger_transaction', ['at'], unique=False)
    op.create_index(op.f('ix_payments_ledger_transaction_order_id'), 'payments_ledger_transaction', ['order_id'], unique=False)
    op.create_index(op.f('ix_payments_ledger_transaction_payment_id'), 'payments_ledger_transaction', ['payment_id'], unique=False)
    op.create_table('payments_refund',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('payment_id', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), server_default='requested', nullable=False),
    sa.Column('amount', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('idempotency_key', sa.Text(), nullable=False),
    sa.Column('provider_ref', sa.Text(), nullable=True),
    sa.Column('failure', sa.Text(), nullable=True),
    sa.Column('actor_kind', sa.Text(), nullable=False),
    sa.Column('actor_user_id', sa.Integer(), nullable=True),
    sa.Column('actor_label', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('done', 'failed', 'manual', 'pending', 'requested')", name=op.f('ck_payments_refund_state')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_payments_refund_amount')),
    sa.ForeignKeyConstraint(['payment_id'], ['payments_payment.id'], name=op.f('fk_payments_refund_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payments_refund')),
    sa.UniqueConstraint('payment_id', 'idempotency_key', name=op.f('uq_payments_refund_payment_id_idempotency_key')),
    sa.UniqueConstraint('public_id', name=op.f('uq_payments_refund_public_id'))
    )
    op.create_index('ix_payments_refund_open', 'payments_refund', ['id'], unique=False, postgresql_where=sa.text("state IN ('requested', 'pending', 'manual')"))
    op.create_index(op.f('ix_payments_refund_provider_ref'), 'payments_refund', ['provider_ref'], unique=False)
    op.create_table('payments_webhook',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('provider', sa.Text(), nullable=False),
    sa.Column('event_id', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('body', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
    sa.Column('state', sa.Text(), server_default='received', nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('payment_id', sa.BigInteger(), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('applied', 'ignored', 'received', 'unmatched')", name=op.f('ck_payments_webhook_state')),
    sa.ForeignKeyConstraint(['payment_id'], ['payments_payment.id'], name=op.f('fk_payments_webhook_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payments_webhook')),
    sa.UniqueConstraint('provider', 'event_id', name=op.f('uq_payments_webhook_provider_event_id'))
    )
    op.create_index('ix_payments_webhook_open', 'payments_webhook', ['id'], unique=False, postgresql_where=sa.text("state IN ('received', 'unmatched')"))
    op.create_index(op.f('ix_payments_webhook_payment_id'), 'payments_webhook', ['payment_id'], unique=False)
    op.create_index(op.f('ix_payments_webhook_received_at'), 'payments_webhook', ['received_at'], unique=False)
    op.create_table('catalog_import_image',
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('external_id', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('image_id', sa.BigInteger(), nullable=True),
    sa.Column('problem', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['image_id'], ['media_image.id'], name=op.f('fk_catalog_import_image_image_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['product_id'], ['catalog_product.id'], name=op.f('fk_catalog_import_image_product_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('source', 'external_id', 'position', name=op.f('pk_catalog_import_image'))
    )
    op.create_index(op.f('ix_catalog_import_image_image_id'), 'catalog_import_image', ['image_id'], unique=False)
    op.create_index(op.f('ix_catalog_import_image_product_id'), 'catalog_import_image', ['product_id'], unique=False)
    op.create_table('catalog_import_ref',
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('external_id', sa.Text(), nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('content_hash', sa.Text(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['product_id'], ['catalog_product.id'], name=op.f('fk_catalog_import_ref_product_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('source', 'external_id', name=op.f('pk_catalog_import_ref'))
    )
    op.create_index(op.f('ix_catalog_import_ref_product_id'), 'catalog_import_ref', ['product_id'], unique=False)
    op.create_table('catalog_product_category',
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('category_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['category_id'], ['catalog_category.id'], name=op.f('fk_catalog_product_category_category_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['product_id'], ['catalog_product.id'], name=op.f('fk_catalog_product_category_product_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('product_id', 'category_id', name=op.f('pk_catalog_product_category'))
    )
    op.create_index(op.f('ix_catalog_product_category_category_id'), 'catalog_product_category', ['category_id'], unique=False)
    op.create_table('catalog_variant',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('sku', sa.Text(), nullable=False),
    sa.Column('ean', sa.Text(), nullable=True),
    sa.Column('options', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('option_key', sa.Text(), server_default='', nullable=False),
    sa.Column('name', sa.Text(), server_default='', nullable=False),
    sa.Column('weight_g', sa.Integer(), server_default='0', nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.Column('is_active', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('weight_g >= 0', name=op.f('ck_catalog_variant_weight')),
    sa.ForeignKeyConstraint(['product_id'], ['catalog_product.id'], name=op.f('fk_catalog_variant_product_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalog_variant')),
    sa.UniqueConstraint('product_id', 'option_key', name=op.f('uq_catalog_variant_product_id_option_key')),
    sa.UniqueConstraint('sku', name=op.f('uq_catalog_variant_sku'))
    )
    op.create_index(op.f('ix_catalog_variant_ean'), 'catalog_variant', ['ean'], unique=False)
    op.create_table('payments_ledger_entry',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('transaction_id', sa.BigInteger(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('amount', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.CheckConstraint('amount <> 0', name=op.f('ck_payments_ledger_entry_amount')),
    sa.ForeignKeyConstraint(['transaction_id'], ['payments_ledger_transaction.id'], name=op.f('fk_payments_ledger_entry_transaction_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payments_ledger_entry'))
    )
    op.create_index('ix_payments_ledger_entry_account', 'payments_ledger_entry', ['account', 'currency'], unique=False)
    op.create_index(op.f('ix_payments_ledger_entry_transaction_id'), 'payments_ledger_entry', ['transaction_id'], unique=False)
    op.create_table('cart_line',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('public_id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('cart_id', sa.BigInteger(), nullable=False),
    sa.Column('variant_id', sa.BigInteger(), nullable=True),
    sa.Column('sku', sa.Text(), server_default='', nullable=False),
    sa.Column('name', sa.Text(), server_default='', nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('saved_for_later', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('seen_price', sa.Numeric(precision=18, scale=4), nullable=True),
    sa.Column('seen_currency', sa.CHAR(length=3), nullable=True),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('quantity BETWEEN 1 AND 999', name=op.f('ck_cart_line_quantity')),
    sa.ForeignKeyConstraint(['cart_id'], ['cart_cart.id'], name=op.f('fk_cart_line_cart_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['variant_id'], ['catalog_variant.id'], name=op.f('fk_cart_line_variant_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cart_line')),
    sa.UniqueConstraint('public_id', name=op.f('uq_cart_line_public_id'))
    )
    op.create_index(op.f('ix_cart_line_cart_id'), 'cart_line', ['cart_id'], unique=False)
    op.create_index('ix_cart_line_removed', 'cart_line', ['removed_at'], unique=False, postgresql_where=sa.text('removed_at IS NOT NULL'))
    op.create_index(op.f('ix_cart_line_variant_id'), 'cart_line', ['variant_id'], unique=False)
    op.create_index('uq_cart_line_variant', 'cart_line', ['cart_id', 'variant_id', 'saved_for_later'], unique=True, postgresql_where=sa.text('removed_at IS NULL'))
    op.create_table('catalog_product_image',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('variant_id', sa.BigInteger(), nullable=True),
    sa.Column('image_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.Column('alt', sa.Text(), server_default='', nullable=False),
    sa.Column('translations', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.ForeignKeyConstraint(['image_id'], ['media_image.id'], name=op.f('fk_catalog_product_image_image_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['product_id'], ['catalog_product.id'], name=op.f('fk_catalog_product_image_product_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['variant_id'], ['catalog_variant.id'], name=op.f('fk_catalog_product_image_variant_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalog_product_image'))
    )
    op.create_index(op.f('ix_catalog_product_image_image_id'), 'catalog_product_image', ['image_id'], unique=False)
    op.create_index('ix_catalog_product_image_product', 'catalog_product_image', ['product_id', 'position', 'id'], unique=False)
    op.create_index(op.f('ix_catalog_product_image_variant_id'), 'catalog_product_image', ['variant_id'], unique=False)
    op.create_table('inventory_stock',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('variant_id', sa.BigInteger(), nullable=False),
    sa.Column('warehouse_id', sa.BigInteger(), nullable=False),
    sa.Column('on_hand', sa.Integer(), server_default='0', nullable=False),
    sa.Column('reserved', sa.Integer(), server_default='0', nullable=False),
    sa.Column('backordered', sa.Integer(), server_default='0', nullable=False),
    sa.Column('backorder_limit', sa.Integer(), server_default='0', nullable=False),
    sa.Column('backorder_date', sa.Date(), nullable=True),
    sa.Column('low_at', sa.Integer(), nullable=True),
    sa.Column('available', sa.Integer(), sa.Computed('on_hand - reserved + backordered', persisted=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('backordered <= backorder_limit', name=op.f('ck_inventory_stock_backorder_limit')),
    sa.CheckConstraint('backordered >= 0 AND backordered <= reserved', name=op.f('ck_inventory_stock_backordered')),
    sa.CheckConstraint('low_at IS NULL OR low_at >= 0', name=op.f('ck_inventory_stock_low_at')),
    sa.CheckConstraint('on_hand >= 0', name=op.f('ck_inventory_stock_on_hand')),
    sa.CheckConstraint('reserved - backordered <= on_hand', name=op.f('ck_inventory_stock_not_oversold')),
    sa.CheckConstraint('reserved >= 0', name=op.f('ck_inventory_stock_reserved')),
    sa.ForeignKeyConstraint(['variant_id'], ['catalog_variant.id'], name=op.f('fk_inventory_stock_variant_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['warehouse_id'], ['inventory_warehouse.id'], name=op.f('fk_inventory_stock_warehouse_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inventory_stock')),
    sa.UniqueConstraint('variant_id', 'warehouse_id', name=op.f('uq_inventory_stock_variant_id_warehouse_id'))
    )
    op.create_index('ix_inventory_stock_available', 'inventory_stock', ['available'], unique=False)
    op.create_index(op.f('ix_inventory_stock_warehouse_id'), 'inventory_stock', ['warehouse_id'], unique=False)
    op.create_table('pricing_change_line',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('change_id', sa.BigInteger(), nullable=False),
    sa.Column('variant_id', sa.BigInteger(), nullable=False),
    sa.Column('before_amount', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('before_compare_at', sa.Numeric(precision=18, scale=4), nullable=True),
    sa.Column('after_amount', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('after_compare_at', sa.Numeric(precision=18, scale=4), nullable=True),
    sa.ForeignKeyConstraint(['change_id'], ['pricing_change.id'], name=op.f('fk_pricing_change_line_change_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['variant_id'], ['catalog_variant.id'], name=op.f('fk_pricing_change_line_variant_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pricing_change_line')),
    sa.UniqueConstraint('change_id', 'variant_id', name=op.f('uq_pricing_change_line_change_id_variant_id'))
    )
    op.create_table('pricing_price',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('variant_id', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.CHAR(length=3), nullable=False),
    sa.Column('amount', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('compare_at', sa.Numeric(precision=18, scale=4), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('amount >= 0', name=op.f('ck_pricing_price_not_negative')),
    sa.CheckConstraint('compare_at IS NULL OR compare_at > amount', name=op.f('ck_pricing_price_compare_above')),
    sa.ForeignKeyConstraint(['variant_id'], ['catalog_variant.id'], name=op.f('fk_pricing_price_variant_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pricing_price')),
    sa.UniqueConstraint('variant_id', 'currency', name=op.f('uq_pricing_price_variant_id_currency'))
    )
    op.create_table('inventory_alert',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('stock_id', sa.BigInteger(), nullable=False),
    sa.Column('available', sa.Integer(), nullable=False),
    sa.Column('low_at', sa.Integer(), nullable=False),
    sa.Column('raised_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('cleared_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['stock_id'], ['inventory_stock.id'], name=op.f('fk_inventory_alert_stock_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inventory_alert'))
    )
    op.create_index('uq_inventory_alert_open', 'inventory_alert', ['stock_id'], unique=True, postgresql_where=sa.text('cleared_at IS NULL'))
    op.create_table('inventory_movement',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('stock_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('on_hand_after', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('reference', sa.Text(), nullable=True),
    sa.Column('actor_label', sa.Text(), server_default='system', nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("kind IN ('receive', 'sale', 'return', 'count', 'correction', 'write_off')", name=op.f('ck_inventory_movement_kind')),
    sa.ForeignKeyConstraint(['stock_id'], ['inventory_stock.id'], name=op.f('fk_inventory_movement_stock_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inventory_movement'))
    )
    op.create_index('ix_inventory_movement_reference', 'inventory_movement', ['reference'], unique=False, postgresql_where=sa.text('reference IS NOT NULL'))
    op.create_index('ix_inventory_movement_stock', 'inventory_movement', ['stock_id', 'id'], unique=False)
    op.create_table('inventory_reservation',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('holder', sa.Text(), nullable=False),
    sa.Column('stock_id', sa.BigInteger(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('is_backorder', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('state', sa.Text(), server_default='held', nullable=False),
    sa.Column('returned', sa.Integer(), server_default='0', nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("state IN ('held', 'owed', 'claimed', 'released')", name=op.f('ck_inventory_reservation_state')),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_inventory_reservation_quantity')),
    sa.CheckConstraint('returned >= 0 AND returned <= quantity', name=op.f('ck_inventory_reservation_returned')),
    sa.ForeignKeyConstraint(['stock_id'], ['inventory_stock.id'], name=op.f('fk_inventory_reservation_stock_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inventory_reservation'))
    )
    op.create_index('ix_inventory_reservation_expiry', 'inventory_reservation', ['expires_at'], unique=False, postgresql_where=sa.text("state = 'held'"))
    op.create_index('ix_inventory_reservation_holder', 'inventory_reservation', ['holder'], unique=False)
    op.create_index('ix_inventory_reservation_open', 'inventory_reservation', ['stock_id'], unique=False, postgresql_where=sa.text("state IN ('held', 'owed')"))
    op.create_index('ix_inventory_reservation_waiting', 'inventory_reservation', ['stock_id', 'id'], unique=False, postgresql_where=sa.text("is_backorder AND state IN ('held', 'owed')"))
    op.execute(
        """
        CREATE FUNCTION payments_ledger_balance() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            wrong record;
        BEGIN
            SELECT currency, sum(amount) AS off INTO wrong FROM payments_ledger_entry
             WHERE transaction_id = NEW.transaction_id GROUP BY currency HAVING sum(amount) <> 0 LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'ledger transaction % is off by % %', NEW.transaction_id, wrong.off, wrong.currency
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER payments_ledger_balance AFTER INSERT ON payments_ledger_entry
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_ledger_balance();
        CREATE FUNCTION payments_ledger_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'check_violation';
        END $$;
        CREATE TRIGGER payments_ledger_append_only BEFORE UPDATE OR DELETE ON payments_ledger_entry
            FOR EACH ROW EXECUTE FUNCTION payments_ledger_guard();
        """
    )
    op.execute(
        """
        CREATE FUNCTION core_audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' OR OLD.hash IS NOT NULL OR
               (NEW.id, NEW.at, NEW.action, NEW.entity, NEW.entity_id, NEW.before, NEW.after, NEW.actor_label)
               IS DISTINCT FROM
               (OLD.id, OLD.at, OLD.action, OLD.entity, OLD.entity_id, OLD.before, OLD.after, OLD.actor_label)
            THEN
                RAISE EXCEPTION 'the audit log is append-only';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER core_audit_append_only BEFORE UPDATE OR DELETE ON core_audit
            FOR EACH ROW EXECUTE FUNCTION core_audit_guard();
        """
    )


def downgrade() -> None:
    """Bring them back to the version before."""
    op.execute(
        """
        DROP TRIGGER core_audit_append_only ON core_audit;
        DROP FUNCTION core_audit_guard();
        """
    )
    op.execute(
        """
        DROP TRIGGER payments_ledger_append_only ON payments_ledger_entry;
        DROP FUNCTION payments_ledger_guard();
        DROP TRIGGER payments_ledger_balance ON payments_ledger_entry;
        DROP FUNCTION payments_ledger_balance();
        """
    )
    op.drop_index('ix_inventory_reservation_waiting', table_name='inventory_reservation', postgresql_where=sa.text("is_backorder AND state IN ('held', 'owed')"))
    op.drop_index('ix_inventory_reservation_open', table_name='inventory_reservation', postgresql_where=sa.text("state IN ('held', 'owed')"))
    op.drop_index('ix_inventory_reservation_holder', table_name='inventory_reservation')
    op.drop_index('ix_inventory_reservation_expiry', table_name='inventory_reservation', postgresql_where=sa.text("state = 'held'"))
    op.drop_table('inventory_reservation')
    op.drop_index('ix_inventory_movement_stock', table_name='inventory_movement')
    op.drop_index('ix_inventory_movement_reference', table_name='inventory_movement', postgresql_where=sa.text('reference IS NOT NULL'))
    op.drop_table('inventory_movement')
    op.drop_index('uq_inventory_alert_open', table_name='inventory_alert', postgresql_where=sa.text('cleared_at IS NULL'))
    op.drop_table('inventory_alert')
    op.drop_table('pricing_price')
    op.drop_table('pricing_change_line')
    op.drop_index(op.f('ix_inventory_stock_warehouse_id'), table_name='inventory_stock')
    op.drop_index('ix_inventory_stock_available', table_name='inventory_stock')
    op.drop_table('inventory_stock')
    op.drop_index(op.f('ix_catalog_product_image_variant_id'), table_name='catalog_product_image')
    op.drop_index('ix_catalog_product_image_product', table_name='catalog_product_image')
    op.drop_index(op.f('ix_catalog_product_image_image_id'), table_name='catalog_product_image')
    op.drop_table('catalog_product_image')
    op.drop_index('uq_cart_line_variant', table_name='cart_line', postgresql_where=sa.text('removed_at IS NULL'))
    op.drop_index(op.f('ix_cart_line_variant_id'), table_name='cart_line')
    op.drop_index('ix_cart_line_removed', table_name='cart_line', postgresql_where=sa.text('removed_at IS NOT NULL'))
    op.drop_index(op.f('ix_cart_line_cart_id'), table_name='cart_line')
    op.drop_table('cart_line')
    op.drop_index(op.f('ix_payments_ledger_entry_transaction_id'), table_name='payments_ledger_entry')
    op.drop_index('ix_payments_ledger_entry_account', table_name='payments_ledger_entry')
    op.drop_table('payments_ledger_entry')
    op.drop_index(op.f('ix_catalog_variant_ean'), table_name='catalog_variant')
    op.drop_table('catalog_variant')
    op.drop_index(op.f('ix_catalog_product_category_category_id'), table_name='catalog_product_category')
    op.drop_table('catalog_product_category')
    op.drop_index(op.f('ix_catalog_import_ref_product_id'), table_name='catalog_import_ref')
    op.drop_table('catalog_import_ref')
    op.drop_index(op.f('ix_catalog_import_image_product_id'), table_name='catalog_import_image')
    op.drop_index(op.f('ix_catalog_import_image_image_id'), table_name='catalog_import_image')
    op.drop_table('catalog_import_image')
    op.drop_index(op.f('ix_payments_webhook_received_at'), table_name='payments_webhook')
    op.drop_index(op.f('ix_payments_webhook_payment_id'), table_name='payments_webhook')
    op.drop_index('ix_payments_webhook_open', table_name='payments_webhook', postgresql_where=sa.text("state IN ('received', 'unmatched')"))
    op.drop_table('payments_webhook')
    op.drop_index(op.f('ix_payments_refund_provider_ref'), table_name='payments_refund')
    op.drop_index('ix_payments_refund_open', table_name='payments_refund', postgresql_where=sa.text("state IN ('requested', 'pending', 'manual')"))
    op.drop_table('payments_refund')
    op.drop_index(op.f('ix_payments_ledger_transaction_payment_id'), table_name='payments_ledger_transaction')
    op.drop_index(op.f('ix_payments_ledger_transaction_order_id'), table_name='payments_ledger_transaction')
    op.drop_index(op.f('ix_payments_ledger_transaction_at'), table_name='payments_ledger_transaction')
    op.drop_table('payments_ledger_transaction')
    op.drop_index(op.f('ix_payments_capture_payment_id'), table_name='payments_capture')
    op.drop_table('payments_capture')
    op.drop_index(op.f('ix_fulfilment_shipment_line_order_line_id'), table_name='fulfilment_shipment_line')
    op.drop_table('fulfilment_shipment_line')
    op.drop_index('ix_catalog_product_window', table_name='catalog_product', postgresql_where=sa.text("state = 'published'"))
    op.drop_index(op.f('ix_catalog_product_type_id'), table_name='catalog_product')
    op.drop_index(op.f('ix_catalog_product_seller_id'), table_name='catalog_product')
    op.drop_index(op.f('ix_catalog_product_category_id'), table_name='catalog_product')
    op.drop_index(op.f('ix_catalog_product_brand_id'), table_name='catalog_product')
    op.drop_table('catalog_product')
    op.drop_index('uq_payments_payment_reference', table_name='payments_payment', postgresql_where=sa.text('provider_ref IS NOT NULL'))
    op.drop_index(op.f('ix_payments_payment_order_id'), table_name='payments_payment')
    op.drop_index('ix_payments_payment_open', table_name='payments_payment', postgresql_where=sa.text("check_at IS NOT NULL AND state IN ('created', 'pending', 'requires_action', 'authorised', 'failed')"))
    op.drop_table('payments_payment')
    op.drop_index('ix_orders_line_variant', table_name='orders_line')
    op.drop_index('ix_orders_line_product', table_name='orders_line')
    op.drop_index(op.f('ix_orders_line_order_id'), table_name='orders_line')
    op.drop_table('orders_line')
    op.drop_index('ix_orders_history_order', table_name='orders_history')
    op.drop_table('orders_history')
    op.drop_index('ix_fulfilment_shipment_tracking', table_name='fulfilment_shipment')
    op.drop_index(op.f('ix_fulfilment_shipment_order_id'), table_name='fulfilment_shipment')
    op.drop_table('fulfilment_shipment')
    op.drop_index(op.f('ix_catalog_category_parent_id'), table_name='catalog_category')
    op.drop_index('ix_catalog_category_lineage', table_name='catalog_category', postgresql_using='gin')
    op.drop_table('catalog_category')
    op.drop_index('idx_role_id', table_name='ab_permission_view_role')
    op.drop_index('idx_permission_view_id', table_name='ab_permission_view_role')
    op.drop_table('ab_permission_view_role')
    op.drop_index(op.f('ix_shipping_method_zone_id'), table_name='shipping_method')
    op.drop_index(op.f('ix_shipping_method_code'), table_name='shipping_method')
    op.drop_table('shipping_method')
    op.drop_table('regions_rate')
    op.drop_index('ix_promotions_claim_user', table_name='promotions_claim')
    op.drop_index('ix_promotions_claim_holder', table_name='promotions_claim')
    op.drop_index('ix_promotions_claim_customer', table_name='promotions_claim')
    op.drop_table('promotions_claim')
    op.drop_index('uq_orders_order_live_cart', table_name='orders_order', postgresql_where=sa.text("state <> 'cancelled'"))
    op.drop_index('ix_orders_order_user', table_name='orders_order')
    op.drop_index('ix_orders_order_state', table_name='orders_order')
    op.drop_index(op.f('ix_orders_order_placed_at'), table_name='orders_order')
    op.drop_index('ix_orders_order_expiry', table_name='orders_order', postgresql_where=sa.text("state = 'pending'"))
    op.drop_index('ix_orders_order_email', table_name='orders_order')
    op.drop_table('orders_order')
    op.drop_index(op.f('ix_notifications_attachment_message_id'), table_name='notifications_attachment')
    op.drop_table('notifications_attachment')
    op.drop_index('ix_media_image_without_avif', table_name='media_image', postgresql_where=sa.text("NOT renditions ? 'avif'"))
    op.drop_index(op.f('ix_media_image_sha256'), table_name='media_image')
    op.drop_index(op.f('ix_media_image_created_by'), table_name='media_image')
    op.drop_table('media_image')
    op.drop_index('ix_identity_token_user_id_purpose', table_name='identity_token')
    op.drop_index(op.f('ix_identity_token_expires_at'), table_name='identity_token')
    op.drop_table('identity_token')
    op.drop_index('ix_identity_session_open', table_name='identity_session', postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_table('identity_session')
    op.drop_index(op.f('ix_identity_refresh_token_user_id'), table_name='identity_refresh_token')
    op.drop_index(op.f('ix_identity_refresh_token_family'), table_name='identity_refresh_token')
    op.drop_index(op.f('ix_identity_refresh_token_expires_at'), table_name='identity_refresh_token')
    op.drop_table('identity_refresh_token')
    op.drop_index(op.f('ix_customers_profile_group_code'), table_name='customers_profile')
    op.drop_table('customers_profile')
    op.drop_index('uq_customers_address_default_shipping', table_name='customers_address', postgresql_where=sa.text('is_default_shipping'))
    op.drop_index('uq_customers_address_default_billing', table_name='customers_address', postgresql_where=sa.text('is_default_billing'))
    op.drop_index('ix_customers_address_user_id', table_name='customers_address')
    op.drop_table('customers_address')
    op.drop_index('uq_core_saved_view_columns', table_name='core_saved_view', postgresql_where=sa.text("kind = 'columns'"))
    op.drop_index('ix_core_saved_view_entity_user', table_name='core_saved_view')
    op.drop_table('core_saved_view')
    op.drop_index(op.f('ix_catalog_type_attribute_attribute_id'), table_name='catalog_type_attribute')
    op.drop_table('catalog_type_attribute')
    op.drop_table('catalog_attribute_option')
    op.drop_index('uq_cart_cart_open_user', table_name='cart_cart', postgresql_where=sa.text("state = 'open'"))
    op.drop_index(op.f('ix_cart_cart_user_id'), table_name='cart_cart')
    op.drop_index('ix_cart_cart_idle', table_name='cart_cart', postgresql_where=sa.text("state = 'open'"))
    op.drop_table('cart_cart')
    op.drop_table('ab_user_role')
    op.drop_index('idx_user_id', table_name='ab_user_group')
    op.drop_index('idx_user_group_id', table_name='ab_user_group')
    op.drop_table('ab_user_group')
    op.drop_index('idx_view_menu_id', table_name='ab_permission_view')
    op.drop_index('idx_permission_id', table_name='ab_permission_view')
    op.drop_table('ab_permission_view')
    op.drop_index('idx_group_role_id', table_name='ab_group_role')
    op.drop_index('idx_group_id', table_name='ab_group_role')
    op.drop_table('ab_group_role')
    op.drop_index('idx_api_key_user_id', table_name='ab_api_key')
    op.drop_index('idx_api_key_prefix', table_name='ab_api_key')
    op.drop_index('idx_api_key_lookup_hash', table_name='ab_api_key')
    op.drop_table('ab_api_key')
    op.drop_table('tax_rate')
    op.drop_table('shipping_zone')
    op.drop_index('ix_search_word_prefix', table_name='search_word')
    op.drop_index('ix_search_word_deletions', table_name='search_word', postgresql_using='gin')
    op.drop_table('search_word')
    op.drop_index('ix_search_text_nl', table_name='search_text', postgresql_using='gin')
    op.drop_index('ix_search_text_fr', table_name='search_text', postgresql_using='gin')
    op.drop_index('ix_search_text_es', table_name='search_text', postgresql_using='gin')
    op.drop_index('ix_search_text_en', table_name='search_text', postgresql_using='gin')
    op.drop_index('ix_search_text_de', table_name='search_text', postgresql_using='gin')
    op.drop_index('ix_search_text_codes', table_name='search_text', postgresql_using='gin')
    op.drop_table('search_text')
    op.drop_index(op.f('ix_search_synonym_lang'), table_name='search_synonym')
    op.drop_table('search_synonym')
    op.drop_index('ix_search_query_count_lang', table_name='search_query_count')
    op.drop_table('search_query_count')
    op.drop_index('ix_search_document_price', table_name='search_document')
    op.drop_index('ix_search_document_popular', table_name='search_document')
    op.drop_index('ix_search_document_newest', table_name='search_document')
    op.drop_index('ix_search_document_facets', table_name='search_document', postgresql_using='gin')
    op.drop_index('ix_search_document_categories', table_name='search_document', postgresql_using='gin')
    op.drop_table('search_document')
    op.drop_table('regions_currency')
    op.drop_table('regions_country')
    op.drop_table('promotions_rule')
    op.drop_table('promotions_coupon')
    op.drop_table('pricing_change')
    op.drop_index('ix_notifications_message_recipient', table_name='notifications_message')
    op.drop_index('ix_notifications_message_due', table_name='notifications_message', postgresql_where=sa.text("state IN ('queued', 'sending')"))
    op.drop_index(op.f('ix_notifications_message_created_at'), table_name='notifications_message')
    op.drop_table('notifications_message')
    op.drop_table('inventory_warehouse')
    op.drop_table('fulfilment_carrier')
    op.drop_table('customers_group')
    op.drop_table('core_setting')
    op.drop_table('core_series')
    op.drop_table('core_schedule')
    op.drop_index('ix_core_outbox_due', table_name='core_outbox', postgresql_where=sa.text('done_at IS NULL AND NOT dead'))
    op.drop_index('ix_core_outbox_done', table_name='core_outbox', postgresql_where=sa.text('done_at IS NOT NULL'))
    op.drop_table('core_outbox')
    op.drop_index('ix_core_job_open', table_name='core_job', postgresql_where=sa.text("state IN ('queued','running')"))
    op.drop_index(op.f('ix_core_job_name'), table_name='core_job')
    op.drop_table('core_job')
    op.drop_index(op.f('ix_core_idempotency_created_at'), table_name='core_idempotency')
    op.drop_table('core_idempotency')
    op.drop_index('ix_core_audit_unsealed', table_name='core_audit', postgresql_where=sa.text('hash IS NULL'))
    op.drop_index('ix_core_audit_entity', table_name='core_audit')
    op.drop_table('core_audit')
    op.drop_index('uq_catalog_slug_kind_slug_lang', table_name='catalog_slug')
    op.drop_index('uq_catalog_slug_current', table_name='catalog_slug', postgresql_where=sa.text('is_current'))
    op.drop_index('ix_catalog_slug_target', table_name='catalog_slug')
    op.drop_table('catalog_slug')
    op.drop_table('catalog_product_type')
    op.drop_table('catalog_mark')
    op.drop_table('catalog_brand')
    op.drop_table('catalog_attribute')
    op.drop_table('ab_view_menu')
    op.drop_table('ab_user')
    op.drop_table('ab_role')
    op.drop_table('ab_register_user')
    op.drop_table('ab_permission')
    op.drop_table('ab_group')

