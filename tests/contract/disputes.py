"""What the contract tests of campaign need to know of terms and disputes."""

from tests.builders_campaign import Desk
from tests.builders_disputes import Court

OF_DISPUTES = frozenset(
    (
        *("add_terms", "list_terms", "get_terms", "get_campaign_terms", "accept_terms"),
        *("name_mediator", "list_mediators", "end_mediator", "open_dispute", "list_disputes", "get_dispute"),
        *("answer_dispute", "add_evidence", "offer_settlement", "accept_settlement", "ask_mediation"),
        *("withdraw_dispute", "decide_dispute", "decline_case", "appeal_dispute"),
    )
)


def disputed():
    """Play a dispute to its end and return every event as (name, data)."""
    court = Court(Desk())
    court.to_mediation()
    court.decide(share_bp=3750)
    court.appeal(court.town.supplier())
    court.decide(amount="75.00")
    return [(name, data) for name, _, data in court.uow.outbox.events if name.startswith(("dispute_", "mediator_"))]
