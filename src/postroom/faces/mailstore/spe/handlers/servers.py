"""Instance hosts and client access servers (Management API; reference shape: instance host, client access server)."""

from __future__ import annotations

from typing import Any, Final

from postroom.archive.management.servers import ACCESS, HOST, Server, Servers
from postroom.errors import Invalid, NotFound
from postroom.faces.mailstore.server.documents import json_object
from postroom.faces.mailstore.spe.call import Call
from postroom.faces.mailstore.spe.register import given, implements, named

KEYS: Final = {"serverName": "server_name", "port": "port", "serverCertificate": "thumbprint"}
HOST_KEYS: Final = {**KEYS, "baseDirectory": "base_directory"}
# What an answer has beside the configuration, so that it may be sent back.
SHOWN_ONLY: Final = "serviceStatus"


@implements("GetInstanceHosts")
def get_instance_hosts(call: Call, serverNameFilter: str | None = None) -> list[dict[str, Any]]:
    return [
        {**_shown(server), "baseDirectory": server.base_directory}
        for server in call.management.hosts.matching(serverNameFilter)
    ]


@implements("CreateInstanceHost")
def create_instance_host(call: Call, config: Any) -> None:
    _create(call, call.management.hosts, config, HOST_KEYS)


@implements("SetInstanceHostConfiguration")
def set_instance_host_configuration(call: Call, config: Any) -> None:
    _update(call, call.management.hosts, config, HOST_KEYS)


@implements("DeleteInstanceHost")
def delete_instance_host(call: Call, serverName: str) -> None:
    call.management.hosts.delete(serverName, call.by)


@implements("GetClientAccessServers")
def get_client_access_servers(
    call: Call, withServiceStatus: bool, serverNameFilter: str | None = None
) -> list[dict[str, Any]]:
    """This server plays the role of each, so their state is its own."""
    status = {"serviceStatus": {"state": "online", "version": call.facts.version, "error": None}}
    more = status if withServiceStatus else {}
    return [{**_shown(server), **more} for server in call.management.access_servers.matching(serverNameFilter)]


@implements("CreateClientAccessServer")
def create_client_access_server(call: Call, config: Any) -> None:
    _create(call, call.management.access_servers, config, KEYS)


@implements("SetClientAccessServerConfiguration")
def set_client_access_server_configuration(call: Call, config: Any) -> None:
    _update(call, call.management.access_servers, config, KEYS)


@implements("DeleteClientAccessServer")
def delete_client_access_server(call: Call, serverName: str) -> None:
    call.management.access_servers.delete(serverName, call.by)


@implements("PairWithManagementServer")
def pair_with_management_server(call: Call, serverType: str, serverName: str, port: int, thumbprint: str) -> None:
    """A record of the role, made or brought up to date."""
    records: dict[str, Servers] = {HOST: call.management.hosts, ACCESS: call.management.access_servers}
    servers, facts = records[serverType], {"port": port, "thumbprint": thumbprint}
    try:
        servers.update(serverName, facts, call.by)
    except NotFound:
        servers.create(serverName, facts, call.by)


@implements("GetDirectoriesOnInstanceHost")
def get_directories_on_instance_host(call: Call, serverName: str, path: str | None = None) -> list[dict[str, str]]:
    call.management.hosts.get(serverName)
    return [{"name": folder.name, "path": str(folder)} for folder in call.management.places.folders(path)]


@implements("CreateDirectoryOnInstanceHost")
def create_directory_on_instance_host(call: Call, serverName: str, path: str) -> None:
    call.management.hosts.get(serverName)
    call.management.places.make(path)


def _create(call: Call, servers: Servers, config: Any, keys: dict[str, str]) -> None:
    name, facts = _config(call, config, keys)
    with named(keys):
        servers.create(name, facts, call.by)


def _update(call: Call, servers: Servers, config: Any, keys: dict[str, str]) -> None:
    name, facts = _config(call, config, keys)
    with named(keys):
        servers.update(name, facts, call.by)


def _config(call: Call, config: Any, keys: dict[str, str]) -> tuple[str, dict[str, object]]:
    """Which server is meant, and the rest, the thumbprint out of the certificate."""
    document = json_object("config", config)
    facts = given({key: value for key, value in document.items() if key != SHOWN_ONLY}, keys)
    name, certificate = facts.pop("server_name", None), facts.get("thumbprint")
    if not isinstance(name, str):
        raise Invalid("serverName", "the name of the server")
    if isinstance(certificate, dict):
        facts["thumbprint"] = certificate.get("thumbprint")
    if (base := facts.get("base_directory")) and isinstance(base, str):
        # Now, and not when the first instance is made there.
        call.management.places.checked("baseDirectory", base)
    return name, facts


def _shown(server: Server) -> dict[str, Any]:
    certificate = {"thumbprint": server.thumbprint}
    return {"serverName": server.name, "port": server.port, "serverCertificate": certificate}
