"""Intakes and what communities teach, in memory."""

from services.demand.domain.chat import Lessons


class FakeIntakes:
    def __init__(self):
        self.rows = {}
        self.sources = {}
        self.locked = []

    def find(self, intake_id, lock=False):
        return self.rows.get(intake_id)

    def save(self, intake):
        self.rows[intake.intake_id] = intake

    def lock_source(self, community_id, chain_key):
        self.locked.append((community_id, chain_key))

    def entries(self, community_id, chain_key):
        return dict(self.sources.get((community_id, chain_key), {}))

    def save_entries(self, community_id, chain_key, entries, gone):
        source = self.sources.setdefault((community_id, chain_key), {})
        for key in gone:
            source.pop(key, None)
        source.update({one.key: one for one in entries})


class FakeTeachings:
    def __init__(self):
        self.taught = {}
        self.own = {}
        self.forms = {}

    def lessons(self, community_id, lock=False):
        return self.taught.get(community_id, Lessons())

    def save_lessons(self, community_id, lessons):
        self.taught[community_id] = lessons

    def categories(self, community_id):
        return [
            one for (owner, _), one in sorted(self.own.items(), key=lambda pair: pair[0][1]) if owner == community_id
        ]

    def save_category(self, community_id, own):
        self.own[community_id, own.category] = own

    def remove_category(self, community_id, category):
        return self.own.pop((community_id, category), None) is not None

    def template(self, community_id, category):
        return self.forms.get((community_id, category))

    def save_template(self, community_id, template):
        self.forms[community_id, template.category] = template
