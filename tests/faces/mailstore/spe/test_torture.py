"""Functions of the installation with missing, wrong and hostile arguments: refused in words that name the argument,
never an error of the server, and nothing outside of the allowed places is touched. The cases come from the contract."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.faces.mailstore.spe.conftest import Installation, serving
from tests.faces.mailstore.test_handlers_torture import HOSTILE, PATHS, WRONG

from mailstore.contract import SPE, Function
from postroom.faces.mailstore.spe import handlers as _own  # noqa: F401
from postroom.faces.mailstore.spe.handlers import administrators, instances, servers
from postroom.faces.mailstore.spe.register import INSTANCE, MANAGEMENT

OWN = [SPE[name] for name in (*MANAGEMENT, *INSTANCE) if SPE[name].params]
CONFIGS = {
    "CreateInstance": instances.KEYS,
    "SetInstanceConfiguration": instances.KEYS,
    "CreateInstanceHost": servers.HOST_KEYS,
    "SetInstanceHostConfiguration": servers.HOST_KEYS,
    "CreateClientAccessServer": servers.KEYS,
    "SetClientAccessServerConfiguration": servers.KEYS,
    "CreateSystemAdministrator": administrators.KEYS,
    "SetSystemAdministratorConfiguration": administrators.KEYS,
}


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, tls: Any) -> Iterator[Installation]:
    with serving(tls, tmp_path_factory.mktemp("torture")) as installation:
        installation.instance("elm")
        yield installation


@pytest.fixture(scope="module")
def http(installation: Installation) -> Iterator[httpx2.Client]:
    with installation.http(("admin", "changed")) as http:
        yield http


def call(http: httpx2.Client, function: str, fields: dict[str, str]) -> dict[str, Any]:
    answer = http.post(f"/api/invoke/{function}", data=fields)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = json.loads(answer.content.decode("utf-8-sig"))
    assert "Traceback" not in answer.text
    assert told["error"] is None or "internal error" not in told["error"]["message"]
    return told


def good(function: Function) -> dict[str, str]:
    """Arguments that are read, and lead nowhere."""
    values = {"number": "1", "bool": "true", "json": "{}", "string": "none"}
    fields = {param.name: param.values[0] if param.values else values[param.type] for param in function.params}
    return {**fields, **({"instanceID": "elm"} if "instanceID" in fields else {})}


@pytest.mark.parametrize("function", OWN, ids=lambda function: function.name)
def test_what_is_missing_is_named(http: httpx2.Client, function: Function) -> None:
    for param in function.params:
        if param.required:
            fields = {name: value for name, value in good(function).items() if name != param.name}
            told = call(http, function.name, fields)
            assert told["error"]["message"] == f"Missing API argument {param.name}."


# The paths of CreateDirectoryOnInstanceHost have a test of their own.
@pytest.mark.parametrize(
    "function", [one for one in OWN if one.name != "CreateDirectoryOnInstanceHost"], ids=lambda function: function.name
)
def test_hostile_values_break_nothing(http: httpx2.Client, installation: Installation, function: Function) -> None:
    for param in function.params:
        for value in (*HOSTILE, *WRONG.get(param.type, ())):
            if value != "*" or "Filter" not in param.name:
                call(http, function.name, {**good(function), param.name: value})
    names = {path.name for path in installation.home.path.iterdir()}
    assert names <= {
        "archive",
        "tls",
        "log",
        "lock",
        "postroom.toml",
        "work-spe.db",
        "work-spe.db-wal",
        "work-spe.db-shm",
    }
    assert {path.name for path in installation.outside.parent.iterdir()} == {"home", "outside"}


@pytest.mark.parametrize("path", PATHS)
def test_hostile_paths_lead_nowhere(http: httpx2.Client, installation: Installation, path: str) -> None:
    before = {file for file in installation.outside.parent.rglob("*") if "stores" not in file.parts}
    host = installation.host
    for base in (path, f"{installation.outside}/../{path}", f"{installation.outside}/\0{path}"):
        call(http, "CreateDirectoryOnInstanceHost", {"serverName": host, "path": base})
        call(http, "GetDirectoriesOnInstanceHost", {"serverName": host, "path": base})
        config = {"instanceID": "oak", "instanceHost": host, "baseDirectory": base, "startMode": "manual"}
        call(http, "CreateInstance", {"config": json.dumps(config)})
        call(http, "DeleteInstances", {"instanceFilter": "oak"})
        call(http, "CreateStore", {"instanceID": "elm", "name": "x", "databasePath": base})
    after = {file for file in installation.outside.parent.rglob("*") if "stores" not in file.parts}
    allowed = (installation.home.instances, installation.outside)
    made = {file for file in after - before if not any(file.is_relative_to(place) for place in allowed)}
    assert made <= {installation.home.spe_work_db.with_name(f"work-spe.db{end}") for end in ("-wal", "-shm")}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize("name", CONFIGS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_configuration_is_taken_or_refused_with_the_name_of_a_key(
    http: httpx2.Client, installation: Installation, name: str, data: st.DataObject
) -> None:
    keys = [*CONFIGS[name], "serverCertificate", "unknown"]
    config = data.draw(st.dictionaries(st.sampled_from(keys), JSON, max_size=6))
    if data.draw(st.booleans()):
        config |= {"instanceID": "elm", "serverName": installation.host, "userName": "anna"}
        config = {key: value for key, value in config.items() if key in CONFIGS[name]}
    told = call(http, name, {"config": json.dumps(config), "password": "x"})
    if told["statusCode"] == "failed" and told["error"]["details"] == "Invalid":
        assert told["error"]["message"].partition(":")[0] in {*keys, "config", *config}
