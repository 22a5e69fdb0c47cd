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
}
