"""Sessions, attendance and keys in memory. The fakes refuse what the database would refuse."""

from dataclasses import replace

from services.campaign.domain.attendance import Register
from services.campaign.domain.model import Standing
from services.campaign.domain.sessions import SessionState


class FakeSessions:
    def __init__(self):
        self.rows = {}

    def of(self, campaign_id):
        return tuple(self.rows[key] for key in sorted(self.rows) if key[0] == campaign_id)

    def save(self, changed):
        for one in changed:
            assert (one.state is SessionState.CANCELLED) == (one.reason is not None)
            assert (one.state is SessionState.PLANNED) == (one.decided_at is None)
            self.rows[one.campaign_id, one.number] = one
        if changed and changed[-1].is_planned:
            last = changed[-1]
            self.rows = {
                key: one for key, one in self.rows.items() if key[0] != last.campaign_id or key[1] <= last.number
            }


class FakeAttendance:
    def __init__(self, commitments, sessions):
        self._commitments = commitments
        self._sessions = sessions
        self.counted = {}
        self.corrected = []
        self.settled = {}

    def expected(self, campaign_id):
        seated = (Standing.PAID, Standing.DELIVERED)
        found = [c for c in self._commitments.rows.values() if c.campaign_id == campaign_id and c.state in seated]
        return sorted(found, key=lambda one: one.commitment_id)

    def register(self, campaign_id):
        counted = [one for one in self.counted.values() if one.campaign_id == campaign_id]
        return Register(counted, self.corrections(campaign_id))

    def corrections(self, campaign_id):
        return [one for one in self.corrected if one.campaign_id == campaign_id]

    def accounts(self, campaign_id):
        return {key: one for key, one in self.settled.items() if one.campaign_id == campaign_id}

    def count(self, counted):
        for one in counted:
            assert one.place not in self.counted, "a check-in is counted once"
            assert (one.campaign_id, one.session) in self._sessions.rows
            assert one.seats > 0
            self.counted[one.place] = one

    def correct(self, correction):
        assert (correction.campaign_id, correction.session) in self._sessions.rows
        self.corrected.append(correction)

    def settle(self, settled):
        for one in settled:
            before = self.settled.setdefault(one.commitment_id, one)
            self.settled[one.commitment_id] = replace(before, attended=one.attended)


class FakeSigningKeys:
    def __init__(self, clock):
        self._clock = clock
        self.rows = []

    def all(self):
        return list(self.rows)

    def signing(self):
        return next((key for key in self.rows if key.retired_at is None), None)

    def lock(self):
        """Nobody else is here."""

    def add(self, key):
        now = self._clock.now()
        self.rows = [one if one.retired_at else one.retire(now) for one in self.rows] + [key]
