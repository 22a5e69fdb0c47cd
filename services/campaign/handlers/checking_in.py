"""Check-in: what devices scanned is counted once, and organisers correct what was scanned wrongly or not at all."""

from dataclasses import replace

from services.campaign.domain import attendance, codes, delivering, session_notices, sessions
from services.campaign.domain.checkin import Door, Result, judge
from services.campaign.domain.delivery_commands import CorrectAttendance, UploadCheckIns
from services.campaign.domain.delivery_reports import Attended, Upload
from services.campaign.domain.lifecycle import Action, step
from services.campaign.domain.model import Campaign, State
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.privacy import MANAGERS
from services.campaign.handlers.joining import lock_commitment
from services.campaign.handlers.recording import lock, record
from services.campaign.storage.facts import attended_by, crowd_of
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.caller import Role
from services.kernel.signing import public_keys


def upload_check_ins(command: UploadCheckIns, uow: CampaignUnitOfWork) -> Upload:
    """Count scans, each by itself; the first one that counts begins the delivery.

    Signatures are verified before the campaign is locked, because that takes most of the time.
    """
    command.caller.require(*MANAGERS, Role.SUPPLIER)
    keys = public_keys(uow.signing_keys.all())
    scans = [(scan, codes.verify(scan.code, keys)) for scan in command.scans]
    campaign = lock(command.campaign_id, command.caller, uow)
    if campaign.state is not State.CONFIRMED:
        step(campaign, Action.CHECK_IN, uow.clock.now())
    expected = {one.commitment_id: one for one in uow.attendance.expected(campaign.campaign_id)}
    register = uow.attendance.register(campaign.campaign_id)
    door = Door(campaign.campaign_id, uow.sessions.of(campaign.campaign_id), expected, register.check_ins)
    verdicts = judge(scans, door, uow.clock.now())
    counted = [one.check_in for one in verdicts if one.result is Result.COUNTED and one.check_in is not None]
    if counted:
        campaign = _begun(campaign, uow)
        uow.attendance.count(counted)
        _find_missed(campaign, uow)
    return Upload(campaign.campaign_id, verdicts)


def correct_attendance(command: CorrectAttendance, uow: CampaignUnitOfWork) -> Attended:
    """Say whether the people of a commitment were in a session that has begun; who manages their community may.

    After the delivery nobody becomes a no-show any more, but one who was taken for one may be found to have come.
    """
    command.caller.require(*MANAGERS)
    campaign, commitment = lock_commitment(command.commitment_id, command.caller, uow)
    session, now = sessions.find(uow.sessions.of(campaign.campaign_id), command.number), uow.clock.now()
    said = {"present": command.present, "reason": command.reason}
    correction = attendance.correct(commitment, session, command.caller, now, **said)
    if campaign.state is not State.CONFIRMED:
        step(campaign, Action.CHECK_IN if command.present else Action.MARK_ABSENT, now)
    campaign = _begun(campaign, uow)
    uow.attendance.correct(correction)
    _find_missed(campaign, uow)
    return attended_by(campaign, commitment, command.caller, uow)


def _begun(campaign: Campaign, uow: CampaignUnitOfWork) -> Campaign:
    if campaign.state is not State.CONFIRMED:
        return campaign
    return record(delivering.begin(campaign, crowd_of(campaign, uow), uow.clock.now()), uow).campaign


def _find_missed(campaign: Campaign, uow: CampaignUnitOfWork) -> None:
    """Put right, after the delivery, who was taken for a no-show and was there. No money moves: nobody pays twice."""
    if campaign.state is not State.DELIVERED:
        return
    missed = {key: one for key, one in uow.attendance.accounts(campaign.campaign_id).items() if not one.attended}
    people = [one for one in uow.attendance.expected(campaign.campaign_id) if one.commitment_id in missed]
    register = uow.attendance.register(campaign.campaign_id)
    still = register.no_shows(people, uow.sessions.of(campaign.campaign_id))
    found = [one for one in people if one.commitment_id not in still]
    if found:
        uow.attendance.settle([replace(missed[one.commitment_id], attended=True) for one in found])
        told = tuple(session_notices.found_present(campaign, one) for one in found)
        record(Outcome(campaign, notices=told, light=True), uow)
