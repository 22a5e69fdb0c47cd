"""Answers that are files."""

import base64

import pytest

from gateway.reply import JSON, file_reply


def test_a_file_is_sent_as_its_bytes_under_a_name_that_old_and_new_clients_read():
    answer = {"name": "报价 1.ics", "base64": base64.b64encode(b"BEGIN").decode()}
    reply = file_reply(200, answer, "text/calendar")
    assert (reply.body, reply.content_type) == (b"BEGIN", "text/calendar")
    disposition = dict(reply.headers)["Content-Disposition"]
    assert disposition == "attachment; filename=\"___1.ics\"; filename*=UTF-8''%E6%8A%A5%E4%BB%B7%201.ics"


def test_a_name_cannot_break_out_of_its_header():
    answer = {"name": 'x"\r\nSet-Cookie: a', "base64": ""}
    disposition = dict(file_reply(200, answer, "text/csv").headers)["Content-Disposition"]
    assert not {"\r", "\n"} & set(disposition)
    assert disposition.count('"') == 2


@pytest.mark.parametrize(("accept", "kind"), [(None, "text/calendar; charset=utf-8"), ("application/json", JSON)])
def test_an_operation_that_answers_with_a_file_sends_it_or_json_to_who_asks_for_that(api, accept, kind):
    api.services.answers["export_calendar"] = {"name": "x.ics", "base64": base64.b64encode(b"BEGIN").decode()}
    path = "/v1/offers/0198c1f0-0000-7000-8000-000000000033/calendar.ics"
    answer = api.send("GET", path, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
    assert (answer.data == b"BEGIN") == (accept is None)
