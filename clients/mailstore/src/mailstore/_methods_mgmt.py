"""The functions of the provider edition, instance apart, as sync methods. `make docs` writes it from `contract`."""

# ruff: noqa: A002, N802, N803, N815  # names are the API's
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from mailstore.contract.shapes import Status
from mailstore.encode import Flag, Json, Names, Number, Text


class SPEMethods(ABC):
    """Mixed in after a client that knows how to call."""

    instanceID: str | None

    @abstractmethod
    def _call(self, name: str, arguments: Mapping[str, object], autoHandleToken: bool | None) -> Status: ...

    def GetEnvironmentInfo(self, *, autoHandleToken: bool | None = None) -> Status:
        """Version, licence and machine of the management server."""
        return self._call("GetEnvironmentInfo", {}, autoHandleToken)

    def GetServiceStatus(self, *, autoHandleToken: bool | None = None) -> Status:
        """What needs attention, and the state of the roles."""
        return self._call("GetServiceStatus", {}, autoHandleToken)

    def Ping(self, *, autoHandleToken: bool | None = None) -> Status:
        """Keep the session alive."""
        return self._call("Ping", {}, autoHandleToken)

    def PairWithManagementServer(
        self, serverType: Text, serverName: Text, port: Number, thumbprint: Text, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Join a role with the management server.

        serverType: Role that joins. One of InstanceHost, ClientAccessServer.
        serverName: Name of the server.
        port: Port of the server.
        thumbprint: SHA-1 of its certificate, 40 hex digits.
        """
        return self._call(
            "PairWithManagementServer",
            {"serverType": serverType, "serverName": serverName, "port": port, "thumbprint": thumbprint},
            autoHandleToken,
        )

    def CreateLicenseRequest(self, *, autoHandleToken: bool | None = None) -> Status:
        """Text of a licence request."""
        return self._call("CreateLicenseRequest", {}, autoHandleToken)

    def ReloadBranding(self, *, autoHandleToken: bool | None = None) -> Status:
        """Read the branding files again."""
        return self._call("ReloadBranding", {}, autoHandleToken)

    def GetSystemSmtpConfiguration(self, *, autoHandleToken: bool | None = None) -> Status:
        """How the management server sends mail; the password is null."""
        return self._call("GetSystemSmtpConfiguration", {}, autoHandleToken)

    def SetSystemSmtpConfiguration(self, config: Json, *, autoHandleToken: bool | None = None) -> Status:
        """Change how the management server sends mail.

        config: The whole object; take the answer of the Get function as a template.
        """
        return self._call("SetSystemSmtpConfiguration", {"config": config}, autoHandleToken)

    def TestSystemSmtpConfiguration(self, *, autoHandleToken: bool | None = None) -> Status:
        """Send a test mail."""
        return self._call("TestSystemSmtpConfiguration", {}, autoHandleToken)

    def GetClientAccessServers(
        self, withServiceStatus: Flag, serverNameFilter: Text | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """The client access servers.

        withServiceStatus: Ask each for its state.
        serverNameFilter: Only servers whose name fits; absent means all.
        """
        return self._call(
            "GetClientAccessServers",
            {"withServiceStatus": withServiceStatus, "serverNameFilter": serverNameFilter},
            autoHandleToken,
        )

    def CreateClientAccessServer(self, config: Json, *, autoHandleToken: bool | None = None) -> Status:
        """Make a client access server known.

        config: The whole object; take the answer of the Get function as a template.
        """
        return self._call("CreateClientAccessServer", {"config": config}, autoHandleToken)

    def SetClientAccessServerConfiguration(self, config: Json, *, autoHandleToken: bool | None = None) -> Status:
        """Change a client access server; `serverName` says which.

        config: The whole object; take the answer of the Get function as a template.
        """
        return self._call("SetClientAccessServerConfiguration", {"config": config}, autoHandleToken)

    def DeleteClientAccessServer(self, serverName: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Forget a client access server.

        serverName: Name of the server.
        """
        return self._call("DeleteClientAccessServer", {"serverName": serverName}, autoHandleToken)

    def GetInstanceHosts(self, serverNameFilter: Text | None = None, *, autoHandleToken: bool | None = None) -> Status:
        """The instance hosts.

        serverNameFilter: Only servers whose name fits; absent means all.
        """
        return self._call("GetInstanceHosts", {"serverNameFilter": serverNameFilter}, autoHandleToken)

    def CreateInstanceHost(self, config: Json, *, autoHandleToken: bool | None = None) -> Status:
        """Make an instance host known.

        config: The whole object; take the answer of the Get function as a template.
        """
        return self._call("CreateInstanceHost", {"config": config}, autoHandleToken)

    def SetInstanceHostConfiguration(self, config: Json, *, autoHandleToken: bool | None = None) -> Status:
        """Change an instance host; `serverName` says which.

        config: The whole object; take the answer of the Get function as a template.
        """
        return self._call("SetInstanceHostConfiguration", {"config": config}, autoHandleToken)

    def DeleteInstanceHost(self, serverName: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Forget an instance host.

        serverName: Name of the server.
        """
        return self._call("DeleteInstanceHost", {"serverName": serverName}, autoHandleToken)

    def GetDirectoriesOnInstanceHost(
        self, serverName: Text, path: Text | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """The folders below one on an instance host; without path, its roots.

        serverName: Name of the server.
        path: Folder on the instance host.
        """
        return self._call("GetDirectoriesOnInstanceHost", {"serverName": serverName, "path": path}, autoHandleToken)

    def CreateDirectoryOnInstanceHost(
        self, serverName: Text, path: Text, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Make a folder on an instance host.

        serverName: Name of the server.
        path: Folder on the instance host.
        """
        return self._call("CreateDirectoryOnInstanceHost", {"serverName": serverName, "path": path}, autoHandleToken)

    def GetInstances(self, instanceFilter: Text, *, autoHandleToken: bool | None = None) -> Status:
        """The instances and whether they run.

        instanceFilter: `*` for all, or the name of an instance.
        """
        return self._call("GetInstances", {"instanceFilter": instanceFilter}, autoHandleToken)

    def CreateInstance(self, config: Json, *, autoHandleToken: bool | None = None) -> Status:
        """Create an instance.

        config: Its configuration.
        """
        return self._call("CreateInstance", {"config": config}, autoHandleToken)

    def GetInstanceConfiguration(
        self, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Configuration of an instance."""
        return self._call(
            "GetInstanceConfiguration",
            {"instanceID": self.instanceID if instanceID is None else instanceID},
            autoHandleToken,
        )

    def SetInstanceConfiguration(self, config: Json, *, autoHandleToken: bool | None = None) -> Status:
        """Change an instance; `instanceID` in it says which.

        config: Its configuration.
        """
        return self._call("SetInstanceConfiguration", {"config": config}, autoHandleToken)

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

    def GetSystemAdministrators(self, *, autoHandleToken: bool | None = None) -> Status:
        """The administrators of the installation."""
        return self._call("GetSystemAdministrators", {}, autoHandleToken)

    def CreateSystemAdministrator(self, config: Json, password: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Create an administrator.

        config: Names and address.
        password: The password.
        """
        return self._call("CreateSystemAdministrator", {"config": config, "password": password}, autoHandleToken)

    def SetSystemAdministratorConfiguration(self, config: Json, *, autoHandleToken: bool | None = None) -> Status:
        """Change an administrator; `userName` says which.

        config: Names and address.
        """
        return self._call("SetSystemAdministratorConfiguration", {"config": config}, autoHandleToken)

    def SetSystemAdministratorPassword(
        self, userName: Text, password: Text, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Set an administrator's password.

        userName: Name of the user.
        password: The password.
        """
        return self._call(
            "SetSystemAdministratorPassword", {"userName": userName, "password": password}, autoHandleToken
        )

    def DeleteSystemAdministrator(self, userName: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Delete an administrator.

        userName: Name of the user.
        """
        return self._call("DeleteSystemAdministrator", {"userName": userName}, autoHandleToken)

    def InitializeSystemAdministratorMFA(self, userName: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Make an administrator set up a second factor.

        userName: Name of the user.
        """
        return self._call("InitializeSystemAdministratorMFA", {"userName": userName}, autoHandleToken)

    def DeactivateSystemAdministratorMFA(self, userName: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Switch an administrator's second factor off.

        userName: Name of the user.
        """
        return self._call("DeactivateSystemAdministratorMFA", {"userName": userName}, autoHandleToken)

    def CreateSystemAdministratorAPIPassword(self, userName: Text, *, autoHandleToken: bool | None = None) -> Status:
        """New password for API calls of an administrator with MFA.

        userName: Name of the user.
        """
        return self._call("CreateSystemAdministratorAPIPassword", {"userName": userName}, autoHandleToken)

    def GetArchiveAdminEnabled(self, *, instanceID: Text | None = None, autoHandleToken: bool | None = None) -> Status:
        """Whether the service provider may enter the instance."""
        return self._call(
            "GetArchiveAdminEnabled",
            {"instanceID": self.instanceID if instanceID is None else instanceID},
            autoHandleToken,
        )

    def SetArchiveAdminEnabled(
        self, enabled: Flag, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Let the service provider enter the instance, or not.

        enabled: Whether to.
        """
        return self._call(
            "SetArchiveAdminEnabled",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "enabled": enabled},
            autoHandleToken,
        )

    def CreateClientOneTimeUrlForArchiveAdmin(
        self, instanceUrl: Text | None = None, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Link by which the service provider can sign in to the console once.

        instanceUrl: Where the console of the instance is, if not on this machine.
        """
        return self._call(
            "CreateClientOneTimeUrlForArchiveAdmin",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "instanceUrl": instanceUrl},
            autoHandleToken,
        )

    def GetInstanceStatistics(self, *, instanceID: Text | None = None, autoHandleToken: bool | None = None) -> Status:
        """Messages and sizes of the instance."""
        return self._call(
            "GetInstanceStatistics",
            {"instanceID": self.instanceID if instanceID is None else instanceID},
            autoHandleToken,
        )

    def GetInstanceProcessLiveStatistics(
        self, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Load of the instance's process."""
        return self._call(
            "GetInstanceProcessLiveStatistics",
            {"instanceID": self.instanceID if instanceID is None else instanceID},
            autoHandleToken,
        )

    def CanRunArchiveProfiles(self, *, instanceID: Text | None = None, autoHandleToken: bool | None = None) -> Status:
        """Whether profiles could run now."""
        return self._call(
            "CanRunArchiveProfiles",
            {"instanceID": self.instanceID if instanceID is None else instanceID},
            autoHandleToken,
        )

    def CreateStore(
        self,
        name: Text,
        databasePath: Text,
        contentPath: Text | None = None,
        indexPath: Text | None = None,
        requestedState: Text | None = None,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Make a new store and attach it.

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
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "name": name,
                "databasePath": databasePath,
                "contentPath": contentPath,
                "indexPath": indexPath,
                "requestedState": requestedState,
            },
            autoHandleToken,
        )

    def AttachStore(
        self,
        name: Text,
        databasePath: Text,
        contentPath: Text | None = None,
        indexPath: Text | None = None,
        requestedState: Text | None = None,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Attach a store that exists.

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
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "name": name,
                "databasePath": databasePath,
                "contentPath": contentPath,
                "indexPath": indexPath,
                "requestedState": requestedState,
            },
            autoHandleToken,
        )

    def SetStorePath(
        self,
        id: Number,
        databasePath: Text,
        contentPath: Text | None = None,
        indexPath: Text | None = None,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Change where a store lives. No file is moved.

        id: Number of the store, from GetStores.
        databasePath: Folder on the instance host; old versions call it `path`.
        contentPath: Folder of the message contents.
        indexPath: Folder of the search indexes.
        """
        return self._call(
            "SetStorePath",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "id": id,
                "databasePath": databasePath,
                "contentPath": contentPath,
                "indexPath": indexPath,
            },
            autoHandleToken,
        )

    def GetIndexConfiguration(self, *, instanceID: Text | None = None, autoHandleToken: bool | None = None) -> Status:
        """Which attachments are indexed."""
        return self._call(
            "GetIndexConfiguration",
            {"instanceID": self.instanceID if instanceID is None else instanceID},
            autoHandleToken,
        )

    def SetIndexConfiguration(
        self, config: Json, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Change which attachments are indexed.

        config: The whole object.
        """
        return self._call(
            "SetIndexConfiguration",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "config": config},
            autoHandleToken,
        )

    def GetTimeZones(self, *, instanceID: Text | None = None, autoHandleToken: bool | None = None) -> Status:
        """Time zones that schedules and reports understand, `$Local` included."""
        return self._call(
            "GetTimeZones", {"instanceID": self.instanceID if instanceID is None else instanceID}, autoHandleToken
        )

    def SendStatusReport(
        self,
        timespan: Text,
        timeZoneId: Text,
        recipients: Names,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Mail the status report.

        timespan: What the report covers. One of today, yesterday, thisweek, lastweek, thismonth, lastmonth.
        timeZoneId: Zone from GetTimeZones; `$Local` is the server's own.
        recipients: Addresses that get it.
        It may take long: it starts a process.
        """
        return self._call(
            "SendStatusReport",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "timespan": timespan,
                "timeZoneId": timeZoneId,
                "recipients": recipients,
            },
            autoHandleToken,
        )

    def GetUsers(
        self,
        limit: Number | None = None,
        after: Text | None = None,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """All users, with the few facts a list needs.

        limit: At most so many rows, and the answer becomes a page.
        after: Where to go on: `next` of the page before.
        `limit` and `after`: Postroom only.
        """
        return self._call(
            "GetUsers",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "limit": limit, "after": after},
            autoHandleToken,
        )

    def GetUserInfo(
        self, userName: Text, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Everything kept about a user.

        userName: Name of the user.
        """
        return self._call(
            "GetUserInfo",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "userName": userName},
            autoHandleToken,
        )

    def CreateUser(
        self,
        userName: Text,
        privileges: Names,
        fullName: Text | None = None,
        distinguishedName: Text | None = None,
        authentication: Text | None = None,
        password: Text | None = None,
        loginPrivileges: Names | None = None,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Create a user. Rights on folders come by SetUserPrivilegesOnFolder.

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
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "userName": userName,
                "privileges": privileges,
                "fullName": fullName,
                "distinguishedName": distinguishedName,
                "authentication": authentication,
                "password": password,
                "loginPrivileges": loginPrivileges,
            },
            autoHandleToken,
        )

    def DeleteUser(
        self, userName: Text, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Delete a user. The archive and its messages stay.

        userName: Name of the user.
        """
        return self._call(
            "DeleteUser",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "userName": userName},
            autoHandleToken,
        )

    def RenameUser(
        self,
        oldUserName: Text,
        newUserName: Text,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Give a user another name. The archive keeps its own: use MoveFolder.

        oldUserName: Present name.
        newUserName: Name from now on.
        """
        return self._call(
            "RenameUser",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "oldUserName": oldUserName,
                "newUserName": newUserName,
            },
            autoHandleToken,
        )

    def SetUserAuthentication(
        self,
        userName: Text,
        authentication: Text,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Say who checks the user's password.

        userName: Name of the user.
        authentication: Who checks the password. One of integrated, directoryServices.
        """
        return self._call(
            "SetUserAuthentication",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "userName": userName,
                "authentication": authentication,
            },
            autoHandleToken,
        )

    def SetUserDistinguishedName(
        self,
        userName: Text,
        distinguishedName: Text | None = None,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Set the name in the directory; absent removes it.

        userName: Name of the user.
        distinguishedName: Distinguished name in the directory.
        """
        return self._call(
            "SetUserDistinguishedName",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "userName": userName,
                "distinguishedName": distinguishedName,
            },
            autoHandleToken,
        )

    def SetUserEmailAddresses(
        self,
        userName: Text,
        emailAddresses: Names | None = None,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Replace the addresses of a user; absent removes all.

        userName: Name of the user.
        emailAddresses: Addresses, the main one first.
        """
        return self._call(
            "SetUserEmailAddresses",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "userName": userName,
                "emailAddresses": emailAddresses,
            },
            autoHandleToken,
        )

    def SetUserFullName(
        self,
        userName: Text,
        fullName: Text | None = None,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Set the full name; absent removes it.

        userName: Name of the user.
        fullName: Full name.
        """
        return self._call(
            "SetUserFullName",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "userName": userName,
                "fullName": fullName,
            },
            autoHandleToken,
        )

    def SetUserPassword(
        self, userName: Text, password: Text, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Set the password.

        userName: Name of the user.
        password: The password.
        """
        return self._call(
            "SetUserPassword",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "userName": userName,
                "password": password,
            },
            autoHandleToken,
        )

    def SetUserPop3UserNames(
        self,
        userName: Text,
        pop3UserNames: Names | None = None,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Replace the names by which the mail proxy knows the user; absent removes all.

        userName: Name of the user.
        pop3UserNames: POP3 user names.
        """
        return self._call(
            "SetUserPop3UserNames",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "userName": userName,
                "pop3UserNames": pop3UserNames,
            },
            autoHandleToken,
        )

    def SetUserPrivileges(
        self, userName: Text, privileges: Names, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Replace the global privileges of a user.

        userName: Name of the user.
        privileges: Global privileges; `none` and `admin` stand alone. One or more of none, admin, login,
            changePassword, archive, modifyArchiveProfiles, export, modifyExportProfiles, delete.
        """
        return self._call(
            "SetUserPrivileges",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "userName": userName,
                "privileges": privileges,
            },
            autoHandleToken,
        )

    def SetUserLoginPrivileges(
        self,
        userName: Text,
        loginPrivileges: Names,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Replace the ways by which a user may sign in.

        userName: Name of the user.
        loginPrivileges: Ways by which the user may sign in. One or more of none, windows, web, outlook, windowsCmd,
            imap, api.
        """
        return self._call(
            "SetUserLoginPrivileges",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "userName": userName,
                "loginPrivileges": loginPrivileges,
            },
            autoHandleToken,
        )

    def SetUserPrivilegesOnFolder(
        self,
        userName: Text,
        folder: Text,
        privileges: Names,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Replace what a user may do in one archive.

        userName: Name of the user.
        folder: Archive: a folder of the first level.
        privileges: What the user may do there; `none` removes the entry. One or more of none, read, write, delete.
        """
        return self._call(
            "SetUserPrivilegesOnFolder",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "userName": userName,
                "folder": folder,
                "privileges": privileges,
            },
            autoHandleToken,
        )

    def SetUserPrivilegesOnAllFolders(
        self, userName: Text, privileges: Names, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Replace what a user may do, in every archive.

        userName: Name of the user.
        privileges: What the user may do there; `none` removes the entry. One or more of none, read, write, delete.
        """
        return self._call(
            "SetUserPrivilegesOnAllFolders",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "userName": userName,
                "privileges": privileges,
            },
            autoHandleToken,
        )

    def ClearUserPrivilegesOnFolders(
        self, userName: Text, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Take away every right on archives, the user's own included.

        userName: Name of the user.
        """
        return self._call(
            "ClearUserPrivilegesOnFolders",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "userName": userName},
            autoHandleToken,
        )

    def InitializeMFA(
        self, userName: Text, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Make the user set up a second factor at the next sign-in.

        userName: Name of the user.
        """
        return self._call(
            "InitializeMFA",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "userName": userName},
            autoHandleToken,
        )

    def DisableMFA(
        self, userName: Text, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Switch the second factor of a user off.

        userName: Name of the user.
        """
        return self._call(
            "DisableMFA",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "userName": userName},
            autoHandleToken,
        )

    def DeleteAppPasswords(
        self, userName: Text, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Delete all app passwords of a user.

        userName: Name of the user.
        """
        return self._call(
            "DeleteAppPasswords",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "userName": userName},
            autoHandleToken,
        )

    def GetDirectoryServicesConfiguration(
        self, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """How users are synchronised with a directory."""
        return self._call(
            "GetDirectoryServicesConfiguration",
            {"instanceID": self.instanceID if instanceID is None else instanceID},
            autoHandleToken,
        )

    def SetDirectoryServicesConfiguration(
        self, config: Json, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Change how users are synchronised with a directory.

        config: The whole object; take the answer of the Get function as a template.
        """
        return self._call(
            "SetDirectoryServicesConfiguration",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "config": config},
            autoHandleToken,
        )

    def SyncUsersWithDirectoryServices(
        self, dryRun: Flag | None = None, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Bring the users in line with the directory.

        dryRun: Only tell what would change.
        It may take long: it starts a process.
        """
        return self._call(
            "SyncUsersWithDirectoryServices",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "dryRun": dryRun},
            autoHandleToken,
        )

    def GetComplianceConfiguration(
        self, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Retention, legal hold, what administrators may read, what is logged."""
        return self._call(
            "GetComplianceConfiguration",
            {"instanceID": self.instanceID if instanceID is None else instanceID},
            autoHandleToken,
        )

    def SetComplianceConfiguration(
        self, config: Json, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Change the compliance configuration.

        config: The keys to change, or all.
        """
        return self._call(
            "SetComplianceConfiguration",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "config": config},
            autoHandleToken,
        )

    def GetRetentionPolicies(self, *, instanceID: Text | None = None, autoHandleToken: bool | None = None) -> Status:
        """The retention policies, in the order they are looked at."""
        return self._call(
            "GetRetentionPolicies",
            {"instanceID": self.instanceID if instanceID is None else instanceID},
            autoHandleToken,
        )

    def SetRetentionPolicies(
        self, config: Json, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Replace all retention policies.

        config: The list of policies; take the answer of the Get function as a template.
        """
        return self._call(
            "SetRetentionPolicies",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "config": config},
            autoHandleToken,
        )

    def ProcessRetentionPolicies(
        self,
        dryRun: Flag | None = None,
        limit: Number | None = None,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Delete what is due by policies that delete, and erase it for good.

        dryRun: Only tell what is due.
        limit: Delete at most so many; the server has a limit of its own.
        It may take long: it starts a process.
        """
        return self._call(
            "ProcessRetentionPolicies",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "dryRun": dryRun, "limit": limit},
            autoHandleToken,
        )

    def GetSmtpSettings(self, *, instanceID: Text | None = None, autoHandleToken: bool | None = None) -> Status:
        """How the server sends mail; the password is null."""
        return self._call(
            "GetSmtpSettings", {"instanceID": self.instanceID if instanceID is None else instanceID}, autoHandleToken
        )

    def SetSmtpSettings(
        self, settings: Json, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Change how the server sends mail.

        settings: The keys to change, or all; a null password keeps the old one.
        """
        return self._call(
            "SetSmtpSettings",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "settings": settings},
            autoHandleToken,
        )

    def TestSmtpSettings(self, *, instanceID: Text | None = None, autoHandleToken: bool | None = None) -> Status:
        """Send a test mail.

        It may take long: it starts a process.
        """
        return self._call(
            "TestSmtpSettings", {"instanceID": self.instanceID if instanceID is None else instanceID}, autoHandleToken
        )

    def GetCredentials(self, *, instanceID: Text | None = None, autoHandleToken: bool | None = None) -> Status:
        """The stored credentials, without their secrets."""
        return self._call(
            "GetCredentials", {"instanceID": self.instanceID if instanceID is None else instanceID}, autoHandleToken
        )

    def CreateCredential(
        self,
        name: Text,
        type: Text,
        settings: Json,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Store a credential.

        name: Its name.
        type: What it is for. One of microsoft365, google, imap.
        settings: Its settings; which there are depends on the type.
        """
        return self._call(
            "CreateCredential",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "name": name,
                "type": type,
                "settings": settings,
            },
            autoHandleToken,
        )

    def DeleteCredential(
        self, id: Number, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Delete a credential that nothing uses.

        id: Number of the credential, from GetCredentials.
        """
        return self._call(
            "DeleteCredential",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id},
            autoHandleToken,
        )

    def GetCredentialSettings(
        self, id: Number, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Settings of a credential; secrets are null.

        id: Number of the credential, from GetCredentials.
        """
        return self._call(
            "GetCredentialSettings",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id},
            autoHandleToken,
        )

    def SetCredentialSettings(
        self, id: Number, settings: Json, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Change settings of a credential: null keeps one, an empty text removes it.

        id: Number of the credential, from GetCredentials.
        settings: Its settings; which there are depends on the type.
        """
        return self._call(
            "SetCredentialSettings",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id, "settings": settings},
            autoHandleToken,
        )

    def GetStores(
        self, includeSize: Flag = True, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """The archive stores.

        includeSize: Count the sizes too, which may take long.
        """
        return self._call(
            "GetStores",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "includeSize": includeSize},
            autoHandleToken,
        )

    def DetachStore(self, id: Number, *, instanceID: Text | None = None, autoHandleToken: bool | None = None) -> Status:
        """Forget a store. Its files stay.

        id: Number of the store, from GetStores.
        """
        return self._call(
            "DetachStore",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id},
            autoHandleToken,
        )

    def RenameStore(
        self, id: Number, name: Text, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Give a store another name.

        id: Number of the store, from GetStores.
        name: Name from now on.
        """
        return self._call(
            "RenameStore",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id, "name": name},
            autoHandleToken,
        )

    def SetStoreRequestedState(
        self, id: Number, requestedState: Text, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Change what a store may be used for; the former current one becomes normal.

        id: Number of the store, from GetStores.
        requestedState: State to bring the store into; only one is `current`. One of current, normal,
            writeProtected, disabled.
        """
        return self._call(
            "SetStoreRequestedState",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "id": id,
                "requestedState": requestedState,
            },
            autoHandleToken,
        )

    def RetryOpenStores(self, *, instanceID: Text | None = None, autoHandleToken: bool | None = None) -> Status:
        """Try again to open the stores that failed to open."""
        return self._call(
            "RetryOpenStores", {"instanceID": self.instanceID if instanceID is None else instanceID}, autoHandleToken
        )

    def CompactStore(
        self, id: Number, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Give back the space of deleted messages.

        id: Number of the store, from GetStores.
        It may take long: it starts a process.
        """
        return self._call(
            "CompactStore",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id},
            autoHandleToken,
        )

    def MaintainFileSystemDatabases(
        self, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Rebuild every file database, the master's and the stores'.

        It may take long: it starts a process.
        """
        return self._call(
            "MaintainFileSystemDatabases",
            {"instanceID": self.instanceID if instanceID is None else instanceID},
            autoHandleToken,
        )

    def MergeStore(
        self, id: Number, sourceId: Number, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Copy the messages of one store into another. The source stays as it is.

        id: Number of the store that receives.
        sourceId: Number of the store that is copied.
        It may take long: it starts a process.
        """
        return self._call(
            "MergeStore",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id, "sourceId": sourceId},
            autoHandleToken,
        )

    def RecoverStore(
        self,
        id: Number,
        encryptionKey: Text | None = None,
        recoverDeletedMessages: Flag | None = None,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Make the database of a broken or disabled store again from its recovery records.

        id: Number of the store, from GetStores.
        encryptionKey: Key of the store.
        recoverDeletedMessages: Bring deleted messages back where possible.
        It may take long: it starts a process.
        """
        return self._call(
            "RecoverStore",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "id": id,
                "encryptionKey": encryptionKey,
                "recoverDeletedMessages": recoverDeletedMessages,
            },
            autoHandleToken,
        )

    def RecreateRecoveryRecords(
        self, id: Number, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Write the recovery records of a disabled store anew from its database.

        id: Number of the store, from GetStores.
        It may take long: it starts a process.
        """
        return self._call(
            "RecreateRecoveryRecords",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id},
            autoHandleToken,
        )

    def RepairStoreDatabase(
        self, id: Number, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Rebuild the internal indexes of a store's database.

        id: Number of the store, from GetStores.
        It may take long: it starts a process.
        """
        return self._call(
            "RepairStoreDatabase",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id},
            autoHandleToken,
        )

    def UnlockStore(
        self, id: Number, passphrase: Text, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Unlock a store of another installation.

        id: Number of the store, from GetStores.
        passphrase: Product key or recovery key of that installation.
        """
        return self._call(
            "UnlockStore",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id, "passphrase": passphrase},
            autoHandleToken,
        )

    def UpgradeStore(
        self, id: Number, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Convert a store to the present format.

        id: Number of the store, from GetStores.
        It may take long: it starts a process.
        """
        return self._call(
            "UpgradeStore",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id},
            autoHandleToken,
        )

    def UpgradeStores(self, *, instanceID: Text | None = None, autoHandleToken: bool | None = None) -> Status:
        """Convert all stores to the present format.

        It may take long: it starts a process.
        """
        return self._call(
            "UpgradeStores", {"instanceID": self.instanceID if instanceID is None else instanceID}, autoHandleToken
        )

    def VerifyStore(
        self,
        id: Number,
        includeIndexes: Flag = True,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Read everything in a store back and compare it with its checksums.

        id: Number of the store, from GetStores.
        includeIndexes: Check the search indexes too.
        It may take long: it starts a process.
        """
        return self._call(
            "VerifyStore",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "id": id,
                "includeIndexes": includeIndexes,
            },
            autoHandleToken,
        )

    def VerifyStores(
        self, includeIndexes: Flag = True, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Read everything in all stores back and compare it with its checksums.

        includeIndexes: Check the search indexes too.
        It may take long: it starts a process.
        """
        return self._call(
            "VerifyStores",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "includeIndexes": includeIndexes},
            autoHandleToken,
        )

    def RefreshAllStoreStatistics(
        self, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Count messages and sizes of all stores anew.

        It may take long: it starts a process.
        """
        return self._call(
            "RefreshAllStoreStatistics",
            {"instanceID": self.instanceID if instanceID is None else instanceID},
            autoHandleToken,
        )

    def TransferStores(
        self, targetInstanceID: Text, ids: Names, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Hand stores over to another instance.

        targetInstanceID: Instance that receives.
        ids: Numbers of the stores.
        It may take long: it starts a process.
        """
        return self._call(
            "TransferStores",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "targetInstanceID": targetInstanceID,
                "ids": ids,
            },
            autoHandleToken,
        )

    def GetStoreAutoCreateConfiguration(
        self, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """When a new current store is made by itself."""
        return self._call(
            "GetStoreAutoCreateConfiguration",
            {"instanceID": self.instanceID if instanceID is None else instanceID},
            autoHandleToken,
        )

    def SetStoreAutoCreateConfiguration(
        self, config: Json, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Change when a new current store is made by itself.

        config: The keys to change, or all.
        """
        return self._call(
            "SetStoreAutoCreateConfiguration",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "config": config},
            autoHandleToken,
        )

    def SelectAllStoreIndexesForRebuild(
        self, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Mark all search indexes for RebuildSelectedStoreIndexes."""
        return self._call(
            "SelectAllStoreIndexesForRebuild",
            {"instanceID": self.instanceID if instanceID is None else instanceID},
            autoHandleToken,
        )

    def RebuildSelectedStoreIndexes(
        self, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Rebuild the search indexes that are marked.

        It may take long: it starts a process.
        """
        return self._call(
            "RebuildSelectedStoreIndexes",
            {"instanceID": self.instanceID if instanceID is None else instanceID},
            autoHandleToken,
        )

    def GetChildFolders(
        self,
        folder: Text | None = None,
        maxLevels: Number | None = None,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """The folders below one, as a tree. Without folder: the archives.

        folder: Folder, parts joined by `/`; the first part is the archive.
        maxLevels: How deep; absent means all.
        """
        return self._call(
            "GetChildFolders",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "folder": folder,
                "maxLevels": maxLevels,
            },
            autoHandleToken,
        )

    def GetFolderStatistics(
        self,
        limit: Number | None = None,
        after: Text | None = None,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Messages and bytes, a row per archive. The log names stores that are not open, and so not counted.

        limit: At most so many rows, and the answer becomes a page.
        after: Where to go on: `next` of the page before.
        `limit` and `after`: Postroom only.
        """
        return self._call(
            "GetFolderStatistics",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "limit": limit, "after": after},
            autoHandleToken,
        )

    def MoveFolder(
        self, fromFolder: Text, toFolder: Text, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Move or rename a folder. On the first level this renames an archive.

        fromFolder: Present full name.
        toFolder: Full name from now on.
        """
        return self._call(
            "MoveFolder",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "fromFolder": fromFolder,
                "toFolder": toFolder,
            },
            autoHandleToken,
        )

    def DeleteEmptyFolders(
        self, folder: Text | None = None, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Delete the folders without messages, below one or everywhere.

        folder: Folder, parts joined by `/`; the first part is the archive.
        """
        return self._call(
            "DeleteEmptyFolders",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "folder": folder},
            autoHandleToken,
        )

    def GetMessages(
        self,
        folder: Text | None = None,
        limit: Number | None = None,
        after: Text | None = None,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """The messages of a folder.

        folder: Folder, parts joined by `/`; the first part is the archive.
        limit: At most so many rows, and the answer becomes a page.
        after: Where to go on: `next` of the page before.
        `limit` and `after`: Postroom only.
        """
        return self._call(
            "GetMessages",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "folder": folder,
                "limit": limit,
                "after": after,
            },
            autoHandleToken,
        )

    def DeleteMessage(
        self,
        id: Text,
        reason: Text | None = None,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Delete a message from its archive, unless a hold or a retention rule forbids it.

        id: Number of the message, `<store>:<number>`.
        reason: Why; goes to the audit log. Newer products require it.
        """
        return self._call(
            "DeleteMessage",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id, "reason": reason},
            autoHandleToken,
        )

    def GetProfiles(
        self, raw: Flag = True, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """The archiving and export profiles.

        raw: Only true works.
        """
        return self._call(
            "GetProfiles",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "raw": raw},
            autoHandleToken,
        )

    def CreateProfile(
        self, properties: Json, raw: Flag = True, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Create a profile.

        properties: The profile, without `id` and `version`, password included.
        raw: Only true works.
        """
        return self._call(
            "CreateProfile",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "properties": properties, "raw": raw},
            autoHandleToken,
        )

    def DeleteProfile(
        self, id: Number, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Delete a profile.

        id: Number of the profile, from GetProfiles.
        """
        return self._call(
            "DeleteProfile",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id},
            autoHandleToken,
        )

    def RunProfile(self, id: Number, *, instanceID: Text | None = None, autoHandleToken: bool | None = None) -> Status:
        """Run a profile now.

        id: Number of the profile, from GetProfiles.
        It may take long: it starts a process.
        """
        return self._call(
            "RunProfile",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id},
            autoHandleToken,
        )

    def RunTemporaryProfile(
        self, properties: Json, raw: Flag = True, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Run a profile once without storing it.

        properties: The profile, without `id` and `version`, password included.
        raw: Only true works.
        It may take long: it starts a process.
        """
        return self._call(
            "RunTemporaryProfile",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "properties": properties, "raw": raw},
            autoHandleToken,
        )

    def SetProfileServerSideExecution(
        self,
        id: Number,
        automatic: Flag,
        automaticPauseBetweenExecutions: Number | None = None,
        automaticMaintenanceWindows: Text | None = None,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Say when the server runs a profile by itself.

        id: Number of the profile, from GetProfiles.
        automatic: Whether it does.
        automaticPauseBetweenExecutions: Seconds between two runs.
        automaticMaintenanceWindows: Times in which it must not run.
        """
        return self._call(
            "SetProfileServerSideExecution",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "id": id,
                "automatic": automatic,
                "automaticPauseBetweenExecutions": automaticPauseBetweenExecutions,
                "automaticMaintenanceWindows": automaticMaintenanceWindows,
            },
            autoHandleToken,
        )

    def GetWorkerResults(
        self,
        fromIncluding: Text,
        toExcluding: Text,
        timeZoneID: Text = "$Local",
        profileID: Number | None = None,
        userName: Text | None = None,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Finished runs of profiles in a period.

        fromIncluding: Start of the period, `YYYY-MM-DDTHH:MM:SS`.
        toExcluding: End of the period, itself not part of it.
        timeZoneID: Zone of the times; `$Local` is the server's own.
        profileID: Only runs of this profile.
        userName: Name of the user.
        """
        return self._call(
            "GetWorkerResults",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "fromIncluding": fromIncluding,
                "toExcluding": toExcluding,
                "timeZoneID": timeZoneID,
                "profileID": profileID,
                "userName": userName,
            },
            autoHandleToken,
        )

    def GetWorkerResultReport(
        self, id: Number, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """The log of one run.

        id: Number of the run.
        """
        return self._call(
            "GetWorkerResultReport",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id},
            autoHandleToken,
        )

    def GetJobs(self, *, instanceID: Text | None = None, autoHandleToken: bool | None = None) -> Status:
        """The jobs: API functions run on a schedule."""
        return self._call(
            "GetJobs", {"instanceID": self.instanceID if instanceID is None else instanceID}, autoHandleToken
        )

    def CreateJob(
        self,
        name: Text,
        action: Text,
        owner: Text,
        timeZoneId: Text = "$Local",
        date: Text | None = None,
        interval: Number | None = None,
        time: Text | None = None,
        dayOfWeek: Text | None = None,
        dayOfMonth: Text | None = None,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Create a job with exactly one form of schedule.

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
                "instanceID": self.instanceID if instanceID is None else instanceID,
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
            autoHandleToken,
        )

    def RenameJob(
        self, id: Number, name: Text, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Give a job another name.

        id: Number of the job, from GetJobs.
        name: Name from now on.
        """
        return self._call(
            "RenameJob",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id, "name": name},
            autoHandleToken,
        )

    def SetJobEnabled(
        self, id: Number, enabled: Flag, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Switch a job on or off.

        id: Number of the job, from GetJobs.
        enabled: Whether it runs.
        """
        return self._call(
            "SetJobEnabled",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id, "enabled": enabled},
            autoHandleToken,
        )

    def SetJobSchedule(
        self,
        id: Number,
        timeZoneId: Text = "$Local",
        date: Text | None = None,
        interval: Number | None = None,
        time: Text | None = None,
        dayOfWeek: Text | None = None,
        dayOfMonth: Text | None = None,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Change when a job runs.

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
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "id": id,
                "timeZoneId": timeZoneId,
                "date": date,
                "interval": interval,
                "time": time,
                "dayOfWeek": dayOfWeek,
                "dayOfMonth": dayOfMonth,
            },
            autoHandleToken,
        )

    def DeleteJob(self, id: Number, *, instanceID: Text | None = None, autoHandleToken: bool | None = None) -> Status:
        """Delete a job.

        id: Number of the job, from GetJobs.
        """
        return self._call(
            "DeleteJob",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id},
            autoHandleToken,
        )

    def RunJobAsync(self, id: Number, *, instanceID: Text | None = None, autoHandleToken: bool | None = None) -> Status:
        """Start a job and return at once; look at GetJobResults later.

        id: Number of the job, from GetJobs.
        """
        return self._call(
            "RunJobAsync",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id},
            autoHandleToken,
        )

    def CancelJobAsync(
        self, id: Number, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Ask a running job to stop and return at once.

        id: Number of the job, from GetJobs.
        """
        return self._call(
            "CancelJobAsync",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id},
            autoHandleToken,
        )

    def GetJobResults(
        self,
        fromIncluding: Text,
        toExcluding: Text,
        timeZoneId: Text = "$Local",
        jobId: Number | None = None,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Runs of jobs in a period.

        fromIncluding: Start of the period, `YYYY-MM-DDTHH:MM:SS`.
        toExcluding: End of the period, itself not part of it.
        timeZoneId: Zone from GetTimeZones; `$Local` is the server's own.
        jobId: Only runs of this job.
        """
        return self._call(
            "GetJobResults",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "fromIncluding": fromIncluding,
                "toExcluding": toExcluding,
                "timeZoneId": timeZoneId,
                "jobId": jobId,
            },
            autoHandleToken,
        )

    def SearchMessages(
        self,
        query: Text,
        folder: Text | None = None,
        order: Text = "date",
        limit: Number = 100,
        after: Text | None = None,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Search all open stores.

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
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "query": query,
                "folder": folder,
                "order": order,
                "limit": limit,
                "after": after,
            },
            autoHandleToken,
        )

    def GetMessage(self, id: Text, *, instanceID: Text | None = None, autoHandleToken: bool | None = None) -> Status:
        """One message: folders, headers, envelopes, text, attachments, checksum.

        id: Number of the message, `<store>:<number>`.
        Postroom only.
        """
        return self._call(
            "GetMessage",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id},
            autoHandleToken,
        )

    def ExportMessages(
        self,
        path: Text,
        format: Text,
        query: Text | None = None,
        folder: Text | None = None,
        ids: Names | None = None,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Write messages, their checksums and proofs into a place on the server.

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
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "path": path,
                "format": format,
                "query": query,
                "folder": folder,
                "ids": ids,
            },
            autoHandleToken,
        )

    def ImportMessages(
        self,
        path: Text,
        archive: Text,
        kind: Text = "auto",
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Archive the messages of a file or folder on the server.

        path: File or folder to read.
        archive: Archive that receives.
        kind: Form of the source. One of auto, mbox, mboxo, mboxrd, mboxcl, mboxcl2, maildir, folder, eml, zip, tar.
        It may take long: it starts a process.
        Postroom only.
        """
        return self._call(
            "ImportMessages",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "path": path,
                "archive": archive,
                "kind": kind,
            },
            autoHandleToken,
        )

    def GetAuditLog(
        self,
        fromIncluding: Text | None = None,
        toExcluding: Text | None = None,
        userName: Text | None = None,
        event: Text | None = None,
        limit: Number = 100,
        after: Text | None = None,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """What happened, newest first.

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
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "fromIncluding": fromIncluding,
                "toExcluding": toExcluding,
                "userName": userName,
                "event": event,
                "limit": limit,
                "after": after,
            },
            autoHandleToken,
        )

    def GetIntegrityProof(
        self, id: Text, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Proof that a message is in the ledger unchanged; it can be checked offline.

        id: Number of the message, `<store>:<number>`.
        Postroom only.
        """
        return self._call(
            "GetIntegrityProof",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id},
            autoHandleToken,
        )

    def SetProfile(
        self, id: Number, properties: Json, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Change a profile; what is not given stays, and so does a secret that is null.

        id: Number of the profile, from GetProfiles.
        properties: What changes: `name`, `owner`, `details` (only the keys that change), `serverSideExecution`;
            with `version` only if it is still that.
        Postroom only.
        """
        return self._call(
            "SetProfile",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id, "properties": properties},
            autoHandleToken,
        )

    def GetProfileProblems(
        self, id: Number, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Items that a profile could not archive yet; each run asks for them again.

        id: Number of the profile, from GetProfiles.
        Postroom only.
        """
        return self._call(
            "GetProfileProblems",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id},
            autoHandleToken,
        )

    def CheckProfile(
        self,
        id: Number,
        timeZoneID: Text = "$Local",
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Compare what the source of a profile has with the archive, per mailbox and day.

        id: Number of the profile, from GetProfiles.
        timeZoneID: Zone of the days; `$Local` is the server's own.
        It may take long: it starts a process.
        Postroom only.
        """
        return self._call(
            "CheckProfile",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id, "timeZoneID": timeZoneID},
            autoHandleToken,
        )

    def GetHolds(
        self, includeEnded: Flag = True, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """The legal holds, in the order they were set.

        includeEnded: Those that were ended too.
        Postroom only.
        """
        return self._call(
            "GetHolds",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "includeEnded": includeEnded},
            autoHandleToken,
        )

    def CreateHold(
        self,
        name: Text,
        query: Text,
        reason: Text,
        *,
        instanceID: Text | None = None,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Set a legal hold: what its query matches, now or later, is deleted by nobody.

        name: Name of the hold.
        query: What to look for, in the query language of the search.
        reason: Why; goes to the audit log.
        Postroom only.
        """
        return self._call(
            "CreateHold",
            {
                "instanceID": self.instanceID if instanceID is None else instanceID,
                "name": name,
                "query": query,
                "reason": reason,
            },
            autoHandleToken,
        )

    def EndHold(
        self, id: Number, reason: Text, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """End a legal hold. It stays in the list.

        id: Number of the hold, from GetHolds.
        reason: Why; goes to the audit log.
        Postroom only.
        """
        return self._call(
            "EndHold",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "id": id, "reason": reason},
            autoHandleToken,
        )

    def ApproveRetentionRun(self, *, instanceID: Text | None = None, autoHandleToken: bool | None = None) -> Status:
        """Approve the next ProcessRetentionPolicies of another administrator, with the policies and holds of now.

        Postroom only.
        """
        return self._call(
            "ApproveRetentionRun",
            {"instanceID": self.instanceID if instanceID is None else instanceID},
            autoHandleToken,
        )

    def CreateAppPassword(
        self, userName: Text, name: Text, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """A new password for a program that cannot be asked for a second factor. It is shown this once.

        userName: Name of the user.
        name: What it is for, such as the program or device.
        Postroom only.
        """
        return self._call(
            "CreateAppPassword",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "userName": userName, "name": name},
            autoHandleToken,
        )

    def GetAppPasswords(
        self, userName: Text, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """The app passwords of a user by their names; times are UTC.

        userName: Name of the user.
        Postroom only.
        """
        return self._call(
            "GetAppPasswords",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "userName": userName},
            autoHandleToken,
        )

    def DeleteAppPassword(
        self, userName: Text, id: Number, *, instanceID: Text | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Delete one app password of a user.

        userName: Name of the user.
        id: Its number, from GetAppPasswords.
        Postroom only.
        """
        return self._call(
            "DeleteAppPassword",
            {"instanceID": self.instanceID if instanceID is None else instanceID, "userName": userName, "id": id},
            autoHandleToken,
        )
