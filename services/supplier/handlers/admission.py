"""What a community asks of the suppliers that it registers."""

from dataclasses import replace

from services.kernel.caller import Role
from services.supplier.domain.admission import AdmissionPolicy
from services.supplier.domain.commands import SetAdmission
from services.supplier.domain.errors import CommunityNotFoundError
from services.supplier.storage.unit_of_work import SupplierUnitOfWork


def set_admission(command: SetAdmission, uow: SupplierUnitOfWork) -> AdmissionPolicy:
    """Set the policy of a community. It holds from the next decision on; nobody who was admitted is looked at again."""
    command.caller.require(Role.COMMUNITY_OPERATOR)
    community_id = command.policy.community_id
    known = not uow.communities.unknown_among([community_id])
    if not command.caller.sees(community_id) or not (known or command.caller.community_id == community_id):
        raise CommunityNotFoundError("there is no such community", community_id=str(community_id))
    before = uow.admissions.of(community_id, uow.policy.admission)
    after = replace(command.policy, version=before.version + 1)
    uow.admissions.save(after)
    return after
