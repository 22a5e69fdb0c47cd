"""Why a pool got its slot, and why a pool got none. Sentences hold numbers only; who competed is data."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from decimal import Decimal

from services.kernel.money import Money
from services.supplier.domain.assignment.columns import Columns
from services.supplier.domain.assignment.hurdles import Chance, Chances, Hurdle, room_of, stands_alone
from services.supplier.domain.assignment.model import Assigned, Unassigned, Why
from services.supplier.domain.assignment.plans import NONE, Plan

_HURDLES = {
    Hurdle.NO_OFFER: ("没有该类服务的报价", "no offer of this category"),
    Hurdle.NOT_ALLOWED: ("该需求池只接受指定的报价", "this pool takes named offers only"),
    Hurdle.NOT_SHARED: ("供应商未对这些社群开放", "the supplier is not shared with these communities"),
    Hurdle.OUT_OF_REACH: ("距离太远", "too far away"),
    Hurdle.GRADE: ("供应商等级不符", "the supplier's grade does not allow it"),
    Hurdle.GROUP_TOO_SMALL: ("人数不足以成团", "too few people for the smallest group"),
    Hurdle.NO_TIME: ("时间不合", "no slot at a time that suits"),
    Hurdle.NO_ROOM: ("名额已满", "no room for the smallest group"),
    Hurdle.TOO_EXPENSIVE: ("价格高于上限", "more expensive than the ceiling at every tier"),
}
_LOST = {
    "full": ("名额已被其他需求池占用", "other pools have the seats"),
    "keeper_busy": ("供应商同一时间在别处服务", "the supplier is somewhere else at that time"),
    "group_not_reached": ("凑不齐最少人数", "the smallest group is not reached"),
    "too_expensive_together": ("能成团的价格高于某方上限", "the price that the group reaches is above a ceiling"),
    "limit_reached": ("供应商本轮可接单数已满", "the supplier has as many pools as it may take"),
    "not_found_in_time": ("限时内未找到可行安排", "no better plan was found within the time limit"),
}


def explain(columns: Columns, chances: Chances, plan: Plan) -> tuple[tuple[Assigned, ...], tuple[Unassigned, ...]]:
    """Return what each pool got with its reason, and what each that got nothing was stopped by."""
    where = _Where(columns, plan)
    could: dict[str, list[Chance]] = defaultdict(list)
    for chance in chances.found:
        could[chance.pool.id].append(chance)
    assigned, unassigned = [], []
    for index, pool in enumerate(columns.problem.pools):
        if plan.chosen[index] != NONE:
            assigned.append(where.assigned(int(plan.chosen[index]), could[pool.id]))
        else:
            unassigned.append(where.unassigned(pool.id, could.get(pool.id, []), chances.hurdles[pool.id]))
    return tuple(assigned), tuple(unassigned)


class _Where:
    """A plan, looked at by slot."""

    def __init__(self, columns: Columns, plan: Plan) -> None:
        self.columns = columns
        self.number = {slot.id: index for index, (_, slot) in enumerate(columns.slots)}
        self.inside: dict[int, list[int]] = defaultdict(list)
        for column in plan.used:
            self.inside[columns.cells[columns.cell[column]].slot].append(int(column))
        self.apart: dict[int, set[int]] = defaultdict(set)
        for clique in columns.cliques:
            for slot in clique:
                self.apart[slot] |= set(clique) - {slot}
        self.full = [_count(plan, mine) >= most for mine, most in columns.limits]
        self.limited = {
            columns.slots[columns.cells[columns.cell[mine[0]]].slot][0].supplier: number
            for number, (mine, _) in enumerate(columns.limits)
        }

    def assigned(self, column: int, could: list[Chance]) -> Assigned:
        columns = self.columns
        at = columns.cells[columns.cell[column]].slot
        offer, slot = columns.slots[at]
        pool = columns.problem.pools[columns.pool[column]]
        mine = int(columns.people[column])
        others = () if stands_alone(offer) else tuple(one for one in self.inside[at] if one != column)
        group = mine + sum(int(columns.people[one]) for one in others)
        together = tuple(sorted(columns.problem.pools[columns.pool[one]].id for one in others))
        price = int(columns.price[column])
        km = next(chance.km for chance in could if chance.slot.id == slot.id)
        data = {"group": group, "pools": len(together) + 1, "km": round(km, 2), "possible": len(could)}
        why = _why_assigned(Money(price, columns.problem.currency), data, mine, sum(pool.people.values()))
        return Assigned(pool.id, offer.id, slot.id, mine, group, price, together, why)

    def unassigned(self, pool: str, could: list[Chance], hurdles: Mapping[str, int]) -> Unassigned:
        if not could:
            code = str(max(hurdles, key=lambda one: (hurdles[one], one))) if hurdles else str(Hurdle.NO_OFFER)
            zh, en = _HURDLES[Hurdle(code)]
            count = sum(hurdles.values())
            share = f"{hurdles.get(code, 0)}/{count}"
            why = Why(code, f"没有可用的时段：{zh}（{share}）", f"No slot: {en} ({share})", {"possible": 0})
            return Unassigned(pool, why, dict(sorted(hurdles.items())))
        lost = Counter(self._lost(chance) for chance in could)
        competitors = {
            self.columns.problem.pools[self.columns.pool[column]].id
            for chance in could
            for slot in (self.number[chance.slot.id], *self.apart[self.number[chance.slot.id]])
            for column in self.inside.get(slot, ())
        }
        code = max(lost, key=lambda one: (lost[one], one))
        zh, en = _LOST[code]
        possible = len(could)
        data = {"possible": possible, "lost": dict(sorted(lost.items())), "competitors": len(competitors)}
        why = Why(
            code,
            f"有 {possible} 个时段合适但未分到：{zh}（{lost[code]}/{possible}），与 {len(competitors)} 个需求池竞争",
            f"{possible} slots would suit, none was left: {en} ({lost[code]} of {possible}); "
            f"{len(competitors)} pools competed for them",
            data,
        )
        return Unassigned(pool, why, dict(sorted(hurdles.items())), tuple(sorted(competitors)))

    def _lost(self, chance: Chance) -> str:
        """Tell what would have to be otherwise for the pool to be in this slot."""
        at, columns = self.number[chance.slot.id], self.columns
        if any(self.inside.get(other) for other in self.apart[at]):
            return "keeper_busy"
        number = self.limited.get(chance.offer.supplier)
        if number is not None and self.full[number]:
            return "limit_reached"
        inside = self.inside.get(at, [])
        people = int(sum(columns.people[one] for one in inside))
        offer, alone = chance.offer, stands_alone(chance.offer)
        room = chance.slot.capacity if alone else room_of(columns.problem, offer, chance.slot)
        if people + chance.people > room or (inside and offer.travel_km is not None):
            return "full"
        group = chance.people if alone else people + chance.people
        if group < offer.min_group:
            return "group_not_reached"
        payers = [chance.pool, *(() if alone else (columns.problem.pools[columns.pool[one]] for one in inside))]
        price = offer.price_at(group)
        if any(one.ceiling is not None and price > one.ceiling for one in payers):
            return "too_expensive_together"
        return "not_found_in_time"


def _count(plan: Plan, mine: tuple[int, ...]) -> int:
    return len(set(map(int, plan.used)) & set(mine))


def _why_assigned(price: Money, data: dict, mine: int, people: int) -> Why:
    amount = f"{Decimal(price.amount)} {price.currency}"
    zh = f"{data['pools']} 个需求池共 {data['group']} 人成团，每人 {amount}；距中心 {data['km']:.1f} 公里；"
    en = f"{data['pools']} pools make a group of {data['group']} at {amount} each, {data['km']:.1f} km away; "
    zh += f"合适的时段有 {data['possible']} 个"
    en += f"one of {data['possible']} slots that suit"
    if mine < people:
        zh += f"；{people} 人中可容纳 {mine} 人"
        en += f"; room for {mine} of {people} people"
    return Why("assigned", zh, en, data)
