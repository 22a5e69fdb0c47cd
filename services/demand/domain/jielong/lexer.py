"""From the text of one row to tokens: what has a meaning of its own is recognised first, the rest are words.

The order of the rules is the order of their rights: a phone number, a clock range or a house number is never seen by
the rule for quantities. All rules work on the folded text; a token keeps the original.
"""

import re
from dataclasses import dataclass, field

from services.demand.domain.jielong import words
from services.demand.domain.jielong.numerals import CHINESE, DECIMAL
from services.demand.domain.jielong.words import ADULT, CHILD, HAN, UNIT

# A Chinese numeral touches its unit: 王五 排骨 is no row of five.
_N = rf"(?:{DECIMAL}\s*|{CHINESE})"
_JOIN = r"[\s,+、和&]*"


def _classes(number: str) -> str:
    """Return the rule for adults and children counted with one kind of numerals: 李四大2小1 has no 四大 in it."""
    end = (
        rf"(?=[\s,;+、和&()]|$|{words.EMOJI}|{number}\s*(?:个|位|名)?(?:大|小|娃|成|儿|孩|宝)|大|小|成人|儿童|[^\w\s])"
    )
    # 二宝 and 三娃 are what a child is called, 2宝 and 两个娃 are how many there are.
    digits = number == r"\d+"
    child = CHILD if digits else rf"(?:(?<=[个個位名]){CHILD}|(?![宝寶娃]){CHILD})"
    kinds = rf"(?:个|個|位|名)?(?:{ADULT}|{child})"
    first = rf"{number}{kinds}(?:{end}|(?<=[a-z]){'|(?=[0-9])' if digits else ''})"
    first = rf"(?:{first}|{number}\s+{kinds}(?=[\s,;+、和&()]|$|[^\w\s]))" if digits else first
    other = rf"(?![.\d])(?!\s*(?:{UNIT}(?!个)|岁|歲|周岁|年级|码|cm))"
    called = CHILD if digits else "(?:小孩|儿童|兒童|孩子|小)"
    last = rf"(?:{ADULT}|{called})\s*[:x×*]?\s*{number}{other}(?:个|個|位|名|人)?"
    return rf"{first}(?:{_JOIN}{first})*|{last}(?:{_JOIN}{last})*"


_TIME = (
    r"(?:[早晚]?(?:[二两三四五六七八九]|十[一二]?)[点點](?:半|钟|鐘|一刻)|"
    r"\d{1,2}:\d{2}|\d{1,2}[点點时時](?:半|一刻|三刻|\d{1,2}分?)?(?!熟))"
)
_PART = r"(?:凌晨|清晨|早上|早晨|上午|中午|午后|下午|傍晚|晚上|夜里|全天|(?i:morning|afternoon|evening|noon))"
_DAY = (
    r"(?:20\d\d[-./年]\d{1,2}[-./月]\d{1,2}日?|\d{1,2}月\d{1,2}[日号號]?|(?<![\d/.])\d{1,2}/\d{1,2}(?![\d/])(?!\s*"
    + UNIT
    + r")|(?<![\d.])\d{1,2}\.\d{1,2}(?=\s*(?:号|日|[早上中下晚夜]|周|星期|场))|"
    r"(?<!\d)\d{1,2}[号號日](?![楼樓院门門线店仓码\d])|"
    r"(?:下下|下|这|這|本|上)?(?:个|個)?(?:周|週|星期|礼拜|禮拜)[一二三四五六日天末]|工作日|周末|双休日?|大后天|今天|明天|后天|今晚|明晚|"
    r"(?i:\b(?:next |this )?(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?\b))"
)
_SESSION = (
    r"(?:第[\d一二三四五六七八九十]+[场場期节節班批组組车車档轮輪]|(?:上|下|早|晚|午)(?:半)?[场場班](?!\d)|"
    r"[A-Z一二三四五六七八九\d]班(?![长長级級主]))"
)
_MOMENT = rf"(?:{_DAY}\s*[早晚](?:上)?|{_DAY}|{_TIME}\s*(?i:am|pm)?|\d{{1,2}}\s*(?i:am|pm)\b|{_PART}|{_SESSION})"
_BETWEEN = r"\s*(?:-|~|—|–|至|到|或者|或|和|、|及|/|&|(?i:\bor\b|\band\b|\bto\b))?\s*"
_AFTERWARDS = (
    r"(?:\s*(?:都行|都可以|都可|均可|皆可|都OK|都ok|场|場|档|前|后|以后|之前|以前|左右|开始|(?i:either|both ok)))*"
)
CHOICE = rf"{_MOMENT}(?:{_BETWEEN}{_MOMENT})*{_AFTERWARDS}"

