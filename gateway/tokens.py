"""Tokens: who may call, as what. Used by the API and by ``pinlian tokens``.

A secret is ``pl_<prefix>_<256 random bits>``. It is shown once, when it is made; the table holds its SHA-256 only.
The prefix is no secret: it lets people recognise a token in a list or in a leak.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Row, insert, select, update

from gateway.storage.tables import tokens
from gateway.storage.unit_of_work import GatewayUnitOfWork
from services.chassis.paging import Page, page_of
from services.kernel.caller import Caller, Role
from services.kernel.clock import Clock, format_time
from services.kernel.errors import ForbiddenError, InvalidError, NotFoundError
from services.kernel.ids import new_id, parse_id

SECRET = re.compile(r"pl_[0-9a-f]{8}_[A-Za-z0-9_-]{43}").fullmatch
BINDINGS: Mapping[Role, frozenset[str]] = {
    Role.NODE_OPERATOR: frozenset(),
    Role.COMMUNITY_OPERATOR: frozenset({"community_id"}),
    Role.PARTNER: frozenset({"community_id"}),
    Role.ORGANISER: frozenset({"community_id", "member_id"}),
    Role.MEMBER: frozenset({"community_id", "member_id"}),
    Role.SUPPLIER: frozenset({"supplier_id"}),
    Role.QUALITY_SUPERVISOR: frozenset(),
}
# What a role may be bound to besides: a supervisor without a community watches the suppliers of the whole node.
MAY_BE_BOUND: Mapping[Role, frozenset[str]] = {Role.QUALITY_SUPERVISOR: frozenset({"community_id"})}
# What a community's operator may give out, for its own community.
GRANTABLE = frozenset({Role.COMMUNITY_OPERATOR, Role.ORGANISER, Role.MEMBER, Role.PARTNER, Role.QUALITY_SUPERVISOR})
Id = UUID | str | None
View = dict[str, Any]


class TokenNotFoundError(NotFoundError):
    """There is no such token, or the caller may not know of it."""

    code = "gateway.token_not_found"


class NotGrantableError(ForbiddenError):
    """The caller may not create such a token."""

    code = "gateway.role_not_grantable"


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token to be made. Raises ``InvalidError`` when the role and what it is bound to do not go together."""

    role: Role
    community_id: UUID | None = None
    member_id: UUID | None = None
    supplier_id: UUID | None = None
    label: str = ""
    expires_at: datetime | None = None
    created_by: str | None = None

    def __post_init__(self) -> None:
        needed = BINDINGS[self.role]
        possible = needed | MAY_BE_BOUND.get(self.role, frozenset())
        for field in ("community_id", "member_id", "supplier_id"):
            given = getattr(self, field) is not None
            if given != (field in needed) and not (given and field in possible):
                problem = "does not belong here" if given else "is missing"
                bound = " and ".join(sorted(possible)) or "nothing"
                raise InvalidError(field, problem, f"a {self.role} token that is bound to {bound}")


def hash_of(secret: str) -> str:
    """Return the hash under which a secret is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def create_token(
    engine: Engine,
    clock: Clock,
    *,
    role: Role | str,
    community_id: Id = None,
    member_id: Id = None,
    supplier_id: Id = None,
    label: str = "",
    expires_at: datetime | None = None,
    created_by: str | None = None,
) -> tuple[View, str]:
    """Make a token and return its view and its secret, which nobody can read again.

    Raises ``InvalidError`` when the role is not bound to what it needs, or when it would expire in the past.
    """
    new = NewToken(
        role=_role(role),
        community_id=as_id(community_id, "community_id"),
        member_id=as_id(member_id, "member_id"),
        supplier_id=as_id(supplier_id, "supplier_id"),
        label=label,
        expires_at=expires_at,
        created_by=created_by,
    )
    with GatewayUnitOfWork(engine, clock) as uow:
        made = add_token(new, uow)
        uow.commit()
    return made


def add_token(new: NewToken, uow: GatewayUnitOfWork) -> tuple[View, str]:
    """Make a token in the caller's transaction."""
    now = uow.clock.now()
    if new.expires_at is not None and new.expires_at <= now:
        raise InvalidError("expires_at", "is past", "a time after now")
    prefix = secrets.token_hex(4)
    secret = f"pl_{prefix}_{secrets.token_urlsafe(32)}"
    row = {
        "token_id": new_id(),
        "prefix": prefix,
        "secret_hash": hash_of(secret),
        "role": str(new.role),
        "community_id": new.community_id,
        "member_id": new.member_id,
        "supplier_id": new.supplier_id,
        "label": new.label,
        "created_at": now,
        "created_by": new.created_by,
        "expires_at": new.expires_at,
    }
    return view(uow.connection.execute(insert(tokens).values(row).returning(tokens)).one()), secret


