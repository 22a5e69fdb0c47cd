"""What communities let each other do with suppliers."""

from gateway.schemas.base import MAX_SEATS, Answer, Body, PageQuery, Strict, page_of
from gateway.schemas.fields import choice, flag, ident, many, moment, nested, string, whole
from gateway.schemas.offer import Tier

PERMISSIONS = ("see", "use", "edit", "share_on")
CONTACT = ("never", "when_confirmed", "always")
ENDED_BY = ("granter", "owner", "receiver", "supplier", "node", "time", "replaced", "chain")
LEAST_BP, MOST_BP = -9_000, 20_000
MOST_TABLES, MOST_TIERS = 100, 50


class OfferPrices(Strict):
    """The tiers of one offer instead of its own."""

    offer_id = ident(required=True)
    tiers = many(nested(Tier), 1, MOST_TIERS, required=True)


class PriceModel(Strict):
    """The prices of one community: so many ten thousandths more or less than all others, but for offers with a table.

    joint: where several communities share one campaign, it takes no part (alone), or at the prices of all (base).
    """

    adjustment_bp = whole(LEAST_BP, MOST_BP)
    tables = many(nested(OfferPrices), 0, MOST_TABLES)
    joint = choice("alone", "base")


class GrantPermissions(Body):
    """What a community lets another one, or all of the node, do with a supplier; each permission includes to see it."""

    granter_id = ident()
    receiver_id = ident()
    to_all = flag()
    permissions = many(choice(*PERMISSIONS), 1, len(PERMISSIONS), required=True)
    contact = choice(*CONTACT)
    prices = nested(PriceModel)
    ends_at = moment()
    reason = string(500, required=True)


class EndGrant(Body):
    """Why it ends."""

    reason = string(500)


class LeaveSupplier(Body):
    """With which community everything ends, by default one's own, and why."""

    community_id = ident()
    reason = string(500)


class GrantView(Answer):
    """A grant; without a receiver it is for all communities of the node."""

    grant_id = ident(required=True)
    supplier_id = ident(required=True)
    granter_id = ident(required=True)
    receiver_id = ident(required=True, allow_none=True)
    permissions = many(choice(*PERMISSIONS), 1, len(PERMISSIONS), required=True)
    contact = choice(*CONTACT, required=True)
    prices = nested(PriceModel, required=True, allow_none=True)
    ends_at = moment(required=True, allow_none=True)
    reason = string(500, required=True)
    state = choice("live", "ended", required=True)
    created_at = moment(required=True)
    ended_at = moment(required=True, allow_none=True)
    ended_by = choice(*ENDED_BY, required=True, allow_none=True)
    ended_because = string(500, required=True, allow_none=True)


class GrantQuery(PageQuery):
    """Those that one's community has given, or received; by default both."""

    direction = choice("given", "received")


GrantPage = page_of(GrantView)


class DepartureView(Answer):
    """That a community has nothing to do with a supplier any more, and how many grants to it have ended."""

    supplier_id = ident(required=True)
    community_id = ident(required=True)
    ended_grants = whole(0, MAX_SEATS, required=True)
