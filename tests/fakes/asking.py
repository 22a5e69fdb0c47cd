"""Inquiries and the copy of suppliers in memory. The fakes refuse what the database would refuse."""

from dataclasses import replace

from services.campaign.domain.model import About


class FakeInquiries:
    def __init__(self, commitments):
        self.rows = {}
        self._commitments = commitments

    def add(self, inquiry):
        assert inquiry.inquiry_id not in self.rows
        assert not (inquiry.is_open and self.open_of(inquiry.campaign_id)), "two at a time"
        assert (inquiry.about is About.MERGE) == (inquiry.target_id is not None)
        if inquiry.about is About.REPLACEMENT:
            assert self.of_match(inquiry.terms.match_id) is None, "a match is proposed once"
        self.rows[inquiry.inquiry_id] = inquiry

    def save(self, inquiry):
        assert self.rows[inquiry.inquiry_id].is_open, "closed twice"
        self.rows[inquiry.inquiry_id] = inquiry

    def save_answer(self, inquiry, commitment_id):
        self.rows[inquiry.inquiry_id] = inquiry

    def find(self, inquiry_id):
        found = self.rows.get(inquiry_id)
        return None if found is None else self._fresh(found)

    def _fresh(self, inquiry):
        """Seats that were handed over belong to their new member."""

        def owned(one):
            now = self._commitments.find(one.commitment_id)
            return replace(one, community_id=now.community_id, member_id=now.member_id)

        return replace(inquiry, asked=tuple(owned(one) for one in inquiry.asked))

    def _some(self, right):
        return [self._fresh(one) for key, one in sorted(self.rows.items()) if right(one)]

    def open_of(self, campaign_id):
        return next(iter(self._some(lambda one: one.campaign_id == campaign_id and one.is_open)), None)

    def of_match(self, match_id):
        return next(
            iter(self._some(lambda one: one.terms.match_id == match_id and one.about is About.REPLACEMENT)), None
        )

    def into(self, target_id):
        return self._some(lambda one: one.target_id == target_id and one.is_open)

    def partners(self, campaign_id):
        pairs = [(one.campaign_id, one.target_id) for one in self._some(lambda one: one.target_id and one.is_open)]
        return [one for pair in pairs if campaign_id in pair for one in pair if one != campaign_id]

    def page(self, campaign_id, before, limit):
        found = self._some(lambda one: one.campaign_id == campaign_id and (before is None or one.inquiry_id < before))
        return found[::-1][:limit]
