"""Words in place of values: the category that a text decides, windows in words, answers to a form."""

from dataclasses import replace
from typing import Any

from services.demand.domain.commands import PlaceSignal
from services.demand.domain.errors import CategoryUnclearError
from services.demand.domain.hearing import Hearing
from services.demand.domain.model import Community
from services.demand.handlers.intakes import form_of, hearing_of, windows_in_words
from services.demand.storage.unit_of_work import DemandUnitOfWork


def in_values(
    command: PlaceSignal, community: Community, uow: DemandUnitOfWork
) -> tuple[PlaceSignal, dict[str, Any] | None]:
    """Return a signal's command with values in place of words, and how the words were read (None: there were none).

    Raises ``CategoryUnclearError`` or ``TimeUnclearError``, which say what it may be and what to ask.
    """
    if command.category is not None and command.when is None and not command.answers:
        return command, None
    currency = "CNY" if command.ceiling is None else command.ceiling.currency
    hearing = hearing_of(community, uow, currency)
    heard: dict[str, Any] = {"category": None, "when": []}
    if command.category is None:
        category, confidence = decided(command.text, hearing)
        command = replace(command, category=category)
        heard["category"] = {"category": category, "confidence": confidence}
    if command.when is not None:
        windows, readings = windows_in_words(command.when, hearing)
        command, heard["when"] = replace(command, windows=windows), list(readings)
    if command.answers:
        form = form_of(community.community_id, command.category or "", uow)
        command = replace(command, answers=form.read(command.answers))
    return command, heard if heard["category"] or heard["when"] else None


def decided(text: str, hearing: Hearing) -> tuple[str, float]:
    """Return the category that a text decides; raise ``CategoryUnclearError`` with the likeliest where it does not."""
    ranked = hearing.categories(text)
    if ranked:
        return ranked[0][0], round(ranked[0][1], 3)
    raise CategoryUnclearError(
        "the text does not decide which category it is; name one",
        suggestions=[
            {"category": name, "confidence": round(confidence, 3), **hearing.names(name)}
            for name, confidence in hearing.suggestions(text)
        ],
        question={"zh": "这是哪一类服务？", "en": "Which kind of service is it?"},
    )
