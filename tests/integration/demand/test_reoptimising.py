"""Re-optimisation on a real PostgreSQL, fired as the scheduler fires it."""

from tests.builders_demand import north


def test_who_is_alone_because_of_the_order_gets_company(demand, category):
    parties = [demand.community() for _ in range(4)]
    placed = [
        party.place(category, people=6, place=north(km).to_wire())
        for party, km in zip(parties, (4.5, 0, 13, -9), strict=True)
    ]
    assert len({one["pool_id"] for one in placed}) == 3
    demand.clock.pass_(minutes=16)
    demand.fire_due_timers()
    now = [
        party.ask("get_signal", signal_id=one["signal_id"])["pool_id"]
        for party, one in zip(parties, placed, strict=True)
    ]
    assert now[0] == now[2] != now[1] == now[3]
    gains = [event.data["gain"] for event in demand.outbox() if event.name == "pools_rearranged.v1"][-2:]
    assert set(gains) == {12}


def test_a_timer_that_is_kept_is_not_moved(demand, category):
    party = demand.community()
    first = party.place(category)
    table = demand.new_uow().tables.timers

    def due():
        with demand.new_uow() as uow:
            rows = uow.connection.execute(table.select().where(table.c.command == "reoptimise")).all()
        return {row.key: row.due_at for row in rows if category in row.key}

    before = due()
    demand.clock.pass_(minutes=5)
    assert party.place(category)["pool_id"] == first["pool_id"]
    assert due() == before != {}
