"""Writer schemas: exactly what demand writes into each of its events, nothing more.

No event holds a name, a contact, the text of a household or of a signal, or who placed it; a pool tells of communities
and counts only. Events of signals, of members, ``pool_ready`` and ``pools_rearranged`` go from service to service and,
if a stream ever shows them, those of signals and members to their own community only: each tells of one person.
``pool_formed``, ``pool_changed`` and ``pool_dissolved`` are written so that everybody may read them, ``consent_asked``
for the community that it names. See domain/PRIVACY.md.
"""

from collections.abc import Iterable

from marshmallow import Schema, fields, validate


class WriterSchema(Schema):
    """A strict schema: a field that is missing or not promised is an error (marshmallow's default is RAISE)."""


def _one_of(words: Iterable[str]) -> fields.String:
    return fields.String(required=True, validate=validate.OneOf(tuple(words)))


def _count(least: int = 1) -> fields.Integer:
    return fields.Integer(required=True, strict=True, validate=validate.Range(min=least))


class PlaceSchema(WriterSchema):
    """A point: degrees of latitude and longitude."""

    lat = fields.Float(required=True)
    lon = fields.Float(required=True)


class AreaSchema(PlaceSchema):
    """A disc: every point within ``radius_km`` of the centre."""

    radius_km = fields.Float(required=True, validate=validate.Range(min=0))


class WindowSchema(WriterSchema):
    """A span of time, RFC 3339 in UTC."""

    start = fields.AwareDateTime(required=True)
    end = fields.AwareDateTime(required=True)


class MoneySchema(WriterSchema):
    """A decimal string and an ISO 4217 currency."""

    amount = fields.String(required=True, validate=validate.Regexp(r"^\d+(\.\d+)?$"))
    currency = fields.String(required=True, validate=validate.Length(equal=3))


class CommunitySchema(WriterSchema):
    """community_registered.v1 and community_changed.v1: the community as it is now."""

    community_id = fields.UUID(required=True)
    name = fields.String(required=True)
    kind = _one_of(("parents", "owners", "professional", "interest", "other"))
    place = fields.Nested(PlaceSchema, required=True)
    time_zone = fields.String(required=True)
    locale = _one_of(("zh", "en"))
    merge_policy = _one_of(("auto", "ask", "never"))


class MemberSchema(WriterSchema):
    """member_joined.v1 and member_changed.v1: who belongs where, without name or contact.

    Members of one community with the same ``household_id`` live together; where, nobody else is told.
    """

    member_id = fields.UUID(required=True)
    community_id = fields.UUID(required=True)
    roles = fields.List(
        _one_of(("member", "organiser", "supplier_connector", "quality_supervisor", "operator")), required=True
    )
    household_id = fields.UUID(required=True, allow_none=True)


class SignalPlacedSchema(WriterSchema):
    """signal_placed.v1: so many people of a community want something of a category."""

    signal_id = fields.UUID(required=True)
    community_id = fields.UUID(required=True)
    category = fields.String(required=True)
    people = _count()


class SignalChangedSchema(SignalPlacedSchema):
    """signal_changed.v1: they want it otherwise; ``category`` and ``people`` are those of now."""


class SignalWithdrawnSchema(SignalPlacedSchema):
    """signal_withdrawn.v1: they no longer want it, or waited in vain."""

    reason = _one_of(("withdrawn", "expired"))


class SignalsWaitingSchema(WriterSchema):
    """signals_waiting.v1: a partition (a category in a large area) has signals that are to be put into pools.

    Demand tells it to itself, in lanes: who of its replicas has the lane of the partition does the work.
    """

    partition = fields.String(required=True)


class PoolCommunitySchema(WriterSchema):
    """How many people of one community are in a pool."""

    community_id = fields.UUID(required=True)
    people = _count()


class PoolSchema(WriterSchema):
    """pool_formed.v1 and pool_changed.v1: a pool as everybody may know it, consenting communities only.

    Written at ticks of the clock, when something may be told, and when the pool takes a step; never when a signal
    comes or goes. While it gathers, counts are rounded down and common answers are null and empty; see
    domain/PRIVACY.md.
    """

    pool_id = fields.UUID(required=True)
    category = fields.String(required=True)
    state = _one_of(("gathering", "ready", "matched", "served", "fulfilled"))
    people = _count(0)
    communities = fields.List(fields.Nested(PoolCommunitySchema), required=True)
    area = fields.Nested(AreaSchema, required=True, allow_none=True)
    windows = fields.List(fields.Nested(WindowSchema), required=True)
    minutes = fields.Integer(required=True, strict=True, allow_none=True, validate=validate.Range(min=1))
    ceiling = fields.Nested(MoneySchema, required=True, allow_none=True)


class PoolReadySchema(PoolSchema):
    """pool_ready.v1: a pool for the service that looks for suppliers, every count as it was released.

    It holds counts that are too small for others to know: it goes from service to service, never to a stream.
    """

    people = _count()
    area = fields.Nested(AreaSchema, required=True)
    windows = fields.List(fields.Nested(WindowSchema), required=True, validate=validate.Length(min=1))
    minutes = _count()


class ConsentAskedSchema(WriterSchema):
    """consent_asked.v1: a community is asked whether it shares a pool; its silence after ``consent_by`` decides."""

    pool_id = fields.UUID(required=True)
    community_id = fields.UUID(required=True)
    category = fields.String(required=True)
    consent_by = fields.AwareDateTime(required=True)


class PoolsRearrangedSchema(WriterSchema):
    """pools_rearranged.v1: signals were moved into the pool, by hand or because more people are served like this.

    It does not say which or how many; the ``gain`` in people is given for ``reoptimised`` only.
    """

    pool_id = fields.UUID(required=True)
    category = fields.String(required=True)
    cause = _one_of(("split", "joined", "reoptimised"))
    gain = fields.Integer(required=True, strict=True, allow_none=True)


class PoolDissolvedSchema(WriterSchema):
    """pool_dissolved.v1: nobody is in it any more.

    ``empty``: all signals were taken back or expired; ``no_campaign_opened``: suppliers were asked several times and
    every proposal went without a campaign; otherwise what became of its campaign.
    """

    pool_id = fields.UUID(required=True)
    category = fields.String(required=True)
    reason = _one_of(("empty", "no_campaign_opened", "campaign_failed", "campaign_cancelled"))


EVENTS: dict[str, Schema] = {
    "community_registered.v1": CommunitySchema(),
    "community_changed.v1": CommunitySchema(),
    "member_joined.v1": MemberSchema(),
    "member_changed.v1": MemberSchema(),
    "signal_placed.v1": SignalPlacedSchema(),
    "signal_changed.v1": SignalChangedSchema(),
    "signal_withdrawn.v1": SignalWithdrawnSchema(),
    "signals_waiting.v1": SignalsWaitingSchema(),
    "pool_formed.v1": PoolSchema(),
    "pool_changed.v1": PoolSchema(),
    "consent_asked.v1": ConsentAskedSchema(),
    "pool_ready.v1": PoolReadySchema(),
    "pools_rearranged.v1": PoolsRearrangedSchema(),
    "pool_dissolved.v1": PoolDissolvedSchema(),
}
