"""Terms: versions of templates, and the document of a campaign."""

from typing import Any

from marshmallow import fields

from gateway.schemas.base import Answer, Body, PageQuery, SentenceSchema, Strict, page_of
from gateway.schemas.commitment import DIGEST
from gateway.schemas.fields import choice, flag, ident, moment, nested, pattern, string, whole

MAX_TEXT = 4000


def _name(**options: Any) -> fields.String:
    return pattern(
        r"^[a-z0-9]([a-z0-9_-]{0,48}[a-z0-9])?\Z", "1 to 50 of a-z, 0-9, - and _, such as course-2", **options
    )


class TitleText(Strict):
    """A short text in both languages."""

    zh = string(200, required=True)
    en = string(200, required=True)


class LongText(Strict):
    """A text in both languages."""

    zh = string(MAX_TEXT, required=True)
    en = string(MAX_TEXT, required=True)


class AddTerms(Body):
    """A version of a template: the first of its name, or the next. It is never changed."""

    name = _name(required=True)
    title = nested(TitleText, required=True)
    organiser = nested(LongText, required=True)
    supplier = nested(LongText, required=True)
    participant = nested(LongText, required=True)


class AcceptTerms(Body):
    """The digest of the terms that are accepted."""

    terms_digest = string(DIGEST, required=True)


class TermsQuery(PageQuery):
    """Which templates."""

    name = _name()


class TermsView(Answer):
    """A version of a template; without a community it is everybody's."""

    terms_id = ident(required=True)
    community_id = ident(required=True, allow_none=True)
    name = fields.String(required=True)
    version = whole(1, 2**31, required=True)
    title = nested(SentenceSchema, required=True)
    organiser = nested(SentenceSchema, required=True)
    supplier = nested(SentenceSchema, required=True)
    participant = nested(SentenceSchema, required=True)
    created_at = moment(required=True)


class OrganiserAcceptance(Answer):
    """Who opened the campaign on these terms; the member is told to its own community only."""

    community_id = ident(required=True)
    member_id = ident(required=True, allow_none=True)
    accepted_at = moment(required=True)


class SupplierAcceptance(Answer):
    """Whether the supplier accepted, and as what: supplier, community (that registered it), node_operator."""

    accepted = flag(required=True)
    by = choice("supplier", "community", "node_operator", required=True, allow_none=True)
    accepted_at = moment(required=True, allow_none=True)


class CampaignTermsView(Answer):
    """The terms of a campaign: the document that is accepted, and its digest, which anybody can recompute."""

    campaign_id = ident(required=True)
    terms_id = ident(required=True)
    digest = string(DIGEST, required=True)
    algorithm = fields.String(required=True)
    document = fields.Dict(required=True)
    accepted_by_organiser = nested(OrganiserAcceptance, required=True)
    accepted_by_supplier = nested(SupplierAcceptance, required=True)


TermsPage = page_of(TermsView)
