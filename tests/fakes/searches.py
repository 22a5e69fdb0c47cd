"""What waits for a solver in the supplier service, in memory: visit plans and matching rounds."""

from dataclasses import replace

from tests.fakes.table import FakeTable


class FakeVisitPlans(FakeTable):
    def __init__(self):
        super().__init__("plan_id")

    def of_match(self, match_id):
        return next((plan for plan in self.rows.values() if plan.match_id == match_id), None)

    def take_due(self, now, most):
        due = [plan for plan in self.rows.values() if plan.job and plan.job.due_at <= now]
        return sorted(due, key=lambda plan: plan.job.due_at)[:most]

    def next_due(self):
        return min((plan.job.due_at for plan in self.rows.values() if plan.job), default=None)

    def progress(self, plan_id, version, percent):
        plan = self.rows[plan_id]
        if (plan.version, str(plan.state)) == (version, "solving"):
            self.rows[plan_id] = replace(plan, job=replace(plan.job, percent=percent))


class FakeVisitHomes:
    def __init__(self):
        self.rows = {}

    def add(self, added):
        self.rows.update({one.home_id: one for one in added})

    save = add

    def of(self, plan_id):
        return sorted((one for one in self.rows.values() if one.plan_id == plan_id), key=lambda one: one.home_id)

    def drop(self, home_ids):
        for home_id in home_ids:
            self.rows.pop(home_id)

    def forget(self, plan_id):
        self.drop([one.home_id for one in self.of(plan_id)])


class FakeRounds(FakeTable):
    def __init__(self):
        super().__init__("round_id")
        self.pools = {}

    def begin(self, one):
        if self.live_of(one.category, one.currency):
            return False
        self.add(one)
        return True

    def live_of(self, category, currency):
        same = (one for one in self.rows.values() if (one.category, one.currency) == (category, currency))
        return next((one for one in same if one.job), None)

    def take_due(self, now, most):
        due = [one for one in self.rows.values() if one.job and one.job.due_at <= now]
        return sorted(due, key=lambda one: one.job.due_at)[:most]

    def next_due(self):
        return min((one.job.due_at for one in self.rows.values() if one.job), default=None)

    def progress(self, attempt, state, until):
        one = self.rows[attempt.round_id]
        if one.is_attempt_of(attempt):
            self.rows[one.round_id] = replace(one, progress=state, job=replace(one.job, due_at=until))

    def gather(self, round_id, pools):
        self.pools[round_id] = sorted(pools, key=lambda pool: pool.pool_id)

    def pools_of(self, round_id):
        return self.pools.get(round_id, [])
