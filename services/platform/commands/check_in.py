"""``pinlian check-in verify``: verify codes with the public keys only, without a network."""

import json
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any

import click
import requests

from services.campaign.domain import codes
from services.chassis.errors import StartupError
from services.kernel.signing import PublicKeys, id_of
from services.platform.commands.common import json_option, print_json, print_table

COLUMNS = ("valid", "refused", "campaign_id", "commitment_id", "seats", "key_id")
ADDRESS = "/v1/check-in-keys"
TIMEOUT = 10  # seconds
PUBLIC = 32  # bytes of an Ed25519 public key


@click.group("check-in")
def check_in() -> None:
    """Codes that people show at the door.

    签到码。
    """


@check_in.command()
@click.argument("codes", nargs=-1, required=True)
@click.option("--keys", "source", required=True, help="The public keys: a file, or the URL of a node.")
@click.option("--token", envvar="PINLIAN_TOKEN", help="A token of that node, for a URL (or PINLIAN_TOKEN).")
@json_option
def verify(codes: tuple[str, ...], source: str, token: str | None, as_json: bool) -> None:
    """Tell who signed each code and what it says; exit with 1 if one is not valid.

    仅凭公钥离线验码；有无效码时退出码为 1。

    The file is what GET /v1/check-in-keys answered. Whether seats were handed over or given up since a code was made is
    known to the node only, which says so when check-ins are uploaded.
    """
    keys = read_keys(_fetched(source, token) if "://" in source else _read(Path(source)), source)
    found = [_verified(code, keys) for code in codes]
    if as_json:
        print_json({"items": found})
    else:
        rows = [["yes" if one["valid"] else "NO", *(one[name] for name in COLUMNS[1:])] for one in found]
        print_table(COLUMNS, rows, empty="no codes", numbers=("seats",))
    if not all(one["valid"] for one in found):
        raise click.exceptions.Exit(1)


def _verified(text: str, keys: PublicKeys) -> dict[str, Any]:
    found = codes.verify(text, keys)
    if isinstance(found, codes.Fault):
        return {"code": text, "valid": False, **dict.fromkeys(COLUMNS[1:]), "refused": str(found)}
    said = {name: getattr(found, name) for name in ("campaign_id", "commitment_id", "seats", "key_id")}
    return {"code": text, "valid": True, "refused": None, **said}


def read_keys(document: Any, source: str) -> PublicKeys:
    """Return the keys of a document of the API; raise ``StartupError`` for anything else, or another form of codes."""
    expected = "expected what GET /v1/check-in-keys answers"
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise StartupError(f"{source} holds no keys; {expected}")
    if document.get("format") != codes.FORMAT:
        raise StartupError(f"{source} is of the format {document.get('format')!r}; this pinlian reads {codes.FORMAT}")
    try:
        found = {one["key_id"]: urlsafe_b64decode(one["public_key"] + "=") for one in document["keys"]}
    except (KeyError, TypeError, ValueError):
        raise StartupError(f"{source} holds a key that cannot be read; {expected}") from None
    for key_id, public in found.items():
        if len(public) != PUBLIC or id_of(public) != key_id:
            raise StartupError(f"the key {key_id} in {source} is not what its id says; fetch the keys again")
    return found


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except OSError as error:
        raise StartupError(f"--keys {path} cannot be read ({error.strerror})") from None
    except ValueError:
        raise StartupError(f"--keys {path} is not JSON; expected what GET {ADDRESS} answers") from None


def _fetched(url: str, token: str | None) -> Any:
    address = url if url.endswith(ADDRESS) else url.rstrip("/") + ADDRESS
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        answer = requests.get(address, headers=headers, timeout=TIMEOUT)
    except requests.RequestException as error:
        raise StartupError(f"{address} does not answer ({type(error).__name__})") from None
    if answer.status_code == 401:
        raise StartupError(f"{address} wants a token; give --token or PINLIAN_TOKEN")
    if not answer.ok:
        raise StartupError(f"{address} answered {answer.status_code} and no keys")
    try:
        return answer.json()
    except ValueError:
        raise StartupError(f"{address} answered no JSON; is it a node of Pinlian?") from None
