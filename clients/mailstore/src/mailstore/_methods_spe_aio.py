"""The functions of the provider edition as async methods. `make docs` writes it from `contract`."""

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
    async def _call(self, name: str, arguments: Mapping[str, object], autoHandleToken: bool | None) -> Status: ...

    async def GetEnvironmentInfo(self) -> Status:
        """Version, licence and machine of the management server."""
        return await self._call("GetEnvironmentInfo", {}, None)

    async def GetServiceStatus(self) -> Status:
        """What needs attention, and the state of the roles."""
        return await self._call("GetServiceStatus", {}, None)

    async def Ping(self) -> Status:
        """Keep the session alive."""
        return await self._call("Ping", {}, None)

    async def PairWithManagementServer(
        self, serverType: Text, serverName: Text, port: Number, thumbprint: Text
    ) -> Status:
        """Join a role with the management server.

        serverType: Role that joins. One of InstanceHost, ClientAccessServer.
        serverName: Name of the server.
        port: Port of the server.
        thumbprint: SHA-1 of its certificate, 40 hex digits.
        """
        return await self._call(
            "PairWithManagementServer",
            {"serverType": serverType, "serverName": serverName, "port": port, "thumbprint": thumbprint},
            None,
        )

    async def CreateLicenseRequest(self) -> Status:
        """Text of a licence request."""
        return await self._call("CreateLicenseRequest", {}, None)

    async def ReloadBranding(self) -> Status:
        """Read the branding files again."""
        return await self._call("ReloadBranding", {}, None)

    async def GetSystemSmtpConfiguration(self) -> Status:
        """How the management server sends mail; the password is null."""
        return await self._call("GetSystemSmtpConfiguration", {}, None)

    async def SetSystemSmtpConfiguration(self, config: Json) -> Status:
        """Change how the management server sends mail.

        config: The whole object; take the answer of the Get function as a template.
        """
        return await self._call("SetSystemSmtpConfiguration", {"config": config}, None)

    async def TestSystemSmtpConfiguration(self) -> Status:
        """Send a test mail."""
        return await self._call("TestSystemSmtpConfiguration", {}, None)

    async def GetClientAccessServers(self, withServiceStatus: Flag, serverNameFilter: Text | None = None) -> Status:
        """The client access servers.

        withServiceStatus: Ask each for its state.
        serverNameFilter: Only servers whose name fits; absent means all.
        """
        return await self._call(
            "GetClientAccessServers",
            {"withServiceStatus": withServiceStatus, "serverNameFilter": serverNameFilter},
            None,
        )

    async def CreateClientAccessServer(self, config: Json) -> Status:
        """Make a client access server known.

        config: The whole object; take the answer of the Get function as a template.
        """
        return await self._call("CreateClientAccessServer", {"config": config}, None)

    async def SetClientAccessServerConfiguration(self, config: Json) -> Status:
        """Change a client access server; `serverName` says which.

        config: The whole object; take the answer of the Get function as a template.
        """
        return await self._call("SetClientAccessServerConfiguration", {"config": config}, None)

    async def DeleteClientAccessServer(self, serverName: Text) -> Status:
        """Forget a client access server.

        serverName: Name of the server.
        """
        return await self._call("DeleteClientAccessServer", {"serverName": serverName}, None)

    async def GetInstanceHosts(self, serverNameFilter: Text | None = None) -> Status:
        """The instance hosts.

        serverNameFilter: Only servers whose name fits; absent means all.
        """
        return await self._call("GetInstanceHosts", {"serverNameFilter": serverNameFilter}, None)

    async def CreateInstanceHost(self, config: Json) -> Status:
        """Make an instance host known.

        config: The whole object; take the answer of the Get function as a template.
        """
        return await self._call("CreateInstanceHost", {"config": config}, None)

    async def SetInstanceHostConfiguration(self, config: Json) -> Status:
        """Change an instance host; `serverName` says which.

        config: The whole object; take the answer of the Get function as a template.
        """
        return await self._call("SetInstanceHostConfiguration", {"config": config}, None)

    async def DeleteInstanceHost(self, serverName: Text) -> Status:
        """Forget an instance host.

        serverName: Name of the server.
        """
        return await self._call("DeleteInstanceHost", {"serverName": serverName}, None)

    async def GetDirectoriesOnInstanceHost(self, serverName: Text, path: Text | None = None) -> Status:
        """The folders below one on an instance host; without path, its roots.

        serverName: Name of the server.
        path: Folder on the instance host.
        """
        return await self._call("GetDirectoriesOnInstanceHost", {"serverName": serverName, "path": path}, None)

    async def CreateDirectoryOnInstanceHost(self, serverName: Text, path: Text) -> Status:
        """Make a folder on an instance host.

        serverName: Name of the server.
        path: Folder on the instance host.
        """
        return await self._call("CreateDirectoryOnInstanceHost", {"serverName": serverName, "path": path}, None)

    async def GetInstances(self, instanceFilter: Text) -> Status:
        """The instances and whether they run.

        instanceFilter: `*` for all, or the name of an instance.
        """
        return await self._call("GetInstances", {"instanceFilter": instanceFilter}, None)

    async def CreateInstance(self, config: Json) -> Status:
        """Create an instance.

        config: Its configuration.
        """
        return await self._call("CreateInstance", {"config": config}, None)

    @overload
    async def GetInstanceConfiguration(self, instanceID: Text) -> Status: ...
    @overload
    async def GetInstanceConfiguration(self) -> Status: ...
    @instance_first
    async def GetInstanceConfiguration(self, instanceID: Text) -> Status:
        """Configuration of an instance.

        instanceID: The instance.
        """
        return await self._call("GetInstanceConfiguration", {"instanceID": instanceID}, None)

    async def SetInstanceConfiguration(self, config: Json) -> Status:
        """Change an instance; `instanceID` in it says which.

        config: Its configuration.
        """
        return await self._call("SetInstanceConfiguration", {"config": config}, None)

    async def StartInstances(self, instanceFilter: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Start instances.

        instanceFilter: `*` for all, or the name of an instance.
        It may take long: it starts a process.
        """
        return await self._call("StartInstances", {"instanceFilter": instanceFilter}, autoHandleToken)

    async def StopInstances(self, instanceFilter: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Stop instances.

        instanceFilter: `*` for all, or the name of an instance.
        It may take long: it starts a process.
        """
        return await self._call("StopInstances", {"instanceFilter": instanceFilter}, autoHandleToken)

    async def RestartInstances(self, instanceFilter: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Stop instances and start them again.

        instanceFilter: `*` for all, or the name of an instance.
        It may take long: it starts a process.
        """
        return await self._call("RestartInstances", {"instanceFilter": instanceFilter}, autoHandleToken)

    async def FreezeInstances(self, instanceFilter: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Hold instances in a consistent state, for a snapshot.

        instanceFilter: `*` for all, or the name of an instance.
        It may take long: it starts a process.
        """
        return await self._call("FreezeInstances", {"instanceFilter": instanceFilter}, autoHandleToken)

    async def ThawInstances(self, instanceFilter: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Let frozen instances go on.

        instanceFilter: `*` for all, or the name of an instance.
        It may take long: it starts a process.
        """
        return await self._call("ThawInstances", {"instanceFilter": instanceFilter}, autoHandleToken)

    async def DeleteInstances(self, instanceFilter: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Delete stopped instances; their data stays on disk.

        instanceFilter: `*` for all, or the name of an instance.
        It may take long: it starts a process.
        """
        return await self._call("DeleteInstances", {"instanceFilter": instanceFilter}, autoHandleToken)

    async def GetSystemAdministrators(self) -> Status:
        """The administrators of the installation."""
        return await self._call("GetSystemAdministrators", {}, None)

    async def CreateSystemAdministrator(self, config: Json, password: Text) -> Status:
        """Create an administrator.

        config: Names and address.
        password: The password.
        """
        return await self._call("CreateSystemAdministrator", {"config": config, "password": password}, None)

    async def SetSystemAdministratorConfiguration(self, config: Json) -> Status:
        """Change an administrator; `userName` says which.

        config: Names and address.
        """
        return await self._call("SetSystemAdministratorConfiguration", {"config": config}, None)

    async def SetSystemAdministratorPassword(self, userName: Text, password: Text) -> Status:
        """Set an administrator's password.

        userName: Name of the user.
        password: The password.
        """
        return await self._call("SetSystemAdministratorPassword", {"userName": userName, "password": password}, None)

    async def DeleteSystemAdministrator(self, userName: Text) -> Status:
        """Delete an administrator.

        userName: Name of the user.
        """
        return await self._call("DeleteSystemAdministrator", {"userName": userName}, None)

    async def InitializeSystemAdministratorMFA(self, userName: Text) -> Status:
        """Make an administrator set up a second factor.

        userName: Name of the user.
        """
        return await self._call("InitializeSystemAdministratorMFA", {"userName": userName}, None)

    async def DeactivateSystemAdministratorMFA(self, userName: Text) -> Status:
        """Switch an administrator's second factor off.

        userName: Name of the user.
        """
        return await self._call("DeactivateSystemAdministratorMFA", {"userName": userName}, None)

    async def CreateSystemAdministratorAPIPassword(self, userName: Text) -> Status:
        """New password for API calls of an administrator with MFA.

        userName: Name of the user.
        """
        return await self._call("CreateSystemAdministratorAPIPassword", {"userName": userName}, None)

    @overload
    async def GetArchiveAdminEnabled(self, instanceID: Text) -> Status: ...
    @overload
    async def GetArchiveAdminEnabled(self) -> Status: ...
    @instance_first
    async def GetArchiveAdminEnabled(self, instanceID: Text) -> Status:
        """Whether the service provider may enter the instance.

        instanceID: The instance.
        """
        return await self._call("GetArchiveAdminEnabled", {"instanceID": instanceID}, None)

    @overload
    async def SetArchiveAdminEnabled(self, instanceID: Text, enabled: Flag) -> Status: ...
    @overload
    async def SetArchiveAdminEnabled(self, *, enabled: Flag) -> Status: ...
    @instance_first
    async def SetArchiveAdminEnabled(self, instanceID: Text, enabled: Flag) -> Status:
        """Let the service provider enter the instance, or not.

        instanceID: The instance.
        enabled: Whether to.
        """
        return await self._call("SetArchiveAdminEnabled", {"instanceID": instanceID, "enabled": enabled}, None)

    @overload
    async def CreateClientOneTimeUrlForArchiveAdmin(
        self, instanceID: Text, instanceUrl: Text | None = None
    ) -> Status: ...
    @overload
    async def CreateClientOneTimeUrlForArchiveAdmin(self, *, instanceUrl: Text | None = None) -> Status: ...
    @instance_first
    async def CreateClientOneTimeUrlForArchiveAdmin(self, instanceID: Text, instanceUrl: Text | None = None) -> Status:
        """Link by which the service provider can sign in to the console once.

        instanceID: The instance.
        instanceUrl: Where the console of the instance is, if not on this machine.
        """
        return await self._call(
            "CreateClientOneTimeUrlForArchiveAdmin", {"instanceID": instanceID, "instanceUrl": instanceUrl}, None
        )

    @overload
    async def GetInstanceStatistics(self, instanceID: Text) -> Status: ...
    @overload
    async def GetInstanceStatistics(self) -> Status: ...
    @instance_first
    async def GetInstanceStatistics(self, instanceID: Text) -> Status:
        """Messages and sizes of the instance.

        instanceID: The instance.
        """
        return await self._call("GetInstanceStatistics", {"instanceID": instanceID}, None)

    @overload
    async def GetInstanceProcessLiveStatistics(self, instanceID: Text) -> Status: ...
    @overload
    async def GetInstanceProcessLiveStatistics(self) -> Status: ...
    @instance_first
    async def GetInstanceProcessLiveStatistics(self, instanceID: Text) -> Status:
        """Load of the instance's process.

        instanceID: The instance.
        """
        return await self._call("GetInstanceProcessLiveStatistics", {"instanceID": instanceID}, None)

    @overload
    async def CanRunArchiveProfiles(self, instanceID: Text) -> Status: ...
    @overload
    async def CanRunArchiveProfiles(self) -> Status: ...
    @instance_first
    async def CanRunArchiveProfiles(self, instanceID: Text) -> Status:
        """Whether profiles could run now.

        instanceID: The instance.
        """
        return await self._call("CanRunArchiveProfiles", {"instanceID": instanceID}, None)

    @overload
    async def CreateStore(
        self,
        instanceID: Text,
        name: Text,
        databasePath: Text,
        contentPath: Text | None = None,
        indexPath: Text | None = None,
        requestedState: Text | None = None,
    ) -> Status: ...
    @overload
    async def CreateStore(
        self,
        *,
        name: Text,
        databasePath: Text,
        contentPath: Text | None = None,
        indexPath: Text | None = None,
        requestedState: Text | None = None,
    ) -> Status: ...
    @instance_first
    async def CreateStore(
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
        return await self._call(
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
    async def AttachStore(
        self,
        instanceID: Text,
        name: Text,
        databasePath: Text,
        contentPath: Text | None = None,
        indexPath: Text | None = None,
        requestedState: Text | None = None,
    ) -> Status: ...
    @overload
    async def AttachStore(
        self,
        *,
        name: Text,
        databasePath: Text,
        contentPath: Text | None = None,
        indexPath: Text | None = None,
        requestedState: Text | None = None,
    ) -> Status: ...
    @instance_first
    async def AttachStore(
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
        return await self._call(
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
    async def SetStorePath(
        self,
        instanceID: Text,
        id: Number,
        databasePath: Text,
        contentPath: Text | None = None,
        indexPath: Text | None = None,
    ) -> Status: ...
    @overload
    async def SetStorePath(
        self, *, id: Number, databasePath: Text, contentPath: Text | None = None, indexPath: Text | None = None
    ) -> Status: ...
    @instance_first
    async def SetStorePath(
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
        return await self._call(
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
    async def GetIndexConfiguration(self, instanceID: Text) -> Status: ...
    @overload
    async def GetIndexConfiguration(self) -> Status: ...
    @instance_first
    async def GetIndexConfiguration(self, instanceID: Text) -> Status:
        """Which attachments are indexed.

        instanceID: The instance.
        """
        return await self._call("GetIndexConfiguration", {"instanceID": instanceID}, None)

    @overload
    async def SetIndexConfiguration(self, instanceID: Text, config: Json) -> Status: ...
    @overload
    async def SetIndexConfiguration(self, *, config: Json) -> Status: ...
    @instance_first
    async def SetIndexConfiguration(self, instanceID: Text, config: Json) -> Status:
        """Change which attachments are indexed.

        instanceID: The instance.
        config: The whole object.
        """
        return await self._call("SetIndexConfiguration", {"instanceID": instanceID, "config": config}, None)

    @overload
    async def GetTimeZones(self, instanceID: Text) -> Status: ...
    @overload
    async def GetTimeZones(self) -> Status: ...
    @instance_first
    async def GetTimeZones(self, instanceID: Text) -> Status:
        """Time zones that schedules and reports understand, `$Local` included.

        instanceID: The instance.
        """
        return await self._call("GetTimeZones", {"instanceID": instanceID}, None)

    @overload
    async def SendStatusReport(
        self,
        instanceID: Text,
        timespan: Text,
        timeZoneId: Text,
        recipients: Names,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status: ...
    @overload
    async def SendStatusReport(
        self, *, timespan: Text, timeZoneId: Text, recipients: Names, autoHandleToken: bool | None = None
    ) -> Status: ...
    @instance_first
    async def SendStatusReport(
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
        return await self._call(
            "SendStatusReport",
            {"instanceID": instanceID, "timespan": timespan, "timeZoneId": timeZoneId, "recipients": recipients},
            autoHandleToken,
        )

    @overload
    async def GetUsers(self, instanceID: Text, limit: Number | None = None, after: Text | None = None) -> Status: ...
    @overload
    async def GetUsers(self, *, limit: Number | None = None, after: Text | None = None) -> Status: ...
    @instance_first
    async def GetUsers(self, instanceID: Text, limit: Number | None = None, after: Text | None = None) -> Status:
        """All users, with the few facts a list needs.

        instanceID: The instance.
        limit: At most so many rows, and the answer becomes a page.
        after: Where to go on: `next` of the page before.
        `limit` and `after`: Postroom only.
        """
        return await self._call("GetUsers", {"instanceID": instanceID, "limit": limit, "after": after}, None)

    @overload
    async def GetUserInfo(self, instanceID: Text, userName: Text) -> Status: ...
    @overload
    async def GetUserInfo(self, *, userName: Text) -> Status: ...
    @instance_first
    async def GetUserInfo(self, instanceID: Text, userName: Text) -> Status:
        """Everything kept about a user.

        instanceID: The instance.
        userName: Name of the user.
        """
        return await self._call("GetUserInfo", {"instanceID": instanceID, "userName": userName}, None)

    @overload
    async def CreateUser(
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
    async def CreateUser(
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
    async def CreateUser(
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
        return await self._call(
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
    async def DeleteUser(self, instanceID: Text, userName: Text) -> Status: ...
    @overload
    async def DeleteUser(self, *, userName: Text) -> Status: ...
    @instance_first
    async def DeleteUser(self, instanceID: Text, userName: Text) -> Status:
        """Delete a user. The archive and its messages stay.

        instanceID: The instance.
        userName: Name of the user.
        """
        return await self._call("DeleteUser", {"instanceID": instanceID, "userName": userName}, None)

    @overload
    async def RenameUser(self, instanceID: Text, oldUserName: Text, newUserName: Text) -> Status: ...
    @overload
    async def RenameUser(self, *, oldUserName: Text, newUserName: Text) -> Status: ...
    @instance_first
    async def RenameUser(self, instanceID: Text, oldUserName: Text, newUserName: Text) -> Status:
        """Give a user another name. The archive keeps its own: use MoveFolder.

        instanceID: The instance.
        oldUserName: Present name.
        newUserName: Name from now on.
        """
        return await self._call(
            "RenameUser", {"instanceID": instanceID, "oldUserName": oldUserName, "newUserName": newUserName}, None
        )

    @overload
    async def SetUserAuthentication(self, instanceID: Text, userName: Text, authentication: Text) -> Status: ...
    @overload
    async def SetUserAuthentication(self, *, userName: Text, authentication: Text) -> Status: ...
    @instance_first
    async def SetUserAuthentication(self, instanceID: Text, userName: Text, authentication: Text) -> Status:
        """Say who checks the user's password.

        instanceID: The instance.
        userName: Name of the user.
        authentication: Who checks the password. One of integrated, directoryServices.
        """
        return await self._call(
            "SetUserAuthentication",
            {"instanceID": instanceID, "userName": userName, "authentication": authentication},
            None,
        )

    @overload
    async def SetUserDistinguishedName(
        self, instanceID: Text, userName: Text, distinguishedName: Text | None = None
    ) -> Status: ...
    @overload
    async def SetUserDistinguishedName(self, *, userName: Text, distinguishedName: Text | None = None) -> Status: ...
    @instance_first
    async def SetUserDistinguishedName(
        self, instanceID: Text, userName: Text, distinguishedName: Text | None = None
    ) -> Status:
        """Set the name in the directory; absent removes it.

        instanceID: The instance.
        userName: Name of the user.
        distinguishedName: Distinguished name in the directory.
        """
        return await self._call(
            "SetUserDistinguishedName",
            {"instanceID": instanceID, "userName": userName, "distinguishedName": distinguishedName},
            None,
        )

    @overload
    async def SetUserEmailAddresses(
        self, instanceID: Text, userName: Text, emailAddresses: Names | None = None
    ) -> Status: ...
    @overload
    async def SetUserEmailAddresses(self, *, userName: Text, emailAddresses: Names | None = None) -> Status: ...
    @instance_first
    async def SetUserEmailAddresses(
        self, instanceID: Text, userName: Text, emailAddresses: Names | None = None
    ) -> Status:
        """Replace the addresses of a user; absent removes all.

        instanceID: The instance.
        userName: Name of the user.
        emailAddresses: Addresses, the main one first.
        """
        return await self._call(
            "SetUserEmailAddresses",
            {"instanceID": instanceID, "userName": userName, "emailAddresses": emailAddresses},
            None,
        )

    @overload
    async def SetUserFullName(self, instanceID: Text, userName: Text, fullName: Text | None = None) -> Status: ...
    @overload
    async def SetUserFullName(self, *, userName: Text, fullName: Text | None = None) -> Status: ...
    @instance_first
    async def SetUserFullName(self, instanceID: Text, userName: Text, fullName: Text | None = None) -> Status:
        """Set the full name; absent removes it.

        instanceID: The instance.
        userName: Name of the user.
        fullName: Full name.
        """
        return await self._call(
            "SetUserFullName", {"instanceID": instanceID, "userName": userName, "fullName": fullName}, None
        )

    @overload
    async def SetUserPassword(self, instanceID: Text, userName: Text, password: Text) -> Status: ...
    @overload
    async def SetUserPassword(self, *, userName: Text, password: Text) -> Status: ...
    @instance_first
    async def SetUserPassword(self, instanceID: Text, userName: Text, password: Text) -> Status:
        """Set the password.

        instanceID: The instance.
        userName: Name of the user.
        password: The password.
        """
        return await self._call(
            "SetUserPassword", {"instanceID": instanceID, "userName": userName, "password": password}, None
        )

    @overload
    async def SetUserPop3UserNames(
        self, instanceID: Text, userName: Text, pop3UserNames: Names | None = None
    ) -> Status: ...
    @overload
    async def SetUserPop3UserNames(self, *, userName: Text, pop3UserNames: Names | None = None) -> Status: ...
    @instance_first
    async def SetUserPop3UserNames(
        self, instanceID: Text, userName: Text, pop3UserNames: Names | None = None
    ) -> Status:
        """Replace the names by which the mail proxy knows the user; absent removes all.

        instanceID: The instance.
        userName: Name of the user.
        pop3UserNames: POP3 user names.
        """
        return await self._call(
            "SetUserPop3UserNames",
            {"instanceID": instanceID, "userName": userName, "pop3UserNames": pop3UserNames},
            None,
        )

    @overload
    async def SetUserPrivileges(self, instanceID: Text, userName: Text, privileges: Names) -> Status: ...
    @overload
    async def SetUserPrivileges(self, *, userName: Text, privileges: Names) -> Status: ...
    @instance_first
    async def SetUserPrivileges(self, instanceID: Text, userName: Text, privileges: Names) -> Status:
        """Replace the global privileges of a user.

        instanceID: The instance.
        userName: Name of the user.
        privileges: Global privileges; `none` and `admin` stand alone. One or more of none, admin, login,
            changePassword, archive, modifyArchiveProfiles, export, modifyExportProfiles, delete.
        """
        return await self._call(
            "SetUserPrivileges", {"instanceID": instanceID, "userName": userName, "privileges": privileges}, None
        )

    @overload
    async def SetUserLoginPrivileges(self, instanceID: Text, userName: Text, loginPrivileges: Names) -> Status: ...
    @overload
    async def SetUserLoginPrivileges(self, *, userName: Text, loginPrivileges: Names) -> Status: ...
    @instance_first
    async def SetUserLoginPrivileges(self, instanceID: Text, userName: Text, loginPrivileges: Names) -> Status:
        """Replace the ways by which a user may sign in.

        instanceID: The instance.
        userName: Name of the user.
        loginPrivileges: Ways by which the user may sign in. One or more of none, windows, web, outlook, windowsCmd,
            imap, api.
        """
        return await self._call(
            "SetUserLoginPrivileges",
            {"instanceID": instanceID, "userName": userName, "loginPrivileges": loginPrivileges},
            None,
        )

    @overload
    async def SetUserPrivilegesOnFolder(
        self, instanceID: Text, userName: Text, folder: Text, privileges: Names
    ) -> Status: ...
    @overload
    async def SetUserPrivilegesOnFolder(self, *, userName: Text, folder: Text, privileges: Names) -> Status: ...
    @instance_first
    async def SetUserPrivilegesOnFolder(
        self, instanceID: Text, userName: Text, folder: Text, privileges: Names
    ) -> Status:
        """Replace what a user may do in one archive.

        instanceID: The instance.
        userName: Name of the user.
        folder: Archive: a folder of the first level.
        privileges: What the user may do there; `none` removes the entry. One or more of none, read, write, delete.
        """
        return await self._call(
            "SetUserPrivilegesOnFolder",
            {"instanceID": instanceID, "userName": userName, "folder": folder, "privileges": privileges},
            None,
        )

    @overload
    async def SetUserPrivilegesOnAllFolders(self, instanceID: Text, userName: Text, privileges: Names) -> Status: ...
    @overload
    async def SetUserPrivilegesOnAllFolders(self, *, userName: Text, privileges: Names) -> Status: ...
    @instance_first
    async def SetUserPrivilegesOnAllFolders(self, instanceID: Text, userName: Text, privileges: Names) -> Status:
        """Replace what a user may do, in every archive.

        instanceID: The instance.
        userName: Name of the user.
        privileges: What the user may do there; `none` removes the entry. One or more of none, read, write, delete.
        """
        return await self._call(
            "SetUserPrivilegesOnAllFolders",
            {"instanceID": instanceID, "userName": userName, "privileges": privileges},
            None,
        )

    @overload
    async def ClearUserPrivilegesOnFolders(self, instanceID: Text, userName: Text) -> Status: ...
    @overload
    async def ClearUserPrivilegesOnFolders(self, *, userName: Text) -> Status: ...
    @instance_first
    async def ClearUserPrivilegesOnFolders(self, instanceID: Text, userName: Text) -> Status:
        """Take away every right on archives, the user's own included.

        instanceID: The instance.
        userName: Name of the user.
        """
        return await self._call("ClearUserPrivilegesOnFolders", {"instanceID": instanceID, "userName": userName}, None)

    @overload
    async def InitializeMFA(self, instanceID: Text, userName: Text) -> Status: ...
    @overload
    async def InitializeMFA(self, *, userName: Text) -> Status: ...
    @instance_first
    async def InitializeMFA(self, instanceID: Text, userName: Text) -> Status:
        """Make the user set up a second factor at the next sign-in.

        instanceID: The instance.
        userName: Name of the user.
        """
        return await self._call("InitializeMFA", {"instanceID": instanceID, "userName": userName}, None)

    @overload
    async def DisableMFA(self, instanceID: Text, userName: Text) -> Status: ...
    @overload
    async def DisableMFA(self, *, userName: Text) -> Status: ...
    @instance_first
    async def DisableMFA(self, instanceID: Text, userName: Text) -> Status:
        """Switch the second factor of a user off.

        instanceID: The instance.
        userName: Name of the user.
        """
        return await self._call("DisableMFA", {"instanceID": instanceID, "userName": userName}, None)

    @overload
    async def DeleteAppPasswords(self, instanceID: Text, userName: Text) -> Status: ...
    @overload
    async def DeleteAppPasswords(self, *, userName: Text) -> Status: ...
    @instance_first
    async def DeleteAppPasswords(self, instanceID: Text, userName: Text) -> Status:
        """Delete all app passwords of a user.

        instanceID: The instance.
        userName: Name of the user.
        """
        return await self._call("DeleteAppPasswords", {"instanceID": instanceID, "userName": userName}, None)

    @overload
    async def GetDirectoryServicesConfiguration(self, instanceID: Text) -> Status: ...
    @overload
    async def GetDirectoryServicesConfiguration(self) -> Status: ...
    @instance_first
    async def GetDirectoryServicesConfiguration(self, instanceID: Text) -> Status:
        """How users are synchronised with a directory.

        instanceID: The instance.
        """
        return await self._call("GetDirectoryServicesConfiguration", {"instanceID": instanceID}, None)

    @overload
    async def SetDirectoryServicesConfiguration(self, instanceID: Text, config: Json) -> Status: ...
    @overload
    async def SetDirectoryServicesConfiguration(self, *, config: Json) -> Status: ...
    @instance_first
    async def SetDirectoryServicesConfiguration(self, instanceID: Text, config: Json) -> Status:
        """Change how users are synchronised with a directory.

        instanceID: The instance.
        config: The whole object; take the answer of the Get function as a template.
        """
        return await self._call("SetDirectoryServicesConfiguration", {"instanceID": instanceID, "config": config}, None)

    @overload
    async def SyncUsersWithDirectoryServices(
        self, instanceID: Text, dryRun: Flag | None = None, *, autoHandleToken: bool | None = None
    ) -> Status: ...
    @overload
    async def SyncUsersWithDirectoryServices(
        self, *, dryRun: Flag | None = None, autoHandleToken: bool | None = None
    ) -> Status: ...
    @instance_first
    async def SyncUsersWithDirectoryServices(
        self, instanceID: Text, dryRun: Flag | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Bring the users in line with the directory.

        instanceID: The instance.
        dryRun: Only tell what would change.
        It may take long: it starts a process.
        """
        return await self._call(
            "SyncUsersWithDirectoryServices", {"instanceID": instanceID, "dryRun": dryRun}, autoHandleToken
        )

    @overload
    async def GetComplianceConfiguration(self, instanceID: Text) -> Status: ...
    @overload
    async def GetComplianceConfiguration(self) -> Status: ...
    @instance_first
    async def GetComplianceConfiguration(self, instanceID: Text) -> Status:
        """Retention, legal hold, what administrators may read, what is logged.

        instanceID: The instance.
        """
        return await self._call("GetComplianceConfiguration", {"instanceID": instanceID}, None)

    @overload
    async def SetComplianceConfiguration(self, instanceID: Text, config: Json) -> Status: ...
    @overload
    async def SetComplianceConfiguration(self, *, config: Json) -> Status: ...
    @instance_first
    async def SetComplianceConfiguration(self, instanceID: Text, config: Json) -> Status:
        """Change the compliance configuration.

        instanceID: The instance.
        config: The keys to change, or all.
        """
        return await self._call("SetComplianceConfiguration", {"instanceID": instanceID, "config": config}, None)

    @overload
    async def GetRetentionPolicies(self, instanceID: Text) -> Status: ...
    @overload
    async def GetRetentionPolicies(self) -> Status: ...
    @instance_first
    async def GetRetentionPolicies(self, instanceID: Text) -> Status:
        """The retention policies, in the order they are looked at.

        instanceID: The instance.
        """
        return await self._call("GetRetentionPolicies", {"instanceID": instanceID}, None)

    @overload
    async def SetRetentionPolicies(self, instanceID: Text, config: Json) -> Status: ...
    @overload
    async def SetRetentionPolicies(self, *, config: Json) -> Status: ...
    @instance_first
    async def SetRetentionPolicies(self, instanceID: Text, config: Json) -> Status:
        """Replace all retention policies.

        instanceID: The instance.
        config: The list of policies; take the answer of the Get function as a template.
        """
        return await self._call("SetRetentionPolicies", {"instanceID": instanceID, "config": config}, None)

    @overload
    async def ProcessRetentionPolicies(
        self,
        instanceID: Text,
        dryRun: Flag | None = None,
        limit: Number | None = None,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status: ...
    @overload
    async def ProcessRetentionPolicies(
        self, *, dryRun: Flag | None = None, limit: Number | None = None, autoHandleToken: bool | None = None
    ) -> Status: ...
    @instance_first
    async def ProcessRetentionPolicies(
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
        return await self._call(
            "ProcessRetentionPolicies", {"instanceID": instanceID, "dryRun": dryRun, "limit": limit}, autoHandleToken
        )

    @overload
    async def GetSmtpSettings(self, instanceID: Text) -> Status: ...
    @overload
    async def GetSmtpSettings(self) -> Status: ...
    @instance_first
    async def GetSmtpSettings(self, instanceID: Text) -> Status:
        """How the server sends mail; the password is null.

        instanceID: The instance.
        """
        return await self._call("GetSmtpSettings", {"instanceID": instanceID}, None)

    @overload
    async def SetSmtpSettings(self, instanceID: Text, settings: Json) -> Status: ...
    @overload
    async def SetSmtpSettings(self, *, settings: Json) -> Status: ...
    @instance_first
    async def SetSmtpSettings(self, instanceID: Text, settings: Json) -> Status:
        """Change how the server sends mail.

        instanceID: The instance.
        settings: The keys to change, or all; a null password keeps the old one.
        """
        return await self._call("SetSmtpSettings", {"instanceID": instanceID, "settings": settings}, None)

    @overload
    async def TestSmtpSettings(self, instanceID: Text, *, autoHandleToken: bool | None = None) -> Status: ...
    @overload
    async def TestSmtpSettings(self, *, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    async def TestSmtpSettings(self, instanceID: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Send a test mail.

        instanceID: The instance.
        It may take long: it starts a process.
        """
        return await self._call("TestSmtpSettings", {"instanceID": instanceID}, autoHandleToken)

    @overload
    async def GetCredentials(self, instanceID: Text) -> Status: ...
    @overload
    async def GetCredentials(self) -> Status: ...
    @instance_first
    async def GetCredentials(self, instanceID: Text) -> Status:
        """The stored credentials, without their secrets.

        instanceID: The instance.
        """
        return await self._call("GetCredentials", {"instanceID": instanceID}, None)

    @overload
    async def CreateCredential(self, instanceID: Text, name: Text, type: Text, settings: Json) -> Status: ...
    @overload
    async def CreateCredential(self, *, name: Text, type: Text, settings: Json) -> Status: ...
    @instance_first
    async def CreateCredential(self, instanceID: Text, name: Text, type: Text, settings: Json) -> Status:
        """Store a credential.

        instanceID: The instance.
        name: Its name.
        type: What it is for. One of microsoft365, google, imap.
        settings: Its settings; which there are depends on the type.
        """
        return await self._call(
            "CreateCredential", {"instanceID": instanceID, "name": name, "type": type, "settings": settings}, None
        )

    @overload
    async def DeleteCredential(self, instanceID: Text, id: Number) -> Status: ...
    @overload
    async def DeleteCredential(self, *, id: Number) -> Status: ...
    @instance_first
    async def DeleteCredential(self, instanceID: Text, id: Number) -> Status:
        """Delete a credential that nothing uses.

        instanceID: The instance.
        id: Number of the credential, from GetCredentials.
        """
        return await self._call("DeleteCredential", {"instanceID": instanceID, "id": id}, None)

    @overload
    async def GetCredentialSettings(self, instanceID: Text, id: Number) -> Status: ...
    @overload
    async def GetCredentialSettings(self, *, id: Number) -> Status: ...
    @instance_first
    async def GetCredentialSettings(self, instanceID: Text, id: Number) -> Status:
        """Settings of a credential; secrets are null.

        instanceID: The instance.
        id: Number of the credential, from GetCredentials.
        """
        return await self._call("GetCredentialSettings", {"instanceID": instanceID, "id": id}, None)

    @overload
    async def SetCredentialSettings(self, instanceID: Text, id: Number, settings: Json) -> Status: ...
    @overload
    async def SetCredentialSettings(self, *, id: Number, settings: Json) -> Status: ...
    @instance_first
    async def SetCredentialSettings(self, instanceID: Text, id: Number, settings: Json) -> Status:
        """Change settings of a credential: null keeps one, an empty text removes it.

        instanceID: The instance.
        id: Number of the credential, from GetCredentials.
        settings: Its settings; which there are depends on the type.
        """
        return await self._call(
            "SetCredentialSettings", {"instanceID": instanceID, "id": id, "settings": settings}, None
        )

    @overload
    async def GetStores(self, instanceID: Text, includeSize: Flag = True) -> Status: ...
    @overload
    async def GetStores(self, *, includeSize: Flag = True) -> Status: ...
    @instance_first
    async def GetStores(self, instanceID: Text, includeSize: Flag = True) -> Status:
        """The archive stores.

        instanceID: The instance.
        includeSize: Count the sizes too, which may take long.
        """
        return await self._call("GetStores", {"instanceID": instanceID, "includeSize": includeSize}, None)

    @overload
    async def DetachStore(self, instanceID: Text, id: Number) -> Status: ...
    @overload
    async def DetachStore(self, *, id: Number) -> Status: ...
    @instance_first
    async def DetachStore(self, instanceID: Text, id: Number) -> Status:
        """Forget a store. Its files stay.

        instanceID: The instance.
        id: Number of the store, from GetStores.
        """
        return await self._call("DetachStore", {"instanceID": instanceID, "id": id}, None)

    @overload
    async def RenameStore(self, instanceID: Text, id: Number, name: Text) -> Status: ...
    @overload
    async def RenameStore(self, *, id: Number, name: Text) -> Status: ...
    @instance_first
    async def RenameStore(self, instanceID: Text, id: Number, name: Text) -> Status:
        """Give a store another name.

        instanceID: The instance.
        id: Number of the store, from GetStores.
        name: Name from now on.
        """
        return await self._call("RenameStore", {"instanceID": instanceID, "id": id, "name": name}, None)

    @overload
    async def SetStoreRequestedState(self, instanceID: Text, id: Number, requestedState: Text) -> Status: ...
    @overload
    async def SetStoreRequestedState(self, *, id: Number, requestedState: Text) -> Status: ...
    @instance_first
    async def SetStoreRequestedState(self, instanceID: Text, id: Number, requestedState: Text) -> Status:
        """Change what a store may be used for; the former current one becomes normal.

        instanceID: The instance.
        id: Number of the store, from GetStores.
        requestedState: State to bring the store into; only one is `current`. One of current, normal,
            writeProtected, disabled.
        """
        return await self._call(
            "SetStoreRequestedState", {"instanceID": instanceID, "id": id, "requestedState": requestedState}, None
        )

    @overload
    async def RetryOpenStores(self, instanceID: Text) -> Status: ...
    @overload
    async def RetryOpenStores(self) -> Status: ...
    @instance_first
    async def RetryOpenStores(self, instanceID: Text) -> Status:
        """Try again to open the stores that failed to open.

        instanceID: The instance.
        """
        return await self._call("RetryOpenStores", {"instanceID": instanceID}, None)

    @overload
    async def CompactStore(self, instanceID: Text, id: Number, *, autoHandleToken: bool | None = None) -> Status: ...
    @overload
    async def CompactStore(self, *, id: Number, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    async def CompactStore(self, instanceID: Text, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Give back the space of deleted messages.

        instanceID: The instance.
        id: Number of the store, from GetStores.
        It may take long: it starts a process.
        """
        return await self._call("CompactStore", {"instanceID": instanceID, "id": id}, autoHandleToken)

    @overload
    async def MaintainFileSystemDatabases(self, instanceID: Text, *, autoHandleToken: bool | None = None) -> Status: ...
    @overload
    async def MaintainFileSystemDatabases(self, *, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    async def MaintainFileSystemDatabases(self, instanceID: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Rebuild every file database, the master's and the stores'.

        instanceID: The instance.
        It may take long: it starts a process.
        """
        return await self._call("MaintainFileSystemDatabases", {"instanceID": instanceID}, autoHandleToken)

    @overload
    async def MergeStore(
        self, instanceID: Text, id: Number, sourceId: Number, *, autoHandleToken: bool | None = None
    ) -> Status: ...
    @overload
    async def MergeStore(self, *, id: Number, sourceId: Number, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    async def MergeStore(
        self, instanceID: Text, id: Number, sourceId: Number, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Copy the messages of one store into another. The source stays as it is.

        instanceID: The instance.
        id: Number of the store that receives.
        sourceId: Number of the store that is copied.
        It may take long: it starts a process.
        """
        return await self._call(
            "MergeStore", {"instanceID": instanceID, "id": id, "sourceId": sourceId}, autoHandleToken
        )

    @overload
    async def RecoverStore(
        self,
        instanceID: Text,
        id: Number,
        encryptionKey: Text | None = None,
        recoverDeletedMessages: Flag | None = None,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status: ...
    @overload
    async def RecoverStore(
        self,
        *,
        id: Number,
        encryptionKey: Text | None = None,
        recoverDeletedMessages: Flag | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status: ...
    @instance_first
    async def RecoverStore(
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
        return await self._call(
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
    async def RecreateRecoveryRecords(
        self, instanceID: Text, id: Number, *, autoHandleToken: bool | None = None
    ) -> Status: ...
    @overload
    async def RecreateRecoveryRecords(self, *, id: Number, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    async def RecreateRecoveryRecords(
        self, instanceID: Text, id: Number, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Write the recovery records of a disabled store anew from its database.

        instanceID: The instance.
        id: Number of the store, from GetStores.
        It may take long: it starts a process.
        """
        return await self._call("RecreateRecoveryRecords", {"instanceID": instanceID, "id": id}, autoHandleToken)

    @overload
    async def RepairStoreDatabase(
        self, instanceID: Text, id: Number, *, autoHandleToken: bool | None = None
    ) -> Status: ...
    @overload
    async def RepairStoreDatabase(self, *, id: Number, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    async def RepairStoreDatabase(self, instanceID: Text, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Rebuild the internal indexes of a store's database.

        instanceID: The instance.
        id: Number of the store, from GetStores.
        It may take long: it starts a process.
        """
        return await self._call("RepairStoreDatabase", {"instanceID": instanceID, "id": id}, autoHandleToken)

    @overload
    async def UnlockStore(self, instanceID: Text, id: Number, passphrase: Text) -> Status: ...
    @overload
    async def UnlockStore(self, *, id: Number, passphrase: Text) -> Status: ...
    @instance_first
    async def UnlockStore(self, instanceID: Text, id: Number, passphrase: Text) -> Status:
        """Unlock a store of another installation.

        instanceID: The instance.
        id: Number of the store, from GetStores.
        passphrase: Product key or recovery key of that installation.
        """
        return await self._call("UnlockStore", {"instanceID": instanceID, "id": id, "passphrase": passphrase}, None)

    @overload
    async def UpgradeStore(self, instanceID: Text, id: Number, *, autoHandleToken: bool | None = None) -> Status: ...
    @overload
    async def UpgradeStore(self, *, id: Number, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    async def UpgradeStore(self, instanceID: Text, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Convert a store to the present format.

        instanceID: The instance.
        id: Number of the store, from GetStores.
        It may take long: it starts a process.
        """
        return await self._call("UpgradeStore", {"instanceID": instanceID, "id": id}, autoHandleToken)

    @overload
    async def UpgradeStores(self, instanceID: Text, *, autoHandleToken: bool | None = None) -> Status: ...
    @overload
    async def UpgradeStores(self, *, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    async def UpgradeStores(self, instanceID: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Convert all stores to the present format.

        instanceID: The instance.
        It may take long: it starts a process.
        """
        return await self._call("UpgradeStores", {"instanceID": instanceID}, autoHandleToken)

    @overload
    async def VerifyStore(
        self, instanceID: Text, id: Number, includeIndexes: Flag = True, *, autoHandleToken: bool | None = None
    ) -> Status: ...
    @overload
    async def VerifyStore(
        self, *, id: Number, includeIndexes: Flag = True, autoHandleToken: bool | None = None
    ) -> Status: ...
    @instance_first
    async def VerifyStore(
        self, instanceID: Text, id: Number, includeIndexes: Flag = True, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Read everything in a store back and compare it with its checksums.

        instanceID: The instance.
        id: Number of the store, from GetStores.
        includeIndexes: Check the search indexes too.
        It may take long: it starts a process.
        """
        return await self._call(
            "VerifyStore", {"instanceID": instanceID, "id": id, "includeIndexes": includeIndexes}, autoHandleToken
        )

    @overload
    async def VerifyStores(
        self, instanceID: Text, includeIndexes: Flag = True, *, autoHandleToken: bool | None = None
    ) -> Status: ...
    @overload
    async def VerifyStores(self, *, includeIndexes: Flag = True, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    async def VerifyStores(
        self, instanceID: Text, includeIndexes: Flag = True, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Read everything in all stores back and compare it with its checksums.

        instanceID: The instance.
        includeIndexes: Check the search indexes too.
        It may take long: it starts a process.
        """
        return await self._call(
            "VerifyStores", {"instanceID": instanceID, "includeIndexes": includeIndexes}, autoHandleToken
        )

    @overload
    async def RefreshAllStoreStatistics(self, instanceID: Text, *, autoHandleToken: bool | None = None) -> Status: ...
    @overload
    async def RefreshAllStoreStatistics(self, *, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    async def RefreshAllStoreStatistics(self, instanceID: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Count messages and sizes of all stores anew.

        instanceID: The instance.
        It may take long: it starts a process.
        """
        return await self._call("RefreshAllStoreStatistics", {"instanceID": instanceID}, autoHandleToken)

    @overload
    async def TransferStores(
        self, instanceID: Text, targetInstanceID: Text, ids: Names, *, autoHandleToken: bool | None = None
    ) -> Status: ...
    @overload
    async def TransferStores(
        self, *, targetInstanceID: Text, ids: Names, autoHandleToken: bool | None = None
    ) -> Status: ...
    @instance_first
    async def TransferStores(
        self, instanceID: Text, targetInstanceID: Text, ids: Names, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Hand stores over to another instance.

        instanceID: The instance.
        targetInstanceID: Instance that receives.
        ids: Numbers of the stores.
        It may take long: it starts a process.
        """
        return await self._call(
            "TransferStores",
            {"instanceID": instanceID, "targetInstanceID": targetInstanceID, "ids": ids},
            autoHandleToken,
        )

    @overload
    async def GetStoreAutoCreateConfiguration(self, instanceID: Text) -> Status: ...
    @overload
    async def GetStoreAutoCreateConfiguration(self) -> Status: ...
    @instance_first
    async def GetStoreAutoCreateConfiguration(self, instanceID: Text) -> Status:
        """When a new current store is made by itself.

        instanceID: The instance.
        """
        return await self._call("GetStoreAutoCreateConfiguration", {"instanceID": instanceID}, None)

    @overload
    async def SetStoreAutoCreateConfiguration(self, instanceID: Text, config: Json) -> Status: ...
    @overload
    async def SetStoreAutoCreateConfiguration(self, *, config: Json) -> Status: ...
    @instance_first
    async def SetStoreAutoCreateConfiguration(self, instanceID: Text, config: Json) -> Status:
        """Change when a new current store is made by itself.

        instanceID: The instance.
        config: The keys to change, or all.
        """
        return await self._call("SetStoreAutoCreateConfiguration", {"instanceID": instanceID, "config": config}, None)

    @overload
    async def SelectAllStoreIndexesForRebuild(self, instanceID: Text) -> Status: ...
    @overload
    async def SelectAllStoreIndexesForRebuild(self) -> Status: ...
    @instance_first
    async def SelectAllStoreIndexesForRebuild(self, instanceID: Text) -> Status:
        """Mark all search indexes for RebuildSelectedStoreIndexes.

        instanceID: The instance.
        """
        return await self._call("SelectAllStoreIndexesForRebuild", {"instanceID": instanceID}, None)

    @overload
    async def RebuildSelectedStoreIndexes(self, instanceID: Text, *, autoHandleToken: bool | None = None) -> Status: ...
    @overload
    async def RebuildSelectedStoreIndexes(self, *, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    async def RebuildSelectedStoreIndexes(self, instanceID: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Rebuild the search indexes that are marked.

        instanceID: The instance.
        It may take long: it starts a process.
        """
        return await self._call("RebuildSelectedStoreIndexes", {"instanceID": instanceID}, autoHandleToken)

    @overload
    async def GetChildFolders(
        self, instanceID: Text, folder: Text | None = None, maxLevels: Number | None = None
    ) -> Status: ...
    @overload
    async def GetChildFolders(self, *, folder: Text | None = None, maxLevels: Number | None = None) -> Status: ...
    @instance_first
    async def GetChildFolders(
        self, instanceID: Text, folder: Text | None = None, maxLevels: Number | None = None
    ) -> Status:
        """The folders below one, as a tree. Without folder: the archives.

        instanceID: The instance.
        folder: Folder, parts joined by `/`; the first part is the archive.
        maxLevels: How deep; absent means all.
        """
        return await self._call(
            "GetChildFolders", {"instanceID": instanceID, "folder": folder, "maxLevels": maxLevels}, None
        )

    @overload
    async def GetFolderStatistics(
        self,
        instanceID: Text,
        limit: Number | None = None,
        after: Text | None = None,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status: ...
    @overload
    async def GetFolderStatistics(
        self, *, limit: Number | None = None, after: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status: ...
    @instance_first
    async def GetFolderStatistics(
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
        return await self._call(
            "GetFolderStatistics", {"instanceID": instanceID, "limit": limit, "after": after}, autoHandleToken
        )

    @overload
    async def MoveFolder(self, instanceID: Text, fromFolder: Text, toFolder: Text) -> Status: ...
    @overload
    async def MoveFolder(self, *, fromFolder: Text, toFolder: Text) -> Status: ...
    @instance_first
    async def MoveFolder(self, instanceID: Text, fromFolder: Text, toFolder: Text) -> Status:
        """Move or rename a folder. On the first level this renames an archive.

        instanceID: The instance.
        fromFolder: Present full name.
        toFolder: Full name from now on.
        """
        return await self._call(
            "MoveFolder", {"instanceID": instanceID, "fromFolder": fromFolder, "toFolder": toFolder}, None
        )

    @overload
    async def DeleteEmptyFolders(self, instanceID: Text, folder: Text | None = None) -> Status: ...
    @overload
    async def DeleteEmptyFolders(self, *, folder: Text | None = None) -> Status: ...
    @instance_first
    async def DeleteEmptyFolders(self, instanceID: Text, folder: Text | None = None) -> Status:
        """Delete the folders without messages, below one or everywhere.

        instanceID: The instance.
        folder: Folder, parts joined by `/`; the first part is the archive.
        """
        return await self._call("DeleteEmptyFolders", {"instanceID": instanceID, "folder": folder}, None)

    @overload
    async def GetMessages(
        self, instanceID: Text, folder: Text | None = None, limit: Number | None = None, after: Text | None = None
    ) -> Status: ...
    @overload
    async def GetMessages(
        self, *, folder: Text | None = None, limit: Number | None = None, after: Text | None = None
    ) -> Status: ...
    @instance_first
    async def GetMessages(
        self, instanceID: Text, folder: Text | None = None, limit: Number | None = None, after: Text | None = None
    ) -> Status:
        """The messages of a folder.

        instanceID: The instance.
        folder: Folder, parts joined by `/`; the first part is the archive.
        limit: At most so many rows, and the answer becomes a page.
        after: Where to go on: `next` of the page before.
        `limit` and `after`: Postroom only.
        """
        return await self._call(
            "GetMessages", {"instanceID": instanceID, "folder": folder, "limit": limit, "after": after}, None
        )

    @overload
    async def DeleteMessage(self, instanceID: Text, id: Text, reason: Text | None = None) -> Status: ...
    @overload
    async def DeleteMessage(self, *, id: Text, reason: Text | None = None) -> Status: ...
    @instance_first
    async def DeleteMessage(self, instanceID: Text, id: Text, reason: Text | None = None) -> Status:
        """Delete a message from its archive, unless a hold or a retention rule forbids it.

        instanceID: The instance.
        id: Number of the message, `<store>:<number>`.
        reason: Why; goes to the audit log. Newer products require it.
        """
        return await self._call("DeleteMessage", {"instanceID": instanceID, "id": id, "reason": reason}, None)

    @overload
    async def GetProfiles(self, instanceID: Text, raw: Flag = True) -> Status: ...
    @overload
    async def GetProfiles(self, *, raw: Flag = True) -> Status: ...
    @instance_first
    async def GetProfiles(self, instanceID: Text, raw: Flag = True) -> Status:
        """The archiving and export profiles.

        instanceID: The instance.
        raw: Only true works.
        """
        return await self._call("GetProfiles", {"instanceID": instanceID, "raw": raw}, None)

    @overload
    async def CreateProfile(self, instanceID: Text, properties: Json, raw: Flag = True) -> Status: ...
    @overload
    async def CreateProfile(self, *, properties: Json, raw: Flag = True) -> Status: ...
    @instance_first
    async def CreateProfile(self, instanceID: Text, properties: Json, raw: Flag = True) -> Status:
        """Create a profile.

        instanceID: The instance.
        properties: The profile, without `id` and `version`, password included.
        raw: Only true works.
        """
        return await self._call("CreateProfile", {"instanceID": instanceID, "properties": properties, "raw": raw}, None)

    @overload
    async def DeleteProfile(self, instanceID: Text, id: Number) -> Status: ...
    @overload
    async def DeleteProfile(self, *, id: Number) -> Status: ...
    @instance_first
    async def DeleteProfile(self, instanceID: Text, id: Number) -> Status:
        """Delete a profile.

        instanceID: The instance.
        id: Number of the profile, from GetProfiles.
        """
        return await self._call("DeleteProfile", {"instanceID": instanceID, "id": id}, None)

    @overload
    async def RunProfile(self, instanceID: Text, id: Number, *, autoHandleToken: bool | None = None) -> Status: ...
    @overload
    async def RunProfile(self, *, id: Number, autoHandleToken: bool | None = None) -> Status: ...
    @instance_first
    async def RunProfile(self, instanceID: Text, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Run a profile now.

        instanceID: The instance.
        id: Number of the profile, from GetProfiles.
        It may take long: it starts a process.
        """
        return await self._call("RunProfile", {"instanceID": instanceID, "id": id}, autoHandleToken)

    @overload
    async def RunTemporaryProfile(
        self, instanceID: Text, properties: Json, raw: Flag = True, *, autoHandleToken: bool | None = None
    ) -> Status: ...
    @overload
    async def RunTemporaryProfile(
        self, *, properties: Json, raw: Flag = True, autoHandleToken: bool | None = None
    ) -> Status: ...
    @instance_first
    async def RunTemporaryProfile(
        self, instanceID: Text, properties: Json, raw: Flag = True, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Run a profile once without storing it.

        instanceID: The instance.
        properties: The profile, without `id` and `version`, password included.
        raw: Only true works.
        It may take long: it starts a process.
        """
        return await self._call(
            "RunTemporaryProfile", {"instanceID": instanceID, "properties": properties, "raw": raw}, autoHandleToken
        )

    @overload
    async def SetProfileServerSideExecution(
        self,
        instanceID: Text,
        id: Number,
        automatic: Flag,
        automaticPauseBetweenExecutions: Number | None = None,
        automaticMaintenanceWindows: Text | None = None,
    ) -> Status: ...
    @overload
    async def SetProfileServerSideExecution(
        self,
        *,
        id: Number,
        automatic: Flag,
        automaticPauseBetweenExecutions: Number | None = None,
        automaticMaintenanceWindows: Text | None = None,
    ) -> Status: ...
    @instance_first
    async def SetProfileServerSideExecution(
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
        return await self._call(
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
    async def GetWorkerResults(
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
    async def GetWorkerResults(
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
    async def GetWorkerResults(
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
        return await self._call(
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
    async def GetWorkerResultReport(self, instanceID: Text, id: Number) -> Status: ...
    @overload
    async def GetWorkerResultReport(self, *, id: Number) -> Status: ...
    @instance_first
    async def GetWorkerResultReport(self, instanceID: Text, id: Number) -> Status:
        """The log of one run.

        instanceID: The instance.
        id: Number of the run.
        """
        return await self._call("GetWorkerResultReport", {"instanceID": instanceID, "id": id}, None)

    @overload
    async def GetJobs(self, instanceID: Text) -> Status: ...
    @overload
    async def GetJobs(self) -> Status: ...
    @instance_first
    async def GetJobs(self, instanceID: Text) -> Status:
        """The jobs: API functions run on a schedule.

        instanceID: The instance.
        """
        return await self._call("GetJobs", {"instanceID": instanceID}, None)

    @overload
    async def CreateJob(
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
    async def CreateJob(
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
    async def CreateJob(
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
        return await self._call(
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
    async def RenameJob(self, instanceID: Text, id: Number, name: Text) -> Status: ...
    @overload
    async def RenameJob(self, *, id: Number, name: Text) -> Status: ...
    @instance_first
    async def RenameJob(self, instanceID: Text, id: Number, name: Text) -> Status:
        """Give a job another name.

        instanceID: The instance.
        id: Number of the job, from GetJobs.
        name: Name from now on.
        """
        return await self._call("RenameJob", {"instanceID": instanceID, "id": id, "name": name}, None)

    @overload
    async def SetJobEnabled(self, instanceID: Text, id: Number, enabled: Flag) -> Status: ...
    @overload
    async def SetJobEnabled(self, *, id: Number, enabled: Flag) -> Status: ...
    @instance_first
    async def SetJobEnabled(self, instanceID: Text, id: Number, enabled: Flag) -> Status:
        """Switch a job on or off.

        instanceID: The instance.
        id: Number of the job, from GetJobs.
        enabled: Whether it runs.
        """
        return await self._call("SetJobEnabled", {"instanceID": instanceID, "id": id, "enabled": enabled}, None)

    @overload
    async def SetJobSchedule(
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
    async def SetJobSchedule(
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
    async def SetJobSchedule(
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
        return await self._call(
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
    async def DeleteJob(self, instanceID: Text, id: Number) -> Status: ...
    @overload
    async def DeleteJob(self, *, id: Number) -> Status: ...
    @instance_first
    async def DeleteJob(self, instanceID: Text, id: Number) -> Status:
        """Delete a job.

        instanceID: The instance.
        id: Number of the job, from GetJobs.
        """
        return await self._call("DeleteJob", {"instanceID": instanceID, "id": id}, None)

    @overload
    async def RunJobAsync(self, instanceID: Text, id: Number) -> Status: ...
    @overload
    async def RunJobAsync(self, *, id: Number) -> Status: ...
    @instance_first
    async def RunJobAsync(self, instanceID: Text, id: Number) -> Status:
        """Start a job and return at once; look at GetJobResults later.

        instanceID: The instance.
        id: Number of the job, from GetJobs.
        """
        return await self._call("RunJobAsync", {"instanceID": instanceID, "id": id}, None)

    @overload
    async def CancelJobAsync(self, instanceID: Text, id: Number) -> Status: ...
    @overload
    async def CancelJobAsync(self, *, id: Number) -> Status: ...
    @instance_first
    async def CancelJobAsync(self, instanceID: Text, id: Number) -> Status:
        """Ask a running job to stop and return at once.

        instanceID: The instance.
        id: Number of the job, from GetJobs.
        """
        return await self._call("CancelJobAsync", {"instanceID": instanceID, "id": id}, None)

    @overload
    async def GetJobResults(
        self,
        instanceID: Text,
        fromIncluding: Text,
        toExcluding: Text,
        timeZoneId: Text = "$Local",
        jobId: Number | None = None,
    ) -> Status: ...
    @overload
    async def GetJobResults(
        self, *, fromIncluding: Text, toExcluding: Text, timeZoneId: Text = "$Local", jobId: Number | None = None
    ) -> Status: ...
    @instance_first
    async def GetJobResults(
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
        return await self._call(
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
    async def SearchMessages(
        self,
        instanceID: Text,
        query: Text,
        folder: Text | None = None,
        order: Text = "date",
        limit: Number = 100,
        after: Text | None = None,
    ) -> Status: ...
    @overload
    async def SearchMessages(
        self,
        *,
        query: Text,
        folder: Text | None = None,
        order: Text = "date",
        limit: Number = 100,
        after: Text | None = None,
    ) -> Status: ...
    @instance_first
    async def SearchMessages(
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
        return await self._call(
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
    async def GetMessage(self, instanceID: Text, id: Text) -> Status: ...
    @overload
    async def GetMessage(self, *, id: Text) -> Status: ...
    @instance_first
    async def GetMessage(self, instanceID: Text, id: Text) -> Status:
        """One message: folders, headers, envelopes, text, attachments, checksum.

        instanceID: The instance.
        id: Number of the message, `<store>:<number>`.
        Postroom only.
        """
        return await self._call("GetMessage", {"instanceID": instanceID, "id": id}, None)

    @overload
    async def ExportMessages(
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
    async def ExportMessages(
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
    async def ExportMessages(
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
        return await self._call(
            "ExportMessages",
            {"instanceID": instanceID, "path": path, "format": format, "query": query, "folder": folder, "ids": ids},
            autoHandleToken,
        )

    @overload
    async def ImportMessages(
        self, instanceID: Text, path: Text, archive: Text, kind: Text = "auto", *, autoHandleToken: bool | None = None
    ) -> Status: ...
    @overload
    async def ImportMessages(
        self, *, path: Text, archive: Text, kind: Text = "auto", autoHandleToken: bool | None = None
    ) -> Status: ...
    @instance_first
    async def ImportMessages(
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
        return await self._call(
            "ImportMessages",
            {"instanceID": instanceID, "path": path, "archive": archive, "kind": kind},
            autoHandleToken,
        )

    @overload
    async def GetAuditLog(
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
    async def GetAuditLog(
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
    async def GetAuditLog(
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
        return await self._call(
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
    async def GetIntegrityProof(self, instanceID: Text, id: Text) -> Status: ...
    @overload
    async def GetIntegrityProof(self, *, id: Text) -> Status: ...
    @instance_first
    async def GetIntegrityProof(self, instanceID: Text, id: Text) -> Status:
        """Proof that a message is in the ledger unchanged; it can be checked offline.

        instanceID: The instance.
        id: Number of the message, `<store>:<number>`.
        Postroom only.
        """
        return await self._call("GetIntegrityProof", {"instanceID": instanceID, "id": id}, None)

    @overload
    async def SetProfile(self, instanceID: Text, id: Number, properties: Json) -> Status: ...
    @overload
    async def SetProfile(self, *, id: Number, properties: Json) -> Status: ...
    @instance_first
    async def SetProfile(self, instanceID: Text, id: Number, properties: Json) -> Status:
        """Change a profile; what is not given stays, and so does a secret that is null.

        instanceID: The instance.
        id: Number of the profile, from GetProfiles.
        properties: What changes: `name`, `owner`, `details` (only the keys that change), `serverSideExecution`;
            with `version` only if it is still that.
        Postroom only.
        """
        return await self._call("SetProfile", {"instanceID": instanceID, "id": id, "properties": properties}, None)

    @overload
    async def GetProfileProblems(self, instanceID: Text, id: Number) -> Status: ...
    @overload
    async def GetProfileProblems(self, *, id: Number) -> Status: ...
    @instance_first
    async def GetProfileProblems(self, instanceID: Text, id: Number) -> Status:
        """Items that a profile could not archive yet; each run asks for them again.

        instanceID: The instance.
        id: Number of the profile, from GetProfiles.
        Postroom only.
        """
        return await self._call("GetProfileProblems", {"instanceID": instanceID, "id": id}, None)

    @overload
    async def CheckProfile(
        self, instanceID: Text, id: Number, timeZoneID: Text = "$Local", *, autoHandleToken: bool | None = None
    ) -> Status: ...
    @overload
    async def CheckProfile(
        self, *, id: Number, timeZoneID: Text = "$Local", autoHandleToken: bool | None = None
    ) -> Status: ...
    @instance_first
    async def CheckProfile(
        self, instanceID: Text, id: Number, timeZoneID: Text = "$Local", *, autoHandleToken: bool | None = None
    ) -> Status:
        """Compare what the source of a profile has with the archive, per mailbox and day.

        instanceID: The instance.
        id: Number of the profile, from GetProfiles.
        timeZoneID: Zone of the days; `$Local` is the server's own.
        It may take long: it starts a process.
        Postroom only.
        """
        return await self._call(
            "CheckProfile", {"instanceID": instanceID, "id": id, "timeZoneID": timeZoneID}, autoHandleToken
        )

    @overload
    async def GetHolds(self, instanceID: Text, includeEnded: Flag = True) -> Status: ...
    @overload
    async def GetHolds(self, *, includeEnded: Flag = True) -> Status: ...
    @instance_first
    async def GetHolds(self, instanceID: Text, includeEnded: Flag = True) -> Status:
        """The legal holds, in the order they were set.

        instanceID: The instance.
        includeEnded: Those that were ended too.
        Postroom only.
        """
        return await self._call("GetHolds", {"instanceID": instanceID, "includeEnded": includeEnded}, None)

    @overload
    async def CreateHold(self, instanceID: Text, name: Text, query: Text, reason: Text) -> Status: ...
    @overload
    async def CreateHold(self, *, name: Text, query: Text, reason: Text) -> Status: ...
    @instance_first
    async def CreateHold(self, instanceID: Text, name: Text, query: Text, reason: Text) -> Status:
        """Set a legal hold: what its query matches, now or later, is deleted by nobody.

        instanceID: The instance.
        name: Name of the hold.
        query: What to look for, in the query language of the search.
        reason: Why; goes to the audit log.
        Postroom only.
        """
        return await self._call(
            "CreateHold", {"instanceID": instanceID, "name": name, "query": query, "reason": reason}, None
        )

    @overload
    async def EndHold(self, instanceID: Text, id: Number, reason: Text) -> Status: ...
    @overload
    async def EndHold(self, *, id: Number, reason: Text) -> Status: ...
    @instance_first
    async def EndHold(self, instanceID: Text, id: Number, reason: Text) -> Status:
        """End a legal hold. It stays in the list.

        instanceID: The instance.
        id: Number of the hold, from GetHolds.
        reason: Why; goes to the audit log.
        Postroom only.
        """
        return await self._call("EndHold", {"instanceID": instanceID, "id": id, "reason": reason}, None)

    @overload
    async def ApproveRetentionRun(self, instanceID: Text) -> Status: ...
    @overload
    async def ApproveRetentionRun(self) -> Status: ...
    @instance_first
    async def ApproveRetentionRun(self, instanceID: Text) -> Status:
        """Approve the next ProcessRetentionPolicies of another administrator, with the policies and holds of now.

        instanceID: The instance.
        Postroom only.
        """
        return await self._call("ApproveRetentionRun", {"instanceID": instanceID}, None)

    @overload
    async def CreateAppPassword(self, instanceID: Text, userName: Text, name: Text) -> Status: ...
    @overload
    async def CreateAppPassword(self, *, userName: Text, name: Text) -> Status: ...
    @instance_first
    async def CreateAppPassword(self, instanceID: Text, userName: Text, name: Text) -> Status:
        """A new password for a program that cannot be asked for a second factor. It is shown this once.

        instanceID: The instance.
        userName: Name of the user.
        name: What it is for, such as the program or device.
        Postroom only.
        """
        return await self._call(
            "CreateAppPassword", {"instanceID": instanceID, "userName": userName, "name": name}, None
        )

    @overload
    async def GetAppPasswords(self, instanceID: Text, userName: Text) -> Status: ...
    @overload
    async def GetAppPasswords(self, *, userName: Text) -> Status: ...
    @instance_first
    async def GetAppPasswords(self, instanceID: Text, userName: Text) -> Status:
        """The app passwords of a user by their names; times are UTC.

        instanceID: The instance.
        userName: Name of the user.
        Postroom only.
        """
        return await self._call("GetAppPasswords", {"instanceID": instanceID, "userName": userName}, None)

    @overload
    async def DeleteAppPassword(self, instanceID: Text, userName: Text, id: Number) -> Status: ...
    @overload
    async def DeleteAppPassword(self, *, userName: Text, id: Number) -> Status: ...
    @instance_first
    async def DeleteAppPassword(self, instanceID: Text, userName: Text, id: Number) -> Status:
        """Delete one app password of a user.

        instanceID: The instance.
        userName: Name of the user.
        id: Its number, from GetAppPasswords.
        Postroom only.
        """
        return await self._call("DeleteAppPassword", {"instanceID": instanceID, "userName": userName, "id": id}, None)
