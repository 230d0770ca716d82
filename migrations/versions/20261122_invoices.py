"""Invoices and credit notes, and papers that mails are sent with.

An issued invoice is refused every change by triggers; a deferred one checks at the commit that it has
its number and that its lines and its VAT by rate add up to its total. Attachments of mails may name who
makes them instead of holding their bytes.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '8d2f6b1c4e11'
down_revision = '7c1e5a90b3d2'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table('invoicing_invoice',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('journal', sa.Text(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=True),
    sa.Column('number', sa.Text(), nullable=True),
    sa.Column('order_id', sa.BigInteger(), nullable=False),
    sa.Column('order_number', sa.Text(), nullable=False),
    sa.Column('invoice_id', sa.BigInteger(), nullable=True),
    sa.Column('refund_id', sa.BigInteger(), nullable=True),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('supplied_on', sa.Date(), nullable=True),
    sa.Column('paid_on', sa.Date(), nullable=True),
    sa.Column('payment_method', sa.Text(), server_default='', nullable=False),
    sa.Column('communication', sa.Text(), server_default='', nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('exchange_rate', sa.Numeric(precision=20, scale=10), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('seller', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
    sa.Column('buyer', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
    sa.Column('buyer_name', sa.Text(), nullable=False),
    sa.Column('discounts', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='[]', nullable=False),
    sa.Column('mentions', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='[]', nullable=False),
    sa.Column('net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('tax', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('gross', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('tax_eur', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.CheckConstraint("(kind = 'credit_note') = (invoice_id IS NOT NULL)", name=op.f('ck_invoicing_invoice_credits')),
    sa.CheckConstraint("kind = 'credit_note' OR refund_id IS NULL", name=op.f('ck_invoicing_invoice_refund')),
    sa.CheckConstraint("kind IN ('invoice', 'credit_note')", name=op.f('ck_invoicing_invoice_kind')),
    sa.CheckConstraint('net + tax = gross', name=op.f('ck_invoicing_invoice_total')),
    sa.CheckConstraint('net >= 0 AND tax >= 0 AND tax_eur >= 0', name=op.f('ck_invoicing_invoice_sign')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoicing_invoice.id'], name=op.f('fk_invoicing_invoice_invoice_id')),
    sa.ForeignKeyConstraint(['order_id'], ['orders_order.id'], name=op.f('fk_invoicing_invoice_order_id')),
    sa.ForeignKeyConstraint(['refund_id'], ['payments_refund.id'], name=op.f('fk_invoicing_invoice_refund_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoicing_invoice')),
    sa.UniqueConstraint('journal', 'year', 'sequence', name=op.f('uq_invoicing_invoice_journal_year_sequence')),
    sa.UniqueConstraint('number', name=op.f('uq_invoicing_invoice_number')),
    sa.UniqueConstraint('refund_id', name=op.f('uq_invoicing_invoice_refund_id'))
    )
    op.create_index(op.f('ix_invoicing_invoice_invoice_id'), 'invoicing_invoice', ['invoice_id'], unique=False)
    op.create_index('ix_invoicing_invoice_issued', 'invoicing_invoice', ['issued_on', 'id'], unique=False)
    op.create_index('ix_invoicing_invoice_order', 'invoicing_invoice', ['order_id', 'id'], unique=False)
    op.create_index('uq_invoicing_invoice_order', 'invoicing_invoice', ['order_id'], unique=True, postgresql_where=sa.text("kind = 'invoice'"))
    op.create_index('uq_invoicing_invoice_unpaid_return', 'invoicing_invoice', ['invoice_id'], unique=True, postgresql_where=sa.text("kind = 'credit_note' AND refund_id IS NULL"))
    op.create_table('invoicing_document',
    sa.Column('invoice_id', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoicing_invoice.id'], name=op.f('fk_invoicing_document_invoice_id')),
    sa.PrimaryKeyConstraint('invoice_id', name=op.f('pk_invoicing_document'))
    )
    op.create_table('invoicing_line',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('invoice_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('sku', sa.Text(), server_default='', nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('options', sa.JSON(), server_default='{}', nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('unit_net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('discount', sa.Numeric(precision=18, scale=4), server_default='0', nullable=False),
    sa.Column('tax_rate', sa.Numeric(precision=6, scale=3), nullable=False),
    sa.Column('net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('tax', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('gross', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.CheckConstraint("kind IN ('goods', 'shipping', 'credit')", name=op.f('ck_invoicing_line_kind')),
    sa.CheckConstraint('net + tax = gross', name=op.f('ck_invoicing_line_total')),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_invoicing_line_quantity')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoicing_invoice.id'], name=op.f('fk_invoicing_line_invoice_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoicing_line')),
    sa.UniqueConstraint('invoice_id', 'position', name=op.f('uq_invoicing_line_invoice_id_position'))
    )
    op.create_table('invoicing_tax',
    sa.Column('invoice_id', sa.BigInteger(), nullable=False),
    sa.Column('rate', sa.Numeric(precision=6, scale=3), nullable=False),
    sa.Column('net', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('tax', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('gross', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('tax_eur', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.CheckConstraint('net + tax = gross', name=op.f('ck_invoicing_tax_total')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoicing_invoice.id'], name=op.f('fk_invoicing_tax_invoice_id')),
    sa.PrimaryKeyConstraint('invoice_id', 'rate', name=op.f('pk_invoicing_tax'))
    )
    op.add_column('notifications_attachment', sa.Column('producer', sa.Text(), nullable=True))
    op.add_column('notifications_attachment', sa.Column('arguments', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default='{}', nullable=False))
    op.alter_column('notifications_attachment', 'data',
               existing_type=postgresql.BYTEA(),
               nullable=True)
    op.create_check_constraint(op.f('ck_notifications_attachment_content'), 'notifications_attachment', '(data IS NULL) <> (producer IS NULL)')
    op.execute(
        """
        CREATE FUNCTION invoicing_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' OR OLD.number IS NOT NULL THEN
                RAISE EXCEPTION 'an issued invoice is never changed: write a credit note' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER invoicing_immutable BEFORE UPDATE OR DELETE ON invoicing_invoice
            FOR EACH ROW EXECUTE FUNCTION invoicing_guard();
        CREATE FUNCTION invoicing_part_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP <> 'INSERT' OR EXISTS (SELECT 1 FROM invoicing_invoice WHERE id = NEW.invoice_id AND number IS NOT NULL)
            THEN
                RAISE EXCEPTION 'an issued invoice is never changed: write a credit note' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER invoicing_line_immutable BEFORE INSERT OR UPDATE OR DELETE ON invoicing_line
            FOR EACH ROW EXECUTE FUNCTION invoicing_part_guard();
        CREATE TRIGGER invoicing_tax_immutable BEFORE INSERT OR UPDATE OR DELETE ON invoicing_tax
            FOR EACH ROW EXECUTE FUNCTION invoicing_part_guard();
        CREATE FUNCTION invoicing_document_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the document of an invoice is made once' USING ERRCODE = 'check_violation';
        END $$;
        CREATE TRIGGER invoicing_document_immutable BEFORE UPDATE OR DELETE ON invoicing_document
            FOR EACH ROW EXECUTE FUNCTION invoicing_document_guard();
        CREATE FUNCTION invoicing_balance() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            made invoicing_invoice;
        BEGIN
            SELECT * INTO made FROM invoicing_invoice WHERE id = NEW.id;
            IF made.number IS NULL OR made.sequence IS NULL OR made.issued_at IS NULL THEN
                RAISE EXCEPTION 'invoice % was left without a number', NEW.id USING ERRCODE = 'check_violation';
            END IF;
            IF (made.net, made.tax, made.gross) IS DISTINCT FROM
               (SELECT (coalesce(sum(net), 0), coalesce(sum(tax), 0), coalesce(sum(gross), 0))
                  FROM invoicing_line WHERE invoice_id = NEW.id)
               OR (made.net, made.tax, made.gross, made.tax_eur) IS DISTINCT FROM
               (SELECT (coalesce(sum(net), 0), coalesce(sum(tax), 0), coalesce(sum(gross), 0), coalesce(sum(tax_eur), 0))
                  FROM invoicing_tax WHERE invoice_id = NEW.id)
            THEN
                RAISE EXCEPTION 'lines and VAT of invoice % do not add up to its total', made.number
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER invoicing_balance AFTER INSERT ON invoicing_invoice
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoicing_balance();
        """
    )


def downgrade() -> None:
    """Go back to the version before; papers that were not made yet are lost to their mails."""
    op.execute(
        """
        DROP TRIGGER invoicing_balance ON invoicing_invoice;
        DROP FUNCTION invoicing_balance();
        DROP TRIGGER invoicing_document_immutable ON invoicing_document;
        DROP FUNCTION invoicing_document_guard();
        DROP TRIGGER invoicing_tax_immutable ON invoicing_tax;
        DROP TRIGGER invoicing_line_immutable ON invoicing_line;
        DROP FUNCTION invoicing_part_guard();
        DROP TRIGGER invoicing_immutable ON invoicing_invoice;
        DROP FUNCTION invoicing_guard();
        """
    )
    op.drop_constraint(op.f('ck_notifications_attachment_content'), 'notifications_attachment', type_='check')
    op.execute("DELETE FROM notifications_attachment WHERE data IS NULL")
    op.alter_column('notifications_attachment', 'data',
               existing_type=postgresql.BYTEA(),
               nullable=False)
    op.drop_column('notifications_attachment', 'arguments')
    op.drop_column('notifications_attachment', 'producer')
    op.drop_table('invoicing_tax')
    op.drop_table('invoicing_line')
    op.drop_table('invoicing_document')
    op.drop_index('uq_invoicing_invoice_unpaid_return', table_name='invoicing_invoice', postgresql_where=sa.text("kind = 'credit_note' AND refund_id IS NULL"))
    op.drop_index('uq_invoicing_invoice_order', table_name='invoicing_invoice', postgresql_where=sa.text("kind = 'invoice'"))
    op.drop_index('ix_invoicing_invoice_order', table_name='invoicing_invoice')
    op.drop_index('ix_invoicing_invoice_issued', table_name='invoicing_invoice')
    op.drop_index(op.f('ix_invoicing_invoice_invoice_id'), table_name='invoicing_invoice')
    op.drop_table('invoicing_invoice')
