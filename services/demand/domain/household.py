"""Which members live together, told without telling where: others learn an id, never the text."""

from unicodedata import normalize
from uuid import UUID, uuid5

from services.kernel.ids import CommunityId


def household_id(community_id: CommunityId, household: str | None) -> UUID | None:
    """Return an id that all members of one household of a community share; None where there is no household.

    People write the same door as ``3-2-501``, ``３-２-５０１`` or ``3 - 2 - 501``: width, case and white space make no
    difference. The id is derived within the community, so the same text in another one gives another id.
    """
    text = "".join(normalize("NFKC", household or "").casefold().split())
    return uuid5(uuid5(community_id, "household"), text) if text else None
