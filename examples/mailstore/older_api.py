"""The Management API of versions 6 and 7 by plain HTTP: one user, then a long call with its status asked for.

The server answers it with `mailstore.legacy = true` in its settings. `Client(api="legacy")` does the same with the
methods of the newer API.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import httpx2
from examples.mailstore import connection

PAUSE_S = 0.2


def main(arguments: Sequence[str] | None = None) -> None:
    options = connection.parser(__doc__)
    options.add_argument("--about", default="admin", metavar="USER", help="the user to tell of")
    given = options.parse_args(arguments)
    with httpx2.Client(
        base_url=f"https://{given.host}:{given.port}",
        auth=(given.user, given.password),
        verify=connection.trusted(given),
    ) as http:
        user = _invoke(http, "GetUserInfo", userName=given.about)
        print(f"{user['userName']}: {user['privileges']}")
        stores = _invoke(http, "GetStores")
        _follow(http, _invoke(http, "VerifyStore", id=stores[0]["id"])["statusUrl"])


def _invoke(http: httpx2.Client, function: str, **arguments: object) -> Any:
    answer = http.post(f"/JSON/Invoke/{function}", data=arguments)
    if answer.status_code == 500:  # the message of any failure, as plain text
        raise SystemExit(answer.text)
    return answer.raise_for_status().json()


def _follow(http: httpx2.Client, url: str) -> None:
    while True:
        status = http.post(url).raise_for_status().json()
        for message in status["messages"]:
            print(message["text"])
        if status["status"] != "running":  # asked again, the URL would fail
            print(status["status"])
            return
        time.sleep(PAUSE_S)


if __name__ == "__main__":
    main()
