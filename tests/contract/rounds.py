"""Answers about matching rounds, for the tests of the supplier's contract."""

from services.supplier import outbound
from services.supplier.domain.rounds import RoundCard
from tests.builders_supplier import caller
from tests.rounding import Town

town = Town()
town.shop(30)
pool = town.pool(8)
reader = caller("node_operator")


def shown(one):
    pools = tuple(town.uow.rounds.pools_of(one.round_id))
    return outbound.matching_round(RoundCard(one, reader, pools, len(pools)))


QUEUED = shown(town.open(pool))
town.search()
(applied,) = town.uow.rounds.rows.values()
DONE = {**shown(applied), "sums": None}
TOLD = {name: (subject, data) for name, subject, data in town.uow.outbox.events if name.startswith("round_")}

SHOWN = {"open_round": QUEUED, "get_round": DONE}
LISTED = {"list_rounds": "get_round"}
