"""The words of chains: units, marks, promises and courtesies, simplified, traditional and English."""

import re

# Full-width signs have the same length in half width, so places in the folded text are places in the original.
_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xFE0F: "\u200b"}


_KEYCAP = re.compile("(?<=[0-9])(?:\ufe0f?\u20e3\ufe0f?)")


def fold(text: str) -> str:
    """Return the text with half-width signs, sign for sign."""
    return _KEYCAP.sub(lambda signs: " " * len(signs[0]), text).translate(_FOLD)


_UNITS = (
    "公斤 千克 人份 课时 課時 小时 小時 毫升 份儿 份 個 个 斤 箱 盒 包 袋 瓶 罐 听 桶 提 件 套 组 組 台 臺 只 隻 条 條 "
    "双 雙 张 張 串 把 根 块 塊 颗 顆 粒 枚 板 打 捆 扎 束 盆 棵 支 枝 卷 筒 杯 碗 碟 盘 盤 对 對 副 本 册 单 單 "
    "张票 票 次 节 節 间 間 辆 輛 车 車 户 戶 家 排 筐 篮 籃 网 尾 片 克 升 吨 "
    "平方米 平米 平方 平 ㎡ 扇 樘 桌 顶 株 捧 笼 屉 壶 坛 幅 床 趟 针 剂 米"
)
UNITS = _UNITS.split()
MEASURES = {"公斤", "千克", "斤", "克", "毫升", "升", "米", "kg", "g", "ml", "l", "cm", "mm", "吨"}
# What is sold inside of a bigger pack: 550ml*24瓶 tells of a box as well as of an order.
INNER = {"瓶", "罐", "包", "听", "袋", "片", "枚", "粒", "颗", "支", "个", "只", "卷", None}
_LATIN = "kg|g|ml|l|boxes|box|packs?|bags?|bottles?|portions?|sets?|pcs?|pieces?|cups?|tickets?|cans?|shares?|sheets?"
# The units that begin words of their own: 一家人, 平装, 四件套, 排骨, 双人.
_WORDS = {
    **{
        "家": "人长庭里",
        "平": "装底",
        "件": "套",
        "排": "骨队",
        "包": "子菜",
        "盒": "饭",
        "双": "人拼皮",
        "单": "人间",
        "板": "栗鸭",
    },
    **{
        "床": "单垫品罩",
        "扇": "贝",
        "米": "饭粉线",
        "套": "餐",
        "罐": "头",
        "对": "虾联",
        "車": "厘位",
        "车": "厘位",
        "台": "灯历",
    },
    **{
        "卷": "心",
        "桌": "布",
        "盆": "栽景",
        "打": "卡包",
        "串": "串",
        "条": "纹",
        "杯": "子",
        "盘": "子",
        "本": "地人",
        "支": "付",
    },
}
_HAN_UNIT = "|".join(
    unit + (f"(?![{_WORDS[unit]}])" if unit in _WORDS else "") for unit in sorted(UNITS, key=len, reverse=True)
)
# 两 is a weight too (2两), but not where it counts something itself (两份, 两大).
UNIT = rf"(?:(?:{_HAN_UNIT}|两(?!{_HAN_UNIT}|[大小])|(?i:{_LATIN})(?![A-Za-z])))"

ADULT = r"(?:大人|成人|成年人|大|adults?|Adults?)"
CHILD = r"(?:小孩子?|儿童|兒童|孩子|小朋友|小|娃娃?|宝宝?|寶寶?|kids?|Kids?|child(?:ren)?|Child(?:ren)?)"

