"""The grades of reputation in memory."""

from dataclasses import replace
from datetime import timedelta

from services.reputation.domain.grading import DEFAULT, Delivery, Grade, GradeState, policy_of
from services.reputation.domain.grading.appeals import PastChange


class FakeGradeBook:
    def __init__(self, clock):
        self.clock = clock
        self.states, self.locked, self.history = {}, [], []
        self.scores, self.communities, self.kept = {}, {}, {}
        self.policies, self.filed = [], {}

    def lock(self, supplier_id):
        self.locked.append(supplier_id)
        return self.states.setdefault(supplier_id, GradeState(supplier_id, Grade.PROBATION, self.clock.now()))

    def find(self, supplier_id):
        return self.states.get(supplier_id)

    def save(self, state):
        assert state.supplier_id in self.locked, "a grade is decided under the lock of its row"
        self.states[state.supplier_id] = state

    def told(self, supplier_id):
        return self.scores.get(supplier_id)

    def community_of(self, supplier_id):
        return self.communities.get(supplier_id)

    def add_change(self, change_id, supplier_id, values):
        self.history.append({"change_id": change_id, "supplier_id": supplier_id, "at": self.clock.now(), **values})

    def changes(self, supplier_id, most):
        return [one for one in reversed(self.history) if one["supplier_id"] == supplier_id][:most]

    def last_change(self, supplier_id):
        found = self.changes(supplier_id, 1)
        return _past(found[0]) if found else None

    def note_settled(self, supplier_id, campaign_id, at, commitments, lost):
        known = self.kept.get((supplier_id, campaign_id))
        withdrew, counted = (known.withdrew, known.counted) if known else (False, False)
        self.kept[supplier_id, campaign_id] = Delivery(campaign_id, at, commitments, lost, withdrew, counted)

    def note_withdrawn(self, supplier_id, campaign_id, at):
        self.kept[supplier_id, campaign_id] = Delivery(campaign_id, at, 0, withdrew=True)

    def seen(self, state, policy, now):
        after = min(now - timedelta(days=policy.window_days), state.since)
        return [one for (supplier, _), one in self.kept.items() if supplier == state.supplier_id and one.at > after]

    def count(self, supplier_id, campaigns):
        for campaign in campaigns:
            self.kept[supplier_id, campaign] = replace(self.kept[supplier_id, campaign], counted=True)

    def policy(self):
        return policy_of(self.policies[-1], len(self.policies)) if self.policies else DEFAULT

    def add_policy(self, version, policy):
        if version != len(self.policies) + 1:
            return False
        self.policies.append(policy)
        return True

    def add_appeal(self, appeal):
        self.filed[appeal.appeal_id] = appeal

    save_appeal = add_appeal

    def appeal(self, appeal_id, *, lock=False):
        return self.filed.get(appeal_id)

    def appeals(self, supplier_id):
        return [one for one in reversed(self.filed.values()) if one.supplier_id == supplier_id]


def _past(change):
    return PastChange(change["change_id"], Grade(change["grade"]), Grade(change["before"]), change["at"])
