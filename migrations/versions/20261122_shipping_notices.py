"""Notices for staff, news from carriers, and volume as a criterion of shipping.

The bell's notices with who has seen them; what carriers tell of parcels, with the secret that signs
it; sizes of articles and bounds by volume. Parcels learn the code of their carrier and may come back.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '8d2f6b1c4e33'
down_revision = '8d2f6b1c4e22'
branch_labels = None
depends_on = None

SIDES = ("length_mm", "width_mm", "height_mm")
PARCEL_STATES = "state IN ('delivered', 'lost', 'returned', 'shipped')"
PARCEL_STATES_BEFORE = "state IN ('delivered', 'lost', 'shipped')"


def upgrade() -> None:
    """Bring the tables to this version."""
    _notices()
    for side in SIDES:
        op.add_column("catalog_variant", sa.Column(side, sa.Integer(), server_default="0", nullable=False))
    op.create_check_constraint(
        "size", "catalog_variant", "length_mm >= 0 AND width_mm >= 0 AND height_mm >= 0"
    )
    op.add_column("shipping_method", sa.Column("min_volume", sa.Integer(), server_default="0", nullable=False))
    op.add_column("shipping_method", sa.Column("max_volume", sa.Integer(), nullable=True))
    op.add_column("shipping_method", sa.Column("volume_divisor", sa.Integer(), nullable=True))
    op.create_check_constraint(
        "volume", "shipping_method", "max_volume IS NULL OR max_volume > min_volume"
    )
    op.create_check_constraint(
        "volume_divisor", "shipping_method", "volume_divisor IS NULL OR volume_divisor > 0"
    )
    op.add_column("fulfilment_carrier", sa.Column("notice_format", sa.Text(), server_default="", nullable=False))
    op.add_column("fulfilment_carrier", sa.Column("notice_secret", sa.Text(), nullable=True))
    op.add_column("fulfilment_shipment", sa.Column("carrier_code", sa.Text(), server_default="", nullable=False))
    op.execute(
        "UPDATE fulfilment_shipment s SET carrier_code = c.code FROM fulfilment_carrier c WHERE c.name = s.carrier"
    )
    op.drop_index("ix_fulfilment_shipment_tracking", table_name="fulfilment_shipment")
    op.create_index(
        "ix_fulfilment_shipment_tracking", "fulfilment_shipment", ["tracking_number", "carrier_code"]
    )
    op.drop_constraint("state", "fulfilment_shipment", type_="check")
    op.create_check_constraint("state", "fulfilment_shipment", PARCEL_STATES)
    _events()


def _notices() -> None:
    op.create_table(
        "notifications_staff_notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("screen", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("facts", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications_staff_notice")),
        sa.UniqueConstraint("topic", "subject", name=op.f("uq_notifications_staff_notice_topic_subject")),
    )
    op.create_index(
        "ix_notifications_staff_notice_open", "notifications_staff_notice", ["id"],
        postgresql_where=sa.text("cleared_at IS NULL"),
    )  # fmt: skip
    op.create_table(
        "notifications_staff_seen",
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notifications_staff_notice.id"], ondelete="CASCADE",
            name=op.f("fk_notifications_staff_seen_notice_id_notifications_staff_notice"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], ondelete="CASCADE",
            name=op.f("fk_notifications_staff_seen_user_id_ab_user"),
        ),
        sa.PrimaryKeyConstraint("notice_id", "user_id", name=op.f("pk_notifications_staff_seen")),
    )  # fmt: skip
    op.create_index(op.f("ix_notifications_staff_seen_user_id"), "notifications_staff_seen", ["user_id"])


def _events() -> None:
    op.create_table(
        "fulfilment_carrier_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("tracking_number", sa.Text(), nullable=False),
        sa.Column("order_number", sa.Text(), server_default="", nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default="received", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("shipment_id", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint(
            "state IN ('applied', 'received', 'unmatched')", name=op.f("ck_fulfilment_carrier_event_state")
        ),
        sa.CheckConstraint(
            "step IN ('announced', 'moving', 'out', 'delivered', 'returned', 'lost', 'trouble')",
            name=op.f("ck_fulfilment_carrier_event_step"),
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["fulfilment_shipment.id"], ondelete="CASCADE",
            name=op.f("fk_fulfilment_carrier_event_shipment_id_fulfilment_shipment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fulfilment_carrier_event")),
        sa.UniqueConstraint(
            "carrier", "event_id", name=op.f("uq_fulfilment_carrier_event_carrier_event_id")
        ),
    )  # fmt: skip
    op.create_index(
        "ix_fulfilment_carrier_event_shipment", "fulfilment_carrier_event", ["shipment_id", "at", "id"]
    )
    op.create_index(
        "ix_fulfilment_carrier_event_open", "fulfilment_carrier_event", ["tracking_number"],
        postgresql_where=sa.text("state <> 'applied'"),
    )  # fmt: skip


def downgrade() -> None:
    """Go back to the version before; what carriers told is forgotten, parcels that came back are lost ones."""
    op.drop_table("fulfilment_carrier_event")
    op.drop_constraint("state", "fulfilment_shipment", type_="check")
    op.execute("UPDATE fulfilment_shipment SET state = 'lost' WHERE state = 'returned'")
    op.create_check_constraint("state", "fulfilment_shipment", PARCEL_STATES_BEFORE)
    op.drop_index("ix_fulfilment_shipment_tracking", table_name="fulfilment_shipment")
    op.drop_column("fulfilment_shipment", "carrier_code")
    op.create_index(
        "ix_fulfilment_shipment_tracking", "fulfilment_shipment", ["carrier", "tracking_number"]
    )
    op.drop_column("fulfilment_carrier", "notice_secret")
    op.drop_column("fulfilment_carrier", "notice_format")
    op.drop_constraint("volume_divisor", "shipping_method", type_="check")
    op.drop_constraint("volume", "shipping_method", type_="check")
    for column in ("volume_divisor", "max_volume", "min_volume"):
        op.drop_column("shipping_method", column)
    op.drop_constraint("size", "catalog_variant", type_="check")
    for side in SIDES:
        op.drop_column("catalog_variant", side)
    op.drop_table("notifications_staff_seen")
    op.drop_table("notifications_staff_notice")
