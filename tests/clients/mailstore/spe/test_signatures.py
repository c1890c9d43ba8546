"""Names, order and defaults of arguments: those of the tutorial and of the first client library."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from mailstore import mgmt
from mailstore.aio import SPEClient
from mailstore.contract import SPE
from mailstore.contract.spe import MAY_TAKE_LONG
from mailstore.replacements import Replacements
from mailstore.spe import Client

SIGNATURES = {
    "GetUserInfo": "instanceID, userName",
    "VerifyStore": "instanceID, id, includeIndexes=True",
    "GetStores": "instanceID, includeSize=True",
    "MaintainFileSystemDatabases": "instanceID",
    "GetWorkerResults": "instanceID, fromIncluding, toExcluding, timeZoneID='$Local', profileID=None, userName=None",
    "CreateProfile": "instanceID, properties, raw=True",
    "RunTemporaryProfile": "instanceID, properties, raw=True",
    "SetDirectoryServicesConfiguration": "instanceID, config",
    "GetInstances": "instanceFilter",
    "CreateInstance": "config",
    "SetInstanceConfiguration": "config",
    "CreateSystemAdministrator": "config, password",
    "GetClientAccessServers": "withServiceStatus, serverNameFilter=None",
    "GetInstanceHosts": "serverNameFilter=None",
}
REPLACEMENTS = {
    "SetComplianceConfiguration2": "instanceID, globalRetentionTimeYears=None, adminEmailPreviewEnabled=None, "
    "legalHoldEnabled=None, logSuccessfulUserActivities=None",
    "SetIndexConfiguration2": "instanceID, extensions",
    "SetStoreAutoCreateConfiguration2": "instanceID, enabled=True, interval='none', sizeThreshold=None, "
    "numberOfMessagesThreshold=500000, baseDirectory=None",
    "CreateClientAccessServer2": "serverName, port, thumbprint",
    "CreateInstance2": "instanceID, instanceHost, startMode, baseDirectory, alias=None, displayName=None, "
    "debugLogEnabled='false', vssWriterEnabled='false'",
    "CreateInstanceHost2": "serverName, port, thumbprint, baseDirectory",
    "CreateSystemAdministrator2": "userName, fullName=None, password=None",
    "UpdateClientAccessServerConfiguration2": "serverName, port, thumbprint",
    "UpdateInstanceHostConfiguration2": "serverName, port, thumbprint, baseDirectory",
    "UpdateSystemAdministratorConfiguration2": "userName, fullName=None",
}
HELPERS = {
    "CallMethod": "methodname, arguments=None, autoHandleToken=None",
    "GetStatus": "status, waitTime=None",
    "HandleToken": "status, waitTime=None",
    "HandleTokenIter": "status, waitTime=None",
    "CancelAsync": "status",
    "PrettyPrint": "value",
}
BOTH = pytest.mark.parametrize("kind", [Client, SPEClient])


def written(function: Callable[..., Any]) -> str:
    """The parameters that may stand without their names, in the text of Python."""
    return ", ".join(
        parameter.name if parameter.default is parameter.empty else f"{parameter.name}={parameter.default!r}"
        for parameter in list(inspect.signature(function).parameters.values())[1:]
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    )


@BOTH
@pytest.mark.parametrize("name", [*SIGNATURES, *REPLACEMENTS, *HELPERS])
def test_methods_keep_order_and_defaults(kind: type, name: str) -> None:
    assert written(getattr(kind, name)) == {**SIGNATURES, **REPLACEMENTS, **HELPERS}[name]


@BOTH
def test_client_keeps_order_and_defaults_and_takes_the_rest_by_name(kind: type) -> None:
    assert written(kind.__init__) == (  # type: ignore[misc]
        "username='admin', password='admin', host='', port=8470, autoHandleToken=True, waitTime=2000, logLevel=2, "
        "fileLogLevel=0"
    )


@BOTH
def test_every_function_has_a_method_with_the_parameters_of_its_row(kind: type) -> None:
    for name, function in SPE.items():
        parameters = list(inspect.signature(getattr(kind, name)).parameters)
        token = ["autoHandleToken"] if function.slow or name in MAY_TAKE_LONG else []
        assert parameters == ["self", *(param.name for param in function.params), *token]


@BOTH
def test_replacements_are_no_functions_of_the_api_and_have_aliases_that_are(kind: type) -> None:
    assert {name for name in vars(Replacements) if name.endswith("2")} - REPLACEMENTS.keys() == {
        "SetClientAccessServerConfiguration2",
        "SetInstanceHostConfiguration2",
        "SetSystemAdministratorConfiguration2",
    }
    for role in ("ClientAccessServer", "InstanceHost", "SystemAdministrator"):
        alias, method = f"Set{role}Configuration2", f"Update{role}Configuration2"
        assert getattr(kind, alias) is getattr(kind, method)


@BOTH
def test_there_is_no_download(kind: type) -> None:
    assert not hasattr(kind, "download")


def test_later_client_takes_the_instance_by_name_only() -> None:
    for name, function in SPE.items():
        params = [param.name for param in function.params]
        named = ["instanceID"] if "instanceID" in params else []
        parameters = inspect.signature(getattr(mgmt.SPEClient, name)).parameters
        assert list(parameters) == ["self", *(p for p in params if p not in named), *named, "autoHandleToken"]
        assert all(parameters[key].kind is inspect.Parameter.KEYWORD_ONLY for key in [*named, "autoHandleToken"])


@pytest.mark.parametrize(("kind", "port"), [(mgmt.ServerClient, 8463), (mgmt.SPEClient, 8474)])
def test_later_clients_keep_their_names(kind: type, port: int) -> None:
    assert written(kind.__init__) == (  # type: ignore[misc]
        f"username='admin', password='admin', host='127.0.0.1', port={port}, autoHandleToken=True, waitTime=1000, "
        "callback=None, logLevel=2"
    )
    assert written(kind.call) == (  # type: ignore[attr-defined]
        "method, arguments=None, invoke=True, autoHandleToken=None"
    )
    for name in ("GetStatus", "HandleToken", "YieldStatus", "CancelAsync", "GetMetadata"):
        assert callable(getattr(kind, name))
