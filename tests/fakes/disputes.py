"""Terms, mediators and disputes in memory; the same promises, checked by the integration tests."""

from dataclasses import replace

from services.campaign.domain.disputes import IN_MEDIATION, Mediator
from services.campaign.domain.mediating import Candidate, Named
from services.campaign.domain.model import LIVE
from services.campaign.domain.terms_document import digest_of
from services.campaign.domain.terms_texts import STANDARD_TERMS


class FakeTerms:
    def __init__(self):
        self.templates = {STANDARD_TERMS.terms_id: STANDARD_TERMS}
        self.documents = {}

    def find(self, terms_id):
        return self.templates.get(terms_id)

    def add(self, template):
        same = [
            t for t in self.templates.values() if (t.community_id, t.name) == (template.community_id, template.name)
        ]
        numbered = replace(template, version=len(same) + 1)
        self.templates[template.terms_id] = numbered
        return numbered

    def of_campaign(self, campaign_id):
        return self.documents.get(campaign_id)

    def keep(self, terms):
        assert terms.campaign_id not in self.documents, "a document is stored once"
        assert digest_of(terms.canonical) == terms.digest
        self.documents[terms.campaign_id] = terms

    def save_acceptance(self, terms):
        known = self.documents[terms.campaign_id]
        assert (known.canonical, known.digest) == (terms.canonical, terms.digest)
        self.documents[terms.campaign_id] = terms


class FakeSuppliers:
    def __init__(self):
        self.rows = {}

    def registered_by(self, supplier_id):
        known = self.rows.get(supplier_id)
        return None if known is None else known.community_id

    def many(self, supplier_ids):
        return {one: self.rows[one] for one in supplier_ids if one in self.rows}

    def know(self, supplier):
        known = self.rows.get(supplier.supplier_id)
        if known is None or known.version < supplier.version:
            self.rows[supplier.supplier_id] = supplier


class FakeDisputes:
    def __init__(self):
        self.rows = {}
        self.statements = []

    def find(self, dispute_id):
        return self.rows.get(dispute_id)

    def _of(self, right):
        return [self.rows[one] for one in sorted(self.rows) if right(self.rows[one])]

    def of_commitment(self, commitment_id):
        return self._of(lambda d: d.commitment_id == commitment_id)

    def open_in(self, campaign_id):
        return self._of(lambda d: d.campaign_id == campaign_id and d.is_open)

    def closed_in(self, campaign_id):
        return self._of(lambda d: d.campaign_id == campaign_id and not d.is_open)

    def of_mediator(self, member_id):
        return self._of(lambda d: d.mediator and d.mediator.member_id == member_id and d.state in IN_MEDIATION)

    def save(self, dispute):
        known = self.rows.get(dispute.dispute_id)
        assert dispute.version == (known.version if known else 0) + 1, "a dispute was changed behind our back"
        assert 0 <= dispute.refunded.minor <= dispute.claim.minor
        assert dispute.is_open == (dispute.closed_at is None)
        self.rows[dispute.dispute_id] = dispute
        mine = [d for d in self.of_commitment(dispute.commitment_id) if d.is_open]
        assert len(mine) <= 1, "one at a time per commitment"

    def said(self, dispute):
        return tuple(one for one in self.statements if one.dispute_id == dispute.dispute_id)

    def say(self, statements):
        self.statements.extend(statements)

    def count_said(self, dispute_id, side):
        return sum(one.dispute_id == dispute_id and one.side is side for one in self.statements)


class FakeMediators:
    def __init__(self, uow):
        self._uow = uow
        self.rows = {}

    def _cases(self, member_id):
        return len(self._uow.disputes.of_mediator(member_id))

    def find(self, member_id):
        known = self.rows.get(member_id)
        return known and replace(known, open_cases=self._cases(member_id))

    def name(self, member_id, community_id, now):
        known = self.rows.get(member_id)
        if known is None or known.ended_at is not None or known.community_id != community_id:
            self.rows[member_id] = Named(member_id, community_id, now)

    def end(self, member_id, now):
        if self.rows[member_id].ended_at is None:
            self.rows[member_id] = replace(self.rows[member_id], ended_at=now)

    def is_active(self, member_id):
        return member_id in self.rows and self.rows[member_id].ended_at is None

    def candidates(self, supplier_id, now):
        return [
            Candidate(
                Mediator(one.member_id, one.community_id),
                self._cases(one.member_id),
                self._dealt(one, supplier_id, now),
            )
            for _, one in sorted(self.rows.items())
            if one.ended_at is None and self._uow.members.rows.get(one.member_id, (None,))[0] == one.community_id
        ]

    def _dealt(self, one, supplier_id, now):
        _, household, _ = self._uow.members.rows[one.member_id]
        times = []
        for commitment in self._uow.commitments.rows.values():
            campaign = self._uow.campaigns.rows[commitment.campaign_id]
            own = commitment.member_id == one.member_id or commitment.household_id == (household or one.member_id)
            if own and campaign.terms.supplier_id == supplier_id:
                now_ = now if commitment.state in LIVE else None
                times += filter(None, (commitment.created_at, campaign.delivered_at, now_))
        return max(times, default=None)
