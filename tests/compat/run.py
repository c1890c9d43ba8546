"""Runs one program with whichever O365 this interpreter has, and prints what it saw and which requests it made.

`run.py program` with a JSON object on the standard input: client_id, secret, tenant, user, password, friend, flow; with
`service_url` requests go straight there, else to Microsoft's names, through the proxy of the environment. With `api`
"outlook" they are those of Outlook REST.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import requests

MADE: list[dict[str, Any]] = []


def main() -> None:
    given = json.load(sys.stdin)
    _record()
    source = Path(__file__).parent / "programs" / f"{sys.argv[1]}.py"
    spec = importlib.util.spec_from_file_location(sys.argv[1], source)
    assert spec
    assert spec.loader
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    with tempfile.TemporaryDirectory() as folder:
        account = _account(given, Path(folder))
        seen = program.run(account, given, Path(folder))
    print(json.dumps({"seen": seen, "requests": MADE}))


def _account(given: dict[str, Any], folder: Path) -> Any:
    from O365 import Account, FileSystemTokenBackend

    protocol = _protocol(given)
    if "service_url" in given:
        protocol.service_url = given["service_url"]
    options: dict[str, Any] = {
        "tenant_id": given["tenant"],
        "token_backend": FileSystemTokenBackend(token_path=folder),
        "protocol": protocol,
        "requests_delay": 0,
    }
    if given["flow"] == "credentials":
        credentials = (given["client_id"], given["secret"])
        account = Account(credentials, auth_flow_type="credentials", main_resource=given["user"], **options)
    else:
        account = Account(
            (given["client_id"],),
            auth_flow_type="password",
            username=given["user"],
            password=given["password"],
            main_resource="me",
            **options,
        )
    if not account.authenticate():
        raise RuntimeError("not authenticated")
    if given["flow"] == "password":
        account.main_resource = "me"
    return account


def _protocol(given: dict[str, Any]) -> Any:
    import O365

    kind = "MSOffice365Protocol" if given.get("api") == "outlook" else "MSGraphProtocol"
    return getattr(O365, kind)(**({"timezone": given["timezone"]} if "timezone" in given else {}))


def _record() -> None:
    """Note every request: both clients make theirs with requests."""
    send = requests.Session.send

    def noting(session: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        body = request.body if isinstance(request.body, str | bytes) else None
        text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
        MADE.append({"verb": request.method, "url": request.url, "body": text})
        return send(session, request, **options)

    requests.Session.send = noting  # type: ignore[method-assign,assignment]


if __name__ == "__main__":
    main()
