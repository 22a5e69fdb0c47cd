"""Loading and saving terms, and the copy of who registered a supplier and who may see it."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.campaign.domain.sharing import Sharing, SupplierCopy
from services.campaign.domain.templates import Template
from services.campaign.domain.terms_document import CampaignTerms
from services.campaign.domain.terms_texts import STANDARD_TERMS
from services.campaign.storage import dispute_rows as rows
from services.campaign.storage.dispute_tables import campaign_terms, suppliers, terms_templates
from services.kernel.ids import CampaignId, CommunityId, SupplierId, TermsId


class TermsBook:
    """Templates, which are only added, and the document of each campaign, which is kept once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, terms_id: TermsId) -> Template | None:
        """Return a template; the standard one is part of the program."""
        if terms_id == STANDARD_TERMS.terms_id:
            return STANDARD_TERMS
        query = select(terms_templates).where(terms_templates.c.terms_id == terms_id)
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else rows.template_of(row)

    def add(self, template: Template) -> Template:
        """Keep a template as the next version of its name; of two at once the second waits and comes after."""
        table = terms_templates.c
        owner = str(template.community_id or "node")
        self._connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"terms:{owner}:{template.name}"))))
        same = (table.name == template.name, table.community_id.is_not_distinct_from(template.community_id))
        last = self._connection.execute(select(func.max(table.version)).where(*same)).scalar_one() or 0
        numbered = replace(template, version=last + 1)
        self._connection.execute(insert(terms_templates).values(rows.row_of_template(numbered)))
        return numbered

    def of_campaign(self, campaign_id: CampaignId) -> CampaignTerms | None:
        """Return the terms of a campaign; None where it was opened without."""
        query = select(campaign_terms).where(campaign_terms.c.campaign_id == campaign_id)
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else rows.campaign_terms_of(row)

    def keep(self, terms: CampaignTerms) -> None:
        """Keep the terms of a campaign that is being opened."""
        self._connection.execute(insert(campaign_terms).values(rows.row_of_campaign_terms(terms)))

    def save_acceptance(self, terms: CampaignTerms) -> None:
        """Save that the supplier accepted them."""
        values = {
            "supplier_accepted_at": terms.supplier_accepted_at,
            "supplier_accepted_by": terms.supplier_accepted_by,
        }
        statement = update(campaign_terms).where(campaign_terms.c.campaign_id == terms.campaign_id)
        self._connection.execute(statement.values(values))


class Suppliers:
    """The copy of who registered a supplier, and who may see it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def registered_by(self, supplier_id: SupplierId) -> CommunityId | None:
        """Return the community that registered a supplier; None where that is not known here."""
        query = select(suppliers.c.community_id).where(suppliers.c.supplier_id == supplier_id)
        return self._connection.execute(query).scalar_one_or_none()

    def many(self, supplier_ids: Iterable[SupplierId]) -> dict[SupplierId, SupplierCopy]:
        """Return the suppliers that are known."""
        found = self._connection.execute(select(suppliers).where(suppliers.c.supplier_id.in_(set(supplier_ids))))
        return {row.supplier_id: _supplier_of(row) for row in found}

    def know(self, supplier: SupplierCopy) -> None:
        """Keep the newest copy: an older version changes nothing."""
        row = {
            "community_id": supplier.community_id,
            "sharing": supplier.sharing,
            "shared_with": sorted(supplier.shared_with),
            "version": supplier.version,
        }
        statement = upsert(suppliers).values(supplier_id=supplier.supplier_id, **row)
        newer = suppliers.c.version < statement.excluded.version
        self._connection.execute(statement.on_conflict_do_update(index_elements=["supplier_id"], set_=row, where=newer))


def _supplier_of(row: Row) -> SupplierCopy:
    shared_with = frozenset(row.shared_with)
    return SupplierCopy(row.supplier_id, row.community_id, Sharing(row.sharing), shared_with, row.version)
