"""What tests of intakes are made of: a community that sends things in, in a unit of work in memory."""

import base64
import io

from services.demand import handlers, inbound, outbound, views
from tests.builders_demand import Town
from tests.fakes.chassis import request
from tests.fakes.demand import FakeDemandUnitOfWork

WRITERS = {
    "add_category": outbound.category,
    "remove_category": outbound.category,
    "set_template": outbound.own_template,
}
READERS = {"get_intake": inbound.by_id("intake_id")}
CHAIN = "#接龙\n陶艺亲子课 5月23日10点到12点\n\n1. 朵朵妈 1大1小\n2. Leo爸爸 2大1小\n3. 李四\n"


class Desk:
    """An organiser of one community at work."""

    def __init__(self, town=None, **community):
        self.town = town or Town(FakeDemandUnitOfWork())
        self.uow = self.town.uow
        self.community = self.town.community(**community)
        self.role = "organiser"

    def ask(self, name, data=None, *, if_match=None, role=None, community_id=None):
        ids = {} if role == "node_operator" else {"community_id": community_id or self.community.community_id}
        asked = request(data or {}, role=role or self.role, if_match=if_match, **ids)
        if hasattr(handlers, name):
            result = getattr(handlers, name)(getattr(inbound, name)(asked), self.uow)
            return WRITERS.get(name, outbound.intake)(result)
        read = READERS.get(name) or getattr(inbound, name)
        return getattr(views, name)(read(asked), self.uow)

    def send(self, text, kind="jielong", **more):
        return self.ask("create_intake", {"kind": kind, "text": text, **more})

    def change(self, intake, **changes):
        data = {"intake_id": intake["intake_id"], **changes}
        return self.ask("change_intake", data, if_match=f'"{intake["version"]}"')

    def commit(self, intake):
        return self.ask("commit_intake", {"intake_id": intake["intake_id"]})

    def get(self, intake):
        return self.ask("get_intake", {"intake_id": intake["intake_id"]})

    def signals(self):
        mine = [one for one in self.uow.signals.rows.values() if one.community_id == self.community.community_id]
        return sorted(mine, key=lambda one: one.signal_id)

    def waiting(self):
        """Who waits for how many people, by the name of the member."""
        names = {one.member_id: one.name for one in self.uow.members.rows.values()}
        return {names[one.member_id]: one.people for one in self.signals() if one.is_waiting}


def by_name(intake):
    return {row["nickname"]: row for row in intake["rows"]}


def codes(row):
    return [question["code"] for question in row["questions"]]


def workbook(*rows):
    """The bytes of a workbook in base64."""
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return base64.b64encode(out.getvalue()).decode()
