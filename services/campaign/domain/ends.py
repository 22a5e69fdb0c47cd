"""How it ended for each commitment that was served, told at settlement: it is evidence for others."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from services.campaign.domain.disputes import Dispute
from services.campaign.domain.events import CampaignSettled, End
from services.campaign.domain.model import Commitment
from services.campaign.domain.outcome import Outcome


def with_ends(outcome: Outcome, served: Sequence[Commitment], disputes: Iterable[Dispute]) -> Outcome:
    """Return ``outcome``, and if it settles its campaign, with the end of each of those who were ``served``."""
    known, changed = list(disputes), {one.commitment_id: one for one in outcome.changed}
    ends = tuple(
        End(changed.get(one.commitment_id, one), tuple(it for it in known if it.commitment_id == one.commitment_id))
        for one in served
    )
    told = [replace(event, ends=ends) if isinstance(event, CampaignSettled) else event for event in outcome.events]
    return replace(outcome, events=tuple(told))
