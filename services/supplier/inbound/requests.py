"""Requests to commands and questions; what suppliers offer is read in offers.py."""

from collections.abc import Callable
from typing import Any

from marshmallow import fields

from services.chassis.paging import Page
from services.kernel.caller import Caller
from services.kernel.errors import InvalidError
from services.supplier import views
from services.supplier.domain import commands
from services.supplier.domain.model import Sharing, SharingMode
from services.supplier.inbound.reading import (
    Request,
    Tolerant,
    Values,
    approval,
    choices,
    count,
    digest,
    id_,
    list_of,
    load,
    needed,
    one_of,
    optional,
    place,
    text,
    time,
)

NAME, KIND, REASON, PROSE = 200, 80, 500, 2000  # the longest texts, in characters
MOST_COMMUNITIES = 1000


class _Sharing(Tolerant):
    mode = needed(one_of(SharingMode))
    community_ids = optional(list_of(id_, MOST_COMMUNITIES), ())


class _Register(Tolerant):
    community_id = optional(id_)
    name = needed(text(NAME))
    contact = optional(text(NAME))
    place = needed(place)
    sharing = fields.Nested(_Sharing, load_default=lambda: {"mode": SharingMode.NONE, "community_ids": ()})


class _Change(Tolerant):
    supplier_id = needed(id_)
    name = needed(text(NAME))
    contact = optional(text(NAME))
    place = needed(place)
    sharing = fields.Nested(_Sharing)


class _Qualification(Tolerant):
    supplier_id = needed(id_)
    kind = needed(text(KIND))
    issuer = needed(text(NAME))
    number = needed(text(NAME))
    expires_at = needed(time)
    document_sha256 = optional(digest)


class _Review(Tolerant):
    qualification_id = needed(id_)
    decision = needed(approval)
    reason = needed(text(PROSE))


class _Propose(Tolerant):
    offer_id = needed(id_)
    slot_id = needed(id_)
    seats = needed(count())
    community_ids = optional(list_of(id_, MOST_COMMUNITIES))
    choices = optional(choices)


class _Withdraw(Tolerant):
    match_id = needed(id_)
    reason = needed(text(REASON))


def _caller(request: Request) -> Caller:
    return Caller.from_wire(request["caller"])


def register_supplier(request: Request) -> commands.RegisterSupplier:
    """Read the request to register a supplier."""
    data = load(_Register(), request["data"])
    return commands.RegisterSupplier(caller=_caller(request), **{**data, "sharing": _sharing(data["sharing"])})


def change_supplier(request: Request) -> commands.ChangeSupplier:
    """Read which fields are to be changed; what is not named stays."""
    data = load(_Change(partial=("name", "contact", "place", "sharing")), request["data"])
    changes = {name: data[name] for name in ("name", "contact", "place") if name in request["data"]}
    if "sharing" in data:
        changes["sharing"] = _sharing(data["sharing"])
    return commands.ChangeSupplier(_caller(request), data["supplier_id"], request.get("if_match"), changes)


def _sharing(data: Values) -> Sharing:
    return Sharing(data["mode"], frozenset(data["community_ids"] or ()))


def submit_qualification(request: Request) -> commands.SubmitQualification:
    """Read a paper."""
    return commands.SubmitQualification(caller=_caller(request), **load(_Qualification(), request["data"]))


def review_qualification(request: Request) -> commands.ReviewQualification:
    """Read the decision on a paper."""
    data = load(_Review(), request["data"])
    return commands.ReviewQualification(_caller(request), data["qualification_id"], data["decision"], data["reason"])


def withdraw_offer(request: Request) -> commands.WithdrawOffer:
    """Read which offer is withdrawn."""
    return commands.WithdrawOffer(_caller(request), by_id("offer_id")(request).id)


def propose_match(request: Request) -> commands.ProposeMatch:
    """Read the request for seats of a slot."""
    data = load(_Propose(), request["data"])
    return commands.ProposeMatch(caller=_caller(request), **{**data, "choices": data["choices"] or {}})


def withdraw_match(request: Request) -> commands.WithdrawMatch:
    """Read which match a supplier withdraws from, and why."""
    return commands.WithdrawMatch(caller=_caller(request), **load(_Withdraw(), request["data"]))


def by_id(name: str) -> Callable[[Request], views.ById]:
    """Return a reader of a question about the one thing whose id is called ``name``."""
    schema = Tolerant.from_dict({name: needed(id_)})

    def read(request: Request) -> views.ById:
        return views.ById(_caller(request), load(schema(), request["data"])[name])

    return read


def listing(**filters: Any) -> Callable[[Request], views.Listing]:
    """Return a reader of a question about a page of things, with what each filter reads."""
    schema = Tolerant.from_dict({name: optional(read) for name, read in filters.items()})

    def read(request: Request) -> views.Listing:
        page = Page.from_request(request["data"])
        after = id_of_cursor(page)
        return views.Listing(_caller(request), page, after, load(schema(), request["data"]))

    return read


def id_of_cursor(page: Page) -> Any:
    """Return the id after which a page starts, or None; raise ``InvalidError`` for a cursor that holds none."""
    if page.after is None:
        return None
    try:
        return id_(page.after)
    except InvalidError:
        raise InvalidError("cursor", "is not one of ours", "the next_cursor of the page before") from None


list_suppliers = listing()
list_offers = listing(supplier_id=id_, category=text(KIND))
list_matches = listing(pool_id=id_)


def list_offer_versions(request: Request) -> views.Listing:
    """Read the question for the versions of one offer; its pages go back in time, by the version."""
    page = Page.from_request(request["data"])
    if page.after is not None and not page.after.isdecimal():
        raise InvalidError("cursor", "is not one of ours", "the next_cursor of the page before")
    return views.Listing(_caller(request), page, None, {"offer_id": by_id("offer_id")(request).id})


def list_reminders(request: Request) -> views.Listing:
    """Read the question for the reminders of one supplier, which has to be named."""
    by_id("supplier_id")(request)
    return listing(supplier_id=id_)(request)


def list_qualifications(request: Request) -> views.Listing:
    """Read the question for the papers of one supplier, which has to be named."""
    by_id("supplier_id")(request)
    return listing(supplier_id=id_)(request)
