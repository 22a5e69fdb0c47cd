"""Templates of terms: rights and duties of organiser, supplier and participant. A change is a new version."""

from dataclasses import dataclass
from datetime import datetime

from services.kernel.caller import Caller
from services.kernel.ids import CommunityId, TermsId


@dataclass(frozen=True, slots=True)
class Text:
    """The same in Chinese and in English."""

    zh: str
    en: str

    def to_wire(self) -> dict[str, str]:
        """Return ``{"zh": ..., "en": ...}``."""
        return {"zh": self.zh, "en": self.en}


@dataclass(frozen=True, slots=True)
class Template:
    """One version of the terms ``name`` of a community, or of the node where ``community_id`` is None."""

    terms_id: TermsId
    community_id: CommunityId | None
    name: str
    version: int
    title: Text
    organiser: Text
    supplier: Text
    participant: Text
    created_at: datetime

    def visible_to(self, caller: Caller) -> bool:
        """Tell whether the caller may use it: those of the node are everybody's, others their community's."""
        return self.community_id is None or caller.sees(self.community_id)
