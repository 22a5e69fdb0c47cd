"""The codes of the refusals of the reputation service, each with what it means."""

ERRORS = {
    "reputation.commitment_unknown": "No such delivered commitment is known here, or it is not the caller's to review.",
    "reputation.already_reviewed": "The commitment has its review; there is one per commitment.",
    "reputation.campaign_unknown": "No formed campaign of this id is known here, or the caller takes no part in it.",
    "reputation.phase_closed": "The campaign is not in the phase that the review is about; the detail names both.",
    "reputation.not_the_supplier": "Only the supplier that a review is about answers it.",
    "reputation.passage_unknown": "The review has no such passage to hide, or nothing hidden to show again.",
    "reputation.review_not_found": "There is no such review, or its supplier is not visible to the caller.",
    "reputation.receipt_not_found": "There is no such receipt, or its supplier is not visible to the caller.",
    "reputation.weights_not_found": "There is no such community, or it is not the caller's.",
    "reputation.supplier_not_found": "There is no such supplier, or it is not visible to the caller.",
    "reputation.appeal_not_found": "There is no such appeal, or it is not the caller's to know of.",
    "reputation.not_appealable": "The grade has not become worse, that is too long ago, or it was appealed already.",
    "reputation.appeal_decided": "The appeal was decided.",
    "reputation.policy_changed": "The policy of grades was changed meanwhile; read it again.",
}
