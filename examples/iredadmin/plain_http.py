"""The API without this client: forms, a cookie and the standard library, as scripts for older versions have it.

They name a display name `cn`, and a user's quota `mailQuota`; servers of any version take these.
"""

from __future__ import annotations

import json
import ssl
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import quote, urlencode
from urllib.request import HTTPCookieProcessor, HTTPSHandler, OpenerDirector, Request, build_opener

from examples.iredadmin.connection import parser, password


def main(arguments: list[str] | None = None) -> None:
    options = parser(__doc__).parse_args(arguments)
    api = f"{options.base_url.rstrip('/').removesuffix('/api')}/api"
    opener = build_opener(
        HTTPSHandler(context=ssl.create_default_context(cafile=options.ca_file)), HTTPCookieProcessor(CookieJar())
    )

    answer = call(opener, "POST", f"{api}/login", username=options.username, password=password())
    if not answer["_success"]:
        raise SystemExit(f"Not signed in: {answer['_msg']}")

    domain, mail = options.domain, f"bert@{options.domain}"
    made = call(opener, "POST", f"{api}/domain/{domain}", cn="From a script", defaultQuota="1024")
    told(domain, made)
    user = f"{api}/user/{quote(mail)}"
    told(mail, call(opener, "POST", user, cn="Bert Example", password="AsTr0ng@Word", mailQuota="512"))
    told(mail, call(opener, "PUT", user, accountStatus="disabled", preferredLanguage="de_DE"))
    print(f"{mail}: {call(opener, 'GET', user)['_data']['name']}")
    told(mail, call(opener, "DELETE", user))
    if made["_success"]:  # a domain that was there before is somebody's
        told(domain, call(opener, "DELETE", f"{api}/domain/{domain}"))


def call(opener: OpenerDirector, method: str, url: str, **form: str) -> dict[str, Any]:
    body = urlencode(form).encode() if method in {"POST", "PUT"} else None
    with opener.open(Request(url, body, method=method), timeout=30) as answer:
        envelope: dict[str, Any] = json.load(answer)
        return envelope


def told(what: str, answer: dict[str, Any]) -> None:
    print(f"{what}: {'done' if answer['_success'] else answer['_msg']}")


if __name__ == "__main__":
    main()
