"""Requests about how pools get their suppliers."""

from marshmallow import fields

from services.kernel.caller import Caller
from services.kernel.errors import InvalidError
from services.supplier.domain import tender_commands as commands
from services.supplier.domain.procedures import Procedure
from services.supplier.domain.tender_rules import WHOLE, Afterwards, TenderRules, Weights
from services.supplier.inbound.reading import (
    Request,
    Tolerant,
    Values,
    count,
    id_,
    load,
    needed,
    one_of,
    optional,
    text,
)
from services.supplier.inbound.requests import KIND, listing

_weight = count(least=0, most=WHOLE)


class _Weights(Tolerant):
    people = needed(_weight)
    price_expected = needed(_weight)
    price_minimum = needed(_weight)
    distance = needed(_weight)
    slot = needed(_weight)
    grade = needed(_weight)
    reliability = needed(_weight)


class _Rules(Tolerant):
    bid_hours = optional(count())
    decide_hours = optional(count())
    offers = optional(count())
    afterwards = optional(one_of(Afterwards))
    attempts = optional(count())
    weights = fields.Nested(_Weights, load_default=None, allow_none=True)


class _Set(Tolerant):
    community_id = optional(id_)
    category = optional(text(KIND))
    procedure = needed(one_of(Procedure))
    tender = fields.Nested(_Rules, load_default=dict)


class _Choose(Tolerant):
    community_id = optional(id_)
    pool_id = needed(id_)
    procedure = needed(one_of(Procedure))


def set_procedure(request: Request) -> commands.SetProcedure:
    """Read how a community gets its suppliers; what is left out of the rules is the default of the domain."""
    data = load(_Set(), request["data"])
    rules = _rules(data.pop("tender") or {})
    return commands.SetProcedure(caller=Caller.from_wire(request["caller"]), rules=rules, **data)


def _rules(data: Values) -> TenderRules:
    given = {name: value for name, value in data.items() if value is not None}
    try:
        if "weights" in given:
            given["weights"] = Weights(**given["weights"])
        return TenderRules(**given)
    except InvalidError as error:
        raise error.within("tender") from None


def choose_procedure(request: Request) -> commands.ChooseProcedure:
    """Read how one pool is to get its supplier."""
    return commands.ChooseProcedure(caller=Caller.from_wire(request["caller"]), **load(_Choose(), request["data"]))


list_procedures = listing(community_id=id_)
