import io
import json
import logging

import pytest

from services.chassis import logging as logs
from services.chassis.context import working_for


@pytest.fixture(autouse=True)
def root():
    """Give the root logger back as it was."""
    logger = logging.getLogger()
    before, level = list(logger.handlers), logger.level
    yield
    logger.handlers[:] = before
    logger.setLevel(level)


def logged(act, *, people=False, level="INFO"):
    stream = io.StringIO()
    logs.set_up(level, process="demand", stream=stream, people=people)
    act(logging.getLogger("services.test"))
    return stream.getvalue()


def test_a_line_for_programs_is_one_json_object():
    line = json.loads(logged(lambda log: log.warning("event failed", extra={"queue": "q", "attempts": 2})))
    assert line["message"] == "event failed"
    assert (line["level"], line["process"], line["logger"]) == ("WARNING", "demand", "services.test")
    assert (line["queue"], line["attempts"]) == ("q", 2)
    assert line["time"].endswith("Z")


def test_a_line_belongs_to_its_conversation():
    def act(log):
        with working_for("conversation-1", "cause-1"):
            log.info("inside")

    line = json.loads(logged(act))
    assert (line["correlation_id"], line["causation_id"]) == ("conversation-1", "cause-1")


def test_a_line_outside_of_any_work_starts_no_conversation():
    assert "correlation_id" not in json.loads(logged(lambda log: log.info("outside")))


def test_a_line_for_people_is_short_and_says_what_it_is_about():
    line = logged(lambda log: log.warning("event failed", extra={"queue": "q"}), people=True)
    assert line.endswith("WARNING event failed  [queue=q]\n")


def test_the_values_of_a_refused_row_are_not_logged():
    refusal = 'new row violates check "x"\nDETAIL:  Failing row contains (Li Lei, 138 0013 8000).'

    def act(log):
        try:
            raise ValueError(refusal)
        except ValueError:
            log.exception("the database refused")

    for people in (True, False):
        text = logged(act, people=people)
        assert "violates check" in text
        assert "Li Lei" not in text


def test_the_level_is_respected():
    assert logged(lambda log: log.info("chatter"), level="WARNING") == ""


def test_libraries_are_quiet():
    assert logged(lambda _: logging.getLogger("kombu").info("connected")) == ""
