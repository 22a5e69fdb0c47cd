"""Who may say what, when: before, during and after the service."""

from datetime import timedelta

import pytest

from services.kernel.errors import ForbiddenError, InvalidError
from services.kernel.ids import new_id
from services.reputation import handlers, inbound, outbound
from services.reputation.domain.commands import NoteEngagement
from services.reputation.domain.errors import (
    AlreadyReviewedError,
    CampaignUnknownError,
    CommitmentUnknownError,
    NotTheSupplierError,
    PassageUnknownError,
    PhaseClosedError,
    ReviewNotFoundError,
)
from services.reputation.domain.people.errors import CommunityUnknownError
from services.reputation.domain.phases import MARKS, Phase, require_marks
from tests.fakes.chassis import MONDAY, request
from tests.fakes.reputation import FakeReputationUnitOfWork


class Group:
    """A group that was formed: two communities, a member of each, a supplier."""

    def __init__(self):
        self.uow = FakeReputationUnitOfWork()
        self.campaign_id, self.supplier_id = new_id(), new_id()
        self.here, self.there = new_id(), new_id()
        self.commitments = [new_id(), new_id()]
        self.members = [new_id(), new_id()]
        people = zip(self.commitments, (self.here, self.there), self.members, strict=True)
        news = {"supplier_id": self.supplier_id, "community_ids": [self.here, self.there], "confirmed_at": MONDAY}
        self.note(news, tuple(people))

    def note(self, news, people=()):
        handlers.note_engagement(NoteEngagement(self.campaign_id, news, people), self.uow)

    def begin(self):
        self.note({"begun_at": MONDAY + timedelta(days=5)})

    def member(self, at=0):
        return {"role": "member", "community_id": (self.here, self.there)[at], "member_id": self.members[at]}

    def organiser(self, community=None):
        return {"role": "organiser", "community_id": community or self.here, "member_id": new_id()}

    def supervisor(self, community=None):
        return {"role": "quality_supervisor", **({"community_id": community} if community else {})}

    def seller(self):
        return {"role": "supplier", "supplier_id": self.supplier_id}

    def write(self, who, phase="before", *, at=0, campaign=False, text="", again=None, **marks):
        subject = {"campaign_id": str(self.campaign_id)} if campaign else {"commitment_id": str(self.commitments[at])}
        data = {**subject, "phase": phase, "scores": marks, "text": text, "again": again}
        return handlers.write_review(inbound.write_review(request(data, **who)), self.uow)

    def do(self, name, who, review, **data):
        asked = request({"review_id": str(review.review_id), **data}, **who)
        return getattr(handlers, name)(getattr(inbound, name)(asked), self.uow)


@pytest.fixture
def group():
    return Group()


def test_a_participant_says_what_it_thinks_before_and_during_the_service_each_once(group):
    before = group.write(group.member(), qualification=5, communication=4)
    with pytest.raises(AlreadyReviewedError) as refused:
        group.write(group.member(), qualification=1)
    assert refused.value.detail["review_id"] == str(before.review_id)
    group.begin()
    during = group.write(group.member(), "during", attendance=4, progress=3)
    told = group.uow.outbox.data_of("review_written.v1")
    assert [(one["phase"], one["author"], one["overall"]) for one in told] == [
        ("before", "participant", 4.5),
        ("during", "participant", 3.5),
    ]
    assert during.scores.quality is None


def test_nothing_that_is_said_before_or_during_becomes_evidence(group):
    group.write(group.member(), qualification=1)
    group.write(group.organiser(), campaign=True, qualification=1)
    assert group.uow.reviews.of_commitments(group.commitments) == {}
    assert "score_changed.v1" not in group.uow.outbox.names()


@pytest.mark.parametrize(
    ("news", "phase", "open_phase"),
    [
        ({}, "during", "before"),
        ({"begun_at": MONDAY}, "before", "during"),
        ({"delivered_at": MONDAY}, "during", "after"),
        ({"ended_at": MONDAY}, "before", "none"),
    ],
)
def test_a_review_of_another_phase_is_refused_and_says_which_is_open(group, news, phase, open_phase):
    group.note(news)
    mark = {MARKS[Phase(phase)][0]: 4}
    with pytest.raises(PhaseClosedError) as refused:
        group.write(group.member(), phase, **mark)
    assert refused.value.detail["state"] == open_phase


def test_news_may_come_in_any_order(group):
    other = Group()
    other.uow.engagements.rows.clear()
    other.note({"begun_at": MONDAY, "supplier_id": other.supplier_id})
    other.note({"community_ids": [other.here, other.there], "confirmed_at": MONDAY})
    other.write(other.organiser(), "during", campaign=True, attendance=5)


def test_organisers_and_supervisors_speak_of_the_campaign_each_once(group):
    group.write(group.organiser(), campaign=True, qualification=4)
    group.write(group.organiser(group.there), campaign=True, qualification=3)
    group.write(group.supervisor(group.here), campaign=True, qualification=2)
    group.write(group.supervisor(), campaign=True, qualification=2)
    for again in (group.organiser(), group.supervisor(group.here), group.supervisor()):
        with pytest.raises(AlreadyReviewedError):
            group.write(again, campaign=True, qualification=5)
    authors = sorted(str(one.author) for one in group.uow.reviews.rows.values())
    assert authors == ["organiser", "organiser", "quality_supervisor", "quality_supervisor"]


