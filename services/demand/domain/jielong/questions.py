"""The questions that a line can raise: one table of codes, in Chinese and English."""

from services.demand.domain.jielong.model import Question

TEXTS: dict[str, tuple[str, str]] = {
    # about a row
    "missing_name": ("这一行没有昵称，是谁？", "There is no name on this line: who is it?"),
    "missing_quantity": ("没有写数量，要多少？", "No quantity is given: how many?"),
    "missing_option": ("没有写要哪一种。", "It is not said which of the options."),
    "same_as_above": ("写的是“同上”，具体要什么、多少？", "It says the same as above: what, and how many?"),
    "each": ("写的是“各…”，每样分别是多少？", "It says so many of each: which ones, and how many of each?"),
    "ambiguous_classes": ("数字和类别的对应不清楚，分别是多少？", "Which number belongs to which class?"),
    "no_legend": ("接龙里没有说明这个字母，它是什么？", "The chain does not explain this letter: what is it?"),
    "unknown_option": ("说明里没有这个选项，它是什么？", "This option is not in the list: what is it?"),
    "decimal": ("数量是小数，请确认。", "The quantity is a decimal: is it right?"),
    "two_quantities": ("有两个数量，以哪个为准？", "There are two quantities: which one counts?"),
    "vague_quantity": ("数量不确定，到底要多少？", "The quantity is vague: how many exactly?"),
    "either_option": ("写了几个选项任选，选哪个？", "Several options are offered: which one?"),
    "part_returned": ("退掉一部分，还剩多少？", "A part is given back: how many remain?"),
    "part_added": ("追加了一部分，总共多少？", "Some more are added: how many in all?"),
    "ambiguous_number": ("中文数字和名字连在一起，数量是多少？", "The numeral runs into the name: how many?"),
    "glued_number": ("数字紧跟昵称，是昵称的一部分还是数量？", "Is the number a part of the name or a quantity?"),
    "unclear_number": ("这个数字是什么意思？", "What does this number mean?"),
    "unclear_text": ("这几个字是商品还是备注？", "Is this something wanted, or a remark?"),
    "unclear_mark": ("这个标记是什么意思？", "What does this mark mean?"),
    "unclear_status": ("还没定，参加还是不参加？", "Undecided: taking part or not?"),
    "no_number": (
        "这一行没有序号，是单独一行还是接着上一行？",
        "No number: a row of its own, or more of the row above?",
    ),
    "duplicate_person": ("同一个人出现了两次，是追加还是重复？", "The same person twice: in addition, or a repeat?"),
    "fork_conflict": (
        "两条接龙里这个人写的不一样，以哪个为准？",
        "The two posts differ about this person: which is right?",
    ),
    # about a chain
    "missing_number": ("缺少序号，可能有人删了一行。", "Numbers are missing: somebody may have deleted a line."),
    "duplicate_number": (
        "序号重复，可能是两个人同时接龙。",
        "A number appears twice: two people may have posted at once.",
    ),
    "several_chains": (
        "贴了不止一条接龙，只读了最后一条。",
        "More than one chain was pasted: only the last one was read.",
    ),
    "quoted_reply": ("引用的接龙不算新的接龙，已忽略。", "A reply that quotes a chain is no chain and was ignored."),
    "no_rows": ("没有找到接龙的行。", "No rows were found."),
    "offsets_unfit": (
        "消息里的位置与文字对不上，按文字读取。",
        "The offsets do not fit the text: it was read as pasted text.",
    ),
}


def ask(code: str, about: str = "") -> Question:
    """Return the question of a code, about these words."""
    zh, en = TEXTS[code]
    return Question(code, zh, en, about)
