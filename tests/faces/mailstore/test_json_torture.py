"""Every JSON argument with hostile values at each of its keys: taken or refused, never an error of the server, and what
is refused leaves nothing behind. Documents are made from the tables of keys; `TORTURE_DOCUMENTS` says how many of each
table, 0 = all: more than ten thousand."""

from __future__ import annotations

import json
import os
import random
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest
from tests.faces.mailstore.conftest import LONG_S, Whole, serving_whole
from tests.faces.mailstore.test_handlers_torture import call

from mailstore.contract import SERVER
from postroom.archive.directories import keys as directory
from postroom.archive.instance import credentials
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.profiles import connectors
from postroom.archive.profiles.details import Key
from postroom.archive.profiles.profiles import keys_of

Document = dict[str, Any] | list[Any]

MOST = int(os.environ.get("TORTURE_DOCUMENTS", "25"))
HOSTILE: tuple[Any, ...] = (
    None, True, -1, 0, 1.5, 2**70, "", "a\0b", "a\r\nb", "../x", "/etc/passwd", "\u00b2", "(" * 4000, "é" * 100_000,
    [], [None], ["x"] * 20_000, {"a": {}},
)  # fmt: skip
SAMPLES: Mapping[str, Any] = {
    "text": "x", "secret": "word", "block": "a\nb", "number": 1, "flag": True, "list": ["x"],
}  # fmt: skip
RIGHT: Mapping[str, Any] = {
    "host": "127.0.0.1", "serverName": "127.0.0.1", "sourcePath": "in", "targetPath": "out", "targetUserFolder": "anna",
    "baseDN": "dc=example,dc=com", "userFilter": "(uid=*)", "userName": "anna@example.com", "tenant": "example.com",
    "emailAddress": "anna@example.com", "recipientAddress": "anna@example.com", "senderAddress": "anna@example.com",
    "graphUrl": "https://127.0.0.1/v1.0", "authorityUrl": "https://127.0.0.1", "authenticationHost": "127.0.0.1",
    "connectionString": "postgresql://u:p@127.0.0.1/x", "selectStatement": "SELECT userName FROM t",
    "deleteInMailbox": "never", "defaultPrivileges": ["login"], "userNameFormat": "userName",
}  # fmt: skip


MADE: Mapping[str, tuple[str, str]] = {
    "CreateProfile": ("DeleteProfile", "GetProfiles"), "CreateCredential": ("DeleteCredential", "GetCredentials"),
}  # fmt: skip
"""What takes away again what a function made, and what shows it."""


class Case(NamedTuple):
    """A call whose argument `name` is this document; the other arguments are `form`."""

    function: str
    name: str
    document: Document
    form: Mapping[str, str] = {}


def filled(keys: Iterable[Key]) -> dict[str, Any]:
    return {key.name: RIGHT.get(key.name, key.values[0] if key.values else SAMPLES[key.kind]) for key in keys}


def cases() -> Iterator[tuple[str, Case]]:
    execution = {"automatic": False, "automaticPauseBetweenExecutions": 60, "automaticMaintenanceWindows": ""}
    for row in connectors.ALL:
        details = filled(keys_of(row.type, row.name))
        profile = {"name": "x", "owner": "admin", "type": row.type, "connector": row.name, "details": details,
                   "serverSideExecution": execution}  # fmt: skip
        for function in ("CreateProfile", "SetProfile") if row.name in ("IMAP", "EML") else ("CreateProfile",):
            form = {"id": "1"} if function == "SetProfile" else {"raw": "true"}
            yield f"{function}-{row.type}-{row.name}", Case(function, "properties", profile, form)
    for type_ in directory.TYPES:
        document = {"type": type_, **filled(directory.keys_of(type_))}
        yield f"directory-{type_}", Case("SetDirectoryServicesConfiguration", "config", document)
    for type_, keys in credentials.TYPES.items():
        yield f"credential-{type_}", Case("CreateCredential", "settings", filled(keys), {"name": "x", "type": type_})
        yield f"settings-{type_}", Case("SetCredentialSettings", "settings", filled(keys), {"id": "1"})
    for name in ("Compliance", "StoreAutoCreate", "Index"):
        yield name, Case(f"Set{name}Configuration", "config", {})
    yield "smtp", Case("SetSmtpSettings", "settings", {})
    policy = {"name": "x", "description": "", "enabled": False, "searchCriteria": {}, "minimum": None}
    yield "retention", Case("SetRetentionPolicies", "config", [policy])


