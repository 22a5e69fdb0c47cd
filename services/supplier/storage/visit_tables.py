"""The tables of visit plans. A plan changes under its own lock only; its homes change under that of the plan."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Float, ForeignKey, Index, Integer, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.supplier.storage.columns import identity, metadata, moment

visit_plans = Table(
    "visit_plans",
    metadata,
    identity("plan_id", primary_key=True),
    identity("match_id", ForeignKey("supplier.matches.match_id"), unique=True),
    identity("supplier_id"),
    Column("community_ids", ARRAY(Uuid), nullable=False),
    moment("service_starts_at"),
    moment("service_ends_at"),
    Column("state", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("crews", JSONB, nullable=False),
    Column("travel", JSONB, nullable=False),
    Column("zone", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("released", ARRAY(Uuid), nullable=False, server_default=text("'{}'")),
    # Homes stand in it by their ids only; what they are lies in visit_homes.
    Column("plan", JSONB(none_as_null=True)),
    Column("moved", JSONB, nullable=False),
    Column("failure", Text),
    moment("due_at", nullable=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("percent", Integer, nullable=False, server_default="0"),
    moment("created_at"),
    CheckConstraint("state IN ('draft', 'queued', 'solving', 'done', 'failed', 'forgotten')", name="visit_plans_state"),
    CheckConstraint("(state IN ('queued', 'solving')) = (due_at IS NOT NULL)", name="visit_plans_due"),
    Index("visit_plans_supplier_id", "supplier_id"),
    Index("visit_plans_community_ids", "community_ids", postgresql_using="gin"),
    Index("visit_plans_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")),
)

# Personal data: deleted some days after the service.
visit_homes = Table(
    "visit_homes",
    metadata,
    identity("home_id", primary_key=True),
    identity("plan_id", ForeignKey("supplier.visit_plans.plan_id")),
    identity("community_id"),
    Column("home", JSONB, nullable=False),
    Index("visit_homes_plan_id", "plan_id", "home_id"),
)
