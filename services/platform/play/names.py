"""Names of people that do not exist, for members that a scenario makes in number."""

SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余"
GIVEN = ("雨桐", "思远", "子涵", "静怡", "浩然", "欣妍", "建国", "晓燕", "文博", "丽华", "志强", "若溪", "明轩")
FIRST = ("Alex", "Maya", "Jonas", "Priya", "Elena", "Tom", "Sofia", "Ken", "Nadia", "Luis", "Ingrid", "Omar", "Grace")
LAST = ("Archer", "Brandt", "Costa", "Dubois", "Evans", "Fischer", "Garcia", "Hughes", "Ivanova", "Jensen", "Khan")


def person(number: int, language: str) -> str:
    """Return the name of person ``number`` (from 1); the same number has the same name, and no two of 400 the same."""
    index = number - 1
    if language == "zh":
        return SURNAMES[index % len(SURNAMES)] + GIVEN[index % len(GIVEN)]
    return f"{FIRST[index % len(FIRST)]} {LAST[index % len(LAST)]}"
