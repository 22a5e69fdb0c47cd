"""What tests of a delivery are made of: a course of several sessions for a group that is formed."""

from datetime import timedelta
from uuid import UUID

from services.kernel.clock import format_time
from tests.builders_campaign import SLOT_START, Town

COURSE_PLAN = (("confirmed", 2000), ("session", 5000), ("delivered", 1000), ("accepted", 2000))
TIER = ((1, "100.00"),)


def times_of(count):
    """The sessions of a course: two hours each, a week apart."""
    starts = [SLOT_START + timedelta(weeks=number) for number in range(count)]
    return [{"start": format_time(start), "end": format_time(start + timedelta(hours=2))} for start in starts]


class Course(Town):
    """A course of ``count`` sessions; ``form`` lets people join and closes."""

    def __init__(self, desk, count=8, **match):
        self.count = count
        options = {"release": COURSE_PLAN, "tiers": TIER, "min_group": 1, "seats": 40, "sessions": times_of(count)}
        super().__init__(desk, **{**options, **match})

    def form(self, *seats, **terms):
        """Open, let members of the first community join with so many seats each, and close; return commitments."""
        self.open(**terms)
        joined = [self.join(count) for count in seats]
        self.act("close_campaign")
        return joined

    def start(self, number):
        return SLOT_START + timedelta(weeks=number - 1)

    def go(self, number, **after):
        """Let the time of a session come."""
        self.desk.clock.time = self.start(number) + timedelta(**after)

    def hold(self, number, who=None):
        data = {"campaign_id": self.campaign_id, "number": number}
        return self.desk.do("hold_session", data, **(who or self.organiser()))

    def cancel(self, number, reason="illness", who=None):
        data = {"campaign_id": self.campaign_id, "number": number, "reason": reason}
        return self.desk.do("cancel_session", data, **(who or self.organiser()))

    def sessions(self, who=None):
        asked = {"campaign_id": self.campaign_id}
        return self.desk.ask("list_sessions", asked, **(who or self.organiser()))

    def code(self, commitment, who=None):
        asked = {"commitment_id": commitment["commitment_id"]}
        manager = self.partner(UUID(commitment["community_id"]))
        return self.desk.do("get_check_in_code", asked, **(who or manager))["code"]

    def scan(self, code, number, at=None, **more):
        """What a device keeps of one scan."""
        return {"code": code, "session": number, "at": format_time(at or self.desk.clock.now()), **more}

    def upload(self, *items, who=None):
        data = {"campaign_id": self.campaign_id, "items": list(items)}
        return self.desk.do("upload_check_ins", data, **(who or self.supplier()))

    def check_in(self, commitment, number, **more):
        """Scan and upload the code of a commitment now."""
        return self.upload(self.scan(self.code(commitment), number, **more))["items"][0]

    def correct(self, commitment, number, present, reason="名单更正", who=None):
        data = {"commitment_id": commitment["commitment_id"], "session": number, "present": present, "reason": reason}
        return self.desk.do("correct_attendance", data, **(who or self.organiser(UUID(commitment["community_id"]))))

    def sheet(self, number, who=None):
        asked = {"campaign_id": self.campaign_id, "number": number}
        return self.desk.ask("get_attendance", asked, **(who or self.organiser()))

    def attended(self, commitment, who=None):
        asked = {"commitment_id": commitment["commitment_id"]}
        return self.desk.ask("get_commitment_attendance", asked, **(who or {"role": "node_operator"}))

    def deliver(self, who=None):
        return self.act("deliver_campaign", who)
