"""What people decide about a supplier, and what its grade does: each is one step of the table in domain/registry.py."""

from services.kernel.caller import Role
from services.kernel.ids import CommunityId
from services.supplier.domain.admission import Admission, AdmissionPolicy
from services.supplier.domain.commands import DecideSupplier, KnowGrade, MoveSupplier
from services.supplier.domain.errors import PapersMissingError
from services.supplier.domain.model import Supplier
from services.supplier.domain.registration import Authority, Registration, Why
from services.supplier.domain.registry import Act, Grade, Stage
from services.supplier.domain.standing_cards import StandingCard
from services.supplier.handlers.access import OWNERS, REVIEWERS, require_owner, see_supplier
from services.supplier.handlers.limits import rooms
from services.supplier.handlers.standings import Move, settle
from services.supplier.storage.unit_of_work import SupplierUnitOfWork


def policy_of(uow: SupplierUnitOfWork, community_id: CommunityId) -> AdmissionPolicy:
    """Return what a community asks of the suppliers that it registers."""
    return uow.admissions.of(community_id, uow.policy.admission)


def submit_supplier(command: MoveSupplier, uow: SupplierUnitOfWork) -> StandingCard:
    """Ask for the review of a registered supplier; where admission is open meanwhile, it is admitted at once."""
    supplier = _own(command, uow, OWNERS)
    is_open = policy_of(uow, supplier.community_id).mode is Admission.OPEN

    def decide(it: Registration) -> Move:
        if is_open and it.stage is Stage.REGISTERED:
            return Move(Act.ADMIT, Why.of("admitted_by_policy", command.text))
        return Move(Act.SUBMIT, Why.of("submitted", command.text), _who(command))

    return _moved(command, uow, settle(uow, supplier.supplier_id, decide, may_stop=False))


def decide_supplier(command: DecideSupplier, uow: SupplierUnitOfWork) -> StandingCard:
    """Decide on a review: a quality supervisor approves or rejects with a reason; the papers have to be there."""
    supplier = _own(command, uow, (Role.QUALITY_SUPERVISOR,))
    authority = Authority.of(command.caller)

    def decide(it: Registration) -> Move:
        it.require(Act.APPROVE if command.approved else Act.REJECT)
        it.require_authority(authority)
        renewal = it.stage is Stage.RENEWING
        if not command.approved:
            return Move(Act.REJECT, Why.of("renewal_rejected" if renewal else "rejected", command.text), _who(command))
        _require_papers(supplier, uow)
        return Move(Act.APPROVE, Why.of("renewed" if renewal else "approved", command.text), _who(command))

    return _moved(command, uow, settle(uow, supplier.supplier_id, decide, may_stop=False))


def _require_papers(supplier: Supplier, uow: SupplierUnitOfWork) -> None:
    kinds = uow.qualifications.valid_kinds([supplier.supplier_id], uow.clock.now()).get(supplier.supplier_id, ())
    missing = sorted(set(policy_of(uow, supplier.community_id).required_papers) - set(kinds))
    if missing:
        message = f"not approved yet: {', '.join(missing)}"
        raise PapersMissingError(message, state="papers_missing", kinds=missing)


def suspend_supplier(command: MoveSupplier, uow: SupplierUnitOfWork) -> StandingCard:
    """Suspend a supplier: nothing new is started with it, and what runs is completed."""
    return _judge(command, uow, Act.SUSPEND, "suspended", may_stop=True)


def lift_suspension(command: MoveSupplier, uow: SupplierUnitOfWork) -> StandingCard:
    """Lift what was suspended by hand; a suspension by grade stays."""
    return _judge(command, uow, Act.LIFT, "lifted", may_stop=False)


def remove_supplier(command: MoveSupplier, uow: SupplierUnitOfWork) -> StandingCard:
    """Remove a supplier: what runs with it looks for another one."""
    return _judge(command, uow, Act.REMOVE, "removed", may_stop=True)


def _judge(command: MoveSupplier, uow: SupplierUnitOfWork, act: Act, code: str, *, may_stop: bool) -> StandingCard:
    supplier, authority = _own(command, uow, REVIEWERS), Authority.of(command.caller)

    def decide(it: Registration) -> Move:
        it.require(act)
        it.require_authority(authority)
        changes = {} if act is Act.LIFT else {"authority": authority}
        return Move(act, Why.of(code, command.text), _who(command), changes)

    return _moved(command, uow, settle(uow, supplier.supplier_id, decide, may_stop=may_stop))


def renew_supplier(command: MoveSupplier, uow: SupplierUnitOfWork) -> StandingCard:
    """Ask for the way back of a suspended or removed supplier: it is reviewed again, whatever admission is."""
    supplier = _own(command, uow, OWNERS)

    def decide(_: Registration) -> Move:
        return Move(Act.RENEW, Why.of("renewal_asked", command.text), _who(command))

    return _moved(command, uow, settle(uow, supplier.supplier_id, decide, may_stop=False))


def know_grade(command: KnowGrade, uow: SupplierUnitOfWork) -> None:
    """Act on a grade unless a newer one is known; one of a supplier that is not known here is of no use."""
    supplier = uow.suppliers.find(command.supplier_id)
    if supplier is None or uow.registrations.of(supplier).grade_version >= command.version:
        return

    def decide(it: Registration) -> Move | None:
        if it.grade_version >= command.version:
            return None
        changes = {"grade": command.grade, "grade_version": command.version}
        return Move(Act.GRADE, command.why, None, changes)

    settle(uow, command.supplier_id, decide, may_stop=command.grade in (Grade.SUSPENDED, Grade.REMOVED))


def _own(command: MoveSupplier | DecideSupplier, uow: SupplierUnitOfWork, roles: tuple[Role, ...]) -> Supplier:
    command.caller.require(*roles)
    supplier = see_supplier(uow, command.caller, command.supplier_id)
    require_owner(supplier, command.caller)
    return supplier


def _who(command: MoveSupplier | DecideSupplier) -> str:
    return str(command.caller.member_id or command.caller.token_id)


def _moved(command: MoveSupplier | DecideSupplier, uow: SupplierUnitOfWork, after: Registration) -> StandingCard:
    supplier = see_supplier(uow, command.caller, command.supplier_id)
    room = rooms(uow, [supplier])[supplier.supplier_id]
    return StandingCard(supplier, after, room, uow.registrations.history(supplier.supplier_id), command.caller)
