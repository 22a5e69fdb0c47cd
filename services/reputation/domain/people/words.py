"""What people are told, in both languages."""

from services.reputation.domain.people.fatigue import Why

WHY_NOT: dict[Why, dict[str, str]] = {
    Why.OPTED_OUT: {"zh": "该成员选择暂不打扰", "en": "the member asked not to be disturbed"},
    Why.ALREADY_ASKED: {"zh": "这次团购已邀请过该成员", "en": "the member was asked to join this campaign already"},
    Why.QUIET_DAYS: {"zh": "社群静默日不邀请", "en": "the community has quiet days"},
    Why.QUIET_HOURS: {"zh": "社群静默时段不邀请", "en": "the community has quiet hours"},
    Why.COMMUNITY_CAP: {
        "zh": "社群近期邀请已达上限",
        "en": "the community has been asked as often as its policy allows",
    },
    Why.COMMUNITY_RESTS: {
        "zh": "近几轮邀请几乎无人回应，社群先休息",
        "en": "hardly anybody answered the last rounds, so the community rests",
    },
    Why.TOO_SOON: {"zh": "距上次邀请太近", "en": "the last invitation was too recent"},
    Why.MEMBER_CAP: {
        "zh": "该成员近期收到的邀请已达上限",
        "en": "the member has been asked as often as the policy allows",
    },
    Why.MEMBER_RESTS: {
        "zh": "该成员多次未回应，先不再邀请",
        "en": "the member did not answer several times and is left in peace",
    },
}
