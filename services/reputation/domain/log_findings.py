"""What may be wrong with a log, in words."""

from collections.abc import Mapping

# Codes, each with a sentence in Chinese and one in English.
FINDINGS: Mapping[str, tuple[str, str]] = {
    "bad_head": ("签名根无效：{why}", "a head {why}"),
    "other_log": ("这些签名根出自不同的日志：{names}", "the heads are of different logs: {names}"),
    "forked": ("两个同样大小（{size}）的签名根不同：日志分叉", "two heads of {size} entries differ: the log is forked"),
    "gap": ("第 {index} 条缺失（其位置上是第 {found} 条）", "entry {index} is missing: {found} is in its place"),
    "changed": (
        "历史被改动：第 {first} 至 {last} 条中有被改写、删除或换序的，与已签名的 {size} 条的根不符",
        "of the entries {first} to {last} one was rewritten, removed or reordered: the root of {size} entries is not "
        "the one that was signed",
    ),
    "changed_since": (
        "历史被改动：第 {first} 至 {last} 条中有被改写、删除或换序的，与先前保存的 {size} 条的根不符",
        "of the entries {first} to {last} one was rewritten, removed or reordered: the root of {size} entries is not "
        "the one that was kept before",
    ),
    "removed_end": (
        "末尾缺少条目：签名根有 {size} 条，只有 {entries} 条",
        "the end was removed: a head has {size} entries, and there are {entries}",
    ),
    "rewritten": ("第 {index} 条被改写", "entry {index} was rewritten"),
    "removed": ("原第 {index} 条被删除", "entry {index} was removed"),
    "reordered": ("原第 {index} 条被换到第 {now} 位", "entry {index} was moved to {now}"),
    "inserted": ("第 {index} 条是插入的", "entry {index} was put in between"),
    "bad_consistency": (
        "从 {first} 条到 {second} 条的只增证明不成立",
        "the proof from {first} to {second} entries does not hold",
    ),
    "bad_inclusion": ("第 {index} 条的存在证明不成立", "the proof of entry {index} does not hold"),
}
