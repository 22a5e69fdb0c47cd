"""The phrases by which people wish, ask, complain, agree, decline and advertise; Chinese in both scripts, and English.

Texts are folded first (``folded``): half width, lower case, simplified script for the few signs that the phrases hold.
A weight is in units of log odds and was chosen on a part of the labelled chats; see INTAKE.md.
"""

import re
from dataclasses import dataclass
from unicodedata import normalize

# Only the signs that occur in the phrases below: folding whole texts is the taxonomy's business.
_TRADITIONAL = str.maketrans(
    "請問誰個們這見嗎裡裏開師傅課組織幫學們報會過請對無還約來講買賣沒給說數聽歡優業邊點時間壞髒維修團場辦換裝滿轉價",
    "请问谁个们这见吗里里开师傅课组织帮学们报会过请对无还约来讲买卖没给说数听欢优业边点时间坏脏维修团场办换装满转价",
)
_TRADITIONAL |= str.maketrans(
    "閒興閑歲計導夾參願識帶齊種誰劃號貴約賣給練樂號", "闲兴闲岁计导夹参愿识带齐种谁划号贵约卖给练乐号"
)


def folded(text: str) -> str:
    """Return the text in half width, lower case and simplified signs."""
    return normalize("NFKC", text).casefold().replace("’", "'").translate(_TRADITIONAL)


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase that tells of something; ``name`` is stable, because communities' lessons are kept under it."""

    name: str
    kind: str
    weight: float
    pattern: re.Pattern[str]


def _cue(name: str, kind: str, weight: float, *patterns: str) -> Cue:
    return Cue(name, kind, weight, re.compile("|".join(patterns)))


