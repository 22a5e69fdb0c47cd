"""What turns a sentence into no need, and the phrases by which people agree, decline, announce and advertise.

All of it is about folded texts; see needs.py for the phrases of needs themselves.
"""

import re

# What turns a sentence into none, or into one about others; the first group is tested on the sentence, the second on
# the whole message.
_NEGATED = re.compile(
    r"不(?:想|需要|用了|去|要了|参加|考虑|感兴趣|学了|学$|爱|报|买|约了?|凑热闹)|先不|"
    r"那天(?:不在|有事)|不参与|用不上|不管了|不凑|跳过|办了卡|用开|一直(?:在|有)(?:学|用|请)|"
    r"没(?:有)?(?:兴趣|时间|空)|冇兴趣|唔得闲|唔使|算了|去不了|来不了|打不了|"
    r"(?:我们?|家|我家|语|课)不用|已经(?:有|报|约|洗|做|订|找|请|学|买)|"
    r"(?:刚|才|上周|上个月|去年|前几天|昨天)(?:刚)?(?:就)?(?:洗|做|修|学|拍|报|约|换|请|在)过?|"
    r"(?:洗|做|修|拍|学|换)过(?:了|啦)|自己(?:洗|做|修|弄)|"
    r"\bno need\b|\bnot (?:interested|for us|for me)\b|\bdon't (?:need|want)\b|\bcan't (?:make|come|do)\b|"
    r"\balready (?:have|booked|did|done|had)\b|\bwe (?:had|did|do) (?:it|ours|that)\b|"
    r"\bours (?:already|plays)\b|\bpass\b|\bno,? thanks\b|\bnot us\b|\bso no\b|"
    r"\b(?:does|do) (?:all )?(?:ours|my own|our own|it ourselves)\b|"
    r"\b(?:i'll|we'll) (?:skip|pass|sit)\b|\bdon't work for\b|"
    r"\bwe're away\b|\bi'm away\b|\bbusy that\b"
)
_NOT_NEGATED = re.compile(r"不想(?:自己|再自己)|想不想|不(?:会|懂)自己|去不去|要不要|need (?:a|an)|不过我也想|但我也想")
_ADVERT = re.compile(
    r"加(?:我)?微信|私(?:聊|信|我|讯)|扫码|限时|优惠|特价|折扣|半价|欢迎(?:来店|咨询|选购|查询|私)|"
    r"代购|名额(?:仅|有限)|体验课|(?:立减|现金券)|"
    r"(?:急|低价|降价|转)(?:售|让|卖)|出售|看房|新店|办理|上线|意者|电洽|接单|专业.{0,8}(?:清洗|维修|开锁|疏通)|"
    r"\d+\s*% off|\bspecial offer\b|\blimited time\b|\bspring offer\b|\bbook now\b|\bcall 0|"
    r"\bdm me\b|\bwww\.|\bselling\b|\bfor sale\b|\bfrom £|\bcall us\b|\bvisit us\b|\bhalf price\b|"
    r"承接|招生|免(?:费|报名费)|前\S{1,2}名|有礼|\benquire\b|\bdiscount\b|欢迎到店|全场|"
    r"[一二三四五六七八九]折|价格实惠|需要可联系|咨询"
)
# Wants of other kinds than a service that several could share.
_OTHER = re.compile(
    r"谁(?:拿|的|捡|看到|见)|谁家(?:的|猫|狗|炒|在|丢|有多)|谁有|明[早天]谁去|借(?:我|用|一)|拿错|"
    r"走丢|快递|停水|停电|照片.*(?:发|带)|校服|默写|(?:今天|数学|语文)作业|"
    r"作业(?:本|是|多|第|照片|答案)|吃什么|睇波|换个?工作|"
    r"(?:几点|多少钱|哪天|结果|考试|开会|签字|接孩子|停车位|垃圾(?:车|房))|\blend me\b|\bwhat time\b|\bwho left\b|"
    r"\b(?:open|close[sd]?) (?:on|at)\b|\bhappy birthday\b|\bwho's got\b|"
    r"\b(?:happy to|i can|i'd|i) recommend\b|\bspare\b"
)
_NOTICE = re.compile(
    r"@所有人|@all\b|^(?:通知|公告|温馨提示|提醒)|请(?:大家|各位)(?:留意|注意|不要|提前|配合)|"
    r"记得(?:来|带|交)|收到请|各位业主|管理费"
)
_SETTLED = re.compile(r"^(?:好了|解决了|修好了|搞定|找到了?|已经(?:联系上|找到|搞定|解决)|sorted|found one|all sorted)")

