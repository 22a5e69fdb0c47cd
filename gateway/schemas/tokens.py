"""Tokens."""

from marshmallow import fields

from gateway.schemas.base import Answer, Body, page_of
from gateway.schemas.fields import choice, ident, moment, string
from services.kernel.caller import Role


class CreateToken(Body):
    """A token of a role, and what it is bound to."""

    role = choice(*Role, required=True)
    community_id = ident()
    member_id = ident()
    supplier_id = ident()
    label = string(100, least=0)
    expires_at = moment()


class TokenView(Answer):
    """A token, without its secret."""

    token_id = ident(required=True)
    prefix = fields.String(required=True)
    role = choice(*Role, required=True)
    community_id = ident(required=True, allow_none=True)
    member_id = ident(required=True, allow_none=True)
    supplier_id = ident(required=True, allow_none=True)
    label = string(100, least=0, required=True)
    created_at = moment(required=True)
    created_by = fields.String(required=True, allow_none=True)
    expires_at = moment(required=True, allow_none=True)
    revoked_at = moment(required=True, allow_none=True)


class CreatedTokenView(TokenView):
    """A new token with its secret, which is shown this once; a repeat of the request answers null."""

    secret = fields.String(required=True, allow_none=True)


TokenPage = page_of(TokenView)
