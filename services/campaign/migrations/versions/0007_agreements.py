"""Agreements that a campaign rests on: they stand in the terms (``agreement``), so no column changes."""

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