_ROOM = r"\d{3,4}[A-Z]?(?!\d|\s*[:点])(?:室|房|号)?"
_BUILDING = r"(?:\d{1,3}|[A-Za-z]\d?|[一二三四五六七八九十]{1,3})(?:栋|幢|座|号楼|號樓|号院|棟)"
HOUSEHOLD = "|".join(
    (
        rf"(?:[一二三四五六七八九十\d]{{1,2}}期)?{_BUILDING}(?:\s?-?(?:\d{{1,2}}|[一二三四])(?:单元|單元|门))?(?:-?{_ROOM}|\s{_ROOM}(?=\s|$))?",
        rf"\d{{1,3}}#\s*-?{_ROOM}",
        r"\d{1,4}弄(?:\d{1,3}[号號](?:-?\d{3,4}室?|\s\d{3,4}[室房])?)?",
        rf"(?<!\d)\d{{1,3}}[号號]\s?\d{{3,4}}室?(?!\d|\s*{UNIT})",
        r"(?:(?<![A-Za-z])[A-Z]\d?-)?(?<!\d)\d{1,2}[楼樓層层](?![下上道])",
        r"(?<![\d-])\d{1,3}-\d{1,2}-\d{2,4}(?![\d-])",
        r"(?<![\d-])\d{1,3}-\d{3,4}(?![\d-])",
        r"(?i:\b(?:tower|block|blk|building|bldg|unit|flat|apt|room|rm)\s*#?\d+[A-Z]?(?:[-,/]\s?#?\d+[A-Z]?)?)\b",
        r"[一二三四五六七八九\d]期[A-Z]?-?\d{2,4}",
        r"(?<!\d)\d{1,2}[A-Z]\d{2,3}(?!\d)",
        r"(?<![A-Za-z])[A-Z]\d{0,2}-\d{3,4}(?!\d)",
        r"(?<![A-Za-z])[A-Z]\d{3,4}(?!\d)",
        r"\d{1,2}(?:单元|單元)\d{3,4}室?",
        r"(?<!\d)\d{3,4}[室房]",
        rf"^\d{{3,4}}(?=\s*{HAN})(?!\d+\s*[个個份斤箱盒袋瓶元件人位台罐包])",
    )
)
PHONE = r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d(?:\d{8}|[- ]\d{4}[- ]\d{4})(?!\d)|(?<!\d)0\d{2,3}-\d{7,8}(?!\d)"
CONTACT_KEY = (
    r"(?:收件人|收货人|收貨人|联系人|聯繫人|姓名|联系电话|聯繫電話|联系方式|手机号码?|手机|手機|电话|電話|收货地址|收件地址|"
    r"详细地址|配送地址|住址|地址|(?i:tel|phone|mobile|address|addr|consignee|recipient))"
)
# Bounded, so that no text however long is looked through again and again.
ADDRESS = (
    rf"{HAN}{{2,12}}(?:路|街|大道|巷)\d+(?:弄|号)[^\s,;()]{{0,40}}|"
    rf"{HAN}{{2,12}}(?:省|市|自治区|区|县)[^\s,;()]{{0,20}}?(?:路|街|道|巷|弄|村|镇|小区|花园|苑|号)[^\s,;()]{{0,40}}"
)
_PRICE = (
    r"[¥￥$]\s*\d+(?:\.\d+)?|(?:共计?|合计|总计|总共|一共)?\s*\d+(?:\.\d+)?\s*(?:元|块钱|塊錢|(?i:rmb|yuan))(?:/\w+)?|"
    r"(?:共计|合计|总计):?\s*\d+(?:\.\d+)?(?!\s*" + UNIT + ")"
)
# Neither ages nor durations are quantities; hours and lessons are, because people buy them.
_AGE = (
    r"第?\d+(?:\.\d+)?\s*(?:天|年|分钟|分鐘|秒|公里|千米|km|周(?![一二三四五六日末])|週)(?!装)|"
    r"第?[一二三四五六七八九十]{1,3}(?:天|分钟|分鐘)|"
    r"\d+(?:\.\d+)?\s*(?:岁半?|歲半?|周岁|个月大?(?!装)|個月|年级|年級|月龄|cm|CM|码|碼|公分)|"
    r"[一二三四五六七八九十]{1,2}(?:岁半?|年级|个月)|身高\s*\d+"
)
_SPEC = (
    rf"{_N}\s*{UNIT}装|{_N}\s*{UNIT}?/\s*(?:{UNIT})|{_N}\s*(?:寸|英寸|W|瓦|度|合一|层|號電池)|"
    r"\d+(?:\.\d+)?\s*(?:(?i:ml)|毫升)(?![A-Za-z])"
)
# 空调20 排骨: a unit that does not touch its number stands alone.
_Q = rf"(?:(?:(?:{DECIMAL}|[½¼¾])|{CHINESE}){UNIT}半?|(?:{DECIMAL}|[½¼¾])\s+{UNIT}(?!{HAN}))"
_VAGUE = (
    r"(?<![\d-])\d{1,2}\s*[-~—]\s*\d{1,2}(?![\d-]|\s*[号月日点:])(?!\s*" + UNIT + r")|"
    rf"{_N}\s*(?:-|~|—|至|到|或)\s*{_N}\s*(?:{UNIT}|人|位)|(?:大概|大约|约|差不多|至少|最多|起码|可能|暂定)\s*{_N}\s*(?:{UNIT}|人|位)?|"
    rf"{_N}\s*(?:{UNIT}|人|位)?\s*(?:左右|以上|以内|起|\?)|(?:一两|两三|二三|三四|三五|四五|五六|六七|七八|八九){UNIT}|几{UNIT}|若干|多一点|多来点|"
    rf"十几{UNIT}?|几十{UNIT}?"
)
_PART_WORDS = rf"(?:退掉?|退了|取消|减少?|少要|去掉)\s*{_N}\s*(?:{UNIT}|人|位)"
_ADD = rf"(?:再加|又加|追加|加|再来|再要|补|多要)\s*{_N}\s*(?:{UNIT}|人|位)"
_EACH = rf"(?:各要?来?|每[样种款个人]要?来?|均要?|一样要?来?)\s*{_N}\s*{UNIT}?|{_N}\s*{UNIT}?\s*(?i:each)\b"
_FAMILY = r"一家\s*[三四五六七\d]\s*口|[三四五六七\d]\s*口(?:之家|人)?|(?i:(?:a )?family of (?:\d|three|four|five|six))"

