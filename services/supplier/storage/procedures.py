"""Loading and saving how pools get their suppliers."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.supplier.domain.procedures import Choice, Procedure, Setting
from services.supplier.domain.tender_rules import Afterwards, TenderRules, Weights
from services.supplier.storage.tender_tables import pool_procedures, procedures


class Procedures:
    """What communities have set, and what they wish for single pools."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, setting: Setting) -> None:
        """Keep what a community has set, new or changed."""
        values = {"procedure": str(setting.procedure), "rules": rules_values(setting.rules)}
        statement = upsert(procedures).values(community_id=setting.community_id, category=setting.category, **values)
        same = ["community_id", "category"]
        self._connection.execute(statement.on_conflict_do_update(index_elements=same, set_=values))

    def of(self, community_ids: Collection[UUID], category: str) -> dict[UUID, Setting]:
        """Return what each community has set for the category, or else for all others."""
        table = procedures.c
        statement = select(procedures).where(table.community_id.in_(community_ids), table.category.in_(["", category]))
        # The empty category sorts first, so that the more special one wins.
        found = self._connection.execute(statement.order_by(table.category))
        return {row.community_id: setting_of(row) for row in found}

    def choose(self, choice: Choice) -> None:
        """Keep what a community wishes for a pool, new or changed."""
        values = {"procedure": str(choice.procedure)}
        ids = {"pool_id": choice.pool_id, "community_id": choice.community_id}
        statement = upsert(pool_procedures).values(**ids, **values)
        self._connection.execute(statement.on_conflict_do_update(index_elements=list(ids), set_=values))

    def chosen_for(self, pool_id: UUID) -> dict[UUID, Procedure]:
        """Return what communities wish for a pool, whether or not they take part in it."""
        statement = select(pool_procedures).where(pool_procedures.c.pool_id == pool_id)
        return {row.community_id: Procedure(row.procedure) for row in self._connection.execute(statement)}


def setting_of(row: Row) -> Setting:
    """Read a row of ``procedures``."""
    return Setting(row.community_id, row.category, Procedure(row.procedure), rules_of(row.rules))


def rules_values(rules: TenderRules) -> dict[str, Any]:
    """Write rules as JSON."""
    return {**asdict(rules), "afterwards": str(rules.afterwards)}


def rules_of(json: Mapping[str, Any]) -> TenderRules:
    """Read rules off their JSON."""
    return TenderRules(**{**json, "afterwards": Afterwards(json["afterwards"]), "weights": Weights(**json["weights"])})
