"""What an offer promises, kept and told on a real database, and offers of an earlier version."""

from sqlalchemy import text

from tests.builders_supplier import slot_data, weekly

PROMISED = {
    "release": [{"stage": "session", "share_bp": 9000}, {"stage": "accepted", "share_bp": 1000}],
    "shares": {"supplier_bp": 9200, "organiser_bp": 500, "community_bp": 200, "platform_bp": 100},
    "cancellation": {
        "steps": [{"hours_before": 48, "refund_bp": 9000}, {"hours_before": 2.5, "refund_bp": 0}],
        "weather_bp": 10_000,
        "illness_bp": 8000,
        "no_show_bp": 100,
    },
    "fallback_tiers": [{"seats": 6, "price": {"amount": "148.00", "currency": "CNY"}}],
}
DEFAULTS = {
    "shares": {"supplier_bp": 10_000, "organiser_bp": 0, "community_bp": 0, "platform_bp": 0},
    "cancellation": {
        "steps": [{"hours_before": 72, "refund_bp": 10_000}, {"hours_before": 24, "refund_bp": 5000}],
        "weather_bp": 10_000,
        "illness_bp": 5000,
        "no_show_bp": 0,
    },
    "fallback_tiers": [],
}


def part(shown, like):
    return {name: shown[name] for name in like}


def test_what_an_offer_promises_is_kept_shown_and_told_in_its_matches(market):
    home = market.community()
    whole, sessions = weekly()
    made = home.offer(home.supplier(), slots=[slot_data(whole, sessions=sessions)], **PROMISED)
    assert part(made, PROMISED) == PROMISED
    assert home.ask("get_offer", offer_id=made["offer_id"]) == made
    assert home.ask("list_offers", supplier_id=made["supplier_id"])["items"] == [made]
    pool = market.pool((home, 12), windows=sessions)
    (match,) = home.matches(pool)
    (told,) = market.events_of(match["match_id"])
    for shown in (match, told.data):
        assert part(shown["offer"], PROMISED) == PROMISED
        assert shown["slot"]["sessions"] == [session.to_wire() for session in sessions]
        assert part(shown["slot"], ("start", "end")) == whole.to_wire()


def test_a_slot_without_sessions_is_its_own_session(market):
    home = market.community()
    made = home.offer(home.supplier())
    added = home.ask("add_slot", offer_id=made["offer_id"], **slot_data())
    for slot in (made["slots"][0], added):
        assert slot["sessions"] == [part(slot, ("start", "end"))]


def test_offers_slots_and_matches_of_the_first_version_are_read_with_the_defaults(booked):
    market, home = booked.market, booked.home
    before = home.ask("get_offer", offer_id=booked.offer["offer_id"])
    forget = "terms - 'shares' - 'cancellation' - 'fallback_tiers'"
    with market.new_uow() as uow:
        for table, change in (("offers", ""), ("matches", ", sessions = NULL")):
            statement = f"UPDATE supplier.{table} SET terms = {forget}{change} WHERE offer_id = :id"
            uow.connection.execute(text(statement), {"id": booked.offer["offer_id"]})
        slots = text("UPDATE supplier.slots SET sessions = NULL WHERE offer_id = :id")
        uow.connection.execute(slots, {"id": booked.offer["offer_id"]})
        uow.commit()
    shown, match = home.ask("get_offer", offer_id=booked.offer["offer_id"]), home.matches(booked.pool)[0]
    assert shown == before
    assert match == booked.match
    for terms in (shown, match["offer"]):
        assert part(terms, DEFAULTS) == DEFAULTS
    for slot in (shown["slots"][0], match["slot"]):
        assert slot["sessions"] == [part(slot, ("start", "end"))]
    market.hear("campaign_cancelled", market.campaign(match))
    wanted = {"offer_id": shown["offer_id"], "slot_id": shown["slots"][0]["slot_id"], "seats": 12}
    direct = home.ask("propose_match", **wanted)
    assert market.events_of(direct["match_id"])[0].data["offer"] == match["offer"]
