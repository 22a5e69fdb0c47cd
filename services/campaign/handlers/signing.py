"""Check-in codes and the keys that sign them."""

from services.campaign.domain import codes
from services.campaign.domain.delivery_commands import IssueCode, ShowKeys
from services.campaign.domain.delivery_reports import Ticket
from services.campaign.domain.errors import CommitmentUnknownError, WrongStateError
from services.campaign.domain.joining import require
from services.campaign.domain.model import Standing, State
from services.campaign.domain.privacy import may_see
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.signing import SigningKey, new_key

_GOING = (State.CONFIRMED, State.DELIVERING)


def get_check_in_code(command: IssueCode, uow: CampaignUnitOfWork) -> Ticket:
    """Return the code of paid seats in a group that was formed, for their member and who manages its community."""
    commitment = uow.commitments.find(command.commitment_id)
    if commitment is None or not may_see(commitment, command.caller):
        raise CommitmentUnknownError("there is no such commitment")
    require(commitment, Standing.PAID)
    campaign = uow.campaigns.find(commitment.campaign_id)
    if campaign is None or campaign.state not in _GOING:
        state = "unknown" if campaign is None else str(campaign.state)
        raise WrongStateError("the group is not formed", state=state, allowed=[str(state) for state in _GOING])
    key = signing_key(uow)
    return Ticket(commitment, key.key_id, codes.issue(commitment, key))


def list_check_in_keys(command: ShowKeys, uow: CampaignUnitOfWork) -> list[SigningKey]:
    """Return all keys, the oldest first; there is always one that signs."""
    signing_key(uow)
    return uow.signing_keys.all()


def signing_key(uow: CampaignUnitOfWork) -> SigningKey:
    """Return the key that signs; it is made when it is first needed, by one of all who need it."""
    key = uow.signing_keys.signing()
    if key is None:
        uow.signing_keys.lock()
        key = uow.signing_keys.signing() or _add(uow)
    return key


def rotate_key(uow: CampaignUnitOfWork) -> SigningKey:
    """Let a new key sign from now on; codes that older ones signed stay valid."""
    uow.signing_keys.lock()
    return _add(uow)


def _add(uow: CampaignUnitOfWork) -> SigningKey:
    key = new_key(uow.clock.now())
    uow.signing_keys.add(key)
    return key
