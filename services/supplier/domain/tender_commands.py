"""What others ask about procedures and tenders, already read and checked for shape."""

from dataclasses import dataclass

from services.kernel.caller import Caller
from services.kernel.ids import CommunityId, PoolId
from services.supplier.domain.procedures import Procedure
from services.supplier.domain.tender_rules import TenderRules


@dataclass(frozen=True, slots=True)
class SetProcedure:
    """How ``community_id``, by default the caller's, gets suppliers in a category; None: in all others."""

    caller: Caller
    community_id: CommunityId | None
    category: str | None
    procedure: Procedure
    rules: TenderRules


@dataclass(frozen=True, slots=True)
class ChooseProcedure:
    """How one pool is to get its supplier, as a community of it wishes."""

    caller: Caller
    community_id: CommunityId | None
    pool_id: PoolId
    procedure: Procedure
