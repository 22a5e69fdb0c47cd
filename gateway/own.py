"""What the gateway answers itself: tokens. The rest is the services' business."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from gateway import tokens as store
from gateway.auth import Tokens
from gateway.storage.unit_of_work import GatewayUnitOfWork
from services.chassis.bus import Bus
from services.chassis.errors import UnavailableError
from services.chassis.paging import Page
from services.kernel.caller import Caller, Role
from services.kernel.clock import parse_time

Request = dict[str, Any]
Answer = dict[str, Any]
Call = Callable[[str, str, Request], Answer]


class OwnOperations:
    """Runs the operations on tokens."""

    def __init__(self, tokens: Tokens, call: Call) -> None:
        self._tokens = tokens
        self._call = call
        self._bus = Bus(lambda: GatewayUnitOfWork(tokens.engine, tokens.clock))
        self._operations: dict[str, Callable[[Request], Answer]] = {
            "create_token": self.create_token,
            "list_tokens": self.list_tokens,
            "get_token": self.get_token,
            "revoke_token": self.revoke_token,
        }

    def run(self, operation: str, request: Request) -> Answer:
        """Run an operation; raise a ``Refusal``, or ``UnavailableError`` when the database is away."""
        try:
            return self._operations[operation](request)
        except (DBAPIError, PoolTimeoutError) as error:
            raise UnavailableError("the gateway's database") from error

    def create_token(self, request: Request) -> Answer:
        """Make a token; a repeat of the same key answers the same token with ``secret: null``."""
        caller, new = Caller.from_wire(request["caller"]), read_new_token(request)
        store.require_grantable(caller, new)
        self._require_that_it_exists(request["caller"], new)
        secrets: list[str] = []

        def create_token(command: store.NewToken, uow: GatewayUnitOfWork) -> Answer:
            made, secret = store.add_token(command, uow)
            secrets.append(secret)
            return made

        # The stored answer is without the secret: it exists in the answer to this request and nowhere else.
        answer = self._bus.execute(request, lambda _: new, create_token, dict)
        fresh = secrets and secrets[-1].startswith(f"pl_{answer['prefix']}_")
        return {**answer, "secret": secrets[-1] if fresh else None}

    def list_tokens(self, request: Request) -> Answer:
        """Return a page of tokens."""
        caller = Caller.from_wire(request["caller"])
        return store.page_tokens(self._tokens.engine, caller, Page.from_request(request["data"]))

    def get_token(self, request: Request) -> Answer:
        """Return one token."""
        caller, token_id = Caller.from_wire(request["caller"]), request["data"]["token_id"]
        return store.get_token(self._tokens.engine, self._tokens.clock, token_id, caller)

    def revoke_token(self, request: Request) -> Answer:
        """Revoke a token; in this process it is refused from now on."""
        caller, token_id = Caller.from_wire(request["caller"]), request["data"]["token_id"]
        revoked = store.revoke_token(self._tokens.engine, self._tokens.clock, token_id, caller)
        self._tokens.forget(token_id)
        return revoked

    def _require_that_it_exists(self, caller: dict[str, Any], new: store.NewToken) -> None:
        """Ask the owner of what the token is bound to; its refusal, not_found, is the answer."""
        ask = partial(_ask, self._call, caller)
        if new.member_id is not None:
            ask("demand", "get_member", community_id=new.community_id, member_id=new.member_id)
        elif new.community_id is not None:
            ask("demand", "get_community", community_id=new.community_id)
        elif new.role is Role.SUPPLIER:
            ask("supplier", "get_supplier", supplier_id=new.supplier_id)


def read_new_token(request: Request) -> store.NewToken:
    """Read the body of a request for a token."""
    data, caller = request["data"], Caller.from_wire(request["caller"])
    expires_at = data.get("expires_at")
    return store.NewToken(
        role=Role(data["role"]),
        community_id=store.as_id(data.get("community_id"), "community_id"),
        member_id=store.as_id(data.get("member_id"), "member_id"),
        supplier_id=store.as_id(data.get("supplier_id"), "supplier_id"),
        label=data.get("label", ""),
        expires_at=None if expires_at is None else parse_time(expires_at, "expires_at"),
        created_by=caller.token_id,
    )


def _ask(call: Call, caller: dict[str, Any], service: str, method: str, **ids: Any) -> None:
    data = {name: str(value) for name, value in ids.items()}
    call(service, method, {"caller": caller, "idempotency_key": None, "if_match": None, "data": data})
