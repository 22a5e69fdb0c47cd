"""What is said of each operation, in the language of the scenario."""

from typing import Any

# Operation -> (Chinese, English). What stands in braces is looked up in the answer, then in the request.
PHRASES: dict[str, tuple[str, str]] = {
    "register_community": ("登记社群「{name}」", "registered the community {name}"),
    "add_member": ("接纳成员", "took in members"),
    "place_signal": ("说出需求：{text}", "said what they need: {text}"),
    "create_intake": (
        "读入一份资料：{summary.rows} 行，{summary.questions} 个问题",
        "sent in what people wrote: {summary.rows} rows, {summary.questions} questions",
    ),
    "change_intake": ("核对：还剩 {summary.questions} 个问题", "checked it: {summary.questions} questions left"),
    "commit_intake": ("确认导入", "confirmed it"),
    "discard_intake": ("丢弃导入", "threw it away"),
    "withdraw_signal": ("撤回需求", "withdrew the need"),
    "answer_consent": ("回复拼单征询：{decision}", "answered whether to join the others: {decision}"),
    "ready_pool": ("结束征集，去找供应商", "ended the gathering and asked suppliers"),
    "register_supplier": ("登记供应商「{name}」", "registered the supplier {name}"),
    "change_supplier": ("更改供应商资料", "changed the supplier"),
    "submit_qualification": ("提交资质：{kind}", "submitted a qualification: {kind}"),
    "review_qualification": ("审核资质：{state}", "reviewed a qualification: {state}"),
    "publish_offer": ("发布服务「{title}」", "published the offer {title}"),
    "withdraw_offer": ("撤下服务「{title}」", "withdrew the offer {title}"),
    "add_slot": ("开放一个场次（{capacity} 席）", "opened a slot of {capacity} seats"),
    "create_visit_plan": ("建立上门计划", "began a visit plan"),
    "change_visit_plan": ("调整上门计划，重新排路线", "changed the visit plan, which is made anew"),
    "release_visit_plan": ("向供应商公开住户", "let the supplier see the homes"),
    "propose_match": ("直接提议一次团购", "proposed a group purchase directly"),
    "withdraw_match": ("退出「{offer.title}」：{reason}", "withdrew from {offer.title}: {reason}"),
    "open_campaign": (
        "开团：{title}，{min_seats} 席成团，上限 {max_seats} 席",
        "opened {title}: {min_seats} to {max_seats} seats",
    ),
    "reserve_seats": ("占位（每席报价 {price.amount} 元）", "reserved seats (quoted {price.amount} each)"),
    "pay_commitment": ("确认收款", "recorded the payments"),
    "start_payment": ("线上付款", "paid online"),
    "retry_refund": ("重试退款", "tried the refund again"),
    "cancel_commitment": ("退出", "dropped out"),
    "close_campaign": ("提前截团：{title}", "closed {title} early"),
    "cancel_campaign": ("取消：{title}", "cancelled {title}"),
    "deliver_campaign": ("确认服务已交付：{title}", "confirmed that {title} was delivered"),
    "contribute_to_fund": ("向公共基金存入 {amount.amount} 元", "put {amount.amount} into the common fund"),
    "invite_members": ("想邀请成员，先问打扰上限：{asking} 人", "asked the guard about inviting {asking} members"),
    "decline_invitation": ("谢绝邀请", "declined the invitation"),
    "set_quiet": ("设置免打扰", "asked for peace"),
    "set_fatigue_policy": ("设置打扰上限", "set how often members may be asked"),
    "set_rota": ("排好轮值表，每班 {days} 天", "set a rota of {days} days a turn"),
    "hand_over_duty": ("交班", "handed the duty over"),
    "take_over_duty": ("接班", "took the duty over"),
    "swap_turns": ("换班", "swapped two turns"),
    "answer_inquiry": ("答复征询：{answer}", "answered what was asked: {answer}"),
    "move_campaign": ("提议改期：{text}", "proposed another time or place: {text}"),
    "accept_terms": ("接受条款", "accepted the terms"),
    "name_mediator": ("任命一位调解人", "named a mediator"),
    "end_mediator": ("解任调解人", "ended a mediator"),
    "open_dispute": ("提出异议，主张退回 {claim.amount} 元", "opened a dispute over {claim.amount}"),
    "answer_dispute": ("答复异议：{text}", "answered the dispute: {text}"),
    "add_evidence": ("补充证据：{text}", "added evidence: {text}"),
    "offer_settlement": ("提出退回 {amount.amount} 元了结", "offered to settle for {amount.amount}"),
    "accept_settlement": ("接受和解", "accepted the settlement"),
    "ask_mediation": ("要求调解", "asked for a mediator"),
    "withdraw_dispute": ("撤回异议", "withdrew the dispute"),
    "decide_dispute": ("作出决定：{text}", "decided: {text}"),
    "decline_case": ("回避", "declined the case"),
    "appeal_dispute": ("申诉：{text}", "appealed: {text}"),
    "hold_session": ("记录一次课已举行（共举行 {held} 次）", "recorded that a session took place ({held} by now)"),
    "cancel_session": ("取消第 {number} 次：{reason}", "cancelled session {number}: {reason}"),
    "get_check_in_code": ("取签到码", "fetched a check-in code"),
    "list_check_in_keys": ("下载签到公钥", "downloaded the public keys of check-in codes"),
    "upload_check_ins": (
        "上传签到：{counted} 份计入，{already} 份已计过，{refused} 份不收",
        "uploaded check-ins: {counted} counted, {already} were counted before, {refused} refused",
    ),
    "correct_attendance": ("更正出勤：{reason}", "corrected attendance: {reason}"),
    "hand_over": ("转让 {seats} 席", "handed over {seats} seats"),
    "write_review": ("写评价：{text}", "wrote a review: {text}"),
    "create_token": ("发放令牌", "issued a token"),
}
STATES = {
    "draft": ("待开团", "draft"),
    "open": ("进行中", "open"),
    "tipped": ("已达成团人数", "tipped"),
    "confirmed": ("已成团", "confirmed"),
    "delivering": ("服务中", "under way"),
    "delivered": ("已交付", "delivered"),
    "settled": ("已结清", "settled"),
    "failed": ("未成团", "failed"),
    "cancelled": ("已取消", "cancelled"),
}
WEEKDAYS = (
    ("周一", "Mon"),
    ("周二", "Tue"),
    ("周三", "Wed"),
    ("周四", "Thu"),
    ("周五", "Fri"),
    ("周六", "Sat"),
    ("周日", "Sun"),
)
WORDS = {
    "and_others": ("{first} 等 {count} 人", "{first} and {others} others"),
    "refused": ("被拒绝（{code}）", "refused ({code})"),
    "node": ("节点运营者", "the node operator"),
    "operator": ("{name}管理员", "the operator of {name}"),
    "partner": ("{name}的合作平台", "the partner platform of {name}"),
    "supervisor": ("{name}质量监督员", "the quality supervisor of {name}"),
    "members": ("「{name}」有成员 {count} 人", "{name} has {count} members"),
    "supplier": ("供应商「{name}」由「{community}」登记", "supplier {name}, registered by {community}"),
    "offer": ("服务「{title}」：{tiers}", "offer {title}: {tiers}"),
    "tier": ("{seats} 席起 {price} 元", "from {seats} seats {price}"),
    "score": (
        "{name} 的评分 {score}（{reviews} 条评价，95% 区间 {low}–{high}）",
        "{name} is rated {score} ({reviews} reviews, 95 % interval {low}-{high})",
    ),
    "campaigns": ("团购", "campaign"),
    "communities": ("社群", "communities"),
    "seats": ("席数", "seats"),
    "price": ("单价", "price"),
    "paid": ("已付", "paid"),
    "refunded": ("已退", "refunded"),
    "released": ("已结算", "released"),
    "state": ("状态", "state"),
    "as_expected": ("符合预期", "as expected"),
    "all_right": ("{steps} 步，{checks} 项预期全部符合", "{steps} steps, all {checks} expectations held"),
    "failed": ("与预期不符", "NOT AS EXPECTED"),
    "expected": ("预期", "expected"),
    "seen": ("实际", "seen"),
}


def word(name: str, language: str, /, **values: Any) -> str:
    """Return a word or sentence of the player's own."""
    return WORDS[name][0 if language == "zh" else 1].format(**values)


def state(name: str, language: str) -> str:
    """Return the state of a campaign for people."""
    return STATES.get(name, (name, name))[0 if language == "zh" else 1]