CANCELLED = (
    r"(?:已?取消(?:报名|参加|接龙|订单|了)?|不要了|不去了|不参加了?|不來了|不来了|去不了了?|来不了了?|不来|请假|缺席|退出|退团|已退(?:款|出|团|订)?|退了|退订|"
    r"退款|全退|退全部|全部退|已撤|撤销|撤了|作废|删除|(?i:cancel(?:l?ed)?|withdrawn?))"
)
WAITING = r"(?:候补|候補|候选|替补|替補|排队|備取|备选|(?i:wait(?:ing)?[ -]?list(?:ed)?))"
CHANGED = r"(?:改成|改为|改爲|改到|更改为|更正为|变更为|換成|换成|→|->|改(?=\s*[\d一二两三四五六七八九十A-Z+]))"
UNPAID = r"(?:未付款?|没付款?|未转账?|没转|未交费?|未缴费?|未支付|待付款?|还没付|还没转|(?i:unpaid|not paid))"
PAID = (
    r"(?:微信|支付宝|现金)?(?:已付款?|已付清|付了(?!一半|部分|定金)|付过了|已转(?:账|群主|团长|过去)?|转了|已交费?|交了|已缴费?|已支付|"
    r"付款了|(?i:paid)|[✅☑✔√]\u200b?)"
)
UNDECIDED = r"(?:待定|还没定|没想好|不一定|不确定|看情况|再看看?|再说|考虑一下|考虑中|(?i:maybe|tbd|not sure))"
UNCLEAR = r"付了?(?:一半|部分)|[❌✖✗✘❓❎]"
SAME = r"(?:(?:跟|和)\S{1,8}一样|同上|同楼上|同前|一样同上|同樓上|(?i:same as above|ditto))"
PHRASE = re.compile(  # somebody speaks, and does not say who
    r"(?:我也|算我|加我|带我|带上我|我要|我想|我报|我來|我来|我们|也要|求带|同求|想要|我\s*$|"
    r"(?i:me too|count me in|i want))"
)
KIN = re.compile(
    r"^(?:爸爸|妈妈|爸|妈|媽媽|奶奶|爷爷|外婆|外公|姥姥|姥爷|阿姨|叔叔|老师|先生|女士|小姐|太太|家长|哥|姐)$"
)
# How most names begin or end, against goods: 3栋501 沙发1套 is asked, 3栋501 王芳1套 is not.
_SURNAMES = (
    "王李张劉刘陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭"
    "曾肖田董袁潘于蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾谭譚陆陸汪范金石廖贾賈夏韦韋付傅"
    "方白邹鄒孟熊秦邱江尹薛闫阎段雷侯龙龍史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴覃武戴莫孔向汤湯柳章"
    "施詹殷鲁魯倪卞包姬小老阿"
)
NAME_LIKE = re.compile(rf"^[{_SURNAMES}]|[姐哥叔姨嫂妈爸爷婆公妹弟太]$|(?:先生|女士|奶奶|老师|师傅)$|[A-Za-z]")
REMARK = re.compile(
    r"谢|請|请|麻烦|麻煩|辛苦|要|不|可以|帮|幫|带|帶|送|放|自提|晚|早|楼下|门口|了|吗|吧|呢|哦|哈|啊|备注|加急|辣|免|少|多|"
    r"熟|代|取|来|到|好|第|支持|期待|岁|年级|身高|尺码|颜色|怕|过敏|素食|清真|忌|老大|老二|老三|女孩|男孩|女生|男生|"
    r"同|前|后|新|一起|负责|上门|本人|自己|色$|定金|尾款|押金|全款|的$|^[男女无]$|^有|没|我|老公|老婆|家人|朋友|同事|试喝|试吃|试用|报名|原来|原先|"
    r"(?i:please|thanks|thank|half|no |with |without|vegetarian|allerg)"
)
POLITE = re.compile(r"谢|謝|麻烦|麻煩|请|請|辛苦|帮|送|放|(?i:please|thank)")
# Single characters begin goods too (带鱼, 加州西梅, 拼盘), so they are dropped only where they stand alone.
VERBS_BEFORE = re.compile(
    r"^(?:我们?|也|想|还|先|再|另|又)*(?:(?:要|订|需要|预定|预订|报名|参加|加入|一共|总共|[再另外又]加|:|-|—|=)+\s*)+|"
    r"^(?:我们?|也|想|还|先|再|另|又)*[来订定买拿报拼加去共带]$"
)
VERBS_AFTER = re.compile(r"(?:也|想|还|先)*(?:要|订|需要|预定|预订|报名|参加|想要|买|来|一共|总共|共|数量)+$")
NAME_END = " :：-—–=~,，、。;；\t"
EMOJI = (
    "[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\u200b\u200d\ufe0f\u20e3"
    "\u2190-\u21ff\u2300-\u23ff\U000e0020-\U000e007f]"
)
ONLY_EMOJI = re.compile(f"^{EMOJI}+$")
HAN = "[\u3400-\u9fff]"