def revoke_token(engine: Engine, clock: Clock, token_id: Id, caller: Caller | None = None) -> View:
    """Revoke a token and return its view; revoking it again changes nothing.

    Processes that have seen it accept it for ``2 * auth.FRESH`` seconds more at most. Raises ``TokenNotFoundError``.
    """
    mine = tokens.c.token_id == as_id(token_id, "token_id")
    with GatewayUnitOfWork(engine, clock) as uow:
        find_token(uow, mine, caller)
        now = uow.clock.now()
        uow.connection.execute(update(tokens).where(mine, tokens.c.revoked_at.is_(None)).values(revoked_at=now))
        row = uow.connection.execute(select(tokens).where(mine)).one()
        uow.commit()
    return view(row)


def get_token(engine: Engine, clock: Clock, token_id: Id, caller: Caller) -> View:
    """Return the view of a token that the caller may know of; raise ``TokenNotFoundError`` otherwise."""
    with GatewayUnitOfWork(engine, clock) as uow:
        return view(find_token(uow, tokens.c.token_id == as_id(token_id, "token_id"), caller))


def list_tokens(engine: Engine) -> list[View]:
    """Return the views of all tokens, oldest first."""
    with engine.connect() as connection:
        return [view(row) for row in connection.execute(select(tokens).order_by(tokens.c.token_id))]


def page_tokens(engine: Engine, caller: Caller, page: Page) -> dict[str, Any]:
    """Return a page of the tokens that the caller may know of."""
    statement = select(tokens).where(*_visible_to(caller)).order_by(tokens.c.token_id).limit(page.limit + 1)
    if page.after is not None:
        statement = statement.where(tokens.c.token_id > parse_id(page.after, "cursor"))
    with engine.connect() as connection:
        rows = connection.execute(statement).all()
    return page_of(rows, page, view, lambda row: str(row.token_id))


def find_token(uow: GatewayUnitOfWork, which: Any, caller: Caller | None) -> Row:
    """Return the row of a token; raise ``TokenNotFoundError`` where the caller may not know of it."""
    visible = _visible_to(caller) if caller is not None else []
    row = uow.connection.execute(select(tokens).where(which, *visible)).one_or_none()
    if row is None:
        raise TokenNotFoundError("there is no such token")
    return row


def require_grantable(caller: Caller, new: NewToken) -> None:
    """Raise ``NotGrantableError`` unless ``caller`` may make ``new``."""
    if caller.is_node_operator:
        return
    if new.role not in GRANTABLE or new.community_id != caller.community_id:
        raise NotGrantableError(
            "a community's operator creates tokens of its own community only", allowed=sorted(GRANTABLE)
        )


def view(row: Row) -> View:
    """Return what is told of a token: never its hash."""
    ids = {name: _text(row._mapping[name]) for name in ("token_id", "community_id", "member_id", "supplier_id")}
    times = {name: _time(row._mapping[name]) for name in ("created_at", "expires_at", "revoked_at")}
    return {**ids, **times, **{name: row._mapping[name] for name in ("prefix", "role", "label", "created_by")}}


def _visible_to(caller: Caller) -> list[Any]:
    return [] if caller.is_node_operator else [tokens.c.community_id == caller.community_id]


def _role(role: Role | str) -> Role:
    try:
        return Role(role)
    except ValueError:
        raise InvalidError("role", f"{str(role)!r} is not a role", f"one of {', '.join(Role)}") from None


def as_id(value: Id, field: str) -> UUID | None:
    """Read an id that may be missing; raise ``InvalidError`` naming ``field`` when it is not one."""
    return value if value is None or isinstance(value, UUID) else parse_id(value, field)


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _time(value: datetime | None) -> str | None:
    return None if value is None else format_time(value)