AGREEING = re.compile(
    r"好主意|主意(?:好|不错)|正愁|巧了|太好了|求之不得|一块儿?(?:弄|做|来|去)|"
    r"\bput (?:my|our) names? down\b|\bcount\b.{1,20}\bin\b|"
    r"\b(?:brilliant|good shout|same story|let me know)\b|"
    r"(?:我|我家|我们|我呢度|屋企)(?:也|都|正)|[带约叫喊拉算加计報报捎](?:上|埋|带)?(?:我|俺|咱)|求带|"
    r"^顶|支持|举(?:双)?手|可以有|有的有的|"
    r"感兴趣|愿意|一起$|(?:这个|那)我们?(?:去|来|要)|我第一个|报名|報名|(?:报|報)埋|^我[!！~]*$|"
    r"^我[!！]|[、，! ！]夹$|^夹|^[+＋]\d+|"
    r"\b(?:yep|yup|same|totally|keen|add me|love (?:this|that|it)|up for (?:this|that|it)|sounds (?:good|great|fun))\b|"
    r""
    r""
    r"\b(?:i|we)(?:'d| would) (?:\w+ )?(?:come|go|do|pay|like|try)\b|\bwould (?:totally|definitely|love)\b|"
    r"^[+＋]\s*\d{1,2}|^加\s*[1一](?!\S*[微扣])|[+＋]\s*1\b|"
    r"^(?:我|俺)(?:们|家)?(?:也|都)(?:想|要|在找|有(?:这个)?(?:需求|兴趣|意)|需要|报|去|来|可以|找|参加|一样)|"
    r"同(?:求|问|感|需)|同意(?!书)|附议|赞成|走起|蹲(?:一?个|$)|"
    r"^(?:好呀|好啊|可以啊?|行啊|没问题|安排)|我出一?份|(?:我家|我)也?是|\S{0,4}也想|求(?:组织|带|拉)|"
    r"算(?:我|上我|埋我|俺)|(?:加|带|拉|留)(?:上)?(?:我|俺)|"
    r"我(?:有兴趣|参加|报名|去|要(?!是)|可以)|我我|^(?:报名|支持|参加|一起)|"
    r"(?:给|帮)我(?:也)?留|也?算(?:我|上|一|我们|我家|埋)|加我家|"
    r"(?:我|咱)?(?:们)?家(?:也)?(?:想|要|去|请|报|来|参加|有兴趣|需要|[两二三四五六]口)|"
    r"我[妈爸奶爷]也|"
    r"我[妈爸奶爷老公婆].{0,3}(?:也)(?:要|想)|^吱|^想+$|一起(?:呗|吧|一起)|^一样|我也|"
    r"^(?:两|一|二|三|\d)大(?:一|两|二|\d)小|"
    r"\bme too\b|\bsame here\b|\bcount (?:me|us) in\b|\bi'?m in\b|\bi'?d (?:join|be in|love)|"
    r"\bwe(?:'d| would) (?:be interested|join|love|!)|\bwe would\b|\bput (?:me|us) down\b|"
    r"\b(?:me|us|mine) (?:too|as well)\b|\b(?:our|my) \w+ too\b|\bsign (?:me|us) up\b|"
    r"\bcan (?:i|we) join\b|^(?:agreed?|absolutely|definitely|sure)\b|"
    r"\b(?:mine|ours) would\b|\byes please\b|\bi need one\b|\bfollowing\b|^(?:yes|yep|\+1)\b|"
    r"\binterested\b|\bgreat idea\b"
)
PLUS = re.compile(r"[+＋]\s*(\d{1,2})\b(?!\s*[:：点月日/])")
_SERVICE = re.compile(
    r"教|导师|導師|服务|\bteach|\blearn|"
    r"师傅|老师|教练|课|班|培训|上门|家政|维修|清洗|保洁|营|外教|讲座|团购|安装|洗|修|学|请人|家教|"
    r"摄影|按摩|理发|剪头发|搬家|表演|演出|体验|包(?:个|辆|一辆)?车|出游|活动|顾问|护工|阿姨|团建|"
    r"\bclean|\bteacher\b|\bcoach|\blessons?\b|\bcourse\b|\bclass\b|\bworkshop\b|\brepair|\bfix\b|"
    r"\btutor|\binstructor|\btrainer|\bsession\b|\bservice\b|\bwalker\b|\bsitter\b|\bplumber|"
    r"\belectrician|\bmassage"
)


def declines(text: str) -> bool:
    """Tell whether a folded sentence says that its writer does not want it, or has it already."""
    return bool(_NEGATED.search(text)) and not _NOT_NEGATED.search(text)


def without_refusals(text: str) -> str:
    """Return a folded text without the clauses that decline: "not far this time, how about picking grapes"."""
    return "，".join(clause for clause in re.split("[，,]", text) if not declines(clause))


def advertises(text: str) -> bool:
    """Tell whether a folded message offers something for money."""
    return bool(_ADVERT.search(text))


def is_other(text: str) -> bool:
    """Tell whether a folded sentence wants something that is no service for several."""
    return bool(_OTHER.search(text))


def announces(text: str) -> bool:
    """Tell whether a folded message tells everybody something; who answers it agrees to that and to nothing else."""
    return bool(_NOTICE.search(text))


def settles(text: str) -> bool:
    """Tell whether the writer of a folded message says that what it asked for is found."""
    return bool(_SETTLED.search(text))


def names_a_service(text: str) -> bool:
    """Tell whether a folded sentence names a service, of whatever category."""
    return bool(_SERVICE.search(text))
