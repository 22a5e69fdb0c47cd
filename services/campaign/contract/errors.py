"""The codes of the refusals of the campaign service, each with what it means."""

ERRORS = {
    "campaign.unknown": "There is no such campaign, or the caller takes no part in it.",
    "campaign.commitment_unknown": "There is no such commitment, or it is not visible to the caller.",
    "campaign.member_unknown": "The member is not known here yet, or belongs to another community.",
    "campaign.match_unknown": "No campaign is known for this match yet.",
    "campaign.wrong_state": "The campaign is in a state in which this cannot be done; the detail names both.",
    "campaign.closed": "The deadline has passed; nobody joins, pays or leaves any more.",
    "campaign.full": "Fewer seats are free than were asked for.",
    "campaign.waiting_list": "Others wait for seats already; join the waiting list behind them.",
    "campaign.seats_free": "Seats are free, so there is nothing to wait for.",
    "campaign.limit": "The member, or its household, would have more seats than the campaign allows.",
    "campaign.terms_not_accepted": "The terms of the campaign, whose digest is in the detail, were not accepted.",
    "campaign.below_minimum": "Too few seats are paid for the campaign to be confirmed.",
    "campaign.too_early": "The service cannot have been delivered: its slot has not begun.",
    "campaign.too_late": "It has begun already.",
    "campaign.offer_lapsed": "The supplier no longer holds the seats of this proposal.",
    "campaign.pool_taken": "Another campaign of the same pool has been opened.",
    "campaign.commitment_state": "The commitment is in a state in which this cannot be done.",
    "campaign.hold_expired": "The seats were not paid in time and are no longer held.",
    "campaign.receipt_used": "The community has recorded another payment with this receipt.",
    "campaign.not_organiser": "Only the community that opened the campaign may do this.",
}
