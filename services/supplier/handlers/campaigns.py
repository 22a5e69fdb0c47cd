"""What becomes of a match when its campaign opens, is confirmed, goes on with a replacement, declines it, or ends."""

import logging

from services.supplier.domain.commands import ConfirmSeats, DeclineMatch, HoldForCampaign, ReleaseSeats, TakeReplacement
from services.supplier.domain.errors import MatchNotFoundError
from services.supplier.domain.events import SlotConfirmed
from services.supplier.domain.matches import Match
from services.supplier.domain.standing import Standing, Step
from services.supplier.handlers.access import publish
from services.supplier.handlers.booking import let_go, lock_match, look_again, reopen, step, stop_timers, tell_freed
from services.supplier.handlers.pausing import warn_campaign
from services.supplier.handlers.replacing import close_vacancies, fill_vacancy, note_sold
from services.supplier.handlers.withdrawing import end_if_removed, leave
from services.supplier.storage.unit_of_work import SupplierUnitOfWork

log = logging.getLogger(__name__)
News = HoldForCampaign | ConfirmSeats | TakeReplacement | DeclineMatch | ReleaseSeats


def hold_for_campaign(command: HoldForCampaign, uow: SupplierUnitOfWork) -> None:
    """Hold the seats as long as the campaign lasts. A proposal that has just expired takes them back if it can."""
    _open(uow, _lock_known(uow, command), command)


def _open(uow: SupplierUnitOfWork, match: Match, command: HoldForCampaign | TakeReplacement) -> None:
    if match.can(Step.LEAVE):
        return leave(uow, match, command.campaign_id)
    if not match.can(Step.OPEN):
        return _ignore(match, "campaign_opened")
    opened = step(uow, match, lambda it: it.open(command.campaign_id))
    _note_taken(uow, opened)
    _check(uow, opened)


def confirm_seats(command: ConfirmSeats, uow: SupplierUnitOfWork) -> None:
    """Turn held seats into sold ones and free the rest, whether or not word of the opening has come before."""
    match = _lock_known(uow, command)
    if match.standing is Standing.WITHDRAWN and match.campaign_id == command.campaign_id:
        return note_sold(uow, match, command.seats)
    if match.can(Step.RECOUNT) and match.campaign_id == command.campaign_id and match.sold not in (None, command.seats):
        recounted = step(uow, match, lambda it: it.recount(command.seats))
        return _tell_sold(uow, match, recounted, command)
    _confirm(uow, match, command)


def take_replacement(command: TakeReplacement, uow: SupplierUnitOfWork) -> None:
    """Let a campaign go on with a replacement: its seats are sold, or held as long as the campaign still sells."""
    stop_timers(uow, uow.matches.waiting_for(command.campaign_id))
    match = _lock_known(uow, command)
    if command.formed:
        _confirm(uow, match, command)
    else:
        _open(uow, match, command)
    fill_vacancy(uow, command.replaces_match_id)


def _confirm(uow: SupplierUnitOfWork, match: Match, command: ConfirmSeats | TakeReplacement) -> None:
    if match.can(Step.LEAVE):
        return leave(uow, match, command.campaign_id, command.seats)
    if not match.can(Step.CONFIRM):
        return _ignore(match, "campaign_confirmed")
    confirmed = step(uow, match, lambda it: it.confirm(command.campaign_id, command.seats))
    _tell_sold(uow, match, confirmed, command)
    _note_taken(uow, confirmed)
    if match.standing is not Standing.OPENED:
        _check(uow, confirmed)


def _tell_sold(uow: SupplierUnitOfWork, before: Match, after: Match, command: ConfirmSeats | TakeReplacement) -> None:
    publish(uow, SlotConfirmed(after, command.campaign_id, command.seats))
    if tell_freed(uow, before, after):
        look_again(uow, [after.offer.terms.category], {after.pool_id})


def decline_match(command: DeclineMatch, uow: SupplierUnitOfWork) -> None:
    """Free the seats of a match that its campaign does not want, and look for the next best."""
    _release(uow, _lock_known(uow, command), command)


def release_seats(command: ReleaseSeats, uow: SupplierUnitOfWork) -> None:
    """Free the seats of a campaign that failed or was cancelled, opened or not, and all that is held for it."""
    stop_timers(uow, uow.matches.waiting_for(command.campaign_id))
    match = _lock_known(uow, command)
    _release(uow, match, command)
    close_vacancies(uow, command.campaign_id)


def _release(uow: SupplierUnitOfWork, match: Match, command: ReleaseSeats | DeclineMatch) -> None:
    if match.can(Step.CLOSE):
        return uow.matches.save(match.close(command.campaign_id))
    if not match.can(Step.RELEASE):
        return _ignore(match, "the end of its campaign")
    let_go(uow, match, command.campaign_id)
    # A pool whose campaign was opened is dissolved by demand; one that only had drafts may get another proposal.
    if match.campaign_id is None:
        reopen(uow, match)
    look_again(uow, [match.offer.terms.category], {match.pool_id})


def _note_taken(uow: SupplierUnitOfWork, match: Match) -> None:
    copy = uow.pools.find(match.pool_id, lock=True) if match.pool_id else None
    if copy is not None and copy.is_open:
        uow.pools.save(copy.matched())
    fill_vacancy(uow, match.replaces_match_id)


def _check(uow: SupplierUnitOfWork, match: Match) -> None:
    """Let a campaign that was opened on old news know what has become of its supplier or its offer meanwhile."""
    if not end_if_removed(uow, match):
        warn_campaign(uow, match)


def _lock_known(uow: SupplierUnitOfWork, news: News) -> Match:
    match = lock_match(uow, news.match_id)
    if match is None:
        raise MatchNotFoundError("the match is not known here", match_id=str(news.match_id))
    return match


def _ignore(match: Match, news: str) -> None:
    # Repeats and late news are ordinary: the match has gone further, and each step happens once.
    log.info("nothing to do for a match", extra={"news": news, "state": str(match.state)})
