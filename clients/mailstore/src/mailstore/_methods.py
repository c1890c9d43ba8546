"""The functions of the API as sync methods. `make docs` writes it from `contract`."""

# ruff: noqa: A002, N802, N803  # names are the API's
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from mailstore.contract.shapes import Status
from mailstore.encode import Flag, Json, Names, Number, Text


class ServerMethods(ABC):
    """Mixed in after a client that knows how to call."""

    @abstractmethod
    def _call(self, name: str, arguments: Mapping[str, object], autoHandleToken: bool | None) -> Status: ...

    def GetServerInfo(self, *, autoHandleToken: bool | None = None) -> Status:
        """Version of the product and name of the machine."""
        return self._call("GetServerInfo", {}, autoHandleToken)

    def GetActiveSessions(self, *, autoHandleToken: bool | None = None) -> Status:
        """Who is signed in just now, and by which client."""
        return self._call("GetActiveSessions", {}, autoHandleToken)

    def GetServiceConfiguration(self, *, autoHandleToken: bool | None = None) -> Status:
        """Settings of the service: folders, certificate, listeners."""
        return self._call("GetServiceConfiguration", {}, autoHandleToken)

    def SetServiceCertificate(
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
        return self._call(
            "SetServiceCertificate",
            {"thumbprint": thumbprint, "path": path, "keyPath": keyPath, "password": password},
            autoHandleToken,
        )

    def GetLicenseInformation(self, *, autoHandleToken: bool | None = None) -> Status:
        """Licence, number of users allowed and in use."""
        return self._call("GetLicenseInformation", {}, autoHandleToken)

    def GetTimeZones(self, *, autoHandleToken: bool | None = None) -> Status:
        """Time zones that schedules and reports understand, `$Local` included."""
        return self._call("GetTimeZones", {}, autoHandleToken)

    def SendStatusReport(
        self, timespan: Text, timeZoneId: Text, recipients: Names, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Mail the status report.

        timespan: What the report covers. One of today, yesterday, thisweek, lastweek, thismonth, lastmonth.
        timeZoneId: Zone from GetTimeZones; `$Local` is the server's own.
        recipients: Addresses that get it.
        It may take long: it starts a process.
        """
        return self._call(
            "SendStatusReport",
            {"timespan": timespan, "timeZoneId": timeZoneId, "recipients": recipients},
            autoHandleToken,
        )

    def CreateBackup(
        self, path: Text, excludeSearchIndexes: Flag | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Write a full backup into a folder, or bring the one there up to date.

        path: Folder on the server.
        excludeSearchIndexes: Leave the indexes out; they can be rebuilt.
        It may take long: it starts a process.
        """
        return self._call("CreateBackup", {"path": path, "excludeSearchIndexes": excludeSearchIndexes}, autoHandleToken)

    def GetUsers(
        self, limit: Number | None = None, after: Text | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """All users, with the few facts a list needs.

        limit: At most so many rows, and the answer becomes a page.
        after: Where to go on: `next` of the page before.
        `limit` and `after`: Postroom only.
        """
        return self._call("GetUsers", {"limit": limit, "after": after}, autoHandleToken)

    def GetUserInfo(self, userName: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Everything kept about a user.

        userName: Name of the user.
        """
        return self._call("GetUserInfo", {"userName": userName}, autoHandleToken)

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

    def DeleteUser(self, userName: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Delete a user. The archive and its messages stay.

        userName: Name of the user.
        """
        return self._call("DeleteUser", {"userName": userName}, autoHandleToken)

    def RenameUser(self, oldUserName: Text, newUserName: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Give a user another name. The archive keeps its own: use MoveFolder.

        oldUserName: Present name.
        newUserName: Name from now on.
        """
        return self._call("RenameUser", {"oldUserName": oldUserName, "newUserName": newUserName}, autoHandleToken)

    def SetUserAuthentication(
        self, userName: Text, authentication: Text, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Say who checks the user's password.

        userName: Name of the user.
        authentication: Who checks the password. One of integrated, directoryServices.
        """
        return self._call(
            "SetUserAuthentication", {"userName": userName, "authentication": authentication}, autoHandleToken
        )

    def SetUserDistinguishedName(
        self, userName: Text, distinguishedName: Text | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Set the name in the directory; absent removes it.

        userName: Name of the user.
        distinguishedName: Distinguished name in the directory.
        """
        return self._call(
            "SetUserDistinguishedName", {"userName": userName, "distinguishedName": distinguishedName}, autoHandleToken
        )

    def SetUserEmailAddresses(
        self, userName: Text, emailAddresses: Names | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Replace the addresses of a user; absent removes all.

        userName: Name of the user.
        emailAddresses: Addresses, the main one first.
        """
        return self._call(
            "SetUserEmailAddresses", {"userName": userName, "emailAddresses": emailAddresses}, autoHandleToken
        )

    def SetUserFullName(
        self, userName: Text, fullName: Text | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Set the full name; absent removes it.

        userName: Name of the user.
        fullName: Full name.
        """
        return self._call("SetUserFullName", {"userName": userName, "fullName": fullName}, autoHandleToken)

    def SetUserPassword(self, userName: Text, password: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Set the password.

        userName: Name of the user.
        password: The password.
        """
        return self._call("SetUserPassword", {"userName": userName, "password": password}, autoHandleToken)

    def SetUserPop3UserNames(
        self, userName: Text, pop3UserNames: Names | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Replace the names by which the mail proxy knows the user; absent removes all.

        userName: Name of the user.
        pop3UserNames: POP3 user names.
        """
        return self._call(
            "SetUserPop3UserNames", {"userName": userName, "pop3UserNames": pop3UserNames}, autoHandleToken
        )

    def SetUserPrivileges(self, userName: Text, privileges: Names, *, autoHandleToken: bool | None = None) -> Status:
        """Replace the global privileges of a user.

        userName: Name of the user.
        privileges: Global privileges; `none` and `admin` stand alone. One or more of none, admin, login,
            changePassword, archive, modifyArchiveProfiles, export, modifyExportProfiles, delete.
        """
        return self._call("SetUserPrivileges", {"userName": userName, "privileges": privileges}, autoHandleToken)

    def SetUserLoginPrivileges(
        self, userName: Text, loginPrivileges: Names, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Replace the ways by which a user may sign in.

        userName: Name of the user.
        loginPrivileges: Ways by which the user may sign in. One or more of none, windows, web, outlook, windowsCmd,
            imap, api.
        """
        return self._call(
            "SetUserLoginPrivileges", {"userName": userName, "loginPrivileges": loginPrivileges}, autoHandleToken
        )

    def SetUserPrivilegesOnFolder(
        self, userName: Text, folder: Text, privileges: Names, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Replace what a user may do in one archive.

        userName: Name of the user.
        folder: Archive: a folder of the first level.
        privileges: What the user may do there; `none` removes the entry. One or more of none, read, write, delete.
        """
        return self._call(
            "SetUserPrivilegesOnFolder",
            {"userName": userName, "folder": folder, "privileges": privileges},
            autoHandleToken,
        )

    def SetUserPrivilegesOnAllFolders(
        self, userName: Text, privileges: Names, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Replace what a user may do, in every archive.

        userName: Name of the user.
        privileges: What the user may do there; `none` removes the entry. One or more of none, read, write, delete.
        """
        return self._call(
            "SetUserPrivilegesOnAllFolders", {"userName": userName, "privileges": privileges}, autoHandleToken
        )

    def ClearUserPrivilegesOnFolders(self, userName: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Take away every right on archives, the user's own included.

        userName: Name of the user.
        """
        return self._call("ClearUserPrivilegesOnFolders", {"userName": userName}, autoHandleToken)

    def InitializeMFA(self, userName: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Make the user set up a second factor at the next sign-in.

        userName: Name of the user.
        """
        return self._call("InitializeMFA", {"userName": userName}, autoHandleToken)

    def DisableMFA(self, userName: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Switch the second factor of a user off.

        userName: Name of the user.
        """
        return self._call("DisableMFA", {"userName": userName}, autoHandleToken)

    def DeleteAppPasswords(self, userName: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Delete all app passwords of a user.

        userName: Name of the user.
        """
        return self._call("DeleteAppPasswords", {"userName": userName}, autoHandleToken)

    def GetDirectoryServicesConfiguration(self, *, autoHandleToken: bool | None = None) -> Status:
        """How users are synchronised with a directory."""
        return self._call("GetDirectoryServicesConfiguration", {}, autoHandleToken)

    def SetDirectoryServicesConfiguration(self, config: Json, *, autoHandleToken: bool | None = None) -> Status:
        """Change how users are synchronised with a directory.

        config: The whole object; take the answer of the Get function as a template.
        """
        return self._call("SetDirectoryServicesConfiguration", {"config": config}, autoHandleToken)

    def SyncUsersWithDirectoryServices(
        self, dryRun: Flag | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Bring the users in line with the directory.

        dryRun: Only tell what would change.
        It may take long: it starts a process.
        """
        return self._call("SyncUsersWithDirectoryServices", {"dryRun": dryRun}, autoHandleToken)

    def GetComplianceConfiguration(self, *, autoHandleToken: bool | None = None) -> Status:
        """Retention, legal hold, what administrators may read, what is logged."""
        return self._call("GetComplianceConfiguration", {}, autoHandleToken)

    def SetComplianceConfiguration(self, config: Json, *, autoHandleToken: bool | None = None) -> Status:
        """Change the compliance configuration.

        config: The keys to change, or all.
        """
        return self._call("SetComplianceConfiguration", {"config": config}, autoHandleToken)

    def GetRetentionPolicies(self, *, autoHandleToken: bool | None = None) -> Status:
        """The retention policies, in the order they are looked at."""
        return self._call("GetRetentionPolicies", {}, autoHandleToken)

    def SetRetentionPolicies(self, config: Json, *, autoHandleToken: bool | None = None) -> Status:
        """Replace all retention policies.

        config: The list of policies; take the answer of the Get function as a template.
        """
        return self._call("SetRetentionPolicies", {"config": config}, autoHandleToken)

    def ProcessRetentionPolicies(
        self, dryRun: Flag | None = None, limit: Number | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Delete what is due by policies that delete, and erase it for good.

        dryRun: Only tell what is due.
        limit: Delete at most so many; the server has a limit of its own.
        It may take long: it starts a process.
        """
        return self._call("ProcessRetentionPolicies", {"dryRun": dryRun, "limit": limit}, autoHandleToken)

    def GetSmtpSettings(self, *, autoHandleToken: bool | None = None) -> Status:
        """How the server sends mail; the password is null."""
        return self._call("GetSmtpSettings", {}, autoHandleToken)

    def SetSmtpSettings(self, settings: Json, *, autoHandleToken: bool | None = None) -> Status:
        """Change how the server sends mail.

        settings: The keys to change, or all; a null password keeps the old one.
        """
        return self._call("SetSmtpSettings", {"settings": settings}, autoHandleToken)

    def TestSmtpSettings(self, *, autoHandleToken: bool | None = None) -> Status:
        """Send a test mail.

        It may take long: it starts a process.
        """
        return self._call("TestSmtpSettings", {}, autoHandleToken)

    def GetCredentials(self, *, autoHandleToken: bool | None = None) -> Status:
        """The stored credentials, without their secrets."""
        return self._call("GetCredentials", {}, autoHandleToken)

    def CreateCredential(
        self, name: Text, type: Text, settings: Json, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Store a credential.

        name: Its name.
        type: What it is for. One of microsoft365, google, imap.
        settings: Its settings; which there are depends on the type.
        """
        return self._call("CreateCredential", {"name": name, "type": type, "settings": settings}, autoHandleToken)

    def DeleteCredential(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Delete a credential that nothing uses.

        id: Number of the credential, from GetCredentials.
        """
        return self._call("DeleteCredential", {"id": id}, autoHandleToken)

    def GetCredentialSettings(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Settings of a credential; secrets are null.

        id: Number of the credential, from GetCredentials.
        """
        return self._call("GetCredentialSettings", {"id": id}, autoHandleToken)

    def SetCredentialSettings(self, id: Number, settings: Json, *, autoHandleToken: bool | None = None) -> Status:
        """Change settings of a credential: null keeps one, an empty text removes it.

        id: Number of the credential, from GetCredentials.
        settings: Its settings; which there are depends on the type.
        """
        return self._call("SetCredentialSettings", {"id": id, "settings": settings}, autoHandleToken)

    def GetStores(self, includeSize: Flag = True, *, autoHandleToken: bool | None = None) -> Status:
        """The archive stores.

        includeSize: Count the sizes too, which may take long.
        """
        return self._call("GetStores", {"includeSize": includeSize}, autoHandleToken)

    def CreateStore(
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
        return self._call(
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

    def AttachStore(
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
        return self._call(
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

    def DetachStore(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Forget a store. Its files stay.

        id: Number of the store, from GetStores.
        """
        return self._call("DetachStore", {"id": id}, autoHandleToken)

    def RenameStore(self, id: Number, name: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Give a store another name.

        id: Number of the store, from GetStores.
        name: Name from now on.
        """
        return self._call("RenameStore", {"id": id, "name": name}, autoHandleToken)

    def SetStoreProperties(
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
        return self._call(
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

    def SetStoreRequestedState(
        self, id: Number, requestedState: Text, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Change what a store may be used for; the former current one becomes normal.

        id: Number of the store, from GetStores.
        requestedState: State to bring the store into; only one is `current`. One of current, normal,
            writeProtected, disabled.
        """
        return self._call("SetStoreRequestedState", {"id": id, "requestedState": requestedState}, autoHandleToken)

    def RetryOpenStores(self, *, autoHandleToken: bool | None = None) -> Status:
        """Try again to open the stores that failed to open."""
        return self._call("RetryOpenStores", {}, autoHandleToken)

    def CompactStore(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Give back the space of deleted messages.

        id: Number of the store, from GetStores.
        It may take long: it starts a process.
        """
        return self._call("CompactStore", {"id": id}, autoHandleToken)

    def CompactMasterDatabase(self, *, autoHandleToken: bool | None = None) -> Status:
        """Give back unused space of the master database.

        It may take long: it starts a process.
        """
        return self._call("CompactMasterDatabase", {}, autoHandleToken)

    def MaintainFileSystemDatabases(self, *, autoHandleToken: bool | None = None) -> Status:
        """Rebuild every file database, the master's and the stores'.

        It may take long: it starts a process.
        """
        return self._call("MaintainFileSystemDatabases", {}, autoHandleToken)

    def MergeStore(self, id: Number, sourceId: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Copy the messages of one store into another. The source stays as it is.

        id: Number of the store that receives.
        sourceId: Number of the store that is copied.
        It may take long: it starts a process.
        """
        return self._call("MergeStore", {"id": id, "sourceId": sourceId}, autoHandleToken)

    def RecoverStore(
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
        return self._call(
            "RecoverStore",
            {"id": id, "encryptionKey": encryptionKey, "recoverDeletedMessages": recoverDeletedMessages},
            autoHandleToken,
        )

    def RecreateRecoveryRecords(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Write the recovery records of a disabled store anew from its database.

        id: Number of the store, from GetStores.
        It may take long: it starts a process.
        """
        return self._call("RecreateRecoveryRecords", {"id": id}, autoHandleToken)

    def RepairStoreDatabase(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Rebuild the internal indexes of a store's database.

        id: Number of the store, from GetStores.
        It may take long: it starts a process.
        """
        return self._call("RepairStoreDatabase", {"id": id}, autoHandleToken)

    def UnlockStore(self, id: Number, passphrase: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Unlock a store of another installation.

        id: Number of the store, from GetStores.
        passphrase: Product key or recovery key of that installation.
        """
        return self._call("UnlockStore", {"id": id, "passphrase": passphrase}, autoHandleToken)

    def UpgradeStore(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Convert a store to the present format.

        id: Number of the store, from GetStores.
        It may take long: it starts a process.
        """
        return self._call("UpgradeStore", {"id": id}, autoHandleToken)

    def UpgradeStores(self, *, autoHandleToken: bool | None = None) -> Status:
        """Convert all stores to the present format.

        It may take long: it starts a process.
        """
        return self._call("UpgradeStores", {}, autoHandleToken)

    def VerifyStore(self, id: Number, includeIndexes: Flag = True, *, autoHandleToken: bool | None = None) -> Status:
        """Read everything in a store back and compare it with its checksums.

        id: Number of the store, from GetStores.
        includeIndexes: Check the search indexes too.
        It may take long: it starts a process.
        """
        return self._call("VerifyStore", {"id": id, "includeIndexes": includeIndexes}, autoHandleToken)

    def VerifyStores(self, includeIndexes: Flag = True, *, autoHandleToken: bool | None = None) -> Status:
        """Read everything in all stores back and compare it with its checksums.

        includeIndexes: Check the search indexes too.
        It may take long: it starts a process.
        """
        return self._call("VerifyStores", {"includeIndexes": includeIndexes}, autoHandleToken)

    def RefreshAllStoreStatistics(self, *, autoHandleToken: bool | None = None) -> Status:
        """Count messages and sizes of all stores anew.

        It may take long: it starts a process.
        """
        return self._call("RefreshAllStoreStatistics", {}, autoHandleToken)

    def RenewMasterKey(self, *, autoHandleToken: bool | None = None) -> Status:
        """Wrap the keys of the stores with a new master key.

        It may take long: it starts a process.
        """
        return self._call("RenewMasterKey", {}, autoHandleToken)

    def TransferStores(self, targetInstanceID: Text, ids: Names, *, autoHandleToken: bool | None = None) -> Status:
        """Hand stores over to another instance.

        targetInstanceID: Instance that receives.
        ids: Numbers of the stores.
        It may take long: it starts a process.
        """
        return self._call("TransferStores", {"targetInstanceID": targetInstanceID, "ids": ids}, autoHandleToken)

    def GetStoreAutoCreateConfiguration(self, *, autoHandleToken: bool | None = None) -> Status:
        """When a new current store is made by itself."""
        return self._call("GetStoreAutoCreateConfiguration", {}, autoHandleToken)

    def SetStoreAutoCreateConfiguration(self, config: Json, *, autoHandleToken: bool | None = None) -> Status:
        """Change when a new current store is made by itself.

        config: The keys to change, or all.
        """
        return self._call("SetStoreAutoCreateConfiguration", {"config": config}, autoHandleToken)

    def GetStoreIndexes(self, id: Number | None = None, *, autoHandleToken: bool | None = None) -> Status:
        """The search indexes, one per store and archive.

        id: Number of the store, from GetStores.
        """
        return self._call("GetStoreIndexes", {"id": id}, autoHandleToken)

    def RebuildStoreIndex(self, id: Number, folder: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Rebuild the search index of one archive in one store.

        id: Number of the store, from GetStores.
        folder: Name of the archive.
        It may take long: it starts a process.
        """
        return self._call("RebuildStoreIndex", {"id": id, "folder": folder}, autoHandleToken)

    def SelectAllStoreIndexesForRebuild(self, *, autoHandleToken: bool | None = None) -> Status:
        """Mark all search indexes for RebuildSelectedStoreIndexes."""
        return self._call("SelectAllStoreIndexesForRebuild", {}, autoHandleToken)

    def RebuildSelectedStoreIndexes(self, *, autoHandleToken: bool | None = None) -> Status:
        """Rebuild the search indexes that are marked.

        It may take long: it starts a process.
        """
        return self._call("RebuildSelectedStoreIndexes", {}, autoHandleToken)

    def GetChildFolders(
        self, folder: Text | None = None, maxLevels: Number | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """The folders below one, as a tree. Without folder: the archives.

        folder: Folder, parts joined by `/`; the first part is the archive.
        maxLevels: How deep; absent means all.
        """
        return self._call("GetChildFolders", {"folder": folder, "maxLevels": maxLevels}, autoHandleToken)

    def GetFolderStatistics(
        self, limit: Number | None = None, after: Text | None = None, *, autoHandleToken: bool | None = None
    ) -> Status:
        """Messages and bytes, a row per archive. The log names stores that are not open, and so not counted.

        limit: At most so many rows, and the answer becomes a page.
        after: Where to go on: `next` of the page before.
        `limit` and `after`: Postroom only.
        """
        return self._call("GetFolderStatistics", {"limit": limit, "after": after}, autoHandleToken)

    def MoveFolder(self, fromFolder: Text, toFolder: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Move or rename a folder. On the first level this renames an archive.

        fromFolder: Present full name.
        toFolder: Full name from now on.
        """
        return self._call("MoveFolder", {"fromFolder": fromFolder, "toFolder": toFolder}, autoHandleToken)

    def DeleteEmptyFolders(self, folder: Text | None = None, *, autoHandleToken: bool | None = None) -> Status:
        """Delete the folders without messages, below one or everywhere.

        folder: Folder, parts joined by `/`; the first part is the archive.
        """
        return self._call("DeleteEmptyFolders", {"folder": folder}, autoHandleToken)

    def GetMessages(
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
        return self._call("GetMessages", {"folder": folder, "limit": limit, "after": after}, autoHandleToken)

    def DeleteMessage(self, id: Text, reason: Text | None = None, *, autoHandleToken: bool | None = None) -> Status:
        """Delete a message from its archive, unless a hold or a retention rule forbids it.

        id: Number of the message, `<store>:<number>`.
        reason: Why; goes to the audit log. Newer products require it.
        """
        return self._call("DeleteMessage", {"id": id, "reason": reason}, autoHandleToken)

    def GetProfiles(self, raw: Flag = True, *, autoHandleToken: bool | None = None) -> Status:
        """The archiving and export profiles.

        raw: Only true works.
        """
        return self._call("GetProfiles", {"raw": raw}, autoHandleToken)

    def CreateProfile(self, properties: Json, raw: Flag = True, *, autoHandleToken: bool | None = None) -> Status:
        """Create a profile.

        properties: The profile, without `id` and `version`, password included.
        raw: Only true works.
        """
        return self._call("CreateProfile", {"properties": properties, "raw": raw}, autoHandleToken)

    def DeleteProfile(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Delete a profile.

        id: Number of the profile, from GetProfiles.
        """
        return self._call("DeleteProfile", {"id": id}, autoHandleToken)

    def RunProfile(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Run a profile now.

        id: Number of the profile, from GetProfiles.
        It may take long: it starts a process.
        """
        return self._call("RunProfile", {"id": id}, autoHandleToken)

    def RunTemporaryProfile(self, properties: Json, raw: Flag = True, *, autoHandleToken: bool | None = None) -> Status:
        """Run a profile once without storing it.

        properties: The profile, without `id` and `version`, password included.
        raw: Only true works.
        It may take long: it starts a process.
        """
        return self._call("RunTemporaryProfile", {"properties": properties, "raw": raw}, autoHandleToken)

    def SetProfileServerSideExecution(
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
        return self._call(
            "SetProfileServerSideExecution",
            {
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
                "fromIncluding": fromIncluding,
                "toExcluding": toExcluding,
                "timeZoneID": timeZoneID,
                "profileID": profileID,
                "userName": userName,
            },
            autoHandleToken,
        )

    def GetWorkerResultReport(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """The log of one run.

        id: Number of the run.
        """
        return self._call("GetWorkerResultReport", {"id": id}, autoHandleToken)

    def GetJobs(self, *, autoHandleToken: bool | None = None) -> Status:
        """The jobs: API functions run on a schedule."""
        return self._call("GetJobs", {}, autoHandleToken)

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

    def RenameJob(self, id: Number, name: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Give a job another name.

        id: Number of the job, from GetJobs.
        name: Name from now on.
        """
        return self._call("RenameJob", {"id": id, "name": name}, autoHandleToken)

    def SetJobEnabled(self, id: Number, enabled: Flag, *, autoHandleToken: bool | None = None) -> Status:
        """Switch a job on or off.

        id: Number of the job, from GetJobs.
        enabled: Whether it runs.
        """
        return self._call("SetJobEnabled", {"id": id, "enabled": enabled}, autoHandleToken)

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

    def DeleteJob(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Delete a job.

        id: Number of the job, from GetJobs.
        """
        return self._call("DeleteJob", {"id": id}, autoHandleToken)

    def RunJobAsync(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Start a job and return at once; look at GetJobResults later.

        id: Number of the job, from GetJobs.
        """
        return self._call("RunJobAsync", {"id": id}, autoHandleToken)

    def CancelJobAsync(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Ask a running job to stop and return at once.

        id: Number of the job, from GetJobs.
        """
        return self._call("CancelJobAsync", {"id": id}, autoHandleToken)

    def GetJobResults(
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
        return self._call(
            "GetJobResults",
            {"fromIncluding": fromIncluding, "toExcluding": toExcluding, "timeZoneId": timeZoneId, "jobId": jobId},
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
            {"query": query, "folder": folder, "order": order, "limit": limit, "after": after},
            autoHandleToken,
        )

    def GetMessage(self, id: Text, *, autoHandleToken: bool | None = None) -> Status:
        """One message: folders, headers, envelopes, text, attachments, checksum.

        id: Number of the message, `<store>:<number>`.
        Postroom only.
        """
        return self._call("GetMessage", {"id": id}, autoHandleToken)

    def ExportMessages(
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
        return self._call(
            "ExportMessages",
            {"path": path, "format": format, "query": query, "folder": folder, "ids": ids},
            autoHandleToken,
        )

    def ImportMessages(
        self, path: Text, archive: Text, kind: Text = "auto", *, autoHandleToken: bool | None = None
    ) -> Status:
        """Archive the messages of a file or folder on the server.

        path: File or folder to read.
        archive: Archive that receives.
        kind: Form of the source. One of auto, mbox, mboxo, mboxrd, mboxcl, mboxcl2, maildir, folder, eml, zip, tar.
        It may take long: it starts a process.
        Postroom only.
        """
        return self._call("ImportMessages", {"path": path, "archive": archive, "kind": kind}, autoHandleToken)

    def GetAuditLog(
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
        return self._call(
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

    def GetIntegrityProof(self, id: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Proof that a message is in the ledger unchanged; it can be checked offline.

        id: Number of the message, `<store>:<number>`.
        Postroom only.
        """
        return self._call("GetIntegrityProof", {"id": id}, autoHandleToken)

    def SetProfile(self, id: Number, properties: Json, *, autoHandleToken: bool | None = None) -> Status:
        """Change a profile; what is not given stays, and so does a secret that is null.

        id: Number of the profile, from GetProfiles.
        properties: What changes: `name`, `owner`, `details` (only the keys that change), `serverSideExecution`;
            with `version` only if it is still that.
        Postroom only.
        """
        return self._call("SetProfile", {"id": id, "properties": properties}, autoHandleToken)

    def GetProfileProblems(self, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Items that a profile could not archive yet; each run asks for them again.

        id: Number of the profile, from GetProfiles.
        Postroom only.
        """
        return self._call("GetProfileProblems", {"id": id}, autoHandleToken)

    def CheckProfile(self, id: Number, timeZoneID: Text = "$Local", *, autoHandleToken: bool | None = None) -> Status:
        """Compare what the source of a profile has with the archive, per mailbox and day.

        id: Number of the profile, from GetProfiles.
        timeZoneID: Zone of the days; `$Local` is the server's own.
        It may take long: it starts a process.
        Postroom only.
        """
        return self._call("CheckProfile", {"id": id, "timeZoneID": timeZoneID}, autoHandleToken)

    def GetHolds(self, includeEnded: Flag = True, *, autoHandleToken: bool | None = None) -> Status:
        """The legal holds, in the order they were set.

        includeEnded: Those that were ended too.
        Postroom only.
        """
        return self._call("GetHolds", {"includeEnded": includeEnded}, autoHandleToken)

    def CreateHold(self, name: Text, query: Text, reason: Text, *, autoHandleToken: bool | None = None) -> Status:
        """Set a legal hold: what its query matches, now or later, is deleted by nobody.

        name: Name of the hold.
        query: What to look for, in the query language of the search.
        reason: Why; goes to the audit log.
        Postroom only.
        """
        return self._call("CreateHold", {"name": name, "query": query, "reason": reason}, autoHandleToken)

    def EndHold(self, id: Number, reason: Text, *, autoHandleToken: bool | None = None) -> Status:
        """End a legal hold. It stays in the list.

        id: Number of the hold, from GetHolds.
        reason: Why; goes to the audit log.
        Postroom only.
        """
        return self._call("EndHold", {"id": id, "reason": reason}, autoHandleToken)

    def ApproveRetentionRun(self, *, autoHandleToken: bool | None = None) -> Status:
        """Approve the next ProcessRetentionPolicies of another administrator, with the policies and holds of now.

        Postroom only.
        """
        return self._call("ApproveRetentionRun", {}, autoHandleToken)

    def CreateAppPassword(self, userName: Text, name: Text, *, autoHandleToken: bool | None = None) -> Status:
        """A new password for a program that cannot be asked for a second factor. It is shown this once.

        userName: Name of the user.
        name: What it is for, such as the program or device.
        Postroom only.
        """
        return self._call("CreateAppPassword", {"userName": userName, "name": name}, autoHandleToken)

    def GetAppPasswords(self, userName: Text, *, autoHandleToken: bool | None = None) -> Status:
        """The app passwords of a user by their names; times are UTC.

        userName: Name of the user.
        Postroom only.
        """
        return self._call("GetAppPasswords", {"userName": userName}, autoHandleToken)

    def DeleteAppPassword(self, userName: Text, id: Number, *, autoHandleToken: bool | None = None) -> Status:
        """Delete one app password of a user.

        userName: Name of the user.
        id: Its number, from GetAppPasswords.
        Postroom only.
        """
        return self._call("DeleteAppPassword", {"userName": userName, "id": id}, autoHandleToken)

    def GetIndexConfiguration(self, *, autoHandleToken: bool | None = None) -> Status:
        """Which attachments are read for the search indexes.

        Postroom only.
        """
        return self._call("GetIndexConfiguration", {}, autoHandleToken)

    def SetIndexConfiguration(self, config: Json, *, autoHandleToken: bool | None = None) -> Status:
        """Change which attachments are read; plain text, HTML and mail always are.

        config: The extensions, as a list or as one text. RebuildSelectedStoreIndexes then reads what is archived
            already.
        Postroom only.
        """
        return self._call("SetIndexConfiguration", {"config": config}, autoHandleToken)
