"""The common fund of a community: members give to it, releases add to it, and it bears what a campaign lets it bear."""

from dataclasses import dataclass

from services.campaign.domain import ledger
from services.campaign.domain.ledger import Transfer
from services.kernel.errors import InvalidError
from services.kernel.ids import CommunityId, MemberId, TransferId, new_id
from services.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Gift:
    """What was given to the fund of a community."""

    community_id: CommunityId
    transfer: Transfer


def contribute(community_id: CommunityId, giver: MemberId, amount: Money, receipt: str) -> Gift:
    """Return what somebody gives to the fund of a community; a receipt counts once there."""
    if amount.minor <= 0:
        raise InvalidError("amount", f"{amount} is not more than nothing", "an amount above zero")
    accounts = (ledger.member_account(giver), ledger.fund_account(community_id))
    key = f"contribution:{community_id}:{receipt}"
    given = Transfer(TransferId(new_id()), key, "contribution", *accounts, amount, None, receipt=receipt)
    return Gift(community_id, given)
