"""Answers and events about permissions, for the tests of the supplier's contract."""

from services.kernel.ids import new_id
from services.supplier import outbound
from services.supplier.domain.events import PermissionsChanged, SupplierLeft
from services.supplier.domain.permission_commands import Departure, GrantCard
from services.supplier.domain.permissions import Contact, EndedBy, Permission
from services.supplier.domain.price_models import OfferPrices, PriceModel
from tests.builders_supplier import grant, tiers
from tests.fakes.chassis import MONDAY

PRICES = PriceModel(500, (OfferPrices(new_id(), tiers()),))
GRANT = grant(
    new_id(),
    new_id(),
    *(Permission.SEE, Permission.USE),
    contact=Contact.WHEN_CONFIRMED,
    prices=PRICES,
    ends_at=MONDAY,
)
ENDED = GRANT.end(EndedBy.RECEIVER, "不再合作", MONDAY)
WRITTEN = [PermissionsChanged(GRANT), PermissionsChanged(ENDED), SupplierLeft(new_id(), new_id(), EndedBy.SUPPLIER)]
SHOWN = {
    "grant_permissions": outbound.grant(GrantCard(GRANT, live=True)),
    "end_grant": outbound.grant(GrantCard(ENDED, live=False)),
    "leave_supplier": outbound.departure(Departure(new_id(), new_id(), 1)),
}
LISTED = {"list_supplier_grants": "grant_permissions", "list_grants": "grant_permissions"}
