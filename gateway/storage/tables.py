"""The tables of the gateway: tokens, and those of the chassis, of which it uses the stored answers."""

from sqlalchemy import CheckConstraint, Column, DateTime, Index, MetaData, Table, Text, Uuid, text

from services.chassis.tables import ChassisTables

metadata = MetaData(schema="gateway")
chassis = ChassisTables(metadata)

tokens = Table(
    "tokens",
    metadata,
    Column("token_id", Uuid, primary_key=True),
    Column("prefix", Text, nullable=False),
    # The SHA-256 of the secret. A slow hash would protect guessable passwords; these are 256 random bits.
    Column("secret_hash", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("community_id", Uuid),
    Column("member_id", Uuid),
    Column("supplier_id", Uuid),
    Column("label", Text, nullable=False, server_default=text("''")),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("created_by", Text),
    Column("expires_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
    CheckConstraint("secret_hash ~ '^[0-9a-f]{64}$'", name="tokens_secret_is_hashed"),
    Index("tokens_community_id", "community_id", "token_id"),
)
