"""Versions of offers on a real PostgreSQL."""

DEARER = [{"seats": 10, "price": {"amount": "129.00", "currency": "CNY"}}]


def test_every_version_is_kept_and_listed_page_by_page_newest_first(booked):
    home, offer_id = booked.home, booked.offer["offer_id"]
    for title in ("一", "二"):
        home.ask("revise_offer", offer_id=offer_id, title=title)
    revised = home.ask("revise_offer", offer_id=offer_id, tiers=DEARER)
    assert (revised["version"], revised["title"], revised["tiers"]) == (4, "二", DEARER)
    first = home.ask("list_offer_versions", offer_id=offer_id, limit=3)
    rest = home.ask("list_offer_versions", offer_id=offer_id, limit=3, cursor=first["next_cursor"])
    assert [item["version"] for item in first["items"] + rest["items"]] == [4, 3, 2, 1]
    assert rest["next_cursor"] is None
    assert (rest["items"][0]["title"], rest["items"][0]["tiers"]) == ("亲子陶艺课", booked.offer["tiers"])


def test_a_match_shows_what_was_agreed_whatever_the_offer_says_now(booked):
    booked.home.ask("revise_offer", offer_id=booked.offer["offer_id"], tiers=DEARER, title="贵了")
    match = booked.home.ask("get_match", match_id=booked.match["match_id"])
    assert match["offer"] == booked.match["offer"]
    assert booked.market.names_of(booked.offer["offer_id"]) == ["offer_published.v1", "offer_revised.v1"]
