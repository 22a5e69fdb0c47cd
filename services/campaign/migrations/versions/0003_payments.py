"""Orders to payment providers."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SCHEMA = "campaign"


def identity(name, *args, **options):
    return sa.Column(name, sa.Uuid, *args, **{"nullable": False, **options})


def words(*names, **options):
    return [sa.Column(name, sa.Text, **options) for name in names]


def moment(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def upgrade():
    op.add_column("campaigns", moment("closing_at"), schema=SCHEMA)
    op.create_table(
        "payment_orders",
        identity("order_id", primary_key=True),
        sa.Column("number", sa.Text, nullable=False, unique=True),
        *words("provider", "kind", nullable=False),
        *words("about", "after", "receiver"),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        *words("currency", nullable=False),
        identity("campaign_id", sa.ForeignKey(f"{SCHEMA}.campaigns.campaign_id")),
        identity("commitment_id", sa.ForeignKey(f"{SCHEMA}.commitments.commitment_id")),
        sa.Column("transfer_ids", sa.ARRAY(sa.Uuid), nullable=False),
        *words("state", nullable=False),
        sa.Column("sent", sa.Boolean, nullable=False),
        moment("due_at", nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        moment("expires_at"),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        *words("reference", "reason", "pay_url"),
        moment("created_at", nullable=False),
        moment("ended_at"),
        sa.CheckConstraint("state IN ('open', 'succeeded', 'declined', 'dropped')", name="payment_orders_state"),
        schema=SCHEMA,
    )
    payment = "state = 'open' AND kind IN ('charge', 'authorise')"
    for name, columns, where, unique in (
        ("payment_orders_due", ["due_at"], "state = 'open'", False),
        ("payment_orders_commitment", ["commitment_id", "order_id"], None, False),
        ("payment_orders_campaign", ["campaign_id"], "state = 'open'", False),
        ("payment_orders_one_payment", ["commitment_id"], payment, True),
    ):
        options = {"postgresql_where": sa.text(where)} if where else {}
        op.create_index(name, "payment_orders", columns, unique=unique, schema=SCHEMA, **options)

    # Who asks what is pending for a commitment, at each outcome that a provider tells.
    op.create_index("transfers_commitment", "transfers", ["commitment_id"], schema=SCHEMA)


def downgrade():
    op.drop_index("transfers_commitment", "transfers", schema=SCHEMA)
    op.drop_table("payment_orders", schema=SCHEMA)
    op.drop_column("campaigns", "closing_at", schema=SCHEMA)
