"""The statements of the hot path, built once: composing one costs as much time as a round trip to the database."""

from sqlalchemy import bindparam, case, func, select, update

from services.campaign.domain.model import LIVE, Standing
from services.campaign.storage.tables import campaign_communities, campaigns, commitments, members, transfers
from services.chassis.bulk import rows_of

PARTS = ("reserved_seats", "paid_seats", "joined_seats", "dropped_seats")

_one = select(campaigns).where(campaigns.c.campaign_id == bindparam("campaign_id"))
_owner = select(commitments.c.campaign_id).where(commitments.c.commitment_id == bindparam("commitment_id"))
FOUND = _one
LOCKED = _one.with_for_update()
LOCKED_OF = select(campaigns).where(campaigns.c.campaign_id == _owner.scalar_subquery()).with_for_update()
# In the order of the ids, so that two who lock several cannot wait for each other crosswise.
LOCKED_MANY = (
    select(campaigns)
    .where(campaigns.c.campaign_id == func.any(bindparam("campaign_ids")))
    .order_by(campaigns.c.campaign_id)
    .with_for_update()
)
COMMITMENT = select(commitments).where(commitments.c.commitment_id == bindparam("commitment_id"))
MEMBERS = select(members).where(members.c.member_id == func.any(bindparam("member_ids")))

# Each is read by a statement of its own, after the lock: in the statement that waits for the lock PostgreSQL would
# show what was there before the wait.
_of_campaign = select(commitments).where(commitments.c.campaign_id == bindparam("campaign_id"))
# That is the order in which the accounts of members are then locked, the same in every campaign.
_in_order = (commitments.c.member_id, commitments.c.commitment_id)
LIVE_ONES = _of_campaign.where(commitments.c.state.in_(LIVE)).order_by(*_in_order)
QUEUE = _of_campaign.where(commitments.c.state == Standing.WAITING).order_by(*_in_order)
TOLERANT = _of_campaign.where(
    commitments.c.state == Standing.PAID, commitments.c.upto_seats > commitments.c.seats
).order_by(*_in_order)
# Whose money is not all given back: those who hold seats, and those who left something behind.
HOLDERS = _of_campaign.where(
    commitments.c.paid_minor - commitments.c.refunded_minor - commitments.c.moved_minor > 0
).order_by(*_in_order)
SERVED = _of_campaign.where(commitments.c.state == Standing.DELIVERED).order_by(*_in_order)
CENSUS = (
    select(
        commitments.c.campaign_id,
        commitments.c.member_id,
        commitments.c.household_id,
        commitments.c.state,
        func.sum(commitments.c.upto_seats).label("seats"),
    )
    .where(commitments.c.campaign_id == func.any(bindparam("campaign_ids")), commitments.c.state.in_(LIVE))
    .group_by(commitments.c.campaign_id, commitments.c.member_id, commitments.c.household_id, commitments.c.state)
)
_end = transfers.alias("ending")
_open = (
    select(transfers)
    .where(transfers.c.phase == "pending")
    .where(~select(_end.c.transfer_id).where(_end.c.pending_id == transfers.c.transfer_id).exists())
    .order_by(transfers.c.transfer_id)
)
PENDING = _open.where(transfers.c.campaign_id == bindparam("campaign_id"))
OPEN_AMONG = _open.where(transfers.c.transfer_id == func.any(bindparam("transfer_ids")))
PAYING = _open.where(transfers.c.commitment_id == func.any(bindparam("commitment_ids")), transfers.c.kind == "payment")
LATE = (
    select(transfers)
    .where(
        transfers.c.commitment_id == bindparam("commitment_id"),
        transfers.c.kind.in_(("late_payment", "late_refund")),
    )
    .order_by(transfers.c.transfer_id)
)

# The seats of communities move by differences, so that no count has to be read first.
_moved = rows_of(campaign_communities, ("campaign_id", "community_id", *PARTS))
MOVED = (
    update(campaign_communities)
    .where(
        campaign_communities.c.campaign_id == _moved.c.campaign_id,
        campaign_communities.c.community_id == _moved.c.community_id,
    )
    .values({name: campaign_communities.c[name] + _moved.c[name] for name in PARTS})
)
# What has moved for good; of a pending transfer that is what its end posts.
_to = case((transfers.c.credit_account == bindparam("account"), transfers.c.amount_minor), else_=0)
_from = case((transfers.c.debit_account == bindparam("account"), transfers.c.amount_minor), else_=0)
EARNED = select(func.coalesce(func.sum(_to - _from), 0)).where(
    transfers.c.campaign_id == bindparam("campaign_id"),
    transfers.c.phase.in_(("posted", "post")),
    (transfers.c.credit_account == bindparam("account")) | (transfers.c.debit_account == bindparam("account")),
)
