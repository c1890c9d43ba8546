"""The functions of the API as async methods. `make docs` writes it from `contract`."""

# ruff: noqa: A002, N802, N803  # names are the API's
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from mailstore.contract.shapes import Status
from mailstore.encode import Flag, Json, Names, Number, Text


class ServerMethods(ABC):
    """Mixed in after a client that knows how to call."""

    @abstractmethod
    async def _call(self, name: str, arguments: Mapping[str, object], autoHandleToken: bool | None) -> Status: ...

    async def GetServerInfo(self, *, autoHandleToken: bool | None = None) -> Status:
        """Version of the product and name of the machine."""
        return await self._call("GetServerInfo", {}, autoHandleToken)

    async def GetActiveSessions(self, *, autoHandleToken: bool | None = None) -> Status:
        """Who is signed in just now, and by which client."""
        return await self._call("GetActiveSessions", {}, autoHandleToken)

    async def GetServiceConfiguration(self, *, autoHandleToken: bool | None = None) -> Status:
        """Settings of the service: folders, certificate, listeners."""
        return await self._call("GetServiceConfiguration", {}, autoHandleToken)

    async def SetServiceCertificate(
        self,
        thumbprint: Text | None = None,
        path: Text | None = None,
        keyPath: Text | None = None,
        password: Text | None = None,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Choose the TLS certificate of the services, from the next connection on.

        thumbprint: SHA-1, 40 hex digits, of one in the folder `tls/certificates` of the home.
        path: PEM or PFX file on the server to take it from instead.
        keyPath: PEM file with its key, if that is another file.
        password: The password of the key or of the PFX file.
        """
        return await self._call(
            "SetServiceCertificate",
            {"thumbprint": thumbprint, "path": path, "keyPath": keyPath, "password": password},
            autoHandleToken,
        )

    async def GetLicenseInformation(self, *, autoHandleToken: bool | None = None) -> Status:
        """Licence, number of users allowed and in use."""
        return await self._call("GetLicenseInformation", {}, autoHandleToken)

    async def GetTimeZones(self, *, autoHandleToken: bool | None = None) -> Status:
        """Time zones that schedules and reports understand, `$Local` included."""
        return await self._call("GetTimeZones", {}, autoHandleToken)

    async def SendStatusReport(
        self, timespan: Text, timeZoneId: Text, recipients: Names, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Mail the status report.

        timespan: What the report covers. One of today, yesterday, thisweek, lastweek, thismonth, lastmonth.
        timeZoneId: Zone from GetTimeZones; `$Local` is the server's own.
        recipients: Addresses that get it.
        It may take long: it starts a process.
        """
        return await self._call(
            "SendStatusReport",
            {"timespan": timespan, "timeZoneId": timeZoneId, "recipients": recipients},
            autoHandleToken,
        )

    async def CreateBackup(
        self, path: Text, excludeSearchIndexes: Flag | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Write a full backup into a folder, or bring the one there up to date.

        path: Folder on the server.
        excludeSearchIndexes: Leave the indexes out; they can be rebuilt.
        It may take long: it starts a process.
        """
        return await self._call(
            "CreateBackup", {"path": path, "excludeSearchIndexes": excludeSearchIndexes}, autoHandleToken
        )

    async def GetUsers(
        self, limit: Number | None = None, after: Text | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """All users, with the few facts a list needs.

        limit: At most so many rows, and the answer becomes a page.
        after: Where to go on: `next` of the page before.
        `limit` and `after`: Postroom only.
        """
        return await self._call("GetUsers", {"limit": limit, "after": after}, autoHandleToken)

    async def GetUserInfo(self, userName: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Everything kept about a user.

        userName: Name of the user.
        """
        return await self._call("GetUserInfo", {"userName": userName}, autoHandleToken)

    async def CreateUser(
        self,
        userName: Text,
        privileges: Names,
        fullName: Text | None = None,
        distinguishedName: Text | None = None,
        authentication: Text | None = None,
        password: Text | None = None,
        loginPrivileges: Names | None = None,
        *,
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
        return await self._call(
            "CreateUser",
            {
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

    async def DeleteUser(self, userName: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Delete a user. The archive and its messages stay.

        userName: Name of the user.
        """
        return await self._call("DeleteUser", {"userName": userName}, autoHandleToken)

    async def RenameUser(self, oldUserName: Text, newUserName: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Give a user another name. The archive keeps its own: use MoveFolder.

        oldUserName: Present name.
        newUserName: Name from now on.
        """
        return await self._call("RenameUser", {"oldUserName": oldUserName, "newUserName": newUserName}, autoHandleToken)

    async def SetUserAuthentication(
        self, userName: Text, authentication: Text, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Say who checks the user's password.

        userName: Name of the user.
        authentication: Who checks the password. One of integrated, directoryServices.
        """
        return await self._call(
            "SetUserAuthentication", {"userName": userName, "authentication": authentication}, autoHandleToken
        )

    async def SetUserDistinguishedName(
        self, userName: Text, distinguishedName: Text | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Set the name in the directory; absent removes it.

        userName: Name of the user.
        distinguishedName: Distinguished name in the directory.
        """
        return await self._call(
            "SetUserDistinguishedName", {"userName": userName, "distinguishedName": distinguishedName}, autoHandleToken
        )

    async def SetUserEmailAddresses(
        self, userName: Text, emailAddresses: Names | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Replace the addresses of a user; absent removes all.

        userName: Name of the user.
        emailAddresses: Addresses, the main one first.
        """
        return await self._call(
            "SetUserEmailAddresses", {"userName": userName, "emailAddresses": emailAddresses}, autoHandleToken
        )

    async def SetUserFullName(
        self, userName: Text, fullName: Text | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Set the full name; absent removes it.

        userName: Name of the user.
        fullName: Full name.
        """
        return await self._call("SetUserFullName", {"userName": userName, "fullName": fullName}, autoHandleToken)

    async def SetUserPassword(self, userName: Text, password: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Set the password.

        userName: Name of the user.
        password: The password.
        """
        return await self._call("SetUserPassword", {"userName": userName, "password": password}, autoHandleToken)

    async def SetUserPop3UserNames(
        self, userName: Text, pop3UserNames: Names | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Replace the names by which the mail proxy knows the user; absent removes all.

        userName: Name of the user.
        pop3UserNames: POP3 user names.
        """
        return await self._call(
            "SetUserPop3UserNames", {"userName": userName, "pop3UserNames": pop3UserNames}, autoHandleToken
        )

    async def SetUserPrivileges(
        self, userName: Text, privileges: Names, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Replace the global privileges of a user.

        userName: Name of the user.
        privileges: Global privileges; `none` and `admin` stand alone. One or more of none, admin, login,
            changePassword, archive, modifyArchiveProfiles, export, modifyExportProfiles, delete.
        """
        return await self._call("SetUserPrivileges", {"userName": userName, "privileges": privileges}, autoHandleToken)

    async def SetUserLoginPrivileges(
        self, userName: Text, loginPrivileges: Names, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Replace the ways by which a user may sign in.

        userName: Name of the user.
        loginPrivileges: Ways by which the user may sign in. One or more of none, windows, web, outlook, windowsCmd,
            imap, api.
        """
        return await self._call(
            "SetUserLoginPrivileges", {"userName": userName, "loginPrivileges": loginPrivileges}, autoHandleToken
        )

    async def SetUserPrivilegesOnFolder(
        self, userName: Text, folder: Text, privileges: Names, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Replace what a user may do in one archive.

        userName: Name of the user.
        folder: Archive: a folder of the first level.
        privileges: What the user may do there; `none` removes the entry. One or more of none, read, write, delete.
        """
        return await self._call(
            "SetUserPrivilegesOnFolder",
            {"userName": userName, "folder": folder, "privileges": privileges},
            autoHandleToken,
        )

    async def SetUserPrivilegesOnAllFolders(
        self, userName: Text, privileges: Names, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Replace what a user may do, in every archive.

        userName: Name of the user.
        privileges: What the user may do there; `none` removes the entry. One or more of none, read, write, delete.
        """
        return await self._call(
            "SetUserPrivilegesOnAllFolders", {"userName": userName, "privileges": privileges}, autoHandleToken
        )

    async def ClearUserPrivilegesOnFolders(self, userName: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Take away every right on archives, the user's own included.

        userName: Name of the user.
        """
        return await self._call("ClearUserPrivilegesOnFolders", {"userName": userName}, autoHandleToken)

    async def InitializeMFA(self, userName: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Make the user set up a second factor at the next sign-in.

        userName: Name of the user.
        """
        return await self._call("InitializeMFA", {"userName": userName}, autoHandleToken)

    async def DisableMFA(self, userName: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Switch the second factor of a user off.

        userName: Name of the user.
        """
        return await self._call("DisableMFA", {"userName": userName}, autoHandleToken)

    async def DeleteAppPasswords(self, userName: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Delete all app passwords of a user.

        userName: Name of the user.
        """
        return await self._call("DeleteAppPasswords", {"userName": userName}, autoHandleToken)

    async def GetDirectoryServicesConfiguration(self, *, autoHandleToken: bool | None = None) -> Status:
        """How users are synchronised with a directory."""
        return await self._call("GetDirectoryServicesConfiguration", {}, autoHandleToken)

    async def SetDirectoryServicesConfiguration(self, config: Json, *, autoHandleToken: bool | None = None) -> Status:
        """Change how users are synchronised with a directory.

        config: The whole object; take the answer of the Get function as a template.
        """
        return await self._call("SetDirectoryServicesConfiguration", {"config": config}, autoHandleToken)

    async def SyncUsersWithDirectoryServices(
        self, dryRun: Flag | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Bring the users in line with the directory.

        dryRun: Only tell what would change.
        It may take long: it starts a process.
        """
        return await self._call("SyncUsersWithDirectoryServices", {"dryRun": dryRun}, autoHandleToken)

    async def GetComplianceConfiguration(self, *, autoHandleToken: bool | None = None) -> Status:
        """Retention, legal hold, what administrators may read, what is logged."""
        return await self._call("GetComplianceConfiguration", {}, autoHandleToken)

    async def SetComplianceConfiguration(self, config: Json, *, autoHandleToken: bool | None = None) -> Status:
        """Change the compliance configuration.

        config: The keys to change, or all.
        """
        return await self._call("SetComplianceConfiguration", {"config": config}, autoHandleToken)

    async def GetRetentionPolicies(self, *, autoHandleToken: bool | None = None) -> Status:
        """The retention policies, in the order they are looked at."""
        return await self._call("GetRetentionPolicies", {}, autoHandleToken)

    async def SetRetentionPolicies(self, config: Json, *, autoHandleToken: bool | None = None) -> Status:
        """Replace all retention policies.

        config: The list of policies; take the answer of the Get function as a template.
        """
        return await self._call("SetRetentionPolicies", {"config": config}, autoHandleToken)

    async def ProcessRetentionPolicies(
        self, dryRun: Flag | None = None, limit: Number | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Delete what is due by policies that delete, and erase it for good.

        dryRun: Only tell what is due.
        limit: Delete at most so many; the server has a limit of its own.
        It may take long: it starts a process.
        """
        return await self._call("ProcessRetentionPolicies", {"dryRun": dryRun, "limit": limit}, autoHandleToken)

    async def GetSmtpSettings(self, *, autoHandleToken: bool | None = None) -> Status:
        """How the server sends mail; the password is null."""
        return await self._call("GetSmtpSettings", {}, autoHandleToken)

    async def SetSmtpSettings(self, settings: Json, *, autoHandleToken: bool | None = None) -> Status:
        """Change how the server sends mail.

        settings: The keys to change, or all; a null password keeps the old one.
        """
        return await self._call("SetSmtpSettings", {"settings": settings}, autoHandleToken)

    async def TestSmtpSettings(self, *, autoHandleToken: bool | None = None) -> Status:
        """Send a test mail.

        It may take long: it starts a process.
        """
        return await self._call("TestSmtpSettings", {}, autoHandleToken)

    async def GetCredentials(self, *, autoHandleToken: bool | None = None) -> Status:
        """The stored credentials, without their secrets."""
        return await self._call("GetCredentials", {}, autoHandleToken)

    async def CreateCredential(
        self, name: Text, type: Text, settings: Json, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Store a credential.

        name: Its name.
        type: What it is for. One of microsoft365, google, imap.
        settings: Its settings; which there are depends on the type.
        """
        return await self._call("CreateCredential", {"name": name, "type": type, "settings": settings}, autoHandleToken)

    async def DeleteCredential(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Delete a credential that nothing uses.

        id: Number of the credential, from GetCredentials.
        """
        return await self._call("DeleteCredential", {"id": id}, autoHandleToken)

    async def GetCredentialSettings(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Settings of a credential; secrets are null.

        id: Number of the credential, from GetCredentials.
        """
        return await self._call("GetCredentialSettings", {"id": id}, autoHandleToken)

    async def SetCredentialSettings(self, id: Number, settings: Json, *, autoHandleToken: bool | None = None) -> Status:
        """Change settings of a credential: null keeps one, an empty text removes it.

        id: Number of the credential, from GetCredentials.
        settings: Its settings; which there are depends on the type.
        """
        return await self._call("SetCredentialSettings", {"id": id, "settings": settings}, autoHandleToken)

    async def GetStores(self, includeSize: Flag = True, *, autoHandleToken: bool | None = None) -> Status:
        """The archive stores.

        includeSize: Count the sizes too, which may take long.
        """
        return await self._call("GetStores", {"includeSize": includeSize}, autoHandleToken)

    async def CreateStore(
        self,
        name: Text | None = None,
        type: Text | None = None,
        databaseName: Text | None = None,
        databasePath: Text | None = None,
        contentPath: Text | None = None,
        indexPath: Text | None = None,
        serverName: Text | None = None,
        userName: Text | None = None,
        password: Text | None = None,
        requestedState: Text | None = None,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Make a new store and attach it.

        name: Name of the store.
        type: Kind of store. One of FileSystemInternal, SQLServer, PostgreSQL, FileSystemStandard,
            FileSystemAdvanced, FileSystemFlat.
        databaseName: Name of the database, for SQL stores.
        databasePath: Folder of the database; the other two folders default to places below it.
        contentPath: Folder of the message contents.
        indexPath: Folder of the search indexes.
        serverName: Database server, for SQL stores.
        userName: User at the database server.
        password: The password.
        requestedState: State to bring the store into; only one is `current`. One of current, normal,
            writeProtected, disabled.
        """
        return await self._call(
            "CreateStore",
            {
                "name": name,
                "type": type,
                "databaseName": databaseName,
                "databasePath": databasePath,
                "contentPath": contentPath,
                "indexPath": indexPath,
                "serverName": serverName,
                "userName": userName,
                "password": password,
                "requestedState": requestedState,
            },
            autoHandleToken,
        )

    async def AttachStore(
        self,
        name: Text,
        type: Text | None = None,
        databaseName: Text | None = None,
        databasePath: Text | None = None,
        contentPath: Text | None = None,
        indexPath: Text | None = None,
        serverName: Text | None = None,
        userName: Text | None = None,
        password: Text | None = None,
        requestedState: Text | None = None,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Attach a store that exists.

        name: Name of the store.
        type: Kind of store. One of FileSystemInternal, SQLServer, PostgreSQL, FileSystemStandard,
            FileSystemAdvanced, FileSystemFlat.
        databaseName: Name of the database, for SQL stores.
        databasePath: Folder of the database; the other two folders default to places below it.
        contentPath: Folder of the message contents.
        indexPath: Folder of the search indexes.
        serverName: Database server, for SQL stores.
        userName: User at the database server.
        password: The password.
        requestedState: State to bring the store into; only one is `current`. One of current, normal,
            writeProtected, disabled.
        """
        return await self._call(
            "AttachStore",
            {
                "name": name,
                "type": type,
                "databaseName": databaseName,
                "databasePath": databasePath,
                "contentPath": contentPath,
                "indexPath": indexPath,
                "serverName": serverName,
                "userName": userName,
                "password": password,
                "requestedState": requestedState,
            },
            autoHandleToken,
        )

    async def DetachStore(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Forget a store. Its files stay.

        id: Number of the store, from GetStores.
        """
        return await self._call("DetachStore", {"id": id}, autoHandleToken)

    async def RenameStore(self, id: Number, name: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Give a store another name.

        id: Number of the store, from GetStores.
        name: Name from now on.
        """
        return await self._call("RenameStore", {"id": id, "name": name}, autoHandleToken)

    async def SetStoreProperties(
        self,
        id: Number,
        type: Text | None = None,
        databaseName: Text | None = None,
        databasePath: Text | None = None,
        contentPath: Text | None = None,
        indexPath: Text | None = None,
        serverName: Text | None = None,
        userName: Text | None = None,
        password: Text | None = None,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Change where a store lives. No file is moved.

        id: Number of the store, from GetStores.
        type: Kind of store. One of FileSystemInternal, SQLServer, PostgreSQL, FileSystemStandard,
            FileSystemAdvanced, FileSystemFlat.
        databaseName: Name of the database, for SQL stores.
        databasePath: Folder of the database; the other two folders default to places below it.
        contentPath: Folder of the message contents.
        indexPath: Folder of the search indexes.
        serverName: Database server, for SQL stores.
        userName: User at the database server.
        password: The password.
        """
        return await self._call(
            "SetStoreProperties",
            {
                "id": id,
                "type": type,
                "databaseName": databaseName,
                "databasePath": databasePath,
                "contentPath": contentPath,
                "indexPath": indexPath,
                "serverName": serverName,
                "userName": userName,
                "password": password,
            },
            autoHandleToken,
        )

    async def SetStoreRequestedState(
        self, id: Number, requestedState: Text, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Change what a store may be used for; the former current one becomes normal.

        id: Number of the store, from GetStores.
        requestedState: State to bring the store into; only one is `current`. One of current, normal,
            writeProtected, disabled.
        """
        return await self._call("SetStoreRequestedState", {"id": id, "requestedState": requestedState}, autoHandleToken)

    async def RetryOpenStores(self, *, autoHandleToken: bool | None = None) -> Status:
        """Try again to open the stores that failed to open."""
        return await self._call("RetryOpenStores", {}, autoHandleToken)

    async def CompactStore(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Give back the space of deleted messages.

        id: Number of the store, from GetStores.
        It may take long: it starts a process.
        """
        return await self._call("CompactStore", {"id": id}, autoHandleToken)

    async def CompactMasterDatabase(self, *, autoHandleToken: bool | None = None) -> Status:
        """Give back unused space of the master database.

        It may take long: it starts a process.
        """
        return await self._call("CompactMasterDatabase", {}, autoHandleToken)

    async def MaintainFileSystemDatabases(self, *, autoHandleToken: bool | None = None) -> Status:
        """Rebuild every file database, the master's and the stores'.

        It may take long: it starts a process.
        """
        return await self._call("MaintainFileSystemDatabases", {}, autoHandleToken)

    async def MergeStore(self, id: Number, sourceId: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Copy the messages of one store into another. The source stays as it is.

        id: Number of the store that receives.
        sourceId: Number of the store that is copied.
        It may take long: it starts a process.
        """
        return await self._call("MergeStore", {"id": id, "sourceId": sourceId}, autoHandleToken)

    async def RecoverStore(
        self,
        id: Number,
        encryptionKey: Text | None = None,
        recoverDeletedMessages: Flag | None = None,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Make the database of a broken or disabled store again from its recovery records.

        id: Number of the store, from GetStores.
        encryptionKey: Key of the store.
        recoverDeletedMessages: Bring deleted messages back where possible.
        It may take long: it starts a process.
        """
        return await self._call(
            "RecoverStore",
            {"id": id, "encryptionKey": encryptionKey, "recoverDeletedMessages": recoverDeletedMessages},
            autoHandleToken,
        )

    async def RecreateRecoveryRecords(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Write the recovery records of a disabled store anew from its database.

        id: Number of the store, from GetStores.
        It may take long: it starts a process.
        """
        return await self._call("RecreateRecoveryRecords", {"id": id}, autoHandleToken)

    async def RepairStoreDatabase(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Rebuild the internal indexes of a store's database.

        id: Number of the store, from GetStores.
        It may take long: it starts a process.
        """
        return await self._call("RepairStoreDatabase", {"id": id}, autoHandleToken)

    async def UnlockStore(self, id: Number, passphrase: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Unlock a store of another installation.

        id: Number of the store, from GetStores.
        passphrase: Product key or recovery key of that installation.
        """
        return await self._call("UnlockStore", {"id": id, "passphrase": passphrase}, autoHandleToken)

    async def UpgradeStore(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Convert a store to the present format.

        id: Number of the store, from GetStores.
        It may take long: it starts a process.
        """
        return await self._call("UpgradeStore", {"id": id}, autoHandleToken)

    async def UpgradeStores(self, *, autoHandleToken: bool | None = None) -> Status:
        """Convert all stores to the present format.

        It may take long: it starts a process.
        """
        return await self._call("UpgradeStores", {}, autoHandleToken)

    async def VerifyStore(
        self, id: Number, includeIndexes: Flag = True, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Read everything in a store back and compare it with its checksums.

        id: Number of the store, from GetStores.
        includeIndexes: Check the search indexes too.
        It may take long: it starts a process.
        """
        return await self._call("VerifyStore", {"id": id, "includeIndexes": includeIndexes}, autoHandleToken)

    async def VerifyStores(self, includeIndexes: Flag = True, *, autoHandleToken: bool | None = None) -> Status:
        """Read everything in all stores back and compare it with its checksums.

        includeIndexes: Check the search indexes too.
        It may take long: it starts a process.
        """
        return await self._call("VerifyStores", {"includeIndexes": includeIndexes}, autoHandleToken)

    async def RefreshAllStoreStatistics(self, *, autoHandleToken: bool | None = None) -> Status:
        """Count messages and sizes of all stores anew.

        It may take long: it starts a process.
        """
        return await self._call("RefreshAllStoreStatistics", {}, autoHandleToken)

    async def RenewMasterKey(self, *, autoHandleToken: bool | None = None) -> Status:
        """Wrap the keys of the stores with a new master key.

        It may take long: it starts a process.
        """
        return await self._call("RenewMasterKey", {}, autoHandleToken)

    async def TransferStores(
        self, targetInstanceID: Text, ids: Names, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Hand stores over to another instance.

        targetInstanceID: Instance that receives.
        ids: Numbers of the stores.
        It may take long: it starts a process.
        """
        return await self._call("TransferStores", {"targetInstanceID": targetInstanceID, "ids": ids}, autoHandleToken)

    async def GetStoreAutoCreateConfiguration(self, *, autoHandleToken: bool | None = None) -> Status:
        """When a new current store is made by itself."""
        return await self._call("GetStoreAutoCreateConfiguration", {}, autoHandleToken)

    async def SetStoreAutoCreateConfiguration(self, config: Json, *, autoHandleToken: bool | None = None) -> Status:
        """Change when a new current store is made by itself.

        config: The keys to change, or all.
        """
        return await self._call("SetStoreAutoCreateConfiguration", {"config": config}, autoHandleToken)

    async def GetStoreIndexes(self, id: Number | None = None, *, autoHandleToken: bool | None = None) -> Status:
        """The search indexes, one per store and archive.

        id: Number of the store, from GetStores.
        """
        return await self._call("GetStoreIndexes", {"id": id}, autoHandleToken)

    async def RebuildStoreIndex(self, id: Number, folder: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Rebuild the search index of one archive in one store.

        id: Number of the store, from GetStores.
        folder: Name of the archive.
        It may take long: it starts a process.
        """
        return await self._call("RebuildStoreIndex", {"id": id, "folder": folder}, autoHandleToken)

    async def SelectAllStoreIndexesForRebuild(self, *, autoHandleToken: bool | None = None) -> Status:
        """Mark all search indexes for RebuildSelectedStoreIndexes."""
        return await self._call("SelectAllStoreIndexesForRebuild", {}, autoHandleToken)

    async def RebuildSelectedStoreIndexes(self, *, autoHandleToken: bool | None = None) -> Status:
        """Rebuild the search indexes that are marked.

        It may take long: it starts a process.
        """
        return await self._call("RebuildSelectedStoreIndexes", {}, autoHandleToken)

    async def GetChildFolders(
        self, folder: Text | None = None, maxLevels: Number | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """The folders below one, as a tree. Without folder: the archives.

        folder: Folder, parts joined by `/`; the first part is the archive.
        maxLevels: How deep; absent means all.
        """
        return await self._call("GetChildFolders", {"folder": folder, "maxLevels": maxLevels}, autoHandleToken)

    async def GetFolderStatistics(
        self, limit: Number | None = None, after: Text | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Messages and bytes, a row per archive. The log names stores that are not open, and so not counted.

        limit: At most so many rows, and the answer becomes a page.
        after: Where to go on: `next` of the page before.
        `limit` and `after`: Postroom only.
        """
        return await self._call("GetFolderStatistics", {"limit": limit, "after": after}, autoHandleToken)

    async def MoveFolder(self, fromFolder: Text, toFolder: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Move or rename a folder. On the first level this renames an archive.

        fromFolder: Present full name.
        toFolder: Full name from now on.
        """
        return await self._call("MoveFolder", {"fromFolder": fromFolder, "toFolder": toFolder}, autoHandleToken)

    async def DeleteEmptyFolders(self, folder: Text | None = None, *, autoHandleToken: bool | None = None) -> Status:
        """Delete the folders without messages, below one or everywhere.

        folder: Folder, parts joined by `/`; the first part is the archive.
        """
        return await self._call("DeleteEmptyFolders", {"folder": folder}, autoHandleToken)

    async def GetMessages(
        self,
        folder: Text | None = None,
        limit: Number | None = None,
        after: Text | None = None,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """The messages of a folder.

        folder: Folder, parts joined by `/`; the first part is the archive.
        limit: At most so many rows, and the answer becomes a page.
        after: Where to go on: `next` of the page before.
        `limit` and `after`: Postroom only.
        """
        return await self._call("GetMessages", {"folder": folder, "limit": limit, "after": after}, autoHandleToken)

    async def DeleteMessage(
        self, id: Text, reason: Text | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Delete a message from its archive, unless a hold or a retention rule forbids it.

        id: Number of the message, `<store>:<number>`.
        reason: Why; goes to the audit log. Newer products require it.
        """
        return await self._call("DeleteMessage", {"id": id, "reason": reason}, autoHandleToken)

    async def GetProfiles(self, raw: Flag = True, *, autoHandleToken: bool | None = None) -> Status:
        """The archiving and export profiles.

        raw: Only true works.
        """
        return await self._call("GetProfiles", {"raw": raw}, autoHandleToken)

    async def CreateProfile(self, properties: Json, raw: Flag = True, *, autoHandleToken: bool | None = None) -> Status:
        """Create a profile.

        properties: The profile, without `id` and `version`, password included.
        raw: Only true works.
        """
        return await self._call("CreateProfile", {"properties": properties, "raw": raw}, autoHandleToken)

    async def DeleteProfile(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Delete a profile.

        id: Number of the profile, from GetProfiles.
        """
        return await self._call("DeleteProfile", {"id": id}, autoHandleToken)

    async def RunProfile(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Run a profile now.

        id: Number of the profile, from GetProfiles.
        It may take long: it starts a process.
        """
        return await self._call("RunProfile", {"id": id}, autoHandleToken)

    async def RunTemporaryProfile(
        self, properties: Json, raw: Flag = True, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Run a profile once without storing it.

        properties: The profile, without `id` and `version`, password included.
        raw: Only true works.
        It may take long: it starts a process.
        """
        return await self._call("RunTemporaryProfile", {"properties": properties, "raw": raw}, autoHandleToken)

    async def SetProfileServerSideExecution(
        self,
        id: Number,
        automatic: Flag,
        automaticPauseBetweenExecutions: Number | None = None,
        automaticMaintenanceWindows: Text | None = None,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Say when the server runs a profile by itself.

        id: Number of the profile, from GetProfiles.
        automatic: Whether it does.
        automaticPauseBetweenExecutions: Seconds between two runs.
        automaticMaintenanceWindows: Times in which it must not run.
        """
        return await self._call(
            "SetProfileServerSideExecution",
            {
                "id": id,
                "automatic": automatic,
                "automaticPauseBetweenExecutions": automaticPauseBetweenExecutions,
                "automaticMaintenanceWindows": automaticMaintenanceWindows,
            },
            autoHandleToken,
        )

    async def GetWorkerResults(
        self,
        fromIncluding: Text,
        toExcluding: Text,
        timeZoneID: Text = "$Local",
        profileID: Number | None = None,
        userName: Text | None = None,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Finished runs of profiles in a period.

        fromIncluding: Start of the period, `YYYY-MM-DDTHH:MM:SS`.
        toExcluding: End of the period, itself not part of it.
        timeZoneID: Zone of the times; `$Local` is the server's own.
        profileID: Only runs of this profile.
        userName: Name of the user.
        """
        return await self._call(
            "GetWorkerResults",
            {
                "fromIncluding": fromIncluding,
                "toExcluding": toExcluding,
                "timeZoneID": timeZoneID,
                "profileID": profileID,
                "userName": userName,
            },
            autoHandleToken,
        )

    async def GetWorkerResultReport(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """The log of one run.

        id: Number of the run.
        """
        return await self._call("GetWorkerResultReport", {"id": id}, autoHandleToken)

    async def GetJobs(self, *, autoHandleToken: bool | None = None) -> Status:
        """The jobs: API functions run on a schedule."""
        return await self._call("GetJobs", {}, autoHandleToken)

    async def CreateJob(
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
        return await self._call(
            "CreateJob",
            {
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

    async def RenameJob(self, id: Number, name: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Give a job another name.

        id: Number of the job, from GetJobs.
        name: Name from now on.
        """
        return await self._call("RenameJob", {"id": id, "name": name}, autoHandleToken)

    async def SetJobEnabled(self, id: Number, enabled: Flag, *, autoHandleToken: bool | None = None) -> Status:
        """Switch a job on or off.

        id: Number of the job, from GetJobs.
        enabled: Whether it runs.
        """
        return await self._call("SetJobEnabled", {"id": id, "enabled": enabled}, autoHandleToken)

    async def SetJobSchedule(
        self,
        id: Number,
        timeZoneId: Text = "$Local",
        date: Text | None = None,
        interval: Number | None = None,
        time: Text | None = None,
        dayOfWeek: Text | None = None,
        dayOfMonth: Text | None = None,
        *,
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
        return await self._call(
            "SetJobSchedule",
            {
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

    async def DeleteJob(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Delete a job.

        id: Number of the job, from GetJobs.
        """
        return await self._call("DeleteJob", {"id": id}, autoHandleToken)

    async def RunJobAsync(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Start a job and return at once; look at GetJobResults later.

        id: Number of the job, from GetJobs.
        """
        return await self._call("RunJobAsync", {"id": id}, autoHandleToken)

    async def CancelJobAsync(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Ask a running job to stop and return at once.

        id: Number of the job, from GetJobs.
        """
        return await self._call("CancelJobAsync", {"id": id}, autoHandleToken)

    async def GetJobResults(
        self,
        fromIncluding: Text,
        toExcluding: Text,
        timeZoneId: Text = "$Local",
        jobId: Number | None = None,
        *,
        autoHandleToken: bool | None = None,
    ) -> Status:
        """Runs of jobs in a period.

        fromIncluding: Start of the period, `YYYY-MM-DDTHH:MM:SS`.
        toExcluding: End of the period, itself not part of it.
        timeZoneId: Zone from GetTimeZones; `$Local` is the server's own.
        jobId: Only runs of this job.
        """
        return await self._call(
            "GetJobResults",
            {"fromIncluding": fromIncluding, "toExcluding": toExcluding, "timeZoneId": timeZoneId, "jobId": jobId},
            autoHandleToken,
        )

    async def SearchMessages(
        self,
        query: Text,
        folder: Text | None = None,
        order: Text = "date",
        limit: Number = 100,
        after: Text | None = None,
        *,
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
        return await self._call(
            "SearchMessages",
            {"query": query, "folder": folder, "order": order, "limit": limit, "after": after},
            autoHandleToken,
        )

    async def GetMessage(self, id: Text, *, autoHandleToken: bool | None = None) -> Status:
        """One message: folders, headers, envelopes, text, attachments, checksum.

        id: Number of the message, `<store>:<number>`.
        Postroom only.
        """
        return await self._call("GetMessage", {"id": id}, autoHandleToken)

    async def ExportMessages(
        self,
        path: Text,
        format: Text,
        query: Text | None = None,
        folder: Text | None = None,
        ids: Names | None = None,
        *,
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
        return await self._call(
            "ExportMessages",
            {"path": path, "format": format, "query": query, "folder": folder, "ids": ids},
            autoHandleToken,
        )

    async def ImportMessages(
        self, path: Text, archive: Text, kind: Text = "auto", *, autoHandleToken: bool | None = None
    ) -> Status:
        """Archive the messages of a file or folder on the server.

        path: File or folder to read.
        archive: Archive that receives.
        kind: Form of the source. One of auto, mbox, mboxo, mboxrd, mboxcl, mboxcl2, maildir, folder, eml, zip, tar.
        It may take long: it starts a process.
        Postroom only.
        """
        return await self._call("ImportMessages", {"path": path, "archive": archive, "kind": kind}, autoHandleToken)

    async def GetAuditLog(
        self,
        fromIncluding: Text | None = None,
        toExcluding: Text | None = None,
        userName: Text | None = None,
        event: Text | None = None,
        limit: Number = 100,
        after: Text | None = None,
        *,
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
        return await self._call(
            "GetAuditLog",
            {
                "fromIncluding": fromIncluding,
                "toExcluding": toExcluding,
                "userName": userName,
                "event": event,
                "limit": limit,
                "after": after,
            },
            autoHandleToken,
        )

    async def GetIntegrityProof(self, id: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Proof that a message is in the ledger unchanged; it can be checked offline.

        id: Number of the message, `<store>:<number>`.
        Postroom only.
        """
        return await self._call("GetIntegrityProof", {"id": id}, autoHandleToken)

    async def SetProfile(self, id: Number, properties: Json, *, autoHandleToken: bool | None = None) -> Status:
        """Change a profile; what is not given stays, and so does a secret that is null.

        id: Number of the profile, from GetProfiles.
        properties: What changes: `name`, `owner`, `details` (only the keys that change), `serverSideExecution`;
            with `version` only if it is still that.
        Postroom only.
        """
        return await self._call("SetProfile", {"id": id, "properties": properties}, autoHandleToken)

    async def GetProfileProblems(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Items that a profile could not archive yet; each run asks for them again.

        id: Number of the profile, from GetProfiles.
        Postroom only.
        """
        return await self._call("GetProfileProblems", {"id": id}, autoHandleToken)

    async def CheckProfile(
        self, id: Number, timeZoneID: Text = "$Local", *, autoHandleToken: bool | None = None
    ) -> Status:
        """Compare what the source of a profile has with the archive, per mailbox and day.

        id: Number of the profile, from GetProfiles.
        timeZoneID: Zone of the days; `$Local` is the server's own.
        It may take long: it starts a process.
        Postroom only.
        """
        return await self._call("CheckProfile", {"id": id, "timeZoneID": timeZoneID}, autoHandleToken)

    async def GetHolds(self, includeEnded: Flag = True, *, autoHandleToken: bool | None = None) -> Status:
        """The legal holds, in the order they were set.

        includeEnded: Those that were ended too.
        Postroom only.
        """
        return await self._call("GetHolds", {"includeEnded": includeEnded}, autoHandleToken)

    async def CreateHold(self, name: Text, query: Text, reason: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Set a legal hold: what its query matches, now or later, is deleted by nobody.

        name: Name of the hold.
        query: What to look for, in the query language of the search.
        reason: Why; goes to the audit log.
        Postroom only.
        """
        return await self._call("CreateHold", {"name": name, "query": query, "reason": reason}, autoHandleToken)

    async def EndHold(self, id: Number, reason: Text, *, autoHandleToken: bool | None = None) -> Status:
        """End a legal hold. It stays in the list.

        id: Number of the hold, from GetHolds.
        reason: Why; goes to the audit log.
        Postroom only.
        """
        return await self._call("EndHold", {"id": id, "reason": reason}, autoHandleToken)

    async def ApproveRetentionRun(self, *, autoHandleToken: bool | None = None) -> Status:
        """Approve the next ProcessRetentionPolicies of another administrator, with the policies and holds of now.

        Postroom only.
        """
        return await self._call("ApproveRetentionRun", {}, autoHandleToken)

    async def CreateAppPassword(self, userName: Text, name: Text, *, autoHandleToken: bool | None = None) -> Status:
        """A new password for a program that cannot be asked for a second factor. It is shown this once.

        userName: Name of the user.
        name: What it is for, such as the program or device.
        Postroom only.
        """
        return await self._call("CreateAppPassword", {"userName": userName, "name": name}, autoHandleToken)

    async def GetAppPasswords(self, userName: Text, *, autoHandleToken: bool | None = None) -> Status:
        """The app passwords of a user by their names; times are UTC.

        userName: Name of the user.
        Postroom only.
        """
        return await self._call("GetAppPasswords", {"userName": userName}, autoHandleToken)

    async def DeleteAppPassword(self, userName: Text, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Delete one app password of a user.

        userName: Name of the user.
        id: Its number, from GetAppPasswords.
        Postroom only.
        """
        return await self._call("DeleteAppPassword", {"userName": userName, "id": id}, autoHandleToken)

    async def GetIndexConfiguration(self, *, autoHandleToken: bool | None = None) -> Status:
        """Which attachments are read for the search indexes.

        Postroom only.
        """
        return await self._call("GetIndexConfiguration", {}, autoHandleToken)

    async def SetIndexConfiguration(self, config: Json, *, autoHandleToken: bool | None = None) -> Status:
        """Change which attachments are read; plain text, HTML and mail always are.

        config: The extensions, as a list or as one text. RebuildSelectedStoreIndexes then reads what is archived
            already.
        Postroom only.
        """
        return await self._call("SetIndexConfiguration", {"config": config}, autoHandleToken)
