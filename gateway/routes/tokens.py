"""Tokens: served by the gateway itself."""

from gateway.routes.route import OPERATORS, Route
from gateway.schemas import tokens as s
from gateway.schemas.base import PageQuery

TOKENS, ONE_TOKEN = "/v1/tokens", "/v1/tokens/{token_id}"


def _route(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "gateway", *rest, **options)


# fmt: off
ROUTES = (
    _route("POST", TOKENS, "create_token", OPERATORS, "创建令牌", "Create a token",
           s.CreatedTokenView, s.CreateToken, status=201, location=ONE_TOKEN),
    _route("GET", TOKENS, "list_tokens", OPERATORS, "列出令牌", "List tokens", s.TokenPage, query=PageQuery),
    _route("GET", ONE_TOKEN, "get_token", OPERATORS, "查看令牌", "Get a token", s.TokenView),
    _route("DELETE", ONE_TOKEN, "revoke_token", OPERATORS, "吊销令牌", "Revoke a token", s.TokenView),
)
