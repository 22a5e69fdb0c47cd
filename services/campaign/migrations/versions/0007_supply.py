"""What campaigns keep of agreements, of papers that ran out, and of whom they may invite."""

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
