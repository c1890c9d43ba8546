"""The functions of the Management API of the Service Provider Edition.

`source` as in `server`. Functions of an instance are those of the Server API with `instanceID` before the other
parameters; they are derived, not repeated.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mailstore.contract import samples, shapes, values
from mailstore.contract.model import Function, Param, Result, document, flag, number, string, table
from mailstore.contract.server import CONFIG, GROUPS, PASSWORD, REQUESTED_STATE, STORE, USER

INSTANCE = string("instanceID", "The instance.", max_length=256)
INSTANCES = string("instanceFilter", "`*` for all, or the name of an instance.", max_length=4096)
HOST = string("serverName", "Name of the server.", max_length=256)
HOSTS = string("serverNameFilter", "Only servers whose name fits; absent means all.", required=False)
PORT = number("port", "Port of the server.", minimum=1, maximum=65535)
THUMBPRINT = string("thumbprint", "SHA-1 of its certificate, 40 hex digits.", max_length=64)
PATH = string("path", "Folder on the instance host.")


def _instance(
    name: str, doc: str, params: tuple[Param, ...] = (), result: Result | None = None, **more: Any
) -> Function:
    """A function of an instance that the Server API does not have."""
    return Function(name, doc, (INSTANCE, *params), result=result, **more)


def _built(*functions: Function) -> tuple[Function, ...]:
    """The functions as ones that Postroom's server has."""
    return tuple(replace(function, built=True) for function in functions)


SERVER_ONLY = frozenset({
    "GetServerInfo", "GetActiveSessions", "GetServiceConfiguration", "SetServiceCertificate", "GetLicenseInformation",
    "CreateBackup", "CompactMasterDatabase", "RenewMasterKey", "SetStoreProperties", "GetStoreIndexes",
    "RebuildStoreIndex",
})  # fmt: skip
"""Functions of the Server API without a twin here (reference 3.5)."""

OTHERWISE = frozenset({"CreateStore", "AttachStore", "GetIndexConfiguration", "SetIndexConfiguration"})
"""Functions written out below: with other parameters here, or the original's own here and an addition there."""


ONLY_HERE = frozenset({"TransferStores"})
"""Functions that Postroom's Server has not, because it has no second instance."""


TITLES = {"Server and sessions": "Time zones and the status report"}
"""Groups of which an instance has so little that they need another name."""

MAY_TAKE_LONG = frozenset({"GetFolderStatistics", "GetWorkerResults"})
"""Functions that newer servers were seen to run as processes (reference 1.6, 3.5), so that their answer may be a token.

`slow` is not set for them: older clients read the result from the first answer.
"""


def _shared(function: Function) -> Function:
    """A function of the Server API as an instance has it."""
    source = f"3.4, 3.5; {function.source}"
    built = function.built or function.name in ONLY_HERE
    return replace(function, params=(INSTANCE, *function.params), built=built, users=False, source=source)


def _shared_groups() -> list[tuple[str, tuple[Function, ...]]]:
    """The functions that an instance has as a Server has them, in the Server's groups."""
    apart = SERVER_ONLY | OTHERWISE
    groups = ((name, tuple(_shared(f) for f in group if f.name not in apart)) for name, group in GROUPS)
    return [(TITLES.get(name, name), group) for name, group in groups if group]


