"""The simplest store there is."""


class FakeTable:
    """Objects by their id."""

    def __init__(self, key):
        self.key = key
        self.rows = {}

    def add(self, item):
        self.rows[getattr(item, self.key)] = item

    save = add

    def find(self, id_, lock=False):
        return self.rows.get(id_)

    def many(self, ids):
        return {id_: self.rows[id_] for id_ in ids if id_ in self.rows}