CASES = dict(cases())


def test_every_json_argument_has_its_case() -> None:
    known = {(case.function, case.name) for case in CASES.values()}
    # RunTemporaryProfile reads its argument as CreateProfile does, and would run it.
    known.add(("RunTemporaryProfile", "properties"))
    there = {(function.name, param.name) for function in SERVER.values() if function.built for param in function.params
             if param.type == "json"}  # fmt: skip
    assert known == there


@pytest.fixture(scope="module")
def served(tls: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    with serving_whole(tls, tmp_path_factory.mktemp("documents")) as whole:
        archive = whole.archive
        archive.instance.users.create("anna", ("login",), SYSTEM)
        archive.instance.credentials.create("first", "imap", {"userName": "a", "password": "b"}, SYSTEM)
        yield whole


@pytest.fixture(scope="module")
def client(served: Whole) -> Iterator[httpx2.Client]:
    url, verify = f"https://127.0.0.1:{served.port}", ssl.create_default_context(cafile=str(served.authority))
    with httpx2.Client(
        base_url=url, auth=("admin", "changed"), verify=verify, trust_env=False, timeout=LONG_S
    ) as client:
        yield client


def twisted(document: Any) -> Iterator[Any]:
    """The document with each value in it replaced by each hostile one, and with keys that it should not have."""
    if isinstance(document, dict):
        for key, value in document.items():
            if key == "automatic":  # what is switched on is run at once
                continue
            yield from ({**document, key: other} for other in twisted(value))
        yield {**document, "x" * 1000: 1}
        yield {**document, "\0": 1}
        yield {key.upper(): value for key, value in document.items()}
    elif isinstance(document, list) and document:
        yield from ([other, *document[1:]] for other in twisted(document[0]))
    yield from HOSTILE


def some_of(documents: Iterable[Any]) -> list[Any]:
    """Others in each run."""
    found = list(documents)
    return random.sample(found, min(MOST or len(found), len(found)))


def shown(client: httpx2.Client) -> list[Any]:
    """What documents may change. That it can be read says that nothing was kept which cannot be."""
    told = []
    for function in ("GetProfiles", "GetCredentials", "GetDirectoryServicesConfiguration", "GetSmtpSettings",
                     "GetComplianceConfiguration", "GetStoreAutoCreateConfiguration", "GetIndexConfiguration",
                     "GetRetentionPolicies"):  # fmt: skip
        answer = call(client, function, {"raw": "true"} if function == "GetProfiles" else {})
        assert answer["statusCode"] == "succeeded", answer
        told.append(answer["result"])
    return told


@pytest.mark.parametrize("name", CASES)
def test_any_document_is_taken_or_refused_whole(served: Whole, client: httpx2.Client, name: str) -> None:
    case = CASES[name]
    document = case.document
    if not document:
        document = call(client, case.function.replace("Set", "Get", 1), {})["result"]
    if case.function == "SetProfile":
        made = call(client, "CreateProfile", {"raw": "true", "properties": json.dumps(document)})
        case = case._replace(form={"id": str(made["result"])})
    before = shown(client)
    for other in some_of(twisted(document)):
        began = time.monotonic()
        answer = call(client, case.function, {**case.form, case.name: json.dumps(other)})
        assert time.monotonic() - began < LONG_S / 2, str(other)[:300]
        if answer["statusCode"] == "failed":
            assert len(answer["error"]["message"]) < 2000, answer["error"]["message"][:3000]
        elif case.function in MADE:
            one, some = MADE[case.function]
            assert call(client, some, {"raw": "true"})["statusCode"] == "succeeded"
            assert call(client, one, {"id": str(answer["result"])})["statusCode"] == "succeeded"
        else:
            before = shown(client)
    assert shown(client) == before
    for profile in served.archive.profiles.all():
        served.archive.profiles.delete(profile.id, SYSTEM)
