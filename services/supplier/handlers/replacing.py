"""Finding another offer for a campaign whose supplier has left. MATCHES.md tells how.

A vacancy is read and changed only while its category is locked.
"""

from typing import Any
from uuid import UUID

from services.supplier.domain.events import ReplacementMissing
from services.supplier.domain.matches import Match
from services.supplier.domain.matching import Candidate, Ranking
from services.supplier.domain.replacing import Need, rank_replacements
from services.supplier.domain.vacancies import Vacancy
from services.supplier.handlers.access import publish
from services.supplier.handlers.booking import let_go, look_again
from services.supplier.handlers.ranking import propose, rank_and_lock
from services.supplier.storage.unit_of_work import SupplierUnitOfWork


def open_vacancy(uow: SupplierUnitOfWork, left: Match) -> None:
    """Look at once for somebody who takes the place of a withdrawn match."""
    vacancy = Vacancy.of(left)
    uow.vacancies.add(vacancy)
    _look(uow, vacancy, left)


def replace_match(payload: dict[str, Any], uow: SupplierUnitOfWork) -> None:
    """Look again when the timer of ``booking.look_again`` fires, if the campaign still needs somebody."""
    left = uow.matches.find(UUID(payload["match_id"]))
    if left is None:
        return
    uow.pools.lock_category(left.offer.terms.category)
    vacancy = uow.vacancies.find(left.match_id)
    if vacancy is not None and vacancy.is_open:
        _look(uow, vacancy, left)


def _look(uow: SupplierUnitOfWork, vacancy: Vacancy, left: Match) -> None:
    need = _need(uow, vacancy, left)

    def rank(candidates: list[Candidate]) -> Ranking:
        return rank_replacements(need, candidates, uow.clock.now())

    best, ranking = rank_and_lock(uow, vacancy.category, 1, rank)
    if best:
        ids = {"replaces_match_id": left.match_id, "for_campaign_id": vacancy.campaign_id}
        # Without a pool there is no centre of demand from which the way could be told.
        way = {} if need.pool else {"distance_km": None}
        propose(uow, best[0], pool_id=left.pool_id, rank=1, **ids, **way)
        uow.vacancies.save(vacancy.offered())
    elif ranking.reasons != vacancy.reasons:
        uow.vacancies.save(vacancy.missing(ranking.reasons))
        publish(uow, ReplacementMissing(left.match_id, vacancy.campaign_id, ranking.reasons))


def _need(uow: SupplierUnitOfWork, vacancy: Vacancy, left: Match) -> Need:
    copy = uow.pools.find(left.pool_id) if left.pool_id else None
    had = uow.matches.of_campaign(vacancy.campaign_id)
    return Need(
        left=left,
        people=vacancy.people,
        seats=vacancy.seats,
        pool=copy.pool if copy else None,
        offers_tried=frozenset(match.offer.offer_id for match in had if match.replaces_match_id == left.match_id),
        suppliers_gone=frozenset(match.supplier_id for match in had if match.withdrawn_because is not None),
    )


def note_sold(uow: SupplierUnitOfWork, left: Match, sold: int) -> None:
    """Note that a campaign was confirmed before it heard of the withdrawal: now it is known how many seats it needs."""
    vacancy = uow.vacancies.find(left.match_id)
    if vacancy is None or not vacancy.is_live:
        return
    vacancy = vacancy.needs(sold)
    unfit = [match for match in uow.matches.waiting_for(vacancy.campaign_id) if not vacancy.suits(match)]
    _let_go(uow, unfit, vacancy.campaign_id)
    vacancy = vacancy.reopened() if unfit else vacancy
    uow.vacancies.save(vacancy)
    if vacancy.is_open:
        _look(uow, vacancy, left)


def fill_vacancy(uow: SupplierUnitOfWork, left_id: UUID | None) -> None:
    """Note that a campaign has a match again in place of ``left_id``, and give back what else is held for it."""
    vacancy = uow.vacancies.find(left_id) if left_id else None
    if vacancy is not None and vacancy.is_live:
        uow.vacancies.save(vacancy.filled())
        _let_go(uow, uow.matches.waiting_for(vacancy.campaign_id), vacancy.campaign_id)


def close_vacancies(uow: SupplierUnitOfWork, campaign_id: UUID) -> None:
    """Note that a campaign is over: nobody is looked for any more, and what is held for it is given back."""
    for vacancy in uow.vacancies.live_of(campaign_id):
        uow.vacancies.save(vacancy.closed())
    _let_go(uow, uow.matches.waiting_for(campaign_id), campaign_id)


def _let_go(uow: SupplierUnitOfWork, held: list[Match], campaign_id: UUID) -> None:
    for match in held:
        let_go(uow, match, campaign_id)
    if held:
        look_again(uow, {match.offer.terms.category for match in held}, {match.pool_id for match in held})