_CODE = rf"(?<![A-Za-z.'_-])[A-Z](?![A-Za-z'._-]|(?![或和及跟与各]){HAN})|(?<![A-Za-z])[A-Z](?={CHINESE}{UNIT})"
_GAP = (
    r"(?:[\s,;、/&。|:!]|\+(?!\s*\d))+|(?<=\s)[-—–]+(?=\s)|"
    r"(?:和|以及|跟)(?=\d)|(?<=[A-Z])[和及跟与](?=[A-Z])"
)

RULES: tuple[tuple[str, str], ...] = (
    ("phone", PHONE),
    ("contact", rf"{CONTACT_KEY}\s*:\s*[^\n]*?(?=\s*[,;]?\s*{CONTACT_KEY}\s*:|\n|$)"),
    ("address", ADDRESS),
    ("link", rf"(?i:https?://\S+)|{HAN}[A-Z][·-]?[A-Z0-9]{{5,6}}(?![A-Za-z0-9])"),  # or a number plate
    ("price", _PRICE),
    ("bracket", r"\([^()\n]*\)|\[[^\[\]\n]*\]|【[^【】\n]*】"),
    ("word", rf"(?<={HAN})一家(?=[\s,(]|$)|{_N}(?:件套|件組|人[餐位座间用床桌])"),
    ("age", _AGE),
    ("family", _FAMILY),
    ("household", HOUSEHOLD),
    ("choice", CHOICE),
    ("each", _EACH),
    ("added", _ADD),
    ("returned", _PART_WORDS),
    ("vague", _VAGUE),
    ("people", _classes(r"\d+") + "|" + _classes(CHINESE)),
    ("sum", rf"(?<![+\d])\d{{1,2}}\s*\+\s*\d{{1,2}}(?!\d|\s*{UNIT})"),
    ("persons", rf"\+?\s*{_N}\s*(?:个|個)?\s*(?:人(?![份位座间用餐床桌])|位|名(?!额)|(?i:people|persons?|pax)\b)"),
    ("spec", _SPEC),
    ("quantity", rf"(?<!第)(?:[x×*]\s*|\+\s*(?=\d))?{_Q}"),
    ("times", rf"[x×*✖]\s*{DECIMAL}(?!\d)|(?<![A-Za-z]){DECIMAL}\s*[x×](?=\s*[A-Z{HAN[1:-1]}])"),
    ("plus", r"\+\s*\d+(?!\d|\.\d)"),
    ("fraction", r"(?<!\d)\d/\d\s*" + UNIT),
    ("number", rf"(?<![\d.第]){DECIMAL}(?![\d.]\d)"),
    ("unpaid", words.UNPAID),
    ("paid", words.PAID),
    ("cancelled", words.CANCELLED),
    ("waiting", words.WAITING),
    ("changed", words.CHANGED),
    ("same", words.SAME),
    ("undecided", words.UNDECIDED),
    ("unclear", words.UNCLEAR),
    (
        "code",
        rf"(?<![A-Za-z.'_-])[A-Z](?![A-Za-z'._-]|(?![或和及跟与各]){HAN})|(?<![A-Za-z])[A-Z](?={CHINESE}\s*{UNIT})",
    ),
    (
        "gap",
        r"(?:[\s,;、/&。|:!]|\+(?!\s*\d))+|(?<=\s)[-—–]+(?=\s)|(?:和|以及|跟)(?=\d)|(?<=[A-Z])[和及跟与](?=[A-Z])",
    ),
    ("phrase", r"(?i:\bme too\b|\bcount me in\b)"),
)
_LEXER = re.compile("|".join(f"(?P<{kind}>{rule})" for kind, rule in RULES))


