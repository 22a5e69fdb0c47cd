"""What must hold when many call at once, and when somebody calls with bad intent or bad luck."""

import json
import secrets
import socket
import subprocess
import sys
import time

from tests.e2e import town
from tests.e2e.nodes import ROOT

CLIENT = """
import json, sys, threading, urllib.error, urllib.request
url, token, key, bodies, together = json.loads(sys.stdin.read())
barrier, results = threading.Barrier(len(bodies)), [None] * len(bodies)
def post(index):
    request = urllib.request.Request(url, json.dumps(bodies[index]).encode(), method="POST", headers={
        "Authorization": "Bearer " + token, "Content-Type": "application/json",
        "Idempotency-Key": key if together else key + str(index)})
    barrier.wait()
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            results[index] = [answer.status, answer.read().decode()]
    except urllib.error.HTTPError as error:
        results[index] = [error.code, error.read().decode()]
threads = [threading.Thread(target=post, args=(index,)) for index in range(len(bodies))]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(json.dumps(results))
"""


def post_at_once(node, path, token, bodies, *, key=None, processes=2):
    """POST all bodies at the same moment from several processes; the same key for all, or one each."""
    command = [sys.executable, "-c", CLIENT]
    share = [bodies[index::processes] for index in range(processes)]
    clients = []
    for index, part in enumerate(share):
        client = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        own_key = key or f"{secrets.token_hex(8)}-{index}-"
        client.stdin.write(json.dumps([node.url + path, token, own_key, part, key is not None]))
        client.stdin.close()
        clients.append(client)
    return [tuple(result) for client in clients for result in json.loads(client.stdout.read())]


def joining(which, who, count):
    return [
        {
            "seats": 1,
            "member_id": who["member_id"],
            "payment": {"method": "offline", "receipt": f"{secrets.token_hex(6)}"},
        }
        for _ in range(count)
    ]


def test_a_hundred_identical_posts_at_once_have_one_effect_and_one_answer(node):
    home = town.community(node)
    course, payer = town.campaign(node, home, maximum=200, minimum=5), town.member(node, home)
    body = joining(course, payer, 1)[0]
    path, key = f"/v1/campaigns/{course['campaign_id']}/commitments", secrets.token_hex(8)
    town.known(node, home, course, payer)

    results = post_at_once(node, path, home["organiser_token"], [body] * 100, key=key)

    answers = {text for status, text in results if status == 201}
    assert {status for status, _ in results} <= {201, 409, 429, 503}
    assert len(answers) == 1
    assert node.must("GET", f"/v1/campaigns/{course['campaign_id']}", token=home["organiser_token"])["paid_seats"] == 1
    assert node.call("POST", path, body, token=home["organiser_token"], key=key) == (201, json.loads(answers.pop()))


def test_the_same_key_with_another_body_is_refused_and_changes_nothing(node):
    home = town.community(node)
    course, payer = town.campaign(node, home), town.member(node, home)
    first, second = joining(course, payer, 2)
    path, key = f"/v1/campaigns/{course['campaign_id']}/commitments", secrets.token_hex(8)
    node.must("POST", path, first, token=home["organiser_token"], key=key)

    status, problem = node.call("POST", path, second, token=home["organiser_token"], key=key)

    assert (status, problem["code"]) == (422, "gateway.idempotency_key_reused")
    assert node.must("GET", f"/v1/campaigns/{course['campaign_id']}", token=home["organiser_token"])["paid_seats"] == 1


def test_a_race_of_sixty_for_ten_seats_sells_exactly_ten(node):
    home = town.community(node)
    course, payer = town.campaign(node, home, maximum=10), town.member(node, home)
    path = f"/v1/campaigns/{course['campaign_id']}/commitments"
    town.known(node, home, course, payer)

    results = post_at_once(node, path, home["organiser_token"], joining(course, payer, 60), processes=3)

    statuses = [status for status, _ in results]
    assert statuses.count(201) == 10, results
    assert {json.loads(text)["code"].split(".")[0] for status, text in results if status != 201} == {"campaign"}
    seen = node.must("GET", f"/v1/campaigns/{course['campaign_id']}", token=home["organiser_token"])
    assert (seen["paid_seats"], seen["state"]) == (10, "confirmed")
    ledger = node.must("GET", f"/v1/campaigns/{course['campaign_id']}/ledger", token=home["organiser_token"])
    assert ledger["sum"]["amount"] == "0.00"


