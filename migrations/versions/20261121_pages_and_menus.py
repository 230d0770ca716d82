"""Pages, banners, menu links and redirects that shop people write."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '7c1e5a90b3d2'
down_revision = '01f41927176d'
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())


def stamps() -> tuple:
    """The columns that every one of these tables has."""
    return (
        sa.Column('version', sa.Integer(), server_default='1', nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    )


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table('cms_page',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('slug', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), server_default='draft', nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('summary', sa.Text(), server_default='', nullable=False),
    sa.Column('body', sa.Text(), server_default='', nullable=False),
    sa.Column('translations', JSON, server_default='{}', nullable=False),
    sa.Column('published_from', sa.DateTime(timezone=True), nullable=True),
    sa.Column('published_until', sa.DateTime(timezone=True), nullable=True),
    *stamps(),
    sa.CheckConstraint("state IN ('draft', 'published')", name=op.f('ck_cms_page_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cms_page')),
    sa.UniqueConstraint('slug', name=op.f('uq_cms_page_slug'))
    )
    op.create_table('cms_banner',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('place', sa.Text(), server_default='hero', nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('eyebrow', sa.Text(), server_default='', nullable=False),
    sa.Column('text', sa.Text(), server_default='', nullable=False),
    sa.Column('action', sa.Text(), server_default='', nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('image_id', sa.BigInteger(), nullable=True),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.Column('is_active', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('translations', JSON, server_default='{}', nullable=False),
    *stamps(),
    sa.CheckConstraint("place IN ('hero', 'editorial')", name=op.f('ck_cms_banner_place')),
    sa.ForeignKeyConstraint(['image_id'], ['media_image.id'], name=op.f('fk_cms_banner_image_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cms_banner'))
    )
    op.create_table('cms_menu_link',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('place', sa.Text(), server_default='help', nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.Column('is_active', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('translations', JSON, server_default='{}', nullable=False),
    *stamps(),
    sa.CheckConstraint("place IN ('main', 'help', 'legal')", name=op.f('ck_cms_menu_link_place')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cms_menu_link'))
    )
    op.create_index('ix_cms_menu_link_place', 'cms_menu_link', ['place', 'position'], unique=False)
    op.create_table('cms_redirect',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('target', sa.Text(), nullable=False),
    *stamps(),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cms_redirect')),
    sa.UniqueConstraint('source', name=op.f('uq_cms_redirect_source'))
    )


def downgrade() -> None:
    """Take the tables back to the version before."""
    op.drop_table('cms_redirect')
    op.drop_index('ix_cms_menu_link_place', table_name='cms_menu_link')
    op.drop_table('cms_menu_link')
    op.drop_table('cms_banner')
    op.drop_table('cms_page')
