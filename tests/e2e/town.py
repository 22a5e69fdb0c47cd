"""A small town to test with: communities, members, a supplier and an offer, all made through the public API."""

import itertools
from datetime import UTC, datetime, timedelta

PLACE = {"lat": 31.2304, "lon": 121.4737}
numbers = itertools.count(1)


def at(**span):
    """A time from now, in RFC 3339."""
    return _shown(datetime.now(UTC) + timedelta(**span))


def two_hours(begins):
    """A time that is two hours long to the microsecond: one that is a little shorter than another cannot replace it."""
    start = datetime.now(UTC) + begins
    return {"start": _shown(start), "end": _shown(start + timedelta(hours=2))}


def _shown(time):
    return time.isoformat().replace("+00:00", "Z")


def community(node, *, merge_policy="auto", kind="parents"):
    number = next(numbers)
    body = {"name": f"亲子群 {number}", "kind": kind, "place": PLACE, "time_zone": "Asia/Shanghai", "locale": "zh"}
    made = node.must("POST", "/v1/communities", {**body, "merge_policy": merge_policy})
    made["organiser_id"] = member(node, made, roles=["member", "organiser", "supplier_connector"])["member_id"]
    ids = {"community_id": made["community_id"], "member_id": made["organiser_id"]}
    made["organiser_token"] = node.token_for("organiser", **ids)
    return made


def member(node, of, *, roles=("member",)):
    body = {"name": f"家长 {next(numbers)}", "roles": list(roles), "contact": "13800000000"}
    return node.must("POST", f"/v1/communities/{of['community_id']}/members", body)


def member_token(node, of, who):
    return node.token_for("member", community_id=of["community_id"], member_id=who["member_id"])


def supplier(node, of, *, sharing=None):
    body = {"name": f"陶艺工作室 {next(numbers)}", "place": PLACE, "sharing": sharing or {"mode": "none"}}
    return node.must("POST", "/v1/suppliers", body, token=of["organiser_token"])


def offer(
    node, of, whose, *, minimum=2, maximum=10, capacity=None, starts=None, category="pottery", tiers=None, **more
):
    default = [{"seats": 1, "price": {"amount": "128.00", "currency": "CNY"}}]
    body = {
        "title": "周末陶艺亲子课",
        "category": category,
        "where": "supplier",
        "place": PLACE,
        "tiers": tiers or default,
        "min_group": minimum,
        "max_group": maximum,
        "minutes": 120,
        "slots": [{**two_hours(starts or timedelta(days=5)), "capacity": capacity or maximum}],
        **more,
    }
    return node.must("POST", f"/v1/suppliers/{whose['supplier_id']}/offers", body, token=of["organiser_token"])


def campaign(node, of, *, minimum=2, maximum=10, deadline=None, opening=None, **options):
    """An open campaign of one community, by a direct match; ``opening`` is what its organiser decides besides."""
    studio = supplier(node, of)
    made = offer(node, of, studio, minimum=minimum, maximum=maximum, **options)
    body = {"offer_id": made["offer_id"], "slot_id": made["slots"][0]["slot_id"], "seats": maximum}
    match = node.must("POST", "/v1/matches", body, token=of["organiser_token"])
    path = f"/v1/campaigns?match_id={match['match_id']}"
    draft = node.wait_for(path, lambda page: page["items"], token=of["organiser_token"])["items"][0]
    opened = {"deadline": deadline or at(days=2), **(opening or {})}
    path = f"/v1/campaigns/{draft['campaign_id']}/open"
    return node.must("POST", path, opened, token=of["organiser_token"])


def known(node, of, which, who):
    """Wait until the campaign service has heard of a member; a reserved seat that is given back shows it."""
    path = f"/v1/campaigns/{which['campaign_id']}/commitments"
    token = of["organiser_token"]
    reserved = node.must("POST", path, {"seats": 1, "member_id": who["member_id"]}, token=token)
    node.must("POST", f"/v1/commitments/{reserved['commitment_id']}/cancel", token=token)


def join(node, of, which, who, *, seats=1, receipt=None, **options):
    """Reserve and pay in one request, recorded by the organiser."""
    body = {
        "seats": seats,
        "member_id": who["member_id"],
        "payment": {"method": "offline", "receipt": receipt or f"R{next(numbers)}-{who['member_id'][-6:]}"},
    }
    path = f"/v1/campaigns/{which['campaign_id']}/commitments"
    return node.call("POST", path, body, token=of["organiser_token"], **options)