NEEDS = (
    _cue(
        "anyone",
        "ask",
        1.6,
        r"有没有(?:人|家长|哪位|妹妹|姐妹|朋友|邻居|谁|一起|小伙伴|同学|姐|哥)",
        r"有(?:没有)?人(?:想|要|一起|找|用|请|去|报|约|拼)",
        r"有冇人",
        r"有\S{0,8}(?:师傅|老师|教练|家长|朋友|邻居|的)(?:吗|么|没|嘛)",
        r"谁家?(?:想|要|也想|一起|有兴趣)|谁家?(?:请|找|用|约)过|有(?:没有)?(?:要|想)?一起的|"
        r"(?:大家|你们)(?:觉得|意见)",
        r"\bany(?:one|body) (?:up for|else|interested|wants?|fancy|keen|looking|needs?|wanna)",
        r"\bwho(?:'s| is| else is)? (?:in|up|keen|interested|wants|fancies)\b",
    ),
    _cue(
        "seek",
        "ask",
        1.6,
        r"求(?!职|婚|救|证|情|问)(?:个|一个|推荐|介绍|靠谱|组|问)?",
        r"(?:想|要|在|帮忙)?(?:找|搵)(?:个|人|师傅|老师|教练|一?家|靠谱)",
        r"(?:打算|准备|计划)(?:给|找|请|报|带|学|约|做)",
        r"\blooking for\b|\b(?:i'm|we're|am|are) after (?:an?|some)\b|\bon the hunt for\b",
        r"\bin need of\b",
        r"\bneed (?:a|an|some|somebody|someone|one)\b",
        r"\bsearching for\b",
    ),
    _cue(
        "where",
        "ask",
        1.2,
        r"(?:哪里|哪儿|哪家|边度|哪边|什么地方)(?:有|可以|能)?(?:学|得|洗|修|请|找|报|做|租|整)?",
        r"\bwhere can (?:i|we)\b",
    ),
    _cue(
        "recommend",
        "ask",
        1.4,
        r"推荐(?:一下|个|一个|下)?(?!给)",
        r"有(?:没有)?(?:靠谱|好)的?",
        r"(?<!happy to )(?<!can )(?<!to )\brecommend(?:ations?|ed)?\b(?! my)|\bcould anyone recommend",
        r"\bdoes any(?:one|body) (?:know|have)",
        r"\bhas any(?:one|body) (?:used|tried|had)",
        r"\bcan any(?:one|body) (?:suggest|recommend)",
    ),
    _cue(
        "is_there",
        "ask",
        1.0,
        r"有没有",
        r"有没(?!事|关)|有冇|有得",
        r"谁(?:知道|认识|能|会)|有谁",
        r"\bis there (?:a|an|any)",
        r"\bdo we have any\b",
    ),
    _cue(
        "want",
        "wish",
        1.3,
        r"(?:好|很|挺|真|也|都|我|家|们|孩子|^|[，,。 ])想"
        r"(?:请|找|学|要|约|做|报|带|拍|把|给|让|系统|组织|办|参加|洗|修|搞|帮|去|除|换|买|搵|一起|上)",
        r"想(?:请|找|学|约|报名|组织|办一?场|搵)",
        r"要(?:找|请)人",
        r"\b(?:i|we)(?:'d| would) (?:love|like)\b",
        r"\b(?:i|we) want\b",
        r"\bthinking (?:of|about)\b|\bdying to\b|\b(?:kids?|mine|son|daughter) (?:wants?|would love)\b",
    ),
    _cue(
        "wish",
        "wish",
        1.5,
        r"要是(?:有|能).{0,16}就好",
        r"(?:真)?希望(?:有|能|可以|大家)?",
        r"(?:能不能|可不可以|能否)(?:请|组织|搞|办|开|找|安排|有)",
        r"\bi wish\b",
        r"\bif only\b",
        r"\bit would be (?:lovely|great|nice|good|fantastic)",
        r"\bwould be (?:lovely|great|nice|good|fun|brilliant|amazing)\b|"
        r"\bshould (?:really )?(?:get|organi[sz]e|book)\b",
    ),
    _cue(
        "gather",
        "wish",
        1.5,
        r"一起(?:约|拼|团|找|请|报|上|学|做|去|洗|搞|分摊|走|玩|来|参加)",
        r"(?:凑|拼)(?:几家|够|个?班|个?团|单)",
        r"有兴趣的",
        r"(?:大家|各位).{0,8}有(?:没有)?兴趣",
        r"组(?:个|一个)?(?:团|班|队)",
        r"要参加的",
        r"\bgroup price\b",
        r"\bshare a\b",
        r"\bclub together\b|\bsplit (?:a|the)\b|\bgo in (?:on|with)\b|\bget a group\b",
    ),
    # Weak by themselves: ways of speaking that most wishes have, whatever their words.
    _cue(
        "longs",
        "wish",
        0.9,
        r"想(?!必|不到|起来|问|当然)|打算|愿意|感兴趣|吵着要|惦记|"
        r"\b(?:begging|asking|desperate|itching) (?:for|to)\b|"
        r"\b(?:i'd|we'd|would|wish|want|love|keen|fancy|hoping|dream)\b",
    ),
    _cue(
        "seeks",
        "ask",
        0.8,
        r"[找请求搵揾雇](?!假|吃|问|勿|留|大家|各位|注意)|\b(?:find|hire|book|pay for|get hold of)\b",
    ),
    _cue(
        "asks",
        "ask",
        0.6,
        r"[吗嘛么没呢][?？。!！~～ ]*$|[?？]|有没有?|有无|有冇|"
        r"\b(?:is there|are there|any\w*|whether|could we|can we|shall we)\b",
    ),
    _cue(
        "together",
        "wish",
        1.0,
        r"一起|一齐|拼(?:课|车|单|团|班)?|凑|团购|夹份|几家|合请|合伙|结伴|"
        r"\b(?:together|group|share|split|few of us|some of us|club)\b",
    ),
    _cue(
        "proposes",
        "wish",
        0.9,
        r"怎么样[?？]?|如何[?？]|能不能|可不可以|要不要|不如|咱们|"
        r"\b(?:how about|what about|maybe|why don't we|let's)\b",
    ),
    _cue(
        "due",
        "complaint",
        0.9,
        r"[几一两二三四五六七八九十半\d]个?(?:多)?(?:年|月)(?:都)?[没未]|也?该(?:洗|修|换|清|做|学|理)",
        r"(?:好久|多久|几年|两年|一年)(?:都)?没(?:有)?(?:洗|清|修|擦|做|换)",
        r"(?:怎么办|咋办)",
        r"\boverdue\b",
    ),
    _cue(
        "complain",
        "complaint",
        0.9,
        r"受不了",
        r"愁死",
        r"(?:太|好|真|全是|都是)(?:脏|臭|旧|破|乱|霉)",
        r"霉味|怪味|异味|臭味|发霉|螨虫|油污|堵了|漏水|不制冷|滴水|滴油|卡住",
        r"坏了",
        r"起翘|翘起",
        r"\bdisgusting\b",
        r"\bfilthy\b",
        r"\bbroken\b",
        r"\bterrible state\b",
        r"\bfed up\b",
        r"\bleak",
        r"\bstinks?\b",
    ),
)


def needs_of(text: str) -> list[Cue]:
    """Return the cues of a need in a folded sentence."""
    return [cue for cue in NEEDS if cue.pattern.search(text)]
