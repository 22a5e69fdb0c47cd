"""The exchanges of the in-process broker: which queues a routing key leads to."""

import re
from functools import lru_cache


class Exchange:
    """An exchange of type direct, topic or fanout, and its bindings (routing key, queue)."""

    __slots__ = ("bindings", "type")

    def __init__(self, type_: str) -> None:
        self.type = type_
        self.bindings: set[tuple[str, str]] = set()

    def matches(self, routing_key: str) -> set[str]:
        """Return the queues that a message with ``routing_key`` goes to."""
        if self.type == "fanout":
            return {queue for _, queue in self.bindings}
        if self.type == "topic":
            return {queue for key, queue in self.bindings if _pattern(key).fullmatch(f".{routing_key}")}
        return {queue for key, queue in self.bindings if key == routing_key}


@lru_cache(maxsize=4096)
def _pattern(binding_key: str) -> re.Pattern[str]:
    """Compile a topic binding: ``*`` is exactly one word, ``#`` any number of words (AMQP 0-9-1, 3.1.3.3)."""
    # Each word brings the dot before it, so that # may stand for no word and no dot; the key starts with a dot, too.
    words = {"*": r"\.[^.]*", "#": r"(?:\.[^.]*)*"}
    return re.compile("".join(words.get(word, r"\." + re.escape(word)) for word in binding_key.split(".")), re.DOTALL)
