import base64
from datetime import timedelta

import pytest

from services.sandbox.contract.signing import SignatureError, Signer, Verifier, answer_text, request_text
from tests.fakes.chassis import MONDAY

# RFC 8032, section 7.1, TEST 2: seed, public key, message and signature.
SEED = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
MESSAGE = "72"
SIGNATURE = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def base64_of(text):
    return base64.b64encode(bytes.fromhex(text)).decode()


@pytest.fixture
def signer():
    return Signer.generate()


@pytest.fixture
def verifier(signer):
    return Verifier(signer.public_text)


def test_what_is_signed_has_the_form_of_wechat_pay():
    # The example of WeChat Pay's own documentation of API v3.
    nonce = "593BEC0C930BF1AFEB40B4A08C8FB242"
    assert request_text("GET", "/v3/certificates", "1554208460", nonce, b"") == (
        b"GET\n/v3/certificates\n1554208460\n593BEC0C930BF1AFEB40B4A08C8FB242\n\n"
    )
    assert answer_text("1554209980", "c5ac7061fccab6bf3e254dcf98995b8c", b'{"a":1}') == (
        b'1554209980\nc5ac7061fccab6bf3e254dcf98995b8c\n{"a":1}\n'
    )


def test_the_signature_is_ed25519_of_rfc_8032():
    signer = Signer.from_text(base64_of(SEED))
    assert signer.public_text == base64_of(PUBLIC)
    assert signer._sign(bytes.fromhex(MESSAGE)) == base64_of(SIGNATURE)
    Verifier(base64_of(PUBLIC))._check(bytes.fromhex(MESSAGE), base64_of(SIGNATURE), signer._serial)


def test_a_key_survives_being_written_down(signer):
    assert Signer.from_text(signer.private_text).public_text == signer.public_text


@pytest.mark.parametrize("text", ["", "abc", "!" * 44, base64.b64encode(b"short").decode()])
def test_what_is_no_key_is_refused(text):
    for read in (Signer.from_text, Verifier):
        with pytest.raises(ValueError):
            read(text)


def test_a_request_is_recognised(signer, verifier):
    header = signer.authorization("POST", "/v1/charges?a=1", b"{}", MONDAY)
    nonce = verifier.check_request(header, "POST", "/v1/charges?a=1", b"{}", MONDAY + timedelta(minutes=4, seconds=59))
    assert len(nonce) == 32


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [("GET", "/v1/a", b"{}"), ("POST", "/v1/b", b"{}"), ("POST", "/v1/a?x", b"{}"), ("POST", "/v1/a", b"{ }")],
)
def test_a_request_that_was_changed_on_the_way_is_refused(signer, verifier, method, target, body):
    header = signer.authorization("POST", "/v1/a", b"{}", MONDAY)
    with pytest.raises(SignatureError, match="does not fit"):
        verifier.check_request(header, method, target, body, MONDAY)


def test_another_time_or_nonce_than_was_signed_is_refused(signer, verifier):
    header = signer.authorization("POST", "/v1/a", b"{}", MONDAY)
    now = str(int(MONDAY.timestamp()))
    for changed in (header.replace(now, str(int(now) + 1)), header.replace('nonce="', 'nonce="0')):
        with pytest.raises(SignatureError, match="does not fit"):
            verifier.check_request(changed, "POST", "/v1/a", b"{}", MONDAY)


@pytest.mark.parametrize("minutes", [5, -5, 60])
def test_a_message_of_another_time_is_refused(signer, verifier, minutes):
    now = MONDAY + timedelta(minutes=minutes)
    with pytest.raises(SignatureError, match="five minutes"):
        verifier.check_request(signer.authorization("GET", "/", b"", MONDAY), "GET", "/", b"", now)
    with pytest.raises(SignatureError, match="five minutes"):
        verifier.check_answer(signer.headers(b"x", MONDAY), b"x", now)


def test_an_answer_is_recognised_whatever_the_case_of_its_headers(signer, verifier):
    headers = {name.title(): value for name, value in signer.headers(b"body", MONDAY).items()}
    verifier.check_answer(headers, b"body", MONDAY)
    with pytest.raises(SignatureError, match="does not fit"):
        verifier.check_answer(headers, b"other", MONDAY)


def test_a_header_that_is_missing_is_named(signer, verifier):
    headers = signer.headers(b"", MONDAY)
    del headers["sandbox-nonce"]
    with pytest.raises(SignatureError, match="sandbox-nonce is missing"):
        verifier.check_answer(headers, b"", MONDAY)


def test_a_message_of_another_key_is_told_apart_from_a_forged_one(verifier):
    with pytest.raises(SignatureError, match="another key"):
        verifier.check_answer(Signer.generate().headers(b"", MONDAY), b"", MONDAY)


@pytest.mark.parametrize(
    "header",
    ["", "Bearer x", "PINLIAN-ED25519 ", 'PINLIAN-ED25519 serial="a",timestamp="1"', 'WECHATPAY2 serial="a"'],
)
def test_what_is_no_authorization_is_refused(verifier, header):
    with pytest.raises(SignatureError):
        verifier.check_request(header, "GET", "/", b"", MONDAY)


def test_a_nonce_is_used_for_one_message(signer):
    nonces = {signer.headers(b"", MONDAY)["sandbox-nonce"] for _ in range(100)}
    assert len(nonces) == 100