INSTALLATION = _built(
    Function("GetEnvironmentInfo", "Version, licence and machine of the management server.",
             result=Result(shapes.EnvironmentInfo, samples.ENVIRONMENT), source="3.2, 4.15 [seed]", since="8.5"),
    Function("GetServiceStatus", "What needs attention, and the state of the roles.",
             result=Result(shapes.ServiceStatus, samples.SERVICE_STATUS), source="3.2, 4.16 [docs]", since="8.5"),
    Function("Ping", "Keep the session alive.", source="3.2 [wrapper]", since="8.5"),
    Function("PairWithManagementServer", "Join a role with the management server.",
             (string("serverType", "Role that joins.", values=values.ROLES), HOST, PORT, THUMBPRINT),
             source="3.2 [wrapper]", since="8.5"),
    Function("CreateLicenseRequest", "Text of a licence request.", result=Result(str, "REQUEST"),
             source="3.2 [wrapper], result [inferred]", since="8.5"),
    Function("ReloadBranding", "Read the branding files again.", source="3.2 [wrapper]", since="2018"),
    Function("GetSystemSmtpConfiguration", "How the management server sends mail; the password is null.",
             result=Result(shapes.SmtpSettings, samples.SMTP), source="3.2, 4.19 [wrapper]", since="2018"),
    Function("SetSystemSmtpConfiguration", "Change how the management server sends mail.", (CONFIG,),
             source="3.2 [wrapper]", since="2018"),
    Function("TestSystemSmtpConfiguration", "Send a test mail.", source="3.2 [wrapper]", since="2018"),
    Function("GetClientAccessServers", "The client access servers.",
             (flag("withServiceStatus", "Ask each for its state."), HOSTS),
             result=Result(list[shapes.ClientAccessServer], [samples.CLIENT_ACCESS_SERVER]),
             source="3.2, 4.11 [docs]", since="8.5"),
    Function("CreateClientAccessServer", "Make a client access server known.", (CONFIG,),
             source="3.2 [seed]", since="8.5"),
    Function("SetClientAccessServerConfiguration", "Change a client access server; `serverName` says which.",
             (CONFIG,), source="3.2 [seed]", since="8.5"),
    Function("DeleteClientAccessServer", "Forget a client access server.", (HOST,),
             source="3.2 [wrapper]", since="8.5"),
    Function("GetInstanceHosts", "The instance hosts.", (HOSTS,),
             result=Result(list[shapes.InstanceHost], [samples.INSTANCE_HOST]), source="3.2, 4.11 [docs]", since="8.5"),
    Function("CreateInstanceHost", "Make an instance host known.", (CONFIG,), source="3.2 [seed]", since="8.5"),
    Function("SetInstanceHostConfiguration", "Change an instance host; `serverName` says which.", (CONFIG,),
             source="3.2 [seed]", since="8.5"),
    Function("DeleteInstanceHost", "Forget an instance host.", (HOST,), source="3.2 [wrapper]", since="8.5"),
    Function("GetDirectoriesOnInstanceHost", "The folders below one on an instance host; without path, its roots.",
             (HOST, PATH.optional()), result=Result(list[shapes.Directory], [samples.DIRECTORY]),
             source="3.2 [wrapper], result [inferred]", since="8.5"),
    Function("CreateDirectoryOnInstanceHost", "Make a folder on an instance host.", (HOST, PATH),
             source="3.2 [wrapper]", since="8.5"),
    Function("GetInstances", "The instances and whether they run.", (INSTANCES,),
             result=Result(list[shapes.InstanceRow], [samples.INSTANCE_ROW]), source="3.2, 4.10 [docs]", since="8.5"),
    Function("CreateInstance", "Create an instance.",
             (document("config", "Its configuration.", shapes.Instance),), source="3.2, 4.10 [seed]", since="8.5"),
    Function("GetInstanceConfiguration", "Configuration of an instance.", (INSTANCE,),
             result=Result(shapes.Instance, samples.INSTANCE), source="3.2, 4.10 [seed][docs]", since="8.5"),
    Function("SetInstanceConfiguration", "Change an instance; `instanceID` in it says which.",
             (document("config", "Its configuration.", shapes.Instance),), source="3.2 [seed]", since="8.5"),
    *(Function(f"{verb}Instances", doc, (INSTANCES,), slow=True, source="3.2 [wrapper]", since="8.5") for verb, doc in (
        ("Start", "Start instances."),
        ("Stop", "Stop instances."),
        ("Restart", "Stop instances and start them again."),
        ("Freeze", "Hold instances in a consistent state, for a snapshot."),
        ("Thaw", "Let frozen instances go on."),
        ("Delete", "Delete stopped instances; their data stays on disk."),
    )),
    Function("GetSystemAdministrators", "The administrators of the installation.",
             result=Result(list[shapes.SystemAdministrator], [samples.SYSTEM_ADMINISTRATOR]),
             source="3.2, 4.21 [seed]", since="8.5"),
    Function("CreateSystemAdministrator", "Create an administrator.",
             (document("config", "Names and address.", shapes.SystemAdministrator), PASSWORD),
             source="3.2 [seed]", since="8.5"),
    Function("SetSystemAdministratorConfiguration", "Change an administrator; `userName` says which.",
             (document("config", "Names and address.", shapes.SystemAdministrator),), source="3.2 [seed]", since="8.5"),
    Function("SetSystemAdministratorPassword", "Set an administrator's password.", (USER, PASSWORD),
             source="3.2 [wrapper]", since="8.5"),
    Function("DeleteSystemAdministrator", "Delete an administrator.", (USER,), source="3.2 [wrapper]", since="8.5"),
    Function("InitializeSystemAdministratorMFA", "Make an administrator set up a second factor.", (USER,),
             result=Result(shapes.Secret, samples.SECRET), source="3.2 [inferred]", since="2023"),
    Function("DeactivateSystemAdministratorMFA", "Switch an administrator's second factor off.", (USER,),
             source="3.2 [inferred]", since="2023"),
    Function("CreateSystemAdministratorAPIPassword", "New password for API calls of an administrator with MFA.",
             (USER,), result=Result(str, "k3y-f0r-calls"), source="3.2 [inferred]", since="2023"),
)  # fmt: skip