def test_who_takes_no_part_learns_of_no_campaign_and_no_commitment(group):
    stranger = new_id()
    for who in (group.organiser(stranger), group.supervisor(stranger)):
        with pytest.raises(CampaignUnknownError):
            group.write(who, campaign=True, qualification=1)
    for who in (group.member(1), group.organiser(group.there), group.organiser(stranger)):
        with pytest.raises(CommitmentUnknownError):
            group.write(who, qualification=1)
    with pytest.raises(ForbiddenError):
        group.write(group.member(), campaign=True, qualification=1)
    with pytest.raises(ForbiddenError):
        group.write(group.seller(), campaign=True, qualification=5)


@pytest.mark.parametrize(
    ("phase", "given", "field"),
    [
        (Phase.BEFORE, {"communication": 4}, "scores.qualification"),
        (Phase.DURING, {"attendance": 4, "quality": 5}, "scores.quality"),
        (Phase.AFTER, {}, "scores.quality"),
    ],
)
def test_marks_of_another_phase_are_refused_by_name(phase, given, field):
    with pytest.raises(InvalidError) as refused:
        require_marks(phase, given)
    assert refused.value.detail["errors"][0]["field"] == field


def test_whether_one_would_take_it_again_is_asked_after_it_only(group):
    with pytest.raises(InvalidError) as refused:
        group.write(group.member(), qualification=4, again=True)
    assert refused.value.detail["errors"][0]["field"] == "again"


def test_a_phone_number_is_hidden_from_others_and_kept_for_its_community(group):
    review = group.write(group.member(), qualification=4, text="王老师 13812345678 很专业")
    assert outbound.foreign_review(review)["text"] == "王老师 ＊＊＊＊＊＊＊＊＊＊＊ 很专业"
    assert outbound.foreign_review(review)["original"] is None
    assert outbound.review(review)["original"] == "王老师 13812345678 很专业"
    assert "13812345678" not in str(group.uow.outbox.events)


def test_a_supervisor_hides_a_passage_and_shows_again_what_was_hidden_by_mistake(group):
    review = group.write(group.member(), qualification=4, text="订 13812345678，找陈建国老师，陈建国很好")
    hidden = group.do("hide_passage", group.supervisor(group.here), review, passage="陈建国", reason="人名")
    assert hidden.text == "订 ＊＊＊＊＊＊＊＊＊＊＊，找＊＊＊老师，＊＊＊很好"
    assert [str(one.kind) for one in hidden.masks] == ["phone", "other", "other"]
    shown = group.do("show_passages", group.supervisor(), hidden, kind="phone", reason="是订单号")
    assert shown.text == "订 13812345678，找＊＊＊老师，＊＊＊很好"
    assert shown.original == review.original
    with pytest.raises(PassageUnknownError):
        group.do("show_passages", group.supervisor(), shown, kind="phone", reason="x")
    with pytest.raises(PassageUnknownError):
        group.do("hide_passage", group.supervisor(), shown, passage="不在里面", reason="x")


def test_only_those_who_watch_a_community_hide_and_show(group):
    review = group.write(group.member(), qualification=4, text="13812345678")
    with pytest.raises(ReviewNotFoundError):
        group.do("hide_passage", group.supervisor(group.there), review, passage="138", reason="x")
    for who in (group.member(), group.organiser(), group.seller()):
        with pytest.raises(ForbiddenError):
            group.do("show_passages", who, review, reason="x")


def test_the_supplier_answers_and_what_it_said_before_stays_beside_it(group):
    review = group.write(group.member(), qualification=2, text="没看到证书")
    first = group.do("answer_review", group.seller(), review, text="证书已上传，电话 13900001111")
    assert first.answer.text == "证书已上传，电话 ＊＊＊＊＊＊＊＊＊＊＊"
    second = group.do("answer_review", group.seller(), review, text="证书见首页")
    assert second.answer.text == "证书见首页"
    assert [text for text, _ in second.answer.earlier] == [first.answer.text]
    with pytest.raises(NotTheSupplierError):
        group.do("answer_review", {"role": "supplier", "supplier_id": new_id()}, review, text="x")


def test_a_community_s_own_words_are_hidden_from_then_on(group):
    data = {"community_id": str(group.here), "words": ["坑人货"]}
    handlers.set_abuse_words(inbound.set_abuse_words(request(data, **group.organiser())), group.uow)
    assert group.write(group.member(), qualification=1, text="坑人货").text == "＊＊＊"
    with pytest.raises(CommunityUnknownError):
        handlers.set_abuse_words(inbound.set_abuse_words(request(data, **group.organiser(group.there))), group.uow)


def test_masks_and_reviews_are_recorded_by_digest_only(group):
    group.write(group.member(), qualification=4, text="王老师 13812345678")
    assert [entry.kind for entry in group.uow.log.waiting] == ["review", "masked"]
    assert "13812345678" not in str(group.uow.log.waiting)