@dataclass
class Token:
    """A piece of a row's text: its kind, its place and the original words."""

    kind: str
    start: int
    end: int
    text: str
    inner: list["Token"] = field(default_factory=list)


def lex(text: str, offset: int = 0) -> list[Token]:
    """Return the tokens of the text, which together are the whole text."""
    folded, tokens, end = words.fold(text), [], 0
    for match in _LEXER.finditer(folded):
        if match.end() == match.start():
            continue
        if match.start() > end:
            _add_word(tokens, Token("word", end + offset, match.start() + offset, text[end : match.start()]))
        token = Token(match.lastgroup, match.start() + offset, match.end() + offset, match.group())
        token.text = text[match.start() : match.end()]
        if token.kind == "bracket":
            token.inner = lex(token.text[1:-1], token.start + 1)
        _add_word(tokens, token)
        end = match.end()
    if end < len(text):
        _add_word(tokens, Token("word", end + offset, len(text) + offset, text[end:]))
    return tokens


def _add_word(tokens: list[Token], token: Token) -> None:
    """Add a token; words that touch are one (沙发3人位)."""
    if token.kind == "word" and tokens and tokens[-1].kind == "word":
        tokens[-1].end, tokens[-1].text = token.end, tokens[-1].text + token.text
    else:
        tokens.append(token)
