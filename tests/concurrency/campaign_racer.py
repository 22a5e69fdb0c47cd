"""A process of its own with its own engine, which runs requests at an appointed moment: see test_campaign_races.py.

Each line on stdin is a round: {"at": epoch seconds, "jobs": [...]}; each line on stdout is the list of what came of it.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from services.campaign.providers.port import Kind, Result, Status
from services.chassis.database import make_engine
from services.chassis.envelope import Envelope
from services.kernel.errors import Refusal
from tests.builders_campaign import RealDesk
from tests.fakes.chassis import FakeClock


def run(engine, at, job):
    desk = RealDesk(engine, FakeClock(datetime.fromisoformat(job["now"])))
    with engine.connect():  # be connected before the start
        pass
    time.sleep(max(0.0, at - time.time()))
    try:
        if job["name"] == "fire_due_timers":
            return {"fired": desk.fire_due_timers()}
        if job["name"] == "hear":
            return {"heard": desk.hear(Envelope.from_wire(job["event"]))}
        if job["name"] == "hear_of":
            return {"answer": desk.hear_of(result_of(job["request"]["data"]))}
        return {"answer": desk.send(job["name"], job["request"])}
    except Refusal as refusal:
        return {"code": refusal.code, "state": refusal.detail.get("state")}


def result_of(data):
    """Read what a provider says."""
    at = datetime.fromisoformat(data["at"])
    return Result(data["number"], Status(data["status"]), Kind(data["kind"]), at=at, sequence=data["sequence"])


def main():
    engine = make_engine(sys.argv[1], pool_size=8)
    print("ready", flush=True)
    with ThreadPoolExecutor(8) as pool:
        for line in sys.stdin:
            round_ = json.loads(line)
            results = pool.map(lambda job, at=round_["at"]: run(engine, at, job), round_["jobs"])
            print(json.dumps(list(results)), flush=True)


if __name__ == "__main__":
    main()
