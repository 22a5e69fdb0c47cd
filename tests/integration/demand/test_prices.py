"""Prices on a real PostgreSQL: what suppliers tell is kept, and keeps apart who could not pay."""

from services.kernel.ids import new_id


def known(demand, category, owner, mode="all", tiers=((1, "150.00"), (8, "100.00"))):
    supplier, offer = str(new_id()), str(new_id())
    sharing = {"mode": mode, "community_ids": []}
    demand.hear("supplier", "supplier_registered", {"supplier_id": supplier, "community_id": owner, "sharing": sharing})
    priced = [{"seats": seats, "price": {"amount": amount, "currency": "CNY"}} for seats, amount in tiers]
    ids = {"offer_id": offer, "supplier_id": supplier}
    demand.hear("supplier", "offer_published", {**ids, "category": category, "version": 1, "tiers": priced})
    return ids


def test_who_cannot_pay_is_kept_apart_until_a_tier_is_reached(demand, category):
    one, other = demand.community(), demand.community()
    known(demand, category, one.community_id)
    first = one.place(category, people=4)
    poor = other.place(category, people=1, ceiling={"amount": "120.00", "currency": "CNY"})
    assert poor["pool_id"] != first["pool_id"]
    left = one.ask("get_pool", pool_id=first["pool_id"])["left_out"]
    assert left == []
    assert one.place(category, people=3)["pool_id"] == first["pool_id"]
    late = other.place(category, people=1, ceiling={"amount": "120.00", "currency": "CNY"})
    assert late["pool_id"] == first["pool_id"]


def test_a_withdrawn_offer_and_one_of_others_keep_nobody_apart(demand, category):
    one, other = demand.community(), demand.community()
    withdrawn = known(demand, category, one.community_id)
    demand.hear("supplier", "offer_withdrawn", withdrawn, version=2)
    known(demand, category, one.community_id, mode="none")
    first = one.place(category, people=4)
    poor = other.place(category, people=1, ceiling={"amount": "120.00", "currency": "CNY"})
    assert poor["pool_id"] == first["pool_id"]
