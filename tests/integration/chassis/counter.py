"""The counter of the shop: it serves many at once, from a stock that is not endless.

    python -m tests.integration.chassis.counter DATABASE_URL SERVICE [crash_at's MODULE:QUALNAME WHEN NUMBER]

As a program it is a process of its own that serves the batches on its standard input, one a line, and writes what it
answered, one a line; with a point of crash_at it kills itself there.
"""

if __name__ == "__main__":
    import eventlet

    eventlet.monkey_patch()

import json
import sys

import eventlet
from sqlalchemy import bindparam, func, select

from services.chassis.bulk import insert_many, packed, rows_of
from services.chassis.bus import Bus
from services.chassis.errors import ServiceError
from services.chassis.wire import read_answer
from services.kernel.errors import ConflictError
from tests.fakes.chassis import request
from tests.integration.chassis.shop import SOLD, Shop


class SoldOutError(ConflictError):
    code = "shop.sold_out"


def read(message):
    data = message["data"]
    return {"item": str(data["item"]), "number": int(data["number"]), "receipt": data.get("receipt")}


def write(sale):
    return {"item": sale["item"], "number": sale["number"]}


class Counter:
    """Sells from the stock of a shop; an item that is not in stock is endless."""

    def __init__(self, shop):
        self.shop = shop
        self.stock = shop.stock
        self.served = []  # how many commands each call of the handler had
        self.before_saving = lambda: None
        left = rows_of(shop.stock, ("item", "left"))
        self.lock = select(self.stock).where(self.stock.c.item == func.any(bindparam("items")))
        self.lock = self.lock.order_by(self.stock.c.item).with_for_update()
        self.take = self.stock.update().where(self.stock.c.item == left.c.item).values(left=left.c.left)

    def fill(self, **items):
        with self.shop.engine.begin() as connection:
            insert_many(connection, self.stock, [{"item": item, "left": left} for item, left in items.items()])

    def sell_many(self, commands, uow):
        self.served.append(len(commands))
        items = sorted({command["item"] for command in commands})
        left = dict(uow.connection.execute(self.lock, {"items": items}).all())
        sold = []
        results = [self._sell(index, command, left, sold) for index, command in enumerate(commands)]
        self.before_saving()
        self._save([(index, commands[index]) for index in sold], left, uow)
        return results

    def _sell(self, index, command, left, sold):
        number, item = command["number"], command["item"]
        if left.get(item, number) < number:
            return SoldOutError("there are not so many left", item=item)
        if item in left:
            left[item] -= number
        sold.append(index)
        return command

    def _save(self, sold, left, uow):
        if not sold:
            return
        insert_many(uow.connection, self.shop.sales, [command for _, command in sold])
        if left:
            uow.connection.execute(self.take, packed([{"item": item, "left": left[item]} for item in sorted(left)]))
        uow.outbox.add_many(
            (SOLD, command["item"], {"number": command["number"]}, uow.context_of(index)) for index, command in sold
        )

    def serve(self, *requests, read=read, write=write):
        """Serve requests in one batch; return what each got: an answer or the ``ServiceError``."""
        answers = self.bus.execute_many({"requests": list(requests)}, read, self.sell_many, write)["answers"]
        return [outcome_of(answer) for answer in answers]

    @property
    def bus(self):
        return Bus(self.shop.new_uow)

    def sales(self):
        with self.shop.engine.connect() as connection:
            rows = connection.execute(select(self.shop.sales.c.item, self.shop.sales.c.number)).all()
        return sorted(tuple(row) for row in rows)


def outcome_of(answer):
    try:
        return read_answer(answer)
    except ServiceError as error:
        return error


def wish(item, number=1, *, key=None, correlation_id=None, **more):
    """A request for so many of an item."""
    made = request({"item": item, "number": number, **more}, key=key)
    return made if correlation_id is None else {**made, "correlation_id": correlation_id}


def main(database_url, service, *point):
    if point:
        from tests.e2e.crash_at import arm

        arm(point[0], point[1], int(point[2]))
    counter = Counter(Shop(database_url, service, create=False))
    for line in sys.stdin:
        eventlet.sleep(0)
        answers = counter.bus.execute_many(json.loads(line), read, counter.sell_many, write)
        print(json.dumps(answers), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
