"""The process in which visits are planned: a problem on stdin, lines of progress and one line of answer on stdout."""

import json
import sys

from services.supplier.domain.visits.worker import run


def main() -> None:
    """Read what ``worker.run`` takes, write ``{"progress": {…}}`` lines and at last ``{"result": {…}}``."""

    def tell(kind: str, what: dict[str, object]) -> None:
        print(json.dumps({kind: what}, ensure_ascii=False), flush=True)

    tell("result", run(json.load(sys.stdin), lambda state: tell("progress", state)))


if __name__ == "__main__":
    main()
