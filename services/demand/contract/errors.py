"""The error codes of demand. A code never changes its meaning; the sentence is for people."""

ERRORS: dict[str, str] = {
    "demand.community_not_found": "There is no such community, or the caller may not know of it.",
    "demand.member_not_found": "There is no such member, or the caller may not know of it.",
    "demand.signal_not_found": "There is no such signal, or the caller may not know of it.",
    "demand.pool_not_found": "There is no such pool, or the caller's community takes no part in it.",
    "demand.only_yourself": "A member may only act for itself, and may not change its own roles.",
    "demand.signal_closed": "The signal was served, withdrawn or expired and can no longer be withdrawn.",
    "demand.pool_not_gathering": "The pool no longer gathers; its state is in the detail.",
    "demand.consent_not_asked": "The community was not asked for its consent to this pool, or has refused it already.",
    "demand.consent_not_given": "The community has not consented to this pool, so it cannot decide for the others.",
    "demand.nothing_to_split": "Nobody else is in the pool, so there is nothing to split.",
    "demand.cannot_join": "One delivery cannot serve these signals and those in the pool; why is in the detail.",
    "demand.stale_version": "The resource was changed since it was read; the current version is in the detail.",
    "demand.intake_not_found": "There is no such intake, or the caller may not know of it.",
    "demand.intake_over": "The intake is discarded or committed and nothing is open in it; its state is in the detail.",
    "demand.category_not_found": "There is no such category in the taxonomy of the community.",
    "demand.category_unclear": "No category was named and the text does not decide; the likeliest are in the detail.",
    "demand.time_unclear": "The words for the time are unclear; how they were read and what to ask is in the detail.",
}
