"""Whether an answer is what a scenario expects, and what to say if it is not."""

from typing import Any

from services.platform.play.client import Answer
from services.platform.play.values import differences, look_up


def judge(answer: Answer, wanted: dict[str, Any], where: dict[str, Any]) -> tuple[Any, tuple[Any, Any] | None]:
    """Return what was found, and None or (expected, seen)."""
    status = wanted.get("status", 200)
    if answer.status != status:
        return None, (f"status {status}", shown(answer))
    if "code" in wanted and answer.code != wanted["code"]:
        return None, (f"code {wanted['code']}", shown(answer))
    items = answer.body.get("items") if isinstance(answer.body, dict) else None
    if not isinstance(items, list):
        wrong = differences(answer.body, where)
        return answer.body, _both(wrong) if wrong else None
    found = [item for item in items if not differences(item, where)]
    count = 0 if wanted.get("none") else wanted.get("count")
    if count is not None and len(found) != count:
        return found, (f"{count} items where {where}", f"{len(found)} of {len(items)}: {_brief(items, where)}")
    if count is None and not found:
        return None, (f"an item where {where}", f"{len(items)} items: {_brief(items, where)}")
    return (found[0] if found else None), None


def _both(wrong: list[tuple[str, str, Any]]) -> tuple[str, str]:
    return "; ".join(each[1] for each in wrong), "; ".join(f"{path} = {seen!r}" for path, _, seen in wrong)


def _brief(items: list[dict[str, Any]], where: dict[str, Any]) -> list[dict[str, Any]]:
    return [{path: look_up(item, path) for path in where} for item in items[:5]]


def shown(answer: Answer) -> str:
    """Return an answer in one line: its status and, if it is a problem, which."""
    body = answer.body if isinstance(answer.body, dict) else {}
    text = body.get("detail") or body.get("title") or ""
    return f"status {answer.status} {answer.code or ''} {text}".strip()
