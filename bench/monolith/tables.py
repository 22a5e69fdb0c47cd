"""The tables of the yardstick, and the rows that a run begins with."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    create_engine,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()
NOW = text("clock_timestamp()")


def moment(name, **options):
    return Column(name, DateTime(timezone=True), **options)


tokens = Table(
    "tokens",
    metadata,
    Column("secret_hash", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("community_id", Uuid, nullable=False),
    moment("revoked_at"),
)
answers = Table(
    "answers",
    metadata,
    Column("caller", Text, primary_key=True),
    Column("idempotency_key", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("answer", JSONB),
    moment("created_at", nullable=False, server_default=NOW),
)
campaigns = Table(
    "campaigns",
    metadata,
    Column("campaign_id", Uuid, primary_key=True),
    Column("community_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    moment("deadline", nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("max_seats", Integer, nullable=False),
    Column("paid_seats", Integer, nullable=False),
    CheckConstraint("paid_seats <= max_seats"),
)
commitments = Table(
    "commitments",
    metadata,
    Column("commitment_id", Uuid, primary_key=True),
    Column("campaign_id", Uuid, ForeignKey(campaigns.c.campaign_id), nullable=False, index=True),
    Column("community_id", Uuid, nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("seats", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("paid", BigInteger, nullable=False),
    Column("receipt", Text, nullable=False, unique=True),
    moment("created_at", nullable=False),
)
accounts = Table(
    "accounts",
    metadata,
    Column("account_id", Text, primary_key=True),
    Column("balance", BigInteger, nullable=False),
)
entries = Table(
    "entries",
    metadata,
    Column("entry_id", BigInteger, Identity(always=True), primary_key=True),
    Column("account_id", Text, ForeignKey(accounts.c.account_id), nullable=False),
    Column("commitment_id", Uuid, nullable=False),
    Column("amount", BigInteger, nullable=False),
)
outbox = Table(
    "outbox",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("name", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    moment("sent_at"),
)


def hash_of(secret):
    return hashlib.sha256(secret.encode()).hexdigest()


class Seeded:
    """A database with open campaigns, and what a load generator has to know of it."""

    def __init__(self, url, *, count, members, seats):
        self.engine = create_engine(url)
        metadata.create_all(self.engine)
        self.token, community = secrets.token_urlsafe(32), uuid4()
        self.members = [str(uuid4()) for _ in range(members)]
        self.campaigns = [str(uuid4()) for _ in range(count)]
        campaign = {
            "community_id": community,
            "state": "open",
            "deadline": datetime.now(UTC) + timedelta(days=2),
            "price": 12800,
            "currency": "CNY",
            "max_seats": seats,
            "paid_seats": 0,
        }
        balances = [{"account_id": f"member:{one}", "balance": 0} for one in self.members]
        balances += [{"account_id": f"escrow:{one}", "balance": 0} for one in self.campaigns]
        row = {"secret_hash": hash_of(self.token), "role": "organiser", "community_id": community}
        with self.engine.begin() as connection:
            connection.execute(insert(tokens), [row])
            connection.execute(insert(campaigns), [{"campaign_id": one, **campaign} for one in self.campaigns])
            connection.execute(insert(accounts), balances)

    def verify(self):
        """Return what was sold and whether the books balance."""
        with self.engine.connect() as connection:
            ask = lambda what: int(connection.execute(select(func.coalesce(what, 0))).scalar_one())  # noqa: E731 - local
            return {
                "seats": ask(func.sum(campaigns.c.paid_seats)),
                "commitments": ask(func.sum(commitments.c.seats)),
                "ledger_sum": ask(func.sum(entries.c.amount)),
                "accounts_sum": ask(func.sum(accounts.c.balance)),
                "events": ask(func.count(outbox.c.position)),
            }
