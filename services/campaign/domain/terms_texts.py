"""The standard terms, version 1: what the rules of this engine mean for each of the three. They are no legal advice."""

from datetime import UTC, datetime
from uuid import UUID

from services.campaign.domain.templates import Template, Text
from services.kernel.ids import TermsId

STANDARD = "standard"

NO_ADVICE = Text(
    "本条款说明拼团如何进行，不是法律意见；法律给您的权利不受影响。",
    "These terms say how the group purchase is run. They are no legal advice; rights that the law gives you remain.",
)

_ORGANISER = Text(
    "1. 开团前如实说明内容、价格、最低人数、截止时间和退款规则，开团后不再更改。\n"
    "2. 只登记真实收到的付款，不虚报人数；“已付款，等待成团”不称为成团。\n"
    "3. 未成团、取消或有变化时立即告知成员，并按规则退款。\n"
    "4. 成员的姓名、电话和家庭情况只在本社群内使用，不交给他人。\n"
    "5. 只取事先写明的分成；代成员提出异议时，以成员的意愿为准。",
    "1. Says truly before opening what is offered, at which price, from how many people, until when and with which "
    "refunds; nothing of this changes afterwards.\n"
    "2. Records only payments that were really received, invents no participants, and never calls a group formed that "
    "is still waiting.\n"
    "3. Tells the members at once when no group is formed, it is called off or something changes, and refunds by the "
    "rules.\n"
    "4. Uses names, telephone numbers and households of members inside the community only, and gives them to nobody.\n"
    "5. Takes the stated share and no other; opens a dispute for a member only as the member wishes.",
)

_SUPPLIER = Text(
    "1. 按报价写明的内容、时间、地点和价格向成团的全体成员提供服务，不另行收费。\n"
    "2. 保留所承诺的席位；不能提供时尽早退出，成员全额退款。\n"
    "3. 款项按写明的计划分段结算；已结算的部分在退款时应当退回。\n"
    "4. 对异议在限期内答复；逾期不答复，调解照常进行。\n"
    "5. 不索取与服务无关的成员资料。",
    "1. Provides what the offer says, at its time, place and price, to all members of a formed group, and charges "
    "nothing besides.\n"
    "2. Keeps the seats that it promised; who cannot provide it withdraws early, and the members get everything back.\n"
    "3. Is paid in the stated stages; what was paid out already is returned where a refund needs it.\n"
    "4. Answers a dispute within its term; where it is silent, mediation goes on without its answer.\n"
    "5. Asks members for no data that the service does not need.",
)

_PARTICIPANT = Text(
    "1. 付款后款项由托管保存；每席的价格不高于报价，达到更低阶梯时退还差额。\n"
    "2. 成团前退出不收费，除非写明由退出者承担失去的阶梯；成团后按写明的退款规则退出。\n"
    "3. 未成团、被取消或供应商退出时全额退款。\n"
    "4. 从成团起到验收期结束可以提出异议：只冻结与您有关的款项，先协商，再由其他社群的调解人决定，可申诉一次。\n"
    "5. 按时到场，如实陈述；转让席位须经社群管理者办理。",
    "1. Your payment is held in escrow. A seat never costs more than was quoted; where a lower tier is reached, the "
    "difference comes back.\n"
    "2. Leaving costs nothing before the group is formed, unless drop-outs bear a lost tier; afterwards the stated "
    "refund rules hold.\n"
    "3. Everything comes back where no group is formed, it is called off or the supplier withdraws.\n"
    "4. From the confirmation to the end of the acceptance window you may open a dispute: it freezes your money and "
    "nobody else's. You first try to agree, then a mediator of another community decides, with one appeal.\n"
    "5. Come on time and say what is true; seats are handed over through those who manage your community.",
)

STANDARD_TERMS = Template(
    terms_id=TermsId(UUID("00000000-0000-7000-8000-000000000001")),
    community_id=None,
    name=STANDARD,
    version=1,
    title=Text("拼团标准条款", "Standard terms of a group purchase"),
    organiser=_ORGANISER,
    supplier=_SUPPLIER,
    participant=_PARTICIPANT,
    created_at=datetime(2026, 5, 1, tzinfo=UTC),
)
