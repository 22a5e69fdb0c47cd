"""Answers that are files."""

import base64

from gateway.reply import file_reply


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
