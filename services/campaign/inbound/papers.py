"""What the supplier service says of offers that wait for papers."""

from services.campaign.domain.papers import NotePapers
from services.campaign.inbound import reading
from services.campaign.inbound.reading import Read, Tolerant, an_id, load
from services.chassis.envelope import Envelope

MOST = 10_000


def _kinds(value: object, field: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise reading.InvalidError(field, "names none", "the kinds of papers that ran out")
    return tuple(reading.text(200)(one, f"{field}.{index}") for index, one in enumerate(value))


class RunningSchema(Tolerant):
    """A campaign that runs on the offer, by its match."""

    campaign_id = an_id(required=True)
    match_id = an_id(required=True)


class WhySchema(Tolerant):
    """Which papers ran out."""

    kinds = Read(_kinds, required=True)


class ResumedSchema(Tolerant):
    """Which offer, and which campaigns run on it."""

    offer_id = an_id(required=True)
    campaigns = Read(reading.many(RunningSchema(), MOST, least=0), required=True)


class PausedSchema(ResumedSchema):
    """And why it waits."""

    reason = Read(reading.one(WhySchema()), required=True)


_paused, _resumed = PausedSchema(), ResumedSchema()


def offer_paused(event: Envelope) -> NotePapers:
    """Read supplier.offer_paused.v1."""
    data = load(_paused, event.data)
    return _note(data, data["reason"]["kinds"], event.version)


def offer_resumed(event: Envelope) -> NotePapers:
    """Read supplier.offer_resumed.v1."""
    return _note(load(_resumed, event.data), (), event.version)


def _note(data: dict, kinds: tuple[str, ...], news: int) -> NotePapers:
    running = tuple((one["campaign_id"], one["match_id"]) for one in data["campaigns"])
    return NotePapers(data["offer_id"], kinds, running, news)
