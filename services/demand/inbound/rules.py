"""How a community says with whom and when it shares pools."""

from typing import Any

from services.demand.domain.consenting import MAX_CONSENT_HOURS, MAX_RULES, MergePolicy, MergeRule
from services.demand.inbound import reading
from services.demand.inbound.reading import Read, Tolerant, load
from services.kernel.errors import InvalidError
from services.kernel.ids import parse_id


def consent_hours(value: Any, field: str) -> float:
    """Read how many hours a community wants to be asked."""
    hours = reading.number(value, field)
    if not 0 < hours <= MAX_CONSENT_HOURS:
        raise InvalidError(field, f"{value!r} is not possible", f"more than 0 and at most {MAX_CONSENT_HOURS} hours")
    return hours


class RuleSchema(Tolerant):
    """Another policy for a category, a partner community, or a partner in a category."""

    category = Read(reading.text(1, 100), load_default=None, allow_none=True)
    partner_id = Read(parse_id, data_key="community_id", load_default=None, allow_none=True)
    policy = Read(reading.one_of(MergePolicy), required=True)


def merge_rules(value: Any, field: str) -> tuple[MergeRule, ...]:
    """Read the rules of a community, all of them."""
    if not isinstance(value, list) or len(value) > MAX_RULES:
        raise InvalidError(field, "is not a possible list", f"a list of at most {MAX_RULES} rules")
    return tuple(_rule(one, f"{field}.{index}") for index, one in enumerate(value))


RULE = RuleSchema()


def _rule(value: Any, field: str) -> MergeRule:
    if not isinstance(value, dict):
        raise InvalidError(field, f"{value!r} is not an object", "an object with category, community_id and policy")
    try:
        return MergeRule(**load(RULE, value))
    except InvalidError as error:
        first = error.detail["errors"][0]
        raise InvalidError(f"{field}.{first['field']}", first["problem"], first["expected"]) from None
