"""The functions of the provider edition as sync methods. `make docs` writes it from `contract`."""

# ruff: noqa: A002, N802, N803, N815  # names are the API's
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import overload

from mailstore.contract.shapes import Status
from mailstore.encode import Flag, Json, Names, Number, Text
from mailstore.instances import instance_first


class SPEMethods(ABC):
    """Mixed in after a client that knows how to call."""

    instanceID: str | None

    @abstractmethod
    def _call(self, name: str, arguments: Mapping[str, object], autoHandleToken: bool | None) -> Status: ...

    def GetEnvironmentInfo(self) -> Status:
        """Version, licence and machine of the management server."""
        return self._call("GetEnvironmentInfo", {}, None)

    def GetServiceStatus(self) -> Status:
        """What needs attention, and the state of the roles."""
        return self._call("GetServiceStatus", {}, None)

    def Ping(self) -> Status:
        """Keep the session alive."""
        return self._call("Ping", {}, None)

    def PairWithManagementServer(self, serverType: Text, serverName: Text, port: Number, thumbprint: Text) -> Status:
        """Join a role with the management server.

        serverType: Role that joins. One of InstanceHost, ClientAccessServer.
        serverName: Name of the server.
        port: Port of the server.
        thumbprint: SHA-1 of its certificate, 40 hex digits.
        """
        return self._call(
            "PairWithManagementServer",
            {"serverType": serverType, "serverName": serverName, "port": port, "thumbprint": thumbprint},
            None,
        )

    def CreateLicenseRequest(self) -> Status:
        """Text of a licence request."""
        return self._call("CreateLicenseRequest", {}, None)

    def ReloadBranding(self) -> Status:
        """Read the branding files again."""
        return self._call("ReloadBranding", {}, None)

    def GetSystemSmtpConfiguration(self) -> Status:
        """How the management server sends mail; the password is null."""
        return self._call("GetSystemSmtpConfiguration", {}, None)

    def SetSystemSmtpConfiguration(self, config: Json) -> Status:
        """Change how the management server sends mail.

        config: The whole object; take the answer of the Get function as a template.
        """
        return self._call("SetSystemSmtpConfiguration", {"config": config}, None)

    def TestSystemSmtpConfiguration(self) -> Status:
        """Send a test mail."""
        return self._call("TestSystemSmtpConfiguration", {}, None)

    def GetClientAccessServers(self, withServiceStatus: Flag, serverNameFilter: Text | None = None) -> Status:
        """The client access servers.

        withServiceStatus: Ask each for its state.
        serverNameFilter: Only servers whose name fits; absent means all.
        """
        return self._call(
            "GetClientAccessServers",
            {"withServiceStatus": withServiceStatus, "serverNameFilter": serverNameFilter},
            None,
        )

    def CreateClientAccessServer(self, config: Json) -> Status:
        """Make a client access server known.

        config: The whole object; take the answer of the Get function as a template.
        """
        return self._call("CreateClientAccessServer", {"config": config}, None)

    def SetClientAccessServerConfiguration(self, config: Json) -> Status:
        """Change a client access server; `serverName` says which.

        config: The whole object; take the answer of the Get function as a template.
        """
        return self._call("SetClientAccessServerConfiguration", {"config": config}, None)

    def DeleteClientAccessServer(self, serverName: Text) -> Status:
        """Forget a client access server.

        serverName: Name of the server.
        """
        return self._call("DeleteClientAccessServer", {"serverName": serverName}, None)

    def GetInstanceHosts(self, serverNameFilter: Text | None = None) -> Status:
        """The instance hosts.

        serverNameFilter: Only servers whose name fits; absent means all.
        """
        return self._call("GetInstanceHosts", {"serverNameFilter": serverNameFilter}, None)

    def CreateInstanceHost(self, config: Json) -> Status:
        """Make an instance host known.

        config: The whole object; take the answer of the Get function as a template.
        """
        return self._call("CreateInstanceHost", {"config": config}, None)

    def SetInstanceHostConfiguration(self, config: Json) -> Status:
        """Change an instance host; `serverName` says which.

        config: The whole object; take the answer of the Get function as a template.
        """
        return self._call("SetInstanceHostConfiguration", {"config": config}, None)

    def DeleteInstanceHost(self, serverName: Text) -> Status:
        """Forget an instance host.

        serverName: Name of the server.
        """
        return self._call("DeleteInstanceHost", {"serverName": serverName}, None)

    def GetDirectoriesOnInstanceHost(self, serverName: Text, path: Text | None = None) -> Status:
        """The folders below one on an instance host; without path, its roots.

        serverName: Name of the server.
        path: Folder on the instance host.
        """
        return self._call("GetDirectoriesOnInstanceHost", {"serverName": serverName, "path": path}, None)

    def CreateDirectoryOnInstanceHost(self, serverName: Text, path: Text) -> Status:
        """Make a folder on an instance host.

        serverName: Name of the server.
        path: Folder on the instance host.
        """
        return self._call("CreateDirectoryOnInstanceHost", {"serverName": serverName, "path": path}, None)

    def GetInstances(self, instanceFilter: Text) -> Status:
        """The instances and whether they run.

        instanceFilter: `*` for all, or the name of an instance.
        """
        return self._call("GetInstances", {"instanceFilter": instanceFilter}, None)

    def CreateInstance(self, config: Json) -> Status:
        """Create an instance.

        config: Its configuration.
        """
        return self._call("CreateInstance", {"config": config}, None)

    @overload
    def GetInstanceConfiguration(self, instanceID: Text) -> Status: ...
    @overload
    def GetInstanceConfiguration(self) -> Status: ...
    @instance_first
    def GetInstanceConfiguration(self, instanceID: Text) -> Status:
        """Configuration of an instance.

        instanceID: The instance.
        """
        return self._call("GetInstanceConfiguration", {"instanceID": instanceID}, None)

    def SetInstanceConfiguration(self, config: Json) -> Status:
        """Change an instance; `instanceID` in it says which.

        config: Its configuration.
        """
        return self._call("SetInstanceConfiguration", {"config": config}, None)

    def StartInstances(self, instanceFilter: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Start instances.

        instanceFilter: `*` for all, or the name of an instance.
        It may take long: it starts a process.
        """
        return self._call("StartInstances", {"instanceFilter": instanceFilter}, autoHandleToken)

    def StopInstances(self, instanceFilter: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Stop instances.

        instanceFilter: `*` for all, or the name of an instance.
        It may take long: it starts a process.
        """
        return self._call("StopInstances", {"instanceFilter": instanceFilter}, autoHandleToken)

    def RestartInstances(self, instanceFilter: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Stop instances and start them again.

        instanceFilter: `*` for all, or the name of an instance.
        It may take long: it starts a process.
        """
        return self._call("RestartInstances", {"instanceFilter": instanceFilter}, autoHandleToken)

    def FreezeInstances(self, instanceFilter: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Hold instances in a consistent state, for a snapshot.

        instanceFilter: `*` for all, or the name of an instance.
        It may take long: it starts a process.
        """
        return self._call("FreezeInstances", {"instanceFilter": instanceFilter}, autoHandleToken)

    def ThawInstances(self, instanceFilter: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Let frozen instances go on.

        instanceFilter: `*` for all, or the name of an instance.
        It may take long: it starts a process.
        """
        return self._call("ThawInstances", {"instanceFilter": instanceFilter}, autoHandleToken)

    def DeleteInstances(self, instanceFilter: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Delete stopped instances; their data stays on disk.

        instanceFilter: `*` for all, or the name of an instance.
        It may take long: it starts a process.
        """
        return self._call("DeleteInstances", {"instanceFilter": instanceFilter}, autoHandleToken)

    def GetSystemAdministrators(self) -> Status:
        """The administrators of the installation."""
        return self._call("GetSystemAdministrators", {}, None)

    def CreateSystemAdministrator(self, config: Json, password: Text) -> Status:
        """Create an administrator.

        config: Names and address.
        password: The password.
        """
        return self._call("CreateSystemAdministrator", {"config": config, "password": password}, None)

    def SetSystemAdministratorConfiguration(self, config: Json) -> Status:
        """Change an administrator; `userName` says which.

        config: Names and address.
        """
        return self._call("SetSystemAdministratorConfiguration", {"config": config}, None)

    def SetSystemAdministratorPassword(self, userName: Text, password: Text) -> Status:
        """Set an administrator's password.

        userName: Name of the user.
        password: The password.
        """
        return self._call("SetSystemAdministratorPassword", {"userName": userName, "password": password}, None)

    def DeleteSystemAdministrator(self, userName: Text) -> Status:
        """Delete an administrator.

        userName: Name of the user.
        """
        return self._call("DeleteSystemAdministrator", {"userName": userName}, None)

    def InitializeSystemAdministratorMFA(self, userName: Text) -> Status:
        """Make an administrator set up a second factor.

        userName: Name of the user.
        """
        return self._call("InitializeSystemAdministratorMFA", {"userName": userName}, None)

    def DeactivateSystemAdministratorMFA(self, userName: Text) -> Status:
        """Switch an administrator's second factor off.

        userName: Name of the user.
        """
        return self._call("DeactivateSystemAdministratorMFA", {"userName": userName}, None)

    def CreateSystemAdministratorAPIPassword(self, userName: Text) -> Status:
        """New password for API calls of an administrator with MFA.

        userName: Name of the user.
        """
        return self._call("CreateSystemAdministratorAPIPassword", {"userName": userName}, None)

    @overload
    def GetArchiveAdminEnabled(self, instanceID: Text) -> Status: ...
    @overload
    def GetArchiveAdminEnabled(self) -> Status: ...
    @instance_first
    def GetArchiveAdminEnabled(self, instanceID: Text) -> Status:
        """Whether the service provider may enter the instance.

        instanceID: The instance.
        """
        return self._call("GetArchiveAdminEnabled", {"instanceID": instanceID}, None)

    @overload
    def SetArchiveAdminEnabled(self, instanceID: Text, enabled: Flag) -> Status: ...
    @overload
    def SetArchiveAdminEnabled(self, *, enabled: Flag) -> Status: ...
    @instance_first
    def SetArchiveAdminEnabled(self, instanceID: Text, enabled: Flag) -> Status:
        """Let the service provider enter the instance, or not.

        instanceID: The instance.
        enabled: Whether to.
        """
        return self._call("SetArchiveAdminEnabled", {"instanceID": instanceID, "enabled": enabled}, None)

    @overload
    def CreateClientOneTimeUrlForArchiveAdmin(self, instanceID: Text, instanceUrl: Text | None = None) -> Status: ...
    @overload
    def CreateClientOneTimeUrlForArchiveAdmin(self, *, instanceUrl: Text | None = None) -> Status: ...
    @instance_first
    def CreateClientOneTimeUrlForArchiveAdmin(self, instanceID: Text, instanceUrl: Text | None = None) -> Status:
        """Link by which the service provider can sign in to the console once.

        instanceID: The instance.
        instanceUrl: Where the console of the instance is, if not on this machine.
        """
        return self._call(
            "CreateClientOneTimeUrlForArchiveAdmin", {"instanceID": instanceID, "instanceUrl": instanceUrl}, None
        )

    @overload
    def GetInstanceStatistics(self, instanceID: Text) -> Status: ...
    @overload
    def GetInstanceStatistics(self) -> Status: ...
    @instance_first
    def GetInstanceStatistics(self, instanceID: Text) -> Status:
        """Messages and sizes of the instance.

        instanceID: The instance.
        """
        return self._call("GetInstanceStatistics", {"instanceID": instanceID}, None)

    @overload
    def GetInstanceProcessLiveStatistics(self, instanceID: Text) -> Status: ...
    @overload
    def GetInstanceProcessLiveStatistics(self) -> Status: ...
    @instance_first
    def GetInstanceProcessLiveStatistics(self, instanceID: Text) -> Status:
        """Load of the instance's process.

        instanceID: The instance.
        """
        return self._call("GetInstanceProcessLiveStatistics", {"instanceID": instanceID}, None)

    @overload
    def CanRunArchiveProfiles(self, instanceID: Text) -> Status: ...
    @overload
    def CanRunArchiveProfiles(self) -> Status: ...
    @instance_first
    def CanRunArchiveProfiles(self, instanceID: Text) -> Status:
        """Whether profiles could run now.

        instanceID: The instance.
        """
        return self._call("CanRunArchiveProfiles", {"instanceID": instanceID}, None)

    @overload
    def CreateStore(
        self,
        instanceID: Text,
        name: Text,
        databasePath: Text,
        contentPath: Text | None = None,
        indexPath: Text | None = None,
        requestedState: Text | None = None,
    ) -> Status: ...
    @overload
    def CreateStore(
        self,
        *,
        name: Text,
        databasePath: Text,
        contentPath: Text | None = None,
        indexPath: Text | None = None,
        requestedState: Text | None = None,
    ) -> Status: ...
    @instance_first
    def CreateStore(
        self,
        instanceID: Text,
        name: Text,
        databasePath: Text,
        contentPath: Text | None = None,
        indexPath: Text | None = None,
        requestedState: Text | None = None,
    ) -> Status:
        """Make a new store and attach it.

        instanceID: The instance.
        name: Name of the store.
        databasePath: Folder on the instance host; old versions call it `path`.
        contentPath: Folder of the message contents.
        indexPath: Folder of the search indexes.
        requestedState: State to bring the store into; only one is `current`. One of current, normal,
            writeProtected, disabled.
        """
        return self._call(
            "CreateStore",
            {
                "instanceID": instanceID,
                "name": name,
                "databasePath": databasePath,
                "contentPath": contentPath,
                "indexPath": indexPath,
                "requestedState": requestedState,
            },
            None,
        )

    @overload
    def AttachStore(
        self,
        instanceID: Text,
        name: Text,
        databasePath: Text,
        contentPath: Text | None = None,
        indexPath: Text | None = None,
        requestedState: Text | None = None,
    ) -> Status: ...
    @overload
    def AttachStore(
        self,
        *,
        name: Text,
        databasePath: Text,
        contentPath: Text | None = None,
        indexPath: Text | None = None,
        requestedState: Text | None = None,
    ) -> Status: ...
    @instance_first
    def AttachStore(
        self,
        instanceID: Text,
        name: Text,
        databasePath: Text,
        contentPath: Text | None = None,
        indexPath: Text | None = None,
        requestedState: Text | None = None,
    ) -> Status:
        """Attach a store that exists.

        instanceID: The instance.
        name: Name of the store.
        databasePath: Folder on the instance host; old versions call it `path`.
        contentPath: Folder of the message contents.
        indexPath: Folder of the search indexes.
        requestedState: State to bring the store into; only one is `current`. One of current, normal,
            writeProtected, disabled.
        """
        return self._call(
            "AttachStore",
            {
                "instanceID": instanceID,
                "name": name,
                "databasePath": databasePath,
                "contentPath": contentPath,
                "indexPath": indexPath,
                "requestedState": requestedState,
            },
            None,
        )

    @overload
    def SetStorePath(
        self,
        instanceID: Text,
        id: Number,
        databasePath: Text,
        contentPath: Text | None = None,
        indexPath: Text | None = None,
    ) -> Status: ...
    @overload
    def SetStorePath(
        self, *, id: Number, databasePath: Text, contentPath: Text | None = None, indexPath: Text | None = None
    ) -> Status: ...
    @instance_first
    def SetStorePath(
        self,
        instanceID: Text,
        id: Number,
        databasePath: Text,
        contentPath: Text | None = None,
        indexPath: Text | None = None,
    ) -> Status:
        """Change where a store lives. No file is moved.

        instanceID: The instance.
        id: Number of the store, from GetStores.
        databasePath: Folder on the instance host; old versions call it `path`.
        contentPath: Folder of the message contents.
        indexPath: Folder of the search indexes.
        """
        return self._call(
            "SetStorePath",
            {
                "instanceID": instanceID,
                "id": id,
                "databasePath": databasePath,
                "contentPath": contentPath,
                "indexPath": indexPath,
            },
            None,
        )

    @overload
    def GetIndexConfiguration(self, instanceID: Text) -> Status: ...
    @overload
    def GetIndexConfiguration(self) -> Status: ...
    @instance_first
    def GetIndexConfiguration(self, instanceID: Text) -> Status:
        """Which attachments are indexed.

        instanceID: The instance.
        """
        return self._call("GetIndexConfiguration", {"instanceID": instanceID}, None)

    @overload
    def SetIndexConfiguration(self, instanceID: Text, config: Json) -> Status: ...
    @overload
    def SetIndexConfiguration(self, *, config: Json) -> Status: ...
    @instance_first
    def SetIndexConfiguration(self, instanceID: Text, config: Json) -> Status:
        """Change which attachments are indexed.

        instanceID: The instance.
        config: The whole object.
        """
        return self._call("SetIndexConfiguration", {"instanceID": instanceID, "config": config}, None)

    @overload
    def GetTimeZones(self, instanceID: Text) -> Status: ...
    @overload
    def GetTimeZones(self) -> Status: ...
    @instance_first
    def GetTimeZones(self, instanceID: Text) -> Status:
        """Time zones that schedules and reports understand, `$Local` included.

        instanceID: The instance.
        """
        return self._call("GetTimeZones", {"instanceID": instanceID}, None)

    @overload
    def SendStatusReport(
        self,
        instanceID: Text,
        timespan: Text,
        timeZoneId: Text,
        recipients: Names,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status: ...
    @overload
    def SendStatusReport(
        self, *, timespan: Text, timeZoneId: Text, recipients: Names, autoHandleToken: bool | None = None
    ) -> Status: ...
    @instance_first
    def SendStatusReport(
        self,
        instanceID: Text,
        timespan: Text,
        timeZoneId: Text,
        recipients: Names,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Mail the status report.

        instanceID: The instance.
        timespan: What the report covers. One of today, yesterday, thisweek, lastweek, thismonth, lastmonth.
        timeZoneId: Zone from GetTimeZones; `$Local` is the server's own.
        recipients: Addresses that get it.
        It may take long: it starts a process.
        """
        return self._call(
            "SendStatusReport",
            {"instanceID": instanceID, "timespan": timespan, "timeZoneId": timeZoneId, "recipients": recipients},
            autoHandleToken,
        )

    @overload
    def GetUsers(self, instanceID: Text, limit: Number | None = None, after: Text | None = None) -> Status: ...
    @overload
    def GetUsers(self, *, limit: Number | None = None, after: Text | None = None) -> Status: ...
    @instance_first
    def GetUsers(self, instanceID: Text, limit: Number | None = None, after: Text | None = None) -> Status:
        """All users, with the few facts a list needs.

        instanceID: The instance.
        limit: At most so many rows, and the answer becomes a page.
        after: Where to go on: `next` of the page before.
        `limit` and `after`: Postroom only.
        """
        return self._call("GetUsers", {"instanceID": instanceID, "limit": limit, "after": after}, None)

    @overload
    def GetUserInfo(self, instanceID: Text, userName: Text) -> Status: ...
    @overload
    def GetUserInfo(self, *, userName: Text) -> Status: ...
    @instance_first
    def GetUserInfo(self, instanceID: Text, userName: Text) -> Status:
        """Everything kept about a user.

        instanceID: The instance.
        userName: Name of the user.
        """
        return self._call("GetUserInfo", {"instanceID": instanceID, "userName": userName}, None)

    @overload
    def CreateUser(
        self,
        instanceID: Text,
        userName: Text,
        privileges: Names,
        fullName: Text | None = None,
        distinguishedName: Text | None = None,
        authentication: Text | None = None,
        password: Text | None = None,
        loginPrivileges: Names | None = None,
    ) -> Status: ...
    @overload
    def CreateUser(
        self,
        *,
        userName: Text,
        privileges: Names,
        fullName: Text | None = None,
        distinguishedName: Text | None = None,
        authentication: Text | None = None,
        password: Text | None = None,
        loginPrivileges: Names | None = None,
    ) -> Status: ...
    @instance_first
    def CreateUser(
        self,
        instanceID: Text,
        userName: Text,
        privileges: Names,
        fullName: Text | None = None,
        distinguishedName: Text | None = None,
        authentication: Text | None = None,
        password: Text | None = None,
        loginPrivileges: Names | None = None,
    ) -> Status:
        """Create a user. Rights on folders come by SetUserPrivilegesOnFolder.

        instanceID: The instance.
        userName: Name of the user.
        privileges: Global privileges; `none` and `admin` stand alone. One or more of none, admin, login,
            changePassword, archive, modifyArchiveProfiles, export, modifyExportProfiles, delete.
        fullName: Full name.
        distinguishedName: Distinguished name in the directory.
        authentication: Who checks the password. One of integrated, directoryServices.
        password: The password.
        loginPrivileges: Ways by which the user may sign in. One or more of none, windows, web, outlook, windowsCmd,
            imap, api.
        """
        return self._call(
            "CreateUser",
            {
                "instanceID": instanceID,
                "userName": userName,
                "privileges": privileges,
                "fullName": fullName,
                "distinguishedName": distinguishedName,
                "authentication": authentication,
                "password": password,
                "loginPrivileges": loginPrivileges,
            },
            None,
        )

    @overload
    def DeleteUser(self, instanceID: Text, userName: Text) -> Status: ...
    @overload
    def DeleteUser(self, *, userName: Text) -> Status: ...
    @instance_first
    def DeleteUser(self, instanceID: Text, userName: Text) -> Status:
        """Delete a user. The archive and its messages stay.

        instanceID: The instance.
        userName: Name of the user.
        """
        return self._call("DeleteUser", {"instanceID": instanceID, "userName": userName}, None)

    @overload
    def RenameUser(self, instanceID: Text, oldUserName: Text, newUserName: Text) -> Status: ...
    @overload
    def RenameUser(self, *, oldUserName: Text, newUserName: Text) -> Status: ...
    @instance_first
    def RenameUser(self, instanceID: Text, oldUserName: Text, newUserName: Text) -> Status:
        """Give a user another name. The archive keeps its own: use MoveFolder.

        instanceID: The instance.
        oldUserName: Present name.
        newUserName: Name from now on.
        """
        return self._call(
            "RenameUser", {"instanceID": instanceID, "oldUserName": oldUserName, "newUserName": newUserName}, None
        )

    @overload
    def SetUserAuthentication(self, instanceID: Text, userName: Text, authentication: Text) -> Status: ...
    @overload
    def SetUserAuthentication(self, *, userName: Text, authentication: Text) -> Status: ...
    @instance_first
    def SetUserAuthentication(self, instanceID: Text, userName: Text, authentication: Text) -> Status:
        """Say who checks the user's password.

        instanceID: The instance.
        userName: Name of the user.
        authentication: Who checks the password. One of integrated, directoryServices.
        """
        return self._call(
            "SetUserAuthentication",
            {"instanceID": instanceID, "userName": userName, "authentication": authentication},
            None,
        )

    @overload
    def SetUserDistinguishedName(
        self, instanceID: Text, userName: Text, distinguishedName: Text | None = None
    ) -> Status: ...
    @overload
    def SetUserDistinguishedName(self, *, userName: Text, distinguishedName: Text | None = None) -> Status: ...
    @instance_first
    def SetUserDistinguishedName(
        self, instanceID: Text, userName: Text, distinguishedName: Text | None = None
    ) -> Status:
        """Set the name in the directory; absent removes it.

        instanceID: The instance.
        userName: Name of the user.
        distinguishedName: Distinguished name in the directory.
        """
        return self._call(
            "SetUserDistinguishedName",
            {"instanceID": instanceID, "userName": userName, "distinguishedName": distinguishedName},
            None,
        )

    @overload
    def SetUserEmailAddresses(
        self, instanceID: Text, userName: Text, emailAddresses: Names | None = None
    ) -> Status: ...
    @overload
    def SetUserEmailAddresses(self, *, userName: Text, emailAddresses: Names | None = None) -> Status: ...
    @instance_first
    def SetUserEmailAddresses(self, instanceID: Text, userName: Text, emailAddresses: Names | None = None) -> Status:
        """Replace the addresses of a user; absent removes all.

        instanceID: The instance.
        userName: Name of the user.
        emailAddresses: Addresses, the main one first.
        """
        return self._call(
            "SetUserEmailAddresses",
            {"instanceID": instanceID, "userName": userName, "emailAddresses": emailAddresses},
            None,
        )

    @overload
    def SetUserFullName(self, instanceID: Text, userName: Text, fullName: Text | None = None) -> Status: ...
    @overload
    def SetUserFullName(self, *, userName: Text, fullName: Text | None = None) -> Status: ...
    @instance_first
    def SetUserFullName(self, instanceID: Text, userName: Text, fullName: Text | None = None) -> Status:
        """Set the full name; absent removes it.

        instanceID: The instance.
        userName: Name of the user.
        fullName: Full name.
        """
        return self._call(
            "SetUserFullName", {"instanceID": instanceID, "userName": userName, "fullName": fullName}, None
        )

    @overload
    def SetUserPassword(self, instanceID: Text, userName: Text, password: Text) -> Status: ...
    @overload
    def SetUserPassword(self, *, userName: Text, password: Text) -> Status: ...
    @instance_first
    def SetUserPassword(self, instanceID: Text, userName: Text, password: Text) -> Status:
        """Set the password.

        instanceID: The instance.
        userName: Name of the user.
        password: The password.
        """
        return self._call(
            "SetUserPassword", {"instanceID": instanceID, "userName": userName, "password": password}, None
        )

    @overload
    def SetUserPop3UserNames(self, instanceID: Text, userName: Text, pop3UserNames: Names | None = None) -> Status: ...
    @overload
    def SetUserPop3UserNames(self, *, userName: Text, pop3UserNames: Names | None = None) -> Status: ...
    @instance_first
    def SetUserPop3UserNames(self, instanceID: Text, userName: Text, pop3UserNames: Names | None = None) -> Status:
        """Replace the names by which the mail proxy knows the user; absent removes all.

        instanceID: The instance.
        userName: Name of the user.
        pop3UserNames: POP3 user names.
        """
        return self._call(
            "SetUserPop3UserNames",
            {"instanceID": instanceID, "userName": userName, "pop3UserNames": pop3UserNames},
            None,
        )

    @overload
    def SetUserPrivileges(self, instanceID: Text, userName: Text, privileges: Names) -> Status: ...
    @overload
    def SetUserPrivileges(self, *, userName: Text, privileges: Names) -> Status: ...
    @instance_first
    def SetUserPrivileges(self, instanceID: Text, userName: Text, privileges: Names) -> Status:
        """Replace the global privileges of a user.

        instanceID: The instance.
        userName: Name of the user.
        privileges: Global privileges; `none` and `admin` stand alone. One or more of none, admin, login,
            changePassword, archive, modifyArchiveProfiles, export, modifyExportProfiles, delete.
        """
        return self._call(
            "SetUserPrivileges", {"instanceID": instanceID, "userName": userName, "privileges": privileges}, None
        )

    @overload
    def SetUserLoginPrivileges(self, instanceID: Text, userName: Text, loginPrivileges: Names) -> Status: ...
    @overload
    def SetUserLoginPrivileges(self, *, userName: Text, loginPrivileges: Names) -> Status: ...
    @instance_first
    def SetUserLoginPrivileges(self, instanceID: Text, userName: Text, loginPrivileges: Names) -> Status:
        """Replace the ways by which a user may sign in.

        instanceID: The instance.
        userName: Name of the user.
        loginPrivileges: Ways by which the user may sign in. One or more of none, windows, web, outlook, windowsCmd,
            imap, api.
        """
        return self._call(
            "SetUserLoginPrivileges",
            {"instanceID": instanceID, "userName": userName, "loginPrivileges": loginPrivileges},
            None,
        )

    @overload
    def SetUserPrivilegesOnFolder(
        self, instanceID: Text, userName: Text, folder: Text, privileges: Names
    ) -> Status: ...
    @overload
    def SetUserPrivilegesOnFolder(self, *, userName: Text, folder: Text, privileges: Names) -> Status: ...
    @instance_first
    def SetUserPrivilegesOnFolder(self, instanceID: Text, userName: Text, folder: Text, privileges: Names) -> Status:
        """Replace what a user may do in one archive.

        instanceID: The instance.
        userName: Name of the user.
        folder: Archive: a folder of the first level.
        privileges: What the user may do there; `none` removes the entry. One or more of none, read, write, delete.
        """
        return self._call(
            "SetUserPrivilegesOnFolder",
            {"instanceID": instanceID, "userName": userName, "folder": folder, "privileges": privileges},
            None,
        )

    @overload
    def SetUserPrivilegesOnAllFolders(self, instanceID: Text, userName: Text, privileges: Names) -> Status: ...
    @overload
    def SetUserPrivilegesOnAllFolders(self, *, userName: Text, privileges: Names) -> Status: ...
    @instance_first
    def SetUserPrivilegesOnAllFolders(self, instanceID: Text, userName: Text, privileges: Names) -> Status:
        """Replace what a user may do, in every archive.

        instanceID: The instance.
        userName: Name of the user.
        privileges: What the user may do there; `none` removes the entry. One or more of none, read, write, delete.
        """
        return self._call(
            "SetUserPrivilegesOnAllFolders",
            {"instanceID": instanceID, "userName": userName, "privileges": privileges},
            None,
        )

    @overload
    def ClearUserPrivilegesOnFolders(self, instanceID: Text, userName: Text) -> Status: ...
    @overload
    def ClearUserPrivilegesOnFolders(self, *, userName: Text) -> Status: ...
    @instance_first
    def ClearUserPrivilegesOnFolders(self, instanceID: Text, userName: Text) -> Status:
        """Take away every right on archives, the user's own included.

        instanceID: The instance.
        userName: Name of the user.
        """
        return self._call("ClearUserPrivilegesOnFolders", {"instanceID": instanceID, "userName": userName}, None)

    @overload
    def InitializeMFA(self, instanceID: Text, userName: Text) -> Status: ...
    @overload
    def InitializeMFA(self, *, userName: Text) -> Status: ...
    @instance_first
    def InitializeMFA(self, instanceID: Text, userName: Text) -> Status:
        """Make the user set up a second factor at the next sign-in.

        instanceID: The instance.
        userName: Name of the user.
        """
        return self._call("InitializeMFA", {"instanceID": instanceID, "userName": userName}, None)

    @overload
    def DisableMFA(self, instanceID: Text, userName: Text) -> Status: ...
    @overload
    def DisableMFA(self, *, userName: Text) -> Status: ...
    @instance_first
    def DisableMFA(self, instanceID: Text, userName: Text) -> Status:
        """Switch the second factor of a user off.

        instanceID: The instance.
        userName: Name of the user.
        """
        return self._call("DisableMFA", {"instanceID": instanceID, "userName": userName}, None)

    @overload
    def DeleteAppPasswords(self, instanceID: Text, userName: Text) -> Status: ...
    @overload
    def DeleteAppPasswords(self, *, userName: Text) -> Status: ...
    @instance_first
    def DeleteAppPasswords(self, instanceID: Text, userName: Text) -> Status:
        """Delete all app passwords of a user.

        instanceID: The instance.
        userName: Name of the user.
        """
        return self._call("DeleteAppPasswords", {"instanceID": instanceID, "userName": userName}, None)

    @overload
    def GetDirectoryServicesConfiguration(self, instanceID: Text) -> Status: ...
    @overload
    def GetDirectoryServicesConfiguration(self) -> Status: ...
    @instance_first
    def GetDirectoryServicesConfiguration(self, instanceID: Text) -> Status:
        """How users are synchronised with a directory.

        instanceID: The instance.
        """
        return self._call("GetDirectoryServicesConfiguration", {"instanceID": instanceID}, None)

    @overload
    def SetDirectoryServicesConfiguration(self, instanceID: Text, config: Json) -> Status: ...
    @overload
    def SetDirectoryServicesConfiguration(self, *, config: Json) -> Status: ...
    @instance_first
    def SetDirectoryServicesConfiguration(self, instanceID: Text, config: Json) -> Status:
        """Change how users are synchronised with a directory.

        instanceID: The instance.
        config: The whole object; take the answer of the Get function as a template.
        """
        return self._call("SetDirectoryServicesConfiguration", {"instanceID": instanceID, "config": config}, None)

    @overload
    def SyncUsersWithDirectoryServices(
        self, instanceID: Text, dryRun: Flag | None = None, *, autoHandleToken: bool | None = None
    ) -> Status: ...
    @overload
    def SyncUsersWithDirectoryServices(
        self, *, dryRun: Flag | None = None, autoHandleToken: bool | None = None
    ) -> Status: ...
    @instance_first
    def SyncUsersWithDirectoryServices(
        self, instanceID: Text, dryRun: Flag | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Bring the users in line with the directory.

        instanceID: The instance.
        dryRun: Only tell what would change.
        It may take long: it starts a process.
        """
        return self._call(
            "SyncUsersWithDirectoryServices", {"instanceID": instanceID, "dryRun": dryRun}, autoHandleToken
        )

    @overload
    def GetComplianceConfiguration(self, instanceID: Text) -> Status: ...
    @overload
    def GetComplianceConfiguration(self) -> Status: ...
    @instance_first
    def GetComplianceConfiguration(self, instanceID: Text) -> Status:
        """Retention, legal hold, what administrators may read, what is logged.

        instanceID: The instance.
        """
        return self._call("GetComplianceConfiguration", {"instanceID": instanceID}, None)

    @overload
    def SetComplianceConfiguration(self, instanceID: Text, config: Json) -> Status: ...
    @overload
    def SetComplianceConfiguration(self, *, config: Json) -> Status: ...
    @instance_first
    def SetComplianceConfiguration(self, instanceID: Text, config: Json) -> Status:
        """Change the compliance configuration.

        instanceID: The instance.
        config: The keys to change, or all.
        """
        return self._call("SetComplianceConfiguration", {"instanceID": instanceID, "config": config}, None)

    @overload
    def GetRetentionPolicies(self, instanceID: Text) -> Status: ...
    @overload
    def GetRetentionPolicies(self) -> Status: ...
    @instance_first
    def GetRetentionPolicies(self, instanceID: Text) -> Status:
        """The retention policies, in the order they are looked at.

        instanceID: The instance.
        """
        return self._call("GetRetentionPolicies", {"instanceID": instanceID}, None)

    @overload
    def SetRetentionPolicies(self, instanceID: Text, config: Json) -> Status: ...
    @overload
    def SetRetentionPolicies(self, *, config: Json) -> Status: ...
    @instance_first
    def SetRetentionPolicies(self, instanceID: Text, config: Json) -> Status:
        """Replace all retention policies.

        instanceID: The instance.
        config: The list of policies; take the answer of the Get function as a template.
        """
        return self._call("SetRetentionPolicies", {"instanceID": instanceID, "config": config}, None)

    @overload
    def ProcessRetentionPolicies(
        self,
        instanceID: Text,
        dryRun: Flag | None = None,
        limit: Number | None = None,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status: ...
    @overload
    def ProcessRetentionPolicies(
        self, *, dryRun: Flag | None = None, limit: Number | None = None, autoHandleToken: bool | None = None
    ) -> Status: ...
    @instance_first
    def ProcessRetentionPolicies(
        self,
        instanceID: Text,
        dryRun: Flag | None = None,
        limit: Number | None = None,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Delete what is due by policies that delete, and erase it for good.

        instanceID: The instance.
        dryRun: Only tell what is due.
        limit: Delete at most so many; the server has a limit of its own.
        It may take long: it starts a process.
        """
        return self._call(
            "ProcessRetentionPolicies", {"instanceID": instanceID, "dryRun": dryRun, "limit": limit}, autoHandleToken
        )

    @overload
    def GetSmtpSettings(self, instanceID: Text) -> Status: ...
    @overload
    def GetSmtpSettings(self) -> Status: ...
    @instance_first
    def GetSmtpSettings(self, instanceID: Text) -> Status:
        """How the server sends mail; the password is null.

        instanceID: The instance.
        """
        return self._call("GetSmtpSettings", {"instanceID": instanceID}, None)

    @overload
    def SetSmtpSettings(self, instanceID: Text, settings: Json) -> Status: ...
    @overload
    def SetSmtpSettings(self, *, settings: Json) -> Status: ...
    @instance_first
    def SetSmtpSettings(self, instanceID: Text, settings: Json) -> Status:
        """Change how the server sends mail.

        instanceID: The instance.
        settings: The keys to change, or all; a null password keeps the old one.
        """
        return self._call("SetSmtpSettings", {"instanceID": instanceID, "settings": settings}, None)

    @overload
    def TestSmtpSettings(self, instanceID: Text, *, autoHandleToken: bool | None = None) -> Status: ...
    @overload
    def TestSmtpSettings(self, *, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    def TestSmtpSettings(self, instanceID: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Send a test mail.

        instanceID: The instance.
        It may take long: it starts a process.
        """
        return self._call("TestSmtpSettings", {"instanceID": instanceID}, autoHandleToken)

    @overload
    def GetCredentials(self, instanceID: Text) -> Status: ...
    @overload
    def GetCredentials(self) -> Status: ...
    @instance_first
    def GetCredentials(self, instanceID: Text) -> Status:
        """The stored credentials, without their secrets.

        instanceID: The instance.
        """
        return self._call("GetCredentials", {"instanceID": instanceID}, None)

    @overload
    def CreateCredential(self, instanceID: Text, name: Text, type: Text, settings: Json) -> Status: ...
    @overload
    def CreateCredential(self, *, name: Text, type: Text, settings: Json) -> Status: ...
    @instance_first
    def CreateCredential(self, instanceID: Text, name: Text, type: Text, settings: Json) -> Status:
        """Store a credential.

        instanceID: The instance.
        name: Its name.
        type: What it is for. One of microsoft365, google, imap.
        settings: Its settings; which there are depends on the type.
        """
        return self._call(
            "CreateCredential", {"instanceID": instanceID, "name": name, "type": type, "settings": settings}, None
        )

    @overload
    def DeleteCredential(self, instanceID: Text, id: Number) -> Status: ...
    @overload
    def DeleteCredential(self, *, id: Number) -> Status: ...
    @instance_first
    def DeleteCredential(self, instanceID: Text, id: Number) -> Status:
        """Delete a credential that nothing uses.

        instanceID: The instance.
        id: Number of the credential, from GetCredentials.
        """
        return self._call("DeleteCredential", {"instanceID": instanceID, "id": id}, None)

    @overload
    def GetCredentialSettings(self, instanceID: Text, id: Number) -> Status: ...
    @overload
    def GetCredentialSettings(self, *, id: Number) -> Status: ...
    @instance_first
    def GetCredentialSettings(self, instanceID: Text, id: Number) -> Status:
        """Settings of a credential; secrets are null.

        instanceID: The instance.
        id: Number of the credential, from GetCredentials.
        """
        return self._call("GetCredentialSettings", {"instanceID": instanceID, "id": id}, None)

    @overload
    def SetCredentialSettings(self, instanceID: Text, id: Number, settings: Json) -> Status: ...
    @overload
    def SetCredentialSettings(self, *, id: Number, settings: Json) -> Status: ...
    @instance_first
    def SetCredentialSettings(self, instanceID: Text, id: Number, settings: Json) -> Status:
        """Change settings of a credential: null keeps one, an empty text removes it.

        instanceID: The instance.
        id: Number of the credential, from GetCredentials.
        settings: Its settings; which there are depends on the type.
        """
        return self._call("SetCredentialSettings", {"instanceID": instanceID, "id": id, "settings": settings}, None)

    @overload
    def GetStores(self, instanceID: Text, includeSize: Flag = True) -> Status: ...
    @overload
    def GetStores(self, *, includeSize: Flag = True) -> Status: ...
    @instance_first
    def GetStores(self, instanceID: Text, includeSize: Flag = True) -> Status:
        """The archive stores.

        instanceID: The instance.
        includeSize: Count the sizes too, which may take long.
        """
        return self._call("GetStores", {"instanceID": instanceID, "includeSize": includeSize}, None)

    @overload
    def DetachStore(self, instanceID: Text, id: Number) -> Status: ...
    @overload
    def DetachStore(self, *, id: Number) -> Status: ...
    @instance_first
    def DetachStore(self, instanceID: Text, id: Number) -> Status:
        """Forget a store. Its files stay.

        instanceID: The instance.
        id: Number of the store, from GetStores.
        """
        return self._call("DetachStore", {"instanceID": instanceID, "id": id}, None)

    @overload
    def RenameStore(self, instanceID: Text, id: Number, name: Text) -> Status: ...
    @overload
    def RenameStore(self, *, id: Number, name: Text) -> Status: ...
    @instance_first
    def RenameStore(self, instanceID: Text, id: Number, name: Text) -> Status:
        """Give a store another name.

        instanceID: The instance.
        id: Number of the store, from GetStores.
        name: Name from now on.
        """
        return self._call("RenameStore", {"instanceID": instanceID, "id": id, "name": name}, None)

    @overload
    def SetStoreRequestedState(self, instanceID: Text, id: Number, requestedState: Text) -> Status: ...
    @overload
    def SetStoreRequestedState(self, *, id: Number, requestedState: Text) -> Status: ...
    @instance_first
    def SetStoreRequestedState(self, instanceID: Text, id: Number, requestedState: Text) -> Status:
        """Change what a store may be used for; the former current one becomes normal.

        instanceID: The instance.
        id: Number of the store, from GetStores.
        requestedState: State to bring the store into; only one is `current`. One of current, normal,
            writeProtected, disabled.
        """
        return self._call(
            "SetStoreRequestedState", {"instanceID": instanceID, "id": id, "requestedState": requestedState}, None
        )

    @overload
    def RetryOpenStores(self, instanceID: Text) -> Status: ...
    @overload
    def RetryOpenStores(self) -> Status: ...
    @instance_first
    def RetryOpenStores(self, instanceID: Text) -> Status:
        """Try again to open the stores that failed to open.

        instanceID: The instance.
        """
        return self._call("RetryOpenStores", {"instanceID": instanceID}, None)

    @overload
    def CompactStore(self, instanceID: Text, id: Number, *, autoHandleToken: bool | None = None) -> Status: ...
    @overload
    def CompactStore(self, *, id: Number, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    def CompactStore(self, instanceID: Text, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Give back the space of deleted messages.

        instanceID: The instance.
        id: Number of the store, from GetStores.
        It may take long: it starts a process.
        """
        return self._call("CompactStore", {"instanceID": instanceID, "id": id}, autoHandleToken)

    @overload
    def MaintainFileSystemDatabases(self, instanceID: Text, *, autoHandleToken: bool | None = None) -> Status: ...
    @overload
    def MaintainFileSystemDatabases(self, *, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    def MaintainFileSystemDatabases(self, instanceID: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Rebuild every file database, the master's and the stores'.

        instanceID: The instance.
        It may take long: it starts a process.
        """
        return self._call("MaintainFileSystemDatabases", {"instanceID": instanceID}, autoHandleToken)

    @overload
    def MergeStore(
        self, instanceID: Text, id: Number, sourceId: Number, *, autoHandleToken: bool | None = None
    ) -> Status: ...
    @overload
    def MergeStore(self, *, id: Number, sourceId: Number, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    def MergeStore(
        self, instanceID: Text, id: Number, sourceId: Number, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Copy the messages of one store into another. The source stays as it is.

        instanceID: The instance.
        id: Number of the store that receives.
        sourceId: Number of the store that is copied.
        It may take long: it starts a process.
        """
        return self._call("MergeStore", {"instanceID": instanceID, "id": id, "sourceId": sourceId}, autoHandleToken)

    @overload
    def RecoverStore(
        self,
        instanceID: Text,
        id: Number,
        encryptionKey: Text | None = None,
        recoverDeletedMessages: Flag | None = None,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status: ...
    @overload
    def RecoverStore(
        self,
        *,
        id: Number,
        encryptionKey: Text | None = None,
        recoverDeletedMessages: Flag | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status: ...
    @instance_first
    def RecoverStore(
        self,
        instanceID: Text,
        id: Number,
        encryptionKey: Text | None = None,
        recoverDeletedMessages: Flag | None = None,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Make the database of a broken or disabled store again from its recovery records.

        instanceID: The instance.
        id: Number of the store, from GetStores.
        encryptionKey: Key of the store.
        recoverDeletedMessages: Bring deleted messages back where possible.
        It may take long: it starts a process.
        """
        return self._call(
            "RecoverStore",
            {
                "instanceID": instanceID,
                "id": id,
                "encryptionKey": encryptionKey,
                "recoverDeletedMessages": recoverDeletedMessages,
            },
            autoHandleToken,
        )

    @overload
    def RecreateRecoveryRecords(
        self, instanceID: Text, id: Number, *, autoHandleToken: bool | None = None
    ) -> Status: ...
    @overload
    def RecreateRecoveryRecords(self, *, id: Number, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    def RecreateRecoveryRecords(self, instanceID: Text, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Write the recovery records of a disabled store anew from its database.

        instanceID: The instance.
        id: Number of the store, from GetStores.
        It may take long: it starts a process.
        """
        return self._call("RecreateRecoveryRecords", {"instanceID": instanceID, "id": id}, autoHandleToken)

    @overload
    def RepairStoreDatabase(self, instanceID: Text, id: Number, *, autoHandleToken: bool | None = None) -> Status: ...
    @overload
    def RepairStoreDatabase(self, *, id: Number, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    def RepairStoreDatabase(self, instanceID: Text, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Rebuild the internal indexes of a store's database.

        instanceID: The instance.
        id: Number of the store, from GetStores.
        It may take long: it starts a process.
        """
        return self._call("RepairStoreDatabase", {"instanceID": instanceID, "id": id}, autoHandleToken)

    @overload
    def UnlockStore(self, instanceID: Text, id: Number, passphrase: Text) -> Status: ...
    @overload
    def UnlockStore(self, *, id: Number, passphrase: Text) -> Status: ...
    @instance_first
    def UnlockStore(self, instanceID: Text, id: Number, passphrase: Text) -> Status:
        """Unlock a store of another installation.

        instanceID: The instance.
        id: Number of the store, from GetStores.
        passphrase: Product key or recovery key of that installation.
        """
        return self._call("UnlockStore", {"instanceID": instanceID, "id": id, "passphrase": passphrase}, None)

    @overload
    def UpgradeStore(self, instanceID: Text, id: Number, *, autoHandleToken: bool | None = None) -> Status: ...
    @overload
    def UpgradeStore(self, *, id: Number, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    def UpgradeStore(self, instanceID: Text, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Convert a store to the present format.

        instanceID: The instance.
        id: Number of the store, from GetStores.
        It may take long: it starts a process.
        """
        return self._call("UpgradeStore", {"instanceID": instanceID, "id": id}, autoHandleToken)

    @overload
    def UpgradeStores(self, instanceID: Text, *, autoHandleToken: bool | None = None) -> Status: ...
    @overload
    def UpgradeStores(self, *, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    def UpgradeStores(self, instanceID: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Convert all stores to the present format.

        instanceID: The instance.
        It may take long: it starts a process.
        """
        return self._call("UpgradeStores", {"instanceID": instanceID}, autoHandleToken)

    @overload
    def VerifyStore(
        self, instanceID: Text, id: Number, includeIndexes: Flag = True, *, autoHandleToken: bool | None = None
    ) -> Status: ...
    @overload
    def VerifyStore(
        self, *, id: Number, includeIndexes: Flag = True, autoHandleToken: bool | None = None
    ) -> Status: ...
    @instance_first
    def VerifyStore(
        self, instanceID: Text, id: Number, includeIndexes: Flag = True, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Read everything in a store back and compare it with its checksums.

        instanceID: The instance.
        id: Number of the store, from GetStores.
        includeIndexes: Check the search indexes too.
        It may take long: it starts a process.
        """
        return self._call(
            "VerifyStore", {"instanceID": instanceID, "id": id, "includeIndexes": includeIndexes}, autoHandleToken
        )

    @overload
    def VerifyStores(
        self, instanceID: Text, includeIndexes: Flag = True, *, autoHandleToken: bool | None = None
    ) -> Status: ...
    @overload
    def VerifyStores(self, *, includeIndexes: Flag = True, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    def VerifyStores(
        self, instanceID: Text, includeIndexes: Flag = True, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Read everything in all stores back and compare it with its checksums.

        instanceID: The instance.
        includeIndexes: Check the search indexes too.
        It may take long: it starts a process.
        """
        return self._call("VerifyStores", {"instanceID": instanceID, "includeIndexes": includeIndexes}, autoHandleToken)

    @overload
    def RefreshAllStoreStatistics(self, instanceID: Text, *, autoHandleToken: bool | None = None) -> Status: ...
    @overload
    def RefreshAllStoreStatistics(self, *, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    def RefreshAllStoreStatistics(self, instanceID: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Count messages and sizes of all stores anew.

        instanceID: The instance.
        It may take long: it starts a process.
        """
        return self._call("RefreshAllStoreStatistics", {"instanceID": instanceID}, autoHandleToken)

    @overload
    def TransferStores(
        self, instanceID: Text, targetInstanceID: Text, ids: Names, *, autoHandleToken: bool | None = None
    ) -> Status: ...
    @overload
    def TransferStores(self, *, targetInstanceID: Text, ids: Names, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    def TransferStores(
        self, instanceID: Text, targetInstanceID: Text, ids: Names, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Hand stores over to another instance.

        instanceID: The instance.
        targetInstanceID: Instance that receives.
        ids: Numbers of the stores.
        It may take long: it starts a process.
        """
        return self._call(
            "TransferStores",
            {"instanceID": instanceID, "targetInstanceID": targetInstanceID, "ids": ids},
            autoHandleToken,
        )

    @overload
    def GetStoreAutoCreateConfiguration(self, instanceID: Text) -> Status: ...
    @overload
    def GetStoreAutoCreateConfiguration(self) -> Status: ...
    @instance_first
    def GetStoreAutoCreateConfiguration(self, instanceID: Text) -> Status:
        """When a new current store is made by itself.

        instanceID: The instance.
        """
        return self._call("GetStoreAutoCreateConfiguration", {"instanceID": instanceID}, None)

    @overload
    def SetStoreAutoCreateConfiguration(self, instanceID: Text, config: Json) -> Status: ...
    @overload
    def SetStoreAutoCreateConfiguration(self, *, config: Json) -> Status: ...
    @instance_first
    def SetStoreAutoCreateConfiguration(self, instanceID: Text, config: Json) -> Status:
        """Change when a new current store is made by itself.

        instanceID: The instance.
        config: The keys to change, or all.
        """
        return self._call("SetStoreAutoCreateConfiguration", {"instanceID": instanceID, "config": config}, None)

    @overload
    def SelectAllStoreIndexesForRebuild(self, instanceID: Text) -> Status: ...
    @overload
    def SelectAllStoreIndexesForRebuild(self) -> Status: ...
    @instance_first
    def SelectAllStoreIndexesForRebuild(self, instanceID: Text) -> Status:
        """Mark all search indexes for RebuildSelectedStoreIndexes.

        instanceID: The instance.
        """
        return self._call("SelectAllStoreIndexesForRebuild", {"instanceID": instanceID}, None)

    @overload
    def RebuildSelectedStoreIndexes(self, instanceID: Text, *, autoHandleToken: bool | None = None) -> Status: ...
    @overload
    def RebuildSelectedStoreIndexes(self, *, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    def RebuildSelectedStoreIndexes(self, instanceID: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Rebuild the search indexes that are marked.

        instanceID: The instance.
        It may take long: it starts a process.
        """
        return self._call("RebuildSelectedStoreIndexes", {"instanceID": instanceID}, autoHandleToken)

    @overload
    def GetChildFolders(
        self, instanceID: Text, folder: Text | None = None, maxLevels: Number | None = None
    ) -> Status: ...
    @overload
    def GetChildFolders(self, *, folder: Text | None = None, maxLevels: Number | None = None) -> Status: ...
    @instance_first
    def GetChildFolders(self, instanceID: Text, folder: Text | None = None, maxLevels: Number | None = None) -> Status:
        """The folders below one, as a tree. Without folder: the archives.

        instanceID: The instance.
        folder: Folder, parts joined by `/`; the first part is the archive.
        maxLevels: How deep; absent means all.
        """
        return self._call("GetChildFolders", {"instanceID": instanceID, "folder": folder, "maxLevels": maxLevels}, None)

    @overload
    def GetFolderStatistics(
        self,
        instanceID: Text,
        limit: Number | None = None,
        after: Text | None = None,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status: ...
    @overload
    def GetFolderStatistics(
        self, *, limit: Number | None = None, after: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status: ...
    @instance_first
    def GetFolderStatistics(
        self,
        instanceID: Text,
        limit: Number | None = None,
        after: Text | None = None,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Messages and bytes, a row per archive. The log names stores that are not open, and so not counted.

        instanceID: The instance.
        limit: At most so many rows, and the answer becomes a page.
        after: Where to go on: `next` of the page before.
        `limit` and `after`: Postroom only.
        """
        return self._call(
            "GetFolderStatistics", {"instanceID": instanceID, "limit": limit, "after": after}, autoHandleToken
        )

    @overload
    def MoveFolder(self, instanceID: Text, fromFolder: Text, toFolder: Text) -> Status: ...
    @overload
    def MoveFolder(self, *, fromFolder: Text, toFolder: Text) -> Status: ...
    @instance_first
    def MoveFolder(self, instanceID: Text, fromFolder: Text, toFolder: Text) -> Status:
        """Move or rename a folder. On the first level this renames an archive.

        instanceID: The instance.
        fromFolder: Present full name.
        toFolder: Full name from now on.
        """
        return self._call(
            "MoveFolder", {"instanceID": instanceID, "fromFolder": fromFolder, "toFolder": toFolder}, None
        )

    @overload
    def DeleteEmptyFolders(self, instanceID: Text, folder: Text | None = None) -> Status: ...
    @overload
    def DeleteEmptyFolders(self, *, folder: Text | None = None) -> Status: ...
    @instance_first
    def DeleteEmptyFolders(self, instanceID: Text, folder: Text | None = None) -> Status:
        """Delete the folders without messages, below one or everywhere.

        instanceID: The instance.
        folder: Folder, parts joined by `/`; the first part is the archive.
        """
        return self._call("DeleteEmptyFolders", {"instanceID": instanceID, "folder": folder}, None)

    @overload
    def GetMessages(
        self, instanceID: Text, folder: Text | None = None, limit: Number | None = None, after: Text | None = None
    ) -> Status: ...
    @overload
    def GetMessages(
        self, *, folder: Text | None = None, limit: Number | None = None, after: Text | None = None
    ) -> Status: ...
    @instance_first
    def GetMessages(
        self, instanceID: Text, folder: Text | None = None, limit: Number | None = None, after: Text | None = None
    ) -> Status:
        """The messages of a folder.

        instanceID: The instance.
        folder: Folder, parts joined by `/`; the first part is the archive.
        limit: At most so many rows, and the answer becomes a page.
        after: Where to go on: `next` of the page before.
        `limit` and `after`: Postroom only.
        """
        return self._call(
            "GetMessages", {"instanceID": instanceID, "folder": folder, "limit": limit, "after": after}, None
        )

    @overload
    def DeleteMessage(self, instanceID: Text, id: Text, reason: Text | None = None) -> Status: ...
    @overload
    def DeleteMessage(self, *, id: Text, reason: Text | None = None) -> Status: ...
    @instance_first
    def DeleteMessage(self, instanceID: Text, id: Text, reason: Text | None = None) -> Status:
        """Delete a message from its archive, unless a hold or a retention rule forbids it.

        instanceID: The instance.
        id: Number of the message, `<store>:<number>`.
        reason: Why; goes to the audit log. Newer products require it.
        """
        return self._call("DeleteMessage", {"instanceID": instanceID, "id": id, "reason": reason}, None)

    @overload
    def GetProfiles(self, instanceID: Text, raw: Flag = True) -> Status: ...
    @overload
    def GetProfiles(self, *, raw: Flag = True) -> Status: ...
    @instance_first
    def GetProfiles(self, instanceID: Text, raw: Flag = True) -> Status:
        """The archiving and export profiles.

        instanceID: The instance.
        raw: Only true works.
        """
        return self._call("GetProfiles", {"instanceID": instanceID, "raw": raw}, None)

    @overload
    def CreateProfile(self, instanceID: Text, properties: Json, raw: Flag = True) -> Status: ...
    @overload
    def CreateProfile(self, *, properties: Json, raw: Flag = True) -> Status: ...
    @instance_first
    def CreateProfile(self, instanceID: Text, properties: Json, raw: Flag = True) -> Status:
        """Create a profile.

        instanceID: The instance.
        properties: The profile, without `id` and `version`, password included.
        raw: Only true works.
        """
        return self._call("CreateProfile", {"instanceID": instanceID, "properties": properties, "raw": raw}, None)

    @overload
    def DeleteProfile(self, instanceID: Text, id: Number) -> Status: ...
    @overload
    def DeleteProfile(self, *, id: Number) -> Status: ...
    @instance_first
    def DeleteProfile(self, instanceID: Text, id: Number) -> Status:
        """Delete a profile.

        instanceID: The instance.
        id: Number of the profile, from GetProfiles.
        """
        return self._call("DeleteProfile", {"instanceID": instanceID, "id": id}, None)

    @overload
    def RunProfile(self, instanceID: Text, id: Number, *, autoHandleToken: bool | None = None) -> Status: ...
    @overload
    def RunProfile(self, *, id: Number, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    def RunProfile(self, instanceID: Text, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Run a profile now.

        instanceID: The instance.
        id: Number of the profile, from GetProfiles.
        It may take long: it starts a process.
        """
        return self._call("RunProfile", {"instanceID": instanceID, "id": id}, autoHandleToken)

    @overload
    def RunTemporaryProfile(
        self, instanceID: Text, properties: Json, raw: Flag = True, *, autoHandleToken: bool | None = None
    ) -> Status: ...
    @overload
    def RunTemporaryProfile(
        self, *, properties: Json, raw: Flag = True, autoHandleToken: bool | None = None
    ) -> Status: ...
    @instance_first
    def RunTemporaryProfile(
        self, instanceID: Text, properties: Json, raw: Flag = True, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Run a profile once without storing it.

        instanceID: The instance.
        properties: The profile, without `id` and `version`, password included.
        raw: Only true works.
        It may take long: it starts a process.
        """
        return self._call(
            "RunTemporaryProfile", {"instanceID": instanceID, "properties": properties, "raw": raw}, autoHandleToken
        )

    @overload
    def SetProfileServerSideExecution(
        self,
        instanceID: Text,
        id: Number,
        automatic: Flag,
        automaticPauseBetweenExecutions: Number | None = None,
        automaticMaintenanceWindows: Text | None = None,
    ) -> Status: ...
    @overload
    def SetProfileServerSideExecution(
        self,
        *,
        id: Number,
        automatic: Flag,
        automaticPauseBetweenExecutions: Number | None = None,
        automaticMaintenanceWindows: Text | None = None,
    ) -> Status: ...
    @instance_first
    def SetProfileServerSideExecution(
        self,
        instanceID: Text,
        id: Number,
        automatic: Flag,
        automaticPauseBetweenExecutions: Number | None = None,
        automaticMaintenanceWindows: Text | None = None,
    ) -> Status:
        """Say when the server runs a profile by itself.

        instanceID: The instance.
        id: Number of the profile, from GetProfiles.
        automatic: Whether it does.
        automaticPauseBetweenExecutions: Seconds between two runs.
        automaticMaintenanceWindows: Times in which it must not run.
        """
        return self._call(
            "SetProfileServerSideExecution",
            {
                "instanceID": instanceID,
                "id": id,
                "automatic": automatic,
                "automaticPauseBetweenExecutions": automaticPauseBetweenExecutions,
                "automaticMaintenanceWindows": automaticMaintenanceWindows,
            },
            None,
        )

    @overload
    def GetWorkerResults(
        self,
        instanceID: Text,
        fromIncluding: Text,
        toExcluding: Text,
        timeZoneID: Text = "$Local",
        profileID: Number | None = None,
        userName: Text | None = None,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status: ...
    @overload
    def GetWorkerResults(
        self,
        *,
        fromIncluding: Text,
        toExcluding: Text,
        timeZoneID: Text = "$Local",
        profileID: Number | None = None,
        userName: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status: ...
    @instance_first
    def GetWorkerResults(
        self,
        instanceID: Text,
        fromIncluding: Text,
        toExcluding: Text,
        timeZoneID: Text = "$Local",
        profileID: Number | None = None,
        userName: Text | None = None,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Finished runs of profiles in a period.

        instanceID: The instance.
        fromIncluding: Start of the period, `YYYY-MM-DDTHH:MM:SS`.
        toExcluding: End of the period, itself not part of it.
        timeZoneID: Zone of the times; `$Local` is the server's own.
        profileID: Only runs of this profile.
        userName: Name of the user.
        """
        return self._call(
            "GetWorkerResults",
            {
                "instanceID": instanceID,
                "fromIncluding": fromIncluding,
                "toExcluding": toExcluding,
                "timeZoneID": timeZoneID,
                "profileID": profileID,
                "userName": userName,
            },
            autoHandleToken,
        )

    @overload
    def GetWorkerResultReport(self, instanceID: Text, id: Number) -> Status: ...
    @overload
    def GetWorkerResultReport(self, *, id: Number) -> Status: ...
    @instance_first
    def GetWorkerResultReport(self, instanceID: Text, id: Number) -> Status:
        """The log of one run.

        instanceID: The instance.
        id: Number of the run.
        """
        return self._call("GetWorkerResultReport", {"instanceID": instanceID, "id": id}, None)

    @overload
    def GetJobs(self, instanceID: Text) -> Status: ...
    @overload
    def GetJobs(self) -> Status: ...
    @instance_first
    def GetJobs(self, instanceID: Text) -> Status:
        """The jobs: API functions run on a schedule.

        instanceID: The instance.
        """
        return self._call("GetJobs", {"instanceID": instanceID}, None)

    @overload
    def CreateJob(
        self,
        instanceID: Text,
        name: Text,
        action: Text,
        owner: Text,
        timeZoneId: Text = "$Local",
        date: Text | None = None,
        interval: Number | None = None,
        time: Text | None = None,
        dayOfWeek: Text | None = None,
        dayOfMonth: Text | None = None,
    ) -> Status: ...
    @overload
    def CreateJob(
        self,
        *,
        name: Text,
        action: Text,
        owner: Text,
        timeZoneId: Text = "$Local",
        date: Text | None = None,
        interval: Number | None = None,
        time: Text | None = None,
        dayOfWeek: Text | None = None,
        dayOfMonth: Text | None = None,
    ) -> Status: ...
    @instance_first
    def CreateJob(
        self,
        instanceID: Text,
        name: Text,
        action: Text,
        owner: Text,
        timeZoneId: Text = "$Local",
        date: Text | None = None,
        interval: Number | None = None,
        time: Text | None = None,
        dayOfWeek: Text | None = None,
        dayOfMonth: Text | None = None,
    ) -> Status:
        """Create a job with exactly one form of schedule.

        instanceID: The instance.
        name: Its name.
        action: The function with its arguments, `Name --a=b`.
        owner: Administrator as whom it runs.
        timeZoneId: Zone from GetTimeZones; `$Local` is the server's own.
        date: Run once, at this time.
        interval: Run every so many minutes. One of 5, 10, 15, 20, 30, 60, 120, 180, 240, 260, 360, 720.
        time: Run at this time of day, `HH:MM`.
        dayOfWeek: With `time`: only on this day. One of Sunday, Monday, Tuesday, Wednesday, Thursday, Friday,
            Saturday.
        dayOfMonth: With `time`: only on this day of the month.
        """
        return self._call(
            "CreateJob",
            {
                "instanceID": instanceID,
                "name": name,
                "action": action,
                "owner": owner,
                "timeZoneId": timeZoneId,
                "date": date,
                "interval": interval,
                "time": time,
                "dayOfWeek": dayOfWeek,
                "dayOfMonth": dayOfMonth,
            },
            None,
        )

    @overload
    def RenameJob(self, instanceID: Text, id: Number, name: Text) -> Status: ...
    @overload
    def RenameJob(self, *, id: Number, name: Text) -> Status: ...
    @instance_first
    def RenameJob(self, instanceID: Text, id: Number, name: Text) -> Status:
        """Give a job another name.

        instanceID: The instance.
        id: Number of the job, from GetJobs.
        name: Name from now on.
        """
        return self._call("RenameJob", {"instanceID": instanceID, "id": id, "name": name}, None)

    @overload
    def SetJobEnabled(self, instanceID: Text, id: Number, enabled: Flag) -> Status: ...
    @overload
    def SetJobEnabled(self, *, id: Number, enabled: Flag) -> Status: ...
    @instance_first
    def SetJobEnabled(self, instanceID: Text, id: Number, enabled: Flag) -> Status:
        """Switch a job on or off.

        instanceID: The instance.
        id: Number of the job, from GetJobs.
        enabled: Whether it runs.
        """
        return self._call("SetJobEnabled", {"instanceID": instanceID, "id": id, "enabled": enabled}, None)

    @overload
    def SetJobSchedule(
        self,
        instanceID: Text,
        id: Number,
        timeZoneId: Text = "$Local",
        date: Text | None = None,
        interval: Number | None = None,
        time: Text | None = None,
        dayOfWeek: Text | None = None,
        dayOfMonth: Text | None = None,
    ) -> Status: ...
    @overload
    def SetJobSchedule(
        self,
        *,
        id: Number,
        timeZoneId: Text = "$Local",
        date: Text | None = None,
        interval: Number | None = None,
        time: Text | None = None,
        dayOfWeek: Text | None = None,
        dayOfMonth: Text | None = None,
    ) -> Status: ...
    @instance_first
    def SetJobSchedule(
        self,
        instanceID: Text,
        id: Number,
        timeZoneId: Text = "$Local",
        date: Text | None = None,
        interval: Number | None = None,
        time: Text | None = None,
        dayOfWeek: Text | None = None,
        dayOfMonth: Text | None = None,
    ) -> Status:
        """Change when a job runs.

        instanceID: The instance.
        id: Number of the job, from GetJobs.
        timeZoneId: Zone from GetTimeZones; `$Local` is the server's own.
        date: Run once, at this time.
        interval: Run every so many minutes. One of 5, 10, 15, 20, 30, 60, 120, 180, 240, 260, 360, 720.
        time: Run at this time of day, `HH:MM`.
        dayOfWeek: With `time`: only on this day. One of Sunday, Monday, Tuesday, Wednesday, Thursday, Friday,
            Saturday.
        dayOfMonth: With `time`: only on this day of the month.
        """
        return self._call(
            "SetJobSchedule",
            {
                "instanceID": instanceID,
                "id": id,
                "timeZoneId": timeZoneId,
                "date": date,
                "interval": interval,
                "time": time,
                "dayOfWeek": dayOfWeek,
                "dayOfMonth": dayOfMonth,
            },
            None,
        )

    @overload
    def DeleteJob(self, instanceID: Text, id: Number) -> Status: ...
    @overload
    def DeleteJob(self, *, id: Number) -> Status: ...
    @instance_first
    def DeleteJob(self, instanceID: Text, id: Number) -> Status:
        """Delete a job.

        instanceID: The instance.
        id: Number of the job, from GetJobs.
        """
        return self._call("DeleteJob", {"instanceID": instanceID, "id": id}, None)

    @overload
    def RunJobAsync(self, instanceID: Text, id: Number) -> Status: ...
    @overload
    def RunJobAsync(self, *, id: Number) -> Status: ...
    @instance_first
    def RunJobAsync(self, instanceID: Text, id: Number) -> Status:
        """Start a job and return at once; look at GetJobResults later.

        instanceID: The instance.
        id: Number of the job, from GetJobs.
        """
        return self._call("RunJobAsync", {"instanceID": instanceID, "id": id}, None)

    @overload
    def CancelJobAsync(self, instanceID: Text, id: Number) -> Status: ...
    @overload
    def CancelJobAsync(self, *, id: Number) -> Status: ...
    @instance_first
    def CancelJobAsync(self, instanceID: Text, id: Number) -> Status:
        """Ask a running job to stop and return at once.

        instanceID: The instance.
        id: Number of the job, from GetJobs.
        """
        return self._call("CancelJobAsync", {"instanceID": instanceID, "id": id}, None)

    @overload
    def GetJobResults(
        self,
        instanceID: Text,
        fromIncluding: Text,
        toExcluding: Text,
        timeZoneId: Text = "$Local",
        jobId: Number | None = None,
    ) -> Status: ...
    @overload
    def GetJobResults(
        self, *, fromIncluding: Text, toExcluding: Text, timeZoneId: Text = "$Local", jobId: Number | None = None
    ) -> Status: ...
    @instance_first
    def GetJobResults(
        self,
        instanceID: Text,
        fromIncluding: Text,
        toExcluding: Text,
        timeZoneId: Text = "$Local",
        jobId: Number | None = None,
    ) -> Status:
        """Runs of jobs in a period.

        instanceID: The instance.
        fromIncluding: Start of the period, `YYYY-MM-DDTHH:MM:SS`.
        toExcluding: End of the period, itself not part of it.
        timeZoneId: Zone from GetTimeZones; `$Local` is the server's own.
        jobId: Only runs of this job.
        """
        return self._call(
            "GetJobResults",
            {
                "instanceID": instanceID,
                "fromIncluding": fromIncluding,
                "toExcluding": toExcluding,
                "timeZoneId": timeZoneId,
                "jobId": jobId,
            },
            None,
        )

    @overload
    def SearchMessages(
        self,
        instanceID: Text,
        query: Text,
        folder: Text | None = None,
        order: Text = "date",
        limit: Number = 100,
        after: Text | None = None,
    ) -> Status: ...
    @overload
    def SearchMessages(
        self,
        *,
        query: Text,
        folder: Text | None = None,
        order: Text = "date",
        limit: Number = 100,
        after: Text | None = None,
    ) -> Status: ...
    @instance_first
    def SearchMessages(
        self,
        instanceID: Text,
        query: Text,
        folder: Text | None = None,
        order: Text = "date",
        limit: Number = 100,
        after: Text | None = None,
    ) -> Status:
        """Search all open stores.

        instanceID: The instance.
        query: What to look for, in the query language of the search.
        folder: Only in this folder and below.
        order: Newest first, or best first. One of date, relevance.
        limit: At most so many rows.
        after: Where to go on: `next` of the answer before.
        Postroom only.
        """
        return self._call(
            "SearchMessages",
            {
                "instanceID": instanceID,
                "query": query,
                "folder": folder,
                "order": order,
                "limit": limit,
                "after": after,
            },
            None,
        )

    @overload
    def GetMessage(self, instanceID: Text, id: Text) -> Status: ...
    @overload
    def GetMessage(self, *, id: Text) -> Status: ...
    @instance_first
    def GetMessage(self, instanceID: Text, id: Text) -> Status:
        """One message: folders, headers, envelopes, text, attachments, checksum.

        instanceID: The instance.
        id: Number of the message, `<store>:<number>`.
        Postroom only.
        """
        return self._call("GetMessage", {"instanceID": instanceID, "id": id}, None)

    @overload
    def ExportMessages(
        self,
        instanceID: Text,
        path: Text,
        format: Text,
        query: Text | None = None,
        folder: Text | None = None,
        ids: Names | None = None,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status: ...
    @overload
    def ExportMessages(
        self,
        *,
        path: Text,
        format: Text,
        query: Text | None = None,
        folder: Text | None = None,
        ids: Names | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status: ...
    @instance_first
    def ExportMessages(
        self,
        instanceID: Text,
        path: Text,
        format: Text,
        query: Text | None = None,
        folder: Text | None = None,
        ids: Names | None = None,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Write messages, their checksums and proofs into a place on the server.

        instanceID: The instance.
        path: Folder or file to write.
        format: Form of the export. One of eml, mbox, zip.
        query: What to look for, in the query language of the search.
        folder: Only from this folder and below.
        ids: Only these messages.
        It may take long: it starts a process.
        Postroom only.
        """
        return self._call(
            "ExportMessages",
            {"instanceID": instanceID, "path": path, "format": format, "query": query, "folder": folder, "ids": ids},
            autoHandleToken,
        )

    @overload
    def ImportMessages(
        self, instanceID: Text, path: Text, archive: Text, kind: Text = "auto", *, autoHandleToken: bool | None = None
    ) -> Status: ...
    @overload
    def ImportMessages(
        self, *, path: Text, archive: Text, kind: Text = "auto", autoHandleToken: bool | None = None
    ) -> Status: ...
    @instance_first
    def ImportMessages(
        self, instanceID: Text, path: Text, archive: Text, kind: Text = "auto", *, autoHandleToken: bool | None = None
    ) -> Status:
        """Archive the messages of a file or folder on the server.

        instanceID: The instance.
        path: File or folder to read.
        archive: Archive that receives.
        kind: Form of the source. One of auto, mbox, mboxo, mboxrd, mboxcl, mboxcl2, maildir, folder, eml, zip, tar.
        It may take long: it starts a process.
        Postroom only.
        """
        return self._call(
            "ImportMessages",
            {"instanceID": instanceID, "path": path, "archive": archive, "kind": kind},
            autoHandleToken,
        )

    @overload
    def GetAuditLog(
        self,
        instanceID: Text,
        fromIncluding: Text | None = None,
        toExcluding: Text | None = None,
        userName: Text | None = None,
        event: Text | None = None,
        limit: Number = 100,
        after: Text | None = None,
    ) -> Status: ...
    @overload
    def GetAuditLog(
        self,
        *,
        fromIncluding: Text | None = None,
        toExcluding: Text | None = None,
        userName: Text | None = None,
        event: Text | None = None,
        limit: Number = 100,
        after: Text | None = None,
    ) -> Status: ...
    @instance_first
    def GetAuditLog(
        self,
        instanceID: Text,
        fromIncluding: Text | None = None,
        toExcluding: Text | None = None,
        userName: Text | None = None,
        event: Text | None = None,
        limit: Number = 100,
        after: Text | None = None,
    ) -> Status:
        """What happened, newest first.

        instanceID: The instance.
        fromIncluding: Start of the period, `YYYY-MM-DDTHH:MM:SS`.
        toExcluding: End of the period, itself not part of it.
        userName: Name of the user.
        event: Only events of this name.
        limit: At most so many rows.
        after: Where to go on: `next` of the answer before.
        Postroom only.
        """
        return self._call(
            "GetAuditLog",
            {
                "instanceID": instanceID,
                "fromIncluding": fromIncluding,
                "toExcluding": toExcluding,
                "userName": userName,
                "event": event,
                "limit": limit,
                "after": after,
            },
            None,
        )

    @overload
    def GetIntegrityProof(self, instanceID: Text, id: Text) -> Status: ...
    @overload
    def GetIntegrityProof(self, *, id: Text) -> Status: ...
    @instance_first
    def GetIntegrityProof(self, instanceID: Text, id: Text) -> Status:
        """Proof that a message is in the ledger unchanged; it can be checked offline.

        instanceID: The instance.
        id: Number of the message, `<store>:<number>`.
        Postroom only.
        """
        return self._call("GetIntegrityProof", {"instanceID": instanceID, "id": id}, None)

    @overload
    def SetProfile(self, instanceID: Text, id: Number, properties: Json) -> Status: ...
    @overload
    def SetProfile(self, *, id: Number, properties: Json) -> Status: ...
    @instance_first
    def SetProfile(self, instanceID: Text, id: Number, properties: Json) -> Status:
        """Change a profile; what is not given stays, and so does a secret that is null.

        instanceID: The instance.
        id: Number of the profile, from GetProfiles.
        properties: What changes: `name`, `owner`, `details` (only the keys that change), `serverSideExecution`;
            with `version` only if it is still that.
        Postroom only.
        """
        return self._call("SetProfile", {"instanceID": instanceID, "id": id, "properties": properties}, None)

    @overload
    def GetProfileProblems(self, instanceID: Text, id: Number) -> Status: ...
    @overload
    def GetProfileProblems(self, *, id: Number) -> Status: ...
    @instance_first
    def GetProfileProblems(self, instanceID: Text, id: Number) -> Status:
        """Items that a profile could not archive yet; each run asks for them again.

        instanceID: The instance.
        id: Number of the profile, from GetProfiles.
        Postroom only.
        """
        return self._call("GetProfileProblems", {"instanceID": instanceID, "id": id}, None)

    @overload
    def CheckProfile(
        self, instanceID: Text, id: Number, timeZoneID: Text = "$Local", *, autoHandleToken: bool | None = None
    ) -> Status: ...
    @overload
    def CheckProfile(
        self, *, id: Number, timeZoneID: Text = "$Local", autoHandleToken: bool | None = None
    ) -> Status: ...
    @instance_first
    def CheckProfile(
        self, instanceID: Text, id: Number, timeZoneID: Text = "$Local", *, autoHandleToken: bool | None = None
    ) -> Status:
        """Compare what the source of a profile has with the archive, per mailbox and day.

        instanceID: The instance.
        id: Number of the profile, from GetProfiles.
        timeZoneID: Zone of the days; `$Local` is the server's own.
        It may take long: it starts a process.
        Postroom only.
        """
        return self._call(
            "CheckProfile", {"instanceID": instanceID, "id": id, "timeZoneID": timeZoneID}, autoHandleToken
        )

    @overload
    def GetHolds(self, instanceID: Text, includeEnded: Flag = True) -> Status: ...
    @overload
    def GetHolds(self, *, includeEnded: Flag = True) -> Status: ...
    @instance_first
    def GetHolds(self, instanceID: Text, includeEnded: Flag = True) -> Status:
        """The legal holds, in the order they were set.

        instanceID: The instance.
        includeEnded: Those that were ended too.
        Postroom only.
        """
        return self._call("GetHolds", {"instanceID": instanceID, "includeEnded": includeEnded}, None)

    @overload
    def CreateHold(self, instanceID: Text, name: Text, query: Text, reason: Text) -> Status: ...
    @overload
    def CreateHold(self, *, name: Text, query: Text, reason: Text) -> Status: ...
    @instance_first
    def CreateHold(self, instanceID: Text, name: Text, query: Text, reason: Text) -> Status:
        """Set a legal hold: what its query matches, now or later, is deleted by nobody.

        instanceID: The instance.
        name: Name of the hold.
        query: What to look for, in the query language of the search.
        reason: Why; goes to the audit log.
        Postroom only.
        """
        return self._call(
            "CreateHold", {"instanceID": instanceID, "name": name, "query": query, "reason": reason}, None
        )

    @overload
    def EndHold(self, instanceID: Text, id: Number, reason: Text) -> Status: ...
    @overload
    def EndHold(self, *, id: Number, reason: Text) -> Status: ...
    @instance_first
    def EndHold(self, instanceID: Text, id: Number, reason: Text) -> Status:
        """End a legal hold. It stays in the list.

        instanceID: The instance.
        id: Number of the hold, from GetHolds.
        reason: Why; goes to the audit log.
        Postroom only.
        """
        return self._call("EndHold", {"instanceID": instanceID, "id": id, "reason": reason}, None)

    @overload
    def ApproveRetentionRun(self, instanceID: Text) -> Status: ...
    @overload
    def ApproveRetentionRun(self) -> Status: ...
    @instance_first
    def ApproveRetentionRun(self, instanceID: Text) -> Status:
        """Approve the next ProcessRetentionPolicies of another administrator, with the policies and holds of now.

        instanceID: The instance.
        Postroom only.
        """
        return self._call("ApproveRetentionRun", {"instanceID": instanceID}, None)

    @overload
    def CreateAppPassword(self, instanceID: Text, userName: Text, name: Text) -> Status: ...
    @overload
    def CreateAppPassword(self, *, userName: Text, name: Text) -> Status: ...
    @instance_first
    def CreateAppPassword(self, instanceID: Text, userName: Text, name: Text) -> Status:
        """A new password for a program that cannot be asked for a second factor. It is shown this once.

        instanceID: The instance.
        userName: Name of the user.
        name: What it is for, such as the program or device.
        Postroom only.
        """
        return self._call("CreateAppPassword", {"instanceID": instanceID, "userName": userName, "name": name}, None)

    @overload
    def GetAppPasswords(self, instanceID: Text, userName: Text) -> Status: ...
    @overload
    def GetAppPasswords(self, *, userName: Text) -> Status: ...
    @instance_first
    def GetAppPasswords(self, instanceID: Text, userName: Text) -> Status:
        """The app passwords of a user by their names; times are UTC.

        instanceID: The instance.
        userName: Name of the user.
        Postroom only.
        """
        return self._call("GetAppPasswords", {"instanceID": instanceID, "userName": userName}, None)

    @overload
    def DeleteAppPassword(self, instanceID: Text, userName: Text, id: Number) -> Status: ...
    @overload
    def DeleteAppPassword(self, *, userName: Text, id: Number) -> Status: ...
    @instance_first
    def DeleteAppPassword(self, instanceID: Text, userName: Text, id: Number) -> Status:
        """Delete one app password of a user.

        instanceID: The instance.
        userName: Name of the user.
        id: Its number, from GetAppPasswords.
        Postroom only.
        """
        return self._call("DeleteAppPassword", {"instanceID": instanceID, "userName": userName, "id": id}, None)
