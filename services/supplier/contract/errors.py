"""The codes of the refusals of the supplier service, each with what it means."""

from services.supplier.contract.visits import ERRORS as VISIT_ERRORS

ERRORS = {
    "supplier.not_found": "There is no such supplier, or it is not shared with the caller's community.",
    "supplier.not_yours": "Only the community that registered the supplier, or the supplier itself, may do this.",
    "supplier.sharing_not_yours": "Only the community that registered the supplier decides with whom it is shared.",
    "supplier.fields_not_yours": "Editors may not write a supplier's contact, sharing, papers and money conditions.",
    "supplier.may_not_share": "The caller's community sees the supplier and may not let others do so.",
    "supplier.grant_too_wide": "A grant cannot give more than its granter may pass on.",
    "supplier.receiver_left": "The community has left the supplier, or was left by it; only the owner may grant anew.",
    "supplier.grant_not_found": "There is no such grant, or the caller's community has no part in it.",
    "supplier.grant_ended": "The grant is over and cannot be ended again.",
    "supplier.too_many_grants": "The community has given this supplier to as many others as one can.",
    "supplier.prices_differ": "Communities with prices of their own cannot be matched together with others.",
    "supplier.community_unknown": "A community that the request names is not known on this node.",
    "supplier.stale_version": "The supplier was changed since the version that the caller edited.",
    "supplier.qualification_not_found": "There is no such qualification, or its supplier is not visible to the caller.",
    "supplier.qualification_decided": "The qualification is no longer waiting for a review.",
    "supplier.offer_not_found": "There is no such offer, or its supplier is not visible to the caller.",
    "supplier.offer_withdrawn": "The offer was withdrawn; nothing can be added to it or booked on it.",
    "supplier.offer_stale": "The offer was changed since the version that the caller edited.",
    "supplier.slot_not_found": "The offer has no such slot.",
    "supplier.slot_started": "The slot has begun and can no longer be booked.",
    "supplier.slot_full": "The slot has fewer free seats than were asked for.",
    "supplier.slot_closed": "The supplier has withdrawn from the slot; nobody is matched with it any more.",
    "supplier.not_qualified": "The supplier lacks an approved, unexpired qualification that its offer requires.",
    "supplier.match_not_found": "There is no such match, or the caller's community takes no part in it.",
    "supplier.match_state": "The match is in a state in which this cannot happen to it.",
    "supplier.pool_not_found": "The pool is not known here yet.",
    "supplier.pool_matched": "The pool no longer looks for a supplier: one is proposed to it, or it was dissolved.",
    **VISIT_ERRORS,
}
