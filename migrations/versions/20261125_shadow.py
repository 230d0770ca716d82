"""A version of the suggestions waits in shadow before it replaces the one in use.

The table holds a row a night: it is small, and locked for a moment only. Versions that served until now had won on the
held-out month and say so with the gate `before`. The check refuses a version that serves without a gate.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "9a1c0b5d100e"
down_revision = "9a1c0b5d100d"
branch_labels = None
depends_on = None

STATE = "ck_recommender_model_state"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.add_column("recommender_model", sa.Column("gate", sa.Text(), nullable=True))
    op.add_column(
        "recommender_model",
        sa.Column("shadow", postgresql.JSONB(none_as_null=True), server_default="{}", nullable=False),
    )
    op.execute("UPDATE recommender_model SET gate = 'before' WHERE state IN ('champion','retired')")
    op.drop_constraint(op.f(STATE), "recommender_model", type_="check")
    for name, rule in (
        (op.f(STATE), "state IN ('candidate','shadow','champion','retired','refused')"),
        (op.f("ck_recommender_model_gate"), "gate IN ('first','shadow','off','before')"),
        (
            op.f("ck_recommender_model_gated"),
            "state IN ('candidate','shadow','refused') OR gate IS NOT NULL",
        ),
    ):
        op.create_check_constraint(name, "recommender_model", rule)
    op.create_index(
        "uq_recommender_model_shadow",
        "recommender_model",
        ["state"],
        unique=True,
        postgresql_where=sa.text("state = 'shadow'"),
    )


def downgrade() -> None:
    """Bring the tables back: what waits in shadow never served and is refused."""
    op.drop_index("uq_recommender_model_shadow", table_name="recommender_model")
    op.execute("UPDATE recommender_model SET state = 'refused' WHERE state = 'shadow'")
    for name in ("gated", "gate", "state"):
        op.drop_constraint(op.f(f"ck_recommender_model_{name}"), "recommender_model", type_="check")
    op.create_check_constraint(
        op.f(STATE), "recommender_model", "state IN ('candidate','champion','retired','refused')"
    )
    op.drop_column("recommender_model", "shadow")
    op.drop_column("recommender_model", "gate")