ACCESS = _built(
    _instance("GetArchiveAdminEnabled", "Whether the service provider may enter the instance.",
              result=Result(bool, True), source="3.3 [inferred result]", since="8.5"),
    _instance("SetArchiveAdminEnabled", "Let the service provider enter the instance, or not.",
              (flag("enabled", "Whether to."),), source="3.3 [wrapper]", since="8.5"),
    _instance("CreateClientOneTimeUrlForArchiveAdmin",
              "Link by which the service provider can sign in to the console once.",
              (string("instanceUrl", "Where the console of the instance is, if not on this machine.", required=False),),
              result=Result(str, "https://mail.example.com:8462/i/elm/once?token=3q2-7w"),
              source="3.3 [inferred result]", since="8.5"),
    _instance("GetInstanceStatistics", "Messages and sizes of the instance.",
              result=Result(shapes.InstanceStatistics, samples.INSTANCE_STATISTICS),
              source="3.3, 4.15 [docs]", since="8.5"),
    _instance("GetInstanceProcessLiveStatistics", "Load of the instance's process.",
              result=Result(shapes.ProcessStatistics, samples.PROCESS_STATISTICS),
              source="3.3, 4.15 [inferred keys]", since="8.5"),
    _instance("CanRunArchiveProfiles", "Whether profiles could run now.", result=Result(bool, True),
              source="3.3 [inferred result]", since="2018"),
)  # fmt: skip

_STORE_PLACE = (
    string("databasePath", "Folder on the instance host; old versions call it `path`."),
    string("contentPath", "Folder of the message contents.", required=False),
    string("indexPath", "Folder of the search indexes.", required=False),
)
_NEW_STORE = (string("name", "Name of the store.", max_length=256), *_STORE_PLACE, REQUESTED_STATE.optional())

INSTANCE_STORES = _built(
    _instance("CreateStore", "Make a new store and attach it.", _NEW_STORE, Result(int, 7), source="3.4 [wrapper]"),
    _instance("AttachStore", "Attach a store that exists.", _NEW_STORE, Result(int, 7), source="3.4 [wrapper]"),
    _instance("SetStorePath", "Change where a store lives. No file is moved.", (STORE, *_STORE_PLACE),
              source="3.4 [wrapper]", since="8.5"),
    _instance("GetIndexConfiguration", "Which attachments are indexed.",
              result=Result(shapes.IndexConfiguration, samples.INDEX_CONFIGURATION), source="3.4, 4.9b [seed]",
              since="8.5"),
    _instance("SetIndexConfiguration", "Change which attachments are indexed.",
              (document("config", "The whole object.", shapes.IndexConfiguration),), source="3.4, 4.9b [seed]",
              since="8.5"),
)  # fmt: skip

INSTANCE_STORES_TITLE = "Stores and indexes, in the way of an instance"
SPE_GROUPS: tuple[tuple[str, tuple[Function, ...]], ...] = (
    ("Installation", INSTALLATION),
    ("Service provider access and statistics", ACCESS),
    (INSTANCE_STORES_TITLE, INSTANCE_STORES),
    *_shared_groups(),
)
SPE = table(*(function for _, group in SPE_GROUPS for function in group))

OLD_PATH = frozenset({"CreateStore", "AttachStore", "SetStorePath"})
"""Functions whose `databasePath` old versions call `path`."""

WITHOUT_ACCESS = frozenset(
    function.name
    for name, group in SPE_GROUPS if name in {INSTANCE_STORES_TITLE, "Stores", "Search indexes"}
    for function in group
)  # fmt: skip
"""Functions of an instance that need no service provider access (reference 3.4); those of `INSTALLATION` and `ACCESS`
ask for themselves."""
