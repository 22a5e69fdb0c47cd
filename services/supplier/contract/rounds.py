"""What the supplier service promises about matching rounds."""

from marshmallow import Schema, fields, validate

from services.supplier.contract.parts import a_count, a_text, an_id

RPCS = ("open_round", "get_round", "list_rounds")


def _a_share() -> fields.Float:
    return fields.Float(required=True, validate=validate.Range(min=0))


class RoundOpenedSchema(Schema):
    """round_opened.v1: ``pools`` that wait in a category are assigned together, as soon as a search is possible."""

    round_id = an_id()
    category = a_text()
    currency = a_text()
    pools = a_count()


class RoundFinishedSchema(Schema):
    """round_finished.v1: ``matched`` of ``pools`` got a slot for ``people`` in all.

    ``objective`` people are in the plan that was found, at most ``bound`` in any; ``gap`` is the distance as a share
    of the bound. ``people`` are fewer where seats were gone when the plan was applied. A failed round has none of it.
    """

    round_id = an_id()
    category = a_text()
    currency = a_text()
    state = a_text("applied", "failed")
    pools = a_count(0)
    matched = a_count(0)
    people = a_count(0)
    objective = a_count(0)
    bound = a_count(0)
    gap = _a_share()
    optimal = fields.Boolean(required=True)
    seconds = _a_share()


EVENTS: dict[str, Schema] = {
    "round_opened.v1": RoundOpenedSchema(),
    "round_finished.v1": RoundFinishedSchema(),
}

ERRORS = {
    "supplier.round_not_found": "There is no such matching round, or no pool of the caller's community is in it.",
    "supplier.round_empty": "No pool of the caller's community waits for a matching round of this category.",
}