def test_two_last_payers_at_once_reach_the_minimum(node):
    home = town.community(node)
    payer = town.member(node, home)
    for _ in range(3):
        course = town.campaign(node, home, minimum=2, maximum=9)
        path = f"/v1/campaigns/{course['campaign_id']}/commitments"
        town.known(node, home, course, payer)

        results = post_at_once(node, path, home["organiser_token"], joining(course, payer, 2))

        assert [status for status, _ in results] == [201, 201]
        seen = node.must("GET", f"/v1/campaigns/{course['campaign_id']}", token=home["organiser_token"])
        assert (seen["paid_seats"], seen["state"]) == (2, "tipped")


def test_a_foreign_community_finds_nothing_of_another(node):
    home, foreign = town.community(node), town.community(node)
    course, who = town.campaign(node, home), town.member(node, home)
    town.known(node, home, course, who)
    status, commitment = town.join(node, home, course, who)
    assert status == 201
    hidden = (
        f"/v1/communities/{home['community_id']}",
        f"/v1/communities/{home['community_id']}/members",
        f"/v1/communities/{home['community_id']}/members/{who['member_id']}",
        f"/v1/suppliers/{course['supplier_id']}",
        f"/v1/offers/{course['offer_id']}",
        f"/v1/matches/{course['match_id']}",
        f"/v1/campaigns/{course['campaign_id']}",
        f"/v1/campaigns/{course['campaign_id']}/ledger",
        f"/v1/campaigns/{course['campaign_id']}/commitments",
        f"/v1/commitments/{commitment['commitment_id']}",
    )
    for path in hidden:
        assert node.call("GET", path, token=home["organiser_token"])[0] == 200, path
        status, problem = node.call("GET", path, token=foreign["organiser_token"])
        assert status == 404, (path, problem)
        assert who["name"] not in json.dumps(problem, ensure_ascii=False)
    acts = (
        (f"/v1/campaigns/{course['campaign_id']}/cancel", {"reason": "no"}),
        (f"/v1/commitments/{commitment['commitment_id']}/cancel", {}),
        (f"/v1/campaigns/{course['campaign_id']}/commitments", {"seats": 1}),
    )
    for path, body in acts:
        assert node.call("POST", path, body, token=foreign["organiser_token"])[0] == 404, path


def test_a_revoked_token_is_refused(node):
    home = town.community(node)
    ids = {"community_id": home["community_id"], "member_id": home["organiser_id"]}
    made = node.must("POST", "/v1/tokens", {"role": "organiser", **ids})
    path = f"/v1/communities/{home['community_id']}"
    assert node.call("GET", path, token=made["secret"])[0] == 200

    node.must("DELETE", f"/v1/tokens/{made['token_id']}")

    until = time.monotonic() + 3
    while node.call("GET", path, token=made["secret"])[0] == 200 and time.monotonic() < until:
        time.sleep(0.1)
    status, problem = node.call("GET", path, token=made["secret"])
    assert (status, problem["status"]) == (401, 401)


def test_three_hundred_half_open_connections_do_not_stop_the_gateway(node):
    home = town.community(node)
    half_open = []
    try:
        for _ in range(300):
            connection = socket.create_connection(("127.0.0.1", node.port), timeout=5)
            connection.sendall(b"POST /v1/signals HTTP/1.1\r\nHost: x\r\n")
            half_open.append(connection)
        begun = time.monotonic()
        assert node.call("GET", f"/v1/communities/{home['community_id']}", token=home["organiser_token"])[0] == 200
        assert time.monotonic() - begun < 5
    finally:
        for connection in half_open:
            connection.close()


def test_the_logs_name_requests_and_no_people(node):
    home = town.community(node)
    who = town.member(node, home)
    text = "想给外婆找一位会做清蒸鲈鱼的师傅"
    window = {"start": town.at(days=3), "end": town.at(days=3, hours=4)}
    body = {"text": text, "category": "cooking", "people": 3, "windows": [window]}
    signal = node.must("POST", "/v1/signals", body, token=town.member_token(node, home, who))
    node.call("POST", "/v1/signals", {**body, "text": 7, "people": "三"}, token=home["organiser_token"])

    logged = node.everything_logged()

    assert "place_signal" in logged
    for personal in (who["name"], who["contact"], text, home["organiser_token"], signal["text"]):
        assert personal not in logged
