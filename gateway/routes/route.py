"""What a route is."""

import re
from dataclasses import dataclass

from marshmallow import Schema

from services.kernel.caller import Role

NODE = frozenset({Role.NODE_OPERATOR})
OPERATORS = NODE | {Role.COMMUNITY_OPERATOR}
LEADERS = OPERATORS | {Role.ORGANISER}
MANAGERS = LEADERS | {Role.PARTNER}
COMMUNITY = MANAGERS | {Role.MEMBER}
SELLERS = LEADERS | {Role.SUPPLIER}
EVERYONE = COMMUNITY | {Role.SUPPLIER}
REVIEWERS = LEADERS | {Role.QUALITY_SUPERVISOR}
INSPECTORS = NODE | {Role.QUALITY_SUPERVISOR}
WATCHERS = EVERYONE | {Role.QUALITY_SUPERVISOR}


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of the API: it serves the request and is its documentation.

    ``path`` holds in braces ids, whose names end in ``_id``, and words; ``operation_id`` is the name of the RPC of
    ``service``; ``roles`` may call it at all, the service decides the rest. ``location`` is the path of what a POST has
    created. ``file`` is the media type of an answer that is a file (``schemas.base.FileView``): who does not ask for
    JSON gets its bytes. ``together`` is the name of the RPC that takes many of these requests at once; see TOGETHER.md.
    ``signed``: who calls has no token, the service checks the signature of the request, which it gets as it came.
    """

    method: str
    path: str
    operation_id: str
    service: str
    roles: frozenset[Role]
    zh: str
    en: str
    answer: type[Schema]
    body: type[Schema] | None = None
    query: type[Schema] | None = None
    status: int = 200
    location: str | None = None
    together: str | None = None
    signed: bool = False
    file: str | None = None

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the ids and words in the path."""
        return tuple(re.findall(r"{(\w+)}", self.path))

    @property
    def idempotent(self) -> bool:
        """Whether an Idempotency-Key is needed: every POST of those with a token."""
        return self.method == "POST" and not self.signed

    @property
    def conditional(self) -> bool:
        """Whether If-Match is needed: every PATCH."""
        return self.method == "PATCH"
