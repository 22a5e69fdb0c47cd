"""Members get a keyed hash of their contact where their community wants that, and lose it otherwise."""

from collections.abc import Iterable
from dataclasses import replace

from services.demand.domain.model import Community, Member
from services.demand.domain.recognising import NOBODY_KNOWN, Persons, person_of
from services.demand.domain.sharing import Policies
from services.demand.domain.signals import Signal
from services.demand.storage.unit_of_work import DemandUnitOfWork


def recognised(member: Member, community: Community, uow: DemandUnitOfWork) -> Member:
    """Return the member with the hash of its contact, or without one where its community does not want that."""
    person = person_of(uow.person_key.secret(), member.contact) if community.recognise and member.contact else None
    return member if person == member.person else replace(member, person=person)


def recognise_all(community: Community, uow: DemandUnitOfWork) -> None:
    """Let the members of a community be recognised from now on, or no longer."""
    for member in uow.members.of_community(community.community_id):
        after = recognised(member, community, uow)
        if after is not member:
            uow.members.save(after)


def persons_in(signals: Iterable[Signal], policies: Policies, uow: DemandUnitOfWork) -> Persons:
    """Return who can be recognised, where at least two communities want it; mostly nobody has to be looked up."""
    wanting = {one for one, terms in policies.items() if terms.recognise}
    if len(wanting) < 2:
        return NOBODY_KNOWN
    return uow.members.persons({signal.member_id for signal in signals if signal.community_id in wanting})
