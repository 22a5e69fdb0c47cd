"""Functions that tests let run in a solver's process."""

import os
import signal
import time


def double(problem, say):
    say({"percent": 50})
    return {"doubled": 2 * problem["number"], "long": "家" * problem.get("signs", 0)}


def stumble(problem, say):
    raise ValueError("nothing fits")


def sleep(problem, say):
    say({"pid": os.getpid()})
    time.sleep(problem["seconds"])
    return {}


def fall(problem, say):
    os.kill(os.getpid(), signal.SIGKILL)
