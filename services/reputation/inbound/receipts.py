"""What is asked of receipts and weights: wire to commands."""

from typing import Any

from marshmallow import fields

from services.chassis.paging import Page
from services.kernel.caller import Caller
from services.kernel.errors import InvalidError
from services.kernel.ids import parse_id
from services.reputation.domain.commands import CheckReceipt, ListReceipts, SetWeights
from services.reputation.domain.score import DEFAULT, Weights
from services.reputation.inbound.reading import Reader, Request, read


class _ListReceiptsReader(Reader):
    supplier_id = fields.String(required=True)
    history = fields.Boolean(load_default=False)


class _WeightsReader(Reader):
    # Raw, because the domain checks them: it is the only place that says what a weight may be.
    community_id = fields.String(required=True)
    own = fields.Raw(load_default=DEFAULT.own)
    others = fields.Raw(load_default=DEFAULT.others)
    half_life_days = fields.Raw(load_default=DEFAULT.half_life_days)
    rater_cap = fields.Raw(load_default=DEFAULT.rater_cap)
    dimensions = fields.Raw(load_default=None, allow_none=True)


def list_receipts(request: Request) -> ListReceipts:
    """Read a question after a page of the receipts of a supplier; ``history`` also asks for superseded ones."""
    data = read(_ListReceiptsReader, request["data"])
    page = Page.from_request(request["data"])
    return ListReceipts(
        caller=Caller.from_wire(request["caller"]),
        supplier_id=parse_id(data["supplier_id"], "supplier_id"),
        current=not data["history"],
        limit=page.limit,
        before=None if page.after is None else parse_id(page.after, "cursor"),
    )


def verify_receipt(request: Request) -> CheckReceipt:
    """Read what claims to be a receipt; nothing is checked here, because the answer is a verdict."""
    data = request["data"]
    about = {name: data.get(name) for name in ("document", "key_id", "signature")}
    return CheckReceipt(Caller.from_wire(request["caller"]), **about)


def set_reputation_weights(request: Request) -> SetWeights:
    """Read the weights of a community; what is not said is as the node has it."""
    data = read(_WeightsReader, request["data"])
    names = ("own", "others", "half_life_days", "rater_cap")
    weights = Weights(**{name: data[name] for name in names}, dimensions=_dimensions(data["dimensions"]))
    return SetWeights(Caller.from_wire(request["caller"]), parse_id(data["community_id"], "community_id"), weights)


def _dimensions(given: Any) -> dict[str, float]:
    if given is None:
        return dict(DEFAULT.dimensions)
    if not isinstance(given, dict):
        raise InvalidError("dimensions", f"is {given!r}", "an object with a weight for each dimension")
    return {**DEFAULT.dimensions, **given}
