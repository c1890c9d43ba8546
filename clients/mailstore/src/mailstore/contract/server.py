"""The functions of the Administration API of MailStore Server, and those that Postroom adds to it.

Sections in `source` are those of the collected facts: 2.x for functions, 4.x for JSON objects. Tags there: seed =
public tutorial, wrapper = published client libraries, docs = help pages and observed behaviour, inferred = ours.
"""

from __future__ import annotations

from typing import Any

from mailstore.contract import samples, shapes, values
from mailstore.contract.model import Function, Result, document, flag, names, number, string, table

USER = string("userName", "Name of the user.", max_length=256)
FOLDER = string("folder", "Folder, parts joined by `/`; the first part is the archive.")
STORE = number("id", "Number of the store, from GetStores.", minimum=1)
CONFIG = document("config", "The whole object; take the answer of the Get function as a template.")

FULL_NAME = string("fullName", "Full name.", required=False, max_length=512)
DISTINGUISHED_NAME = string("distinguishedName", "Distinguished name in the directory.", required=False)
PASSWORD = string("password", "The password.", max_length=1024, secret=True)
PASSWORD_OF_KEY = string("password", "The password of the key or of the PFX file.", required=False, max_length=1024,
                         secret=True, ours=True)  # fmt: skip
AUTHENTICATION = string("authentication", "Who checks the password.", values=values.AUTHENTICATION)
PRIVILEGES = names("privileges", "Global privileges; `none` and `admin` stand alone.", values=values.PRIVILEGES)
LOGIN_PRIVILEGES = names("loginPrivileges", "Ways by which the user may sign in.", values=values.LOGIN_PRIVILEGES)
FOLDER_PRIVILEGES = names(
    "privileges", "What the user may do there; `none` removes the entry.", values=values.FOLDER_PRIVILEGES
)

PAGE = (
    number("limit", "At most so many rows, and the answer becomes a page.", required=False, minimum=1, maximum=1000,
           ours=True),
    string("after", "Where to go on: `next` of the page before.", required=False, ours=True),
)  # fmt: skip

INCLUDE_INDEXES = flag("includeIndexes", "Check the search indexes too.", required=False, default=True)
REQUESTED_STATE = string(
    "requestedState", "State to bring the store into; only one is `current`.", values=values.REQUESTED_STATES
)
STORE_PLACE = (
    string("type", "Kind of store.", required=False, values=values.STORE_TYPES),
    string("databaseName", "Name of the database, for SQL stores.", required=False),
    string("databasePath", "Folder of the database; the other two folders default to places below it.", required=False),
    string("contentPath", "Folder of the message contents.", required=False),
    string("indexPath", "Folder of the search indexes.", required=False),
    string("serverName", "Database server, for SQL stores.", required=False),
    string("userName", "User at the database server.", required=False),
    PASSWORD.optional(),
)
NEW_STORE = (string("name", "Name of the store.", max_length=256), *STORE_PLACE, REQUESTED_STATE.optional())

PERIOD = (
    string("fromIncluding", "Start of the period, `YYYY-MM-DDTHH:MM:SS`.", max_length=40),
    string("toExcluding", "End of the period, itself not part of it.", max_length=40),
)
TIME_ZONE = string("timeZoneId", "Zone from GetTimeZones; `$Local` is the server's own.", default="$Local")
JOB = number("id", "Number of the job, from GetJobs.", minimum=1)
SCHEDULE = (
    string("date", "Run once, at this time.", required=False, max_length=40),
    number("interval", "Run every so many minutes.", required=False,
           values=tuple(map(str, values.JOB_INTERVALS))),
    string("time", "Run at this time of day, `HH:MM`.", required=False, max_length=8),
    string("dayOfWeek", "With `time`: only on this day.", required=False, values=values.DAYS_OF_WEEK),
    string("dayOfMonth", "With `time`: only on this day of the month.", required=False, values=values.DAYS_OF_MONTH),
)  # fmt: skip
PROFILE = number("id", "Number of the profile, from GetProfiles.", minimum=1)
RAW = flag("raw", "Only true works.", default=True)
PROPERTIES = document("properties", "The profile, without `id` and `version`, password included.", shapes.Profile)
MESSAGE_ID = string("id", "Number of the message, `<store>:<number>`.", max_length=64)

ID = Result(int, 7)


def _many(shape: Any, *sample: Any) -> Result:
    return Result(list[shape], list(sample))


SERVER_INFO = (
    Function("GetServerInfo", "Version of the product and name of the machine.",
             result=Result(shapes.ServerInfo, samples.SERVER_INFO), source="2.1 [seed]", built=True),
    Function("GetActiveSessions", "Who is signed in just now, and by which client.",
             result=_many(shapes.Session, samples.SESSION), source="2.1, 4.16 [inferred shape]", built=True),
    Function("GetServiceConfiguration", "Settings of the service: folders, certificate, listeners.",
             result=Result(shapes.ServiceConfiguration, samples.SERVICE_CONFIGURATION), source="2.1, 4.20 [docs]",
             since="2018", built=True),
    Function("SetServiceCertificate",
             "Choose the TLS certificate of the services, from the next connection on.",
             (string("thumbprint", "SHA-1, 40 hex digits, of one in the folder `tls/certificates` of the home.",
                     required=False, max_length=200),
              string("path", "PEM or PFX file on the server to take it from instead.", required=False, ours=True),
              string("keyPath", "PEM file with its key, if that is another file.", required=False, ours=True),
              PASSWORD_OF_KEY),
             source="2.1 [wrapper], files Postroom's", since="2023", built=True),
    Function("GetLicenseInformation", "Licence, number of users allowed and in use.",
             result=Result(shapes.License, samples.LICENSE), source="2.1, 4.24 [docs]", since="2023", built=True),
    Function("GetTimeZones", "Time zones that schedules and reports understand, `$Local` included.",
             result=_many(shapes.TimeZone, samples.TIME_ZONE), source="2.1, 4.23 [inferred shape]", built=True),
    Function("SendStatusReport", "Mail the status report.",
             (string("timespan", "What the report covers.", values=values.TIMESPANS), TIME_ZONE,
              names("recipients", "Addresses that get it.")), slow=True, source="2.1 [wrapper]", since="2018",
             built=True),
    Function("CreateBackup", "Write a full backup into a folder, or bring the one there up to date.",
             (string("path", "Folder on the server."),
              flag("excludeSearchIndexes", "Leave the indexes out; they can be rebuilt.", required=False)),
             slow=True, source="2.1 [wrapper][docs]", since="2018", built=True),
)  # fmt: skip

USERS = (
    Function("GetUsers", "All users, with the few facts a list needs.", PAGE,
             result=_many(shapes.UserRow, samples.USER_ROW), source="2.2, 4.1 [docs]", built=True),
    Function("GetUserInfo", "Everything kept about a user.", (USER,),
             result=Result(shapes.User, samples.USER), source="2.2, 4.1 [seed][docs]", built=True),
    Function("CreateUser", "Create a user. Rights on folders come by SetUserPrivilegesOnFolder.",
             (USER, PRIVILEGES, FULL_NAME, DISTINGUISHED_NAME, AUTHENTICATION.optional(), PASSWORD.optional(),
              LOGIN_PRIVILEGES.optional()), source="2.2 [wrapper]", built=True),
    Function("DeleteUser", "Delete a user. The archive and its messages stay.", (USER,),
             source="2.2 [wrapper]", built=True),
    Function("RenameUser", "Give a user another name. The archive keeps its own: use MoveFolder.",
             (string("oldUserName", "Present name.", max_length=256),
              string("newUserName", "Name from now on.", max_length=256)), source="2.2 [wrapper]", built=True),
    Function("SetUserAuthentication", "Say who checks the user's password.", (USER, AUTHENTICATION),
             source="2.2 [wrapper]", built=True),
    Function("SetUserDistinguishedName", "Set the name in the directory; absent removes it.",
             (USER, DISTINGUISHED_NAME), source="2.2 [wrapper]", built=True),
    Function("SetUserEmailAddresses", "Replace the addresses of a user; absent removes all.",
             (USER, names("emailAddresses", "Addresses, the main one first.", required=False)),
             source="2.2 [wrapper]", built=True),
    Function("SetUserFullName", "Set the full name; absent removes it.", (USER, FULL_NAME),
             source="2.2 [wrapper]", built=True),
    Function("SetUserPassword", "Set the password.", (USER, PASSWORD), source="2.2 [wrapper]", built=True),
    Function("SetUserPop3UserNames", "Replace the names by which the mail proxy knows the user; absent removes all.",
             (USER, names("pop3UserNames", "POP3 user names.", required=False)), source="2.2 [wrapper]", built=True),
    Function("SetUserPrivileges", "Replace the global privileges of a user.", (USER, PRIVILEGES),
             source="2.2 [wrapper]", built=True),
    Function("SetUserLoginPrivileges", "Replace the ways by which a user may sign in.", (USER, LOGIN_PRIVILEGES),
             source="2.2 [wrapper]", since="2023", built=True),
    Function("SetUserPrivilegesOnFolder", "Replace what a user may do in one archive.",
             (USER, string("folder", "Archive: a folder of the first level."), FOLDER_PRIVILEGES),
             source="2.2 [wrapper]", built=True),
    Function("SetUserPrivilegesOnAllFolders", "Replace what a user may do, in every archive.",
             (USER, FOLDER_PRIVILEGES), source="2.2 [inferred arguments]", since="25", built=True),
    Function("ClearUserPrivilegesOnFolders", "Take away every right on archives, the user's own included.", (USER,),
             source="2.2 [wrapper]", built=True),
    Function("InitializeMFA", "Make the user set up a second factor at the next sign-in.", (USER,),
             result=Result(shapes.Secret, samples.SECRET), secret=True, source="2.2 [inferred result]", since="23",
             built=True),
    Function("DisableMFA", "Switch the second factor of a user off.", (USER,), source="2.2 [docs]", since="23",
             built=True),
    Function("DeleteAppPasswords", "Delete all app passwords of a user.", (USER,), source="2.2 [docs]", since="23",
             built=True),
)  # fmt: skip

DIRECTORY = (
    Function("GetDirectoryServicesConfiguration", "How users are synchronised with a directory.",
             result=Result(dict[str, Any], samples.DIRECTORY_SERVICES), source="2.3, 4.8 [inferred shape]",
             built=True),
    Function("SetDirectoryServicesConfiguration", "Change how users are synchronised with a directory.", (CONFIG,),
             secret=True, source="2.3 [wrapper]", built=True),
    Function("SyncUsersWithDirectoryServices", "Bring the users in line with the directory.",
             (flag("dryRun", "Only tell what would change.", required=False),), slow=True,
             result=Result(shapes.SyncResult, samples.SYNC_RESULT), source="2.3, 4.8.3 [inferred result]", built=True),
)  # fmt: skip

COMPLIANCE = (
    Function("GetComplianceConfiguration", "Retention, legal hold, what administrators may read, what is logged.",
             result=Result(shapes.Compliance, samples.COMPLIANCE), source="2.3, 4.7 [seed]", built=True),
    Function("SetComplianceConfiguration", "Change the compliance configuration.",
             (document("config", "The keys to change, or all.", shapes.Compliance),),
             source="2.3, 4.7 [seed]", built=True),
    Function("GetRetentionPolicies", "The retention policies, in the order they are looked at.",
             result=_many(shapes.RetentionPolicy, samples.RETENTION_POLICY), source="2.3, 4.9 [docs]", since="11",
             built=True),
    Function("SetRetentionPolicies", "Replace all retention policies.",
             (document("config", "The list of policies; take the answer of the Get function as a template.",
                       list[shapes.RetentionPolicy]),),
             source="2.3 [wrapper]", since="11", built=True),
    Function("ProcessRetentionPolicies", "Delete what is due by policies that delete, and erase it for good.",
             (flag("dryRun", "Only tell what is due.", required=False, ours=True),
              number("limit", "Delete at most so many; the server has a limit of its own.", required=False, minimum=0,
                     ours=True)),
             slow=True, result=Result(shapes.RetentionRun, samples.RETENTION_RUN),
             source="2.3 [wrapper], result and parameters Postroom's", since="11", built=True),
)  # fmt: skip

SMTP = (
    Function("GetSmtpSettings", "How the server sends mail; the password is null.",
             result=Result(shapes.SmtpSettings, samples.SMTP), source="2.3, 4.19 [inferred keys]", since="10.2",
             built=True),
    Function("SetSmtpSettings", "Change how the server sends mail.",
             (document("settings", "The keys to change, or all; a null password keeps the old one.",
                       shapes.SmtpSettings),),
             secret=True, source="2.3 [wrapper]", since="10.2", built=True),
    Function("TestSmtpSettings", "Send a test mail.", slow=True, source="2.3 [wrapper]", since="10.2", built=True),
)  # fmt: skip

CREDENTIAL = number("id", "Number of the credential, from GetCredentials.", minimum=1)
CREDENTIAL_SETTINGS = document("settings", "Its settings; which there are depends on the type.")
CREDENTIALS = (
    Function("GetCredentials", "The stored credentials, without their secrets.",
             result=_many(shapes.Credential, samples.CREDENTIAL), source="2.3, 4.18 [inferred shape]", since="2023",
             built=True),
    Function("CreateCredential", "Store a credential.",
             (string("name", "Its name.", max_length=256),
              string("type", "What it is for.", values=values.CREDENTIAL_TYPES), CREDENTIAL_SETTINGS),
             result=ID, secret=True, source="3.7 [inferred]", since="25", built=True),
    Function("DeleteCredential", "Delete a credential that nothing uses.", (CREDENTIAL,),
             source="3.7 [inferred]", since="25", built=True),
    Function("GetCredentialSettings", "Settings of a credential; secrets are null.", (CREDENTIAL,),
             result=Result(dict[str, Any], samples.CREDENTIAL["settings"]), source="3.7 [inferred]", since="25",
             built=True),
    Function("SetCredentialSettings", "Change settings of a credential: null keeps one, an empty text removes it.",
             (CREDENTIAL, CREDENTIAL_SETTINGS), secret=True, source="3.7 [inferred]", since="25", built=True),
)  # fmt: skip

STORES = (
    Function("GetStores", "The archive stores.",
             (flag("includeSize", "Count the sizes too, which may take long.", required=False, default=True),),
             result=_many(shapes.Store, samples.STORE), source="2.4, 4.2 [docs]", built=True),
    Function("CreateStore", "Make a new store and attach it.",
             tuple(p.optional() for p in NEW_STORE), result=ID, source="2.4 [wrapper], result [inferred]", built=True),
    Function("AttachStore", "Attach a store that exists.", NEW_STORE,
             result=ID, source="2.4 [wrapper], result [inferred]", built=True),
    Function("DetachStore", "Forget a store. Its files stay.", (STORE,), source="2.4 [wrapper]", built=True),
    Function("RenameStore", "Give a store another name.", (STORE, string("name", "Name from now on.", max_length=256)),
             source="2.4 [wrapper]", built=True),
    Function("SetStoreProperties", "Change where a store lives. No file is moved.", (STORE, *STORE_PLACE),
             source="2.4 [wrapper]", built=True),
    Function("SetStoreRequestedState", "Change what a store may be used for; the former current one becomes normal.",
             (STORE, REQUESTED_STATE), source="2.4 [wrapper]", built=True),
    Function("RetryOpenStores", "Try again to open the stores that failed to open.",
             source="2.4 [wrapper]", built=True),
    Function("CompactStore", "Give back the space of deleted messages.", (STORE,), slow=True,
             source="2.4 [docs]", built=True),
    Function("CompactMasterDatabase", "Give back unused space of the master database.", slow=True,
             source="2.4 [wrapper]", built=True),
    Function("MaintainFileSystemDatabases", "Rebuild every file database, the master's and the stores'.", slow=True,
             source="2.4 [wrapper]", built=True),
    Function("MergeStore", "Copy the messages of one store into another. The source stays as it is.",
             (number("id", "Number of the store that receives.", minimum=1),
              number("sourceId", "Number of the store that is copied.", minimum=1)), slow=True,
             source="2.4 [wrapper]", built=True),
    Function("RecoverStore", "Make the database of a broken or disabled store again from its recovery records.",
             (STORE, string("encryptionKey", "Key of the store.", required=False, secret=True),
              flag("recoverDeletedMessages", "Bring deleted messages back where possible.", required=False)), slow=True,
             source="2.4 [docs]", since="11.2", built=True),
    Function("RecreateRecoveryRecords", "Write the recovery records of a disabled store anew from its database.",
             (STORE,), slow=True, source="2.4 [docs]", since="2018", built=True),
    Function("RepairStoreDatabase", "Rebuild the internal indexes of a store's database.", (STORE,), slow=True,
             source="2.4 [docs]", since="2018", built=True),
    Function("UnlockStore", "Unlock a store of another installation.",
             (STORE, string("passphrase", "Product key or recovery key of that installation.", secret=True)),
             source="2.4 [wrapper]", since="2018"),
    Function("UpgradeStore", "Convert a store to the present format.", (STORE,), slow=True,
             source="2.4 [wrapper]", built=True),
    Function("UpgradeStores", "Convert all stores to the present format.", slow=True,
             source="2.4 [wrapper]", since="2023", built=True),
    Function("VerifyStore", "Read everything in a store back and compare it with its checksums.",
             (STORE, INCLUDE_INDEXES), slow=True, source="2.4 [seed]", built=True),
    Function("VerifyStores", "Read everything in all stores back and compare it with its checksums.",
             (INCLUDE_INDEXES,), slow=True, source="2.4 [wrapper]", since="9.5", built=True),
    Function("RefreshAllStoreStatistics", "Count messages and sizes of all stores anew.", slow=True,
             source="2.4 [wrapper]", built=True),
    Function("RenewMasterKey", "Wrap the keys of the stores with a new master key.", slow=True,
             source="2.4 [wrapper]", since="2018"),
    Function("TransferStores", "Hand stores over to another instance.",
             (string("targetInstanceID", "Instance that receives."), names("ids", "Numbers of the stores.")), slow=True,
             source="2.4, 3.4 [inferred arguments]", since="25"),
    Function("GetStoreAutoCreateConfiguration", "When a new current store is made by itself.",
             result=Result(shapes.StoreAutoCreate, samples.AUTO_CREATE), source="2.4, 4.22 [seed]", built=True),
    Function("SetStoreAutoCreateConfiguration", "Change when a new current store is made by itself.",
             (document("config", "The keys to change, or all.", shapes.StoreAutoCreate),),
             source="2.4, 4.22 [seed]", built=True),
)  # fmt: skip

INDEXES = (
    Function("GetStoreIndexes", "The search indexes, one per store and archive.", (STORE.optional(),),
             result=_many(shapes.StoreIndex, samples.STORE_INDEX), source="2.5, 4.13 [inferred shape]", built=True),
    Function("RebuildStoreIndex", "Rebuild the search index of one archive in one store.",
             (STORE, string("folder", "Name of the archive.")), slow=True, source="2.5 [seed]", built=True),
    Function("SelectAllStoreIndexesForRebuild", "Mark all search indexes for RebuildSelectedStoreIndexes.",
             source="2.5 [wrapper]", built=True),
    Function("RebuildSelectedStoreIndexes", "Rebuild the search indexes that are marked.", slow=True,
             source="2.5 [wrapper]", built=True),
)  # fmt: skip

FOLDERS = (
    Function("GetChildFolders", "The folders below one, as a tree. Without folder: the archives.",
             (FOLDER.optional(), number("maxLevels", "How deep; absent means all.", required=False, minimum=1)),
             result=_many(shapes.Folder, samples.FOLDER), source="2.6, 4.12 [docs]", built=True, users=True),
    Function("GetFolderStatistics",
             "Messages and bytes, a row per archive. The log names stores that are not open, and so not counted.", PAGE,
             result=_many(shapes.FolderStatistics, samples.FOLDER_STATISTICS), source="2.6, 4.13 [docs]", built=True,
             users=True),
    Function("MoveFolder", "Move or rename a folder. On the first level this renames an archive.",
             (string("fromFolder", "Present full name."), string("toFolder", "Full name from now on.")),
             source="2.6 [wrapper]", built=True),
    Function("DeleteEmptyFolders", "Delete the folders without messages, below one or everywhere.",
             (FOLDER.optional(),), source="2.6 [wrapper]", built=True),
    Function("GetMessages", "The messages of a folder.", (FOLDER.optional(), *PAGE),
             result=_many(shapes.MessageRow, samples.MESSAGE_ROW), source="2.6, 4.14 [inferred shape]", built=True,
             users=True),
    Function("DeleteMessage", "Delete a message from its archive, unless a hold or a retention rule forbids it.",
             (MESSAGE_ID, string("reason", "Why; goes to the audit log. Newer products require it.", required=False)),
             source="2.6 [wrapper][docs]", built=True),
)  # fmt: skip

PROFILES = (
    Function("GetProfiles", "The archiving and export profiles.", (RAW,),
             result=_many(shapes.Profile, samples.PROFILE), source="2.7, 4.3 [docs]", built=True),
    Function("CreateProfile", "Create a profile.", (PROPERTIES, RAW), result=ID,
             secret=True, source="2.7 [docs], result [inferred]", built=True),
    Function("DeleteProfile", "Delete a profile.", (PROFILE,), source="2.7 [wrapper]", built=True),
    Function("RunProfile", "Run a profile now.", (PROFILE,), slow=True,
             result=Result(shapes.WorkerResult, samples.WORKER_RESULT), source="2.7 [wrapper], result [inferred]",
             built=True),
    Function("RunTemporaryProfile", "Run a profile once without storing it.", (PROPERTIES, RAW), slow=True,
             result=Result(shapes.WorkerResult, samples.WORKER_RESULT), secret=True,
             source="2.7 [wrapper], result [inferred]", built=True),
    Function("SetProfileServerSideExecution", "Say when the server runs a profile by itself.",
             (PROFILE, flag("automatic", "Whether it does."),
              number("automaticPauseBetweenExecutions", "Seconds between two runs.", required=False, minimum=0),
              string("automaticMaintenanceWindows", "Times in which it must not run.", required=False)),
             source="2.7 [docs]", since="22.3", built=True),
    Function("GetWorkerResults", "Finished runs of profiles in a period.",
             (*PERIOD, string("timeZoneID", "Zone of the times; `$Local` is the server's own.", default="$Local"),
              number("profileID", "Only runs of this profile.", required=False, minimum=1), USER.optional()),
             result=_many(shapes.WorkerResult, samples.WORKER_RESULT), source="2.7, 4.5 [docs]", built=True),
    Function("GetWorkerResultReport", "The log of one run.", (number("id", "Number of the run.", minimum=1),),
             result=Result(shapes.WorkerReport, samples.WORKER_REPORT), source="2.7, 4.5 [inferred]", since="2023",
             built=True),
)  # fmt: skip

JOBS = (
    Function("GetJobs", "The jobs: API functions run on a schedule.", result=_many(shapes.Job, samples.JOB),
             source="2.8, 4.17 [docs]", since="9.5", built=True),
    Function("CreateJob", "Create a job with exactly one form of schedule.",
             (string("name", "Its name."), string("action", "The function with its arguments, `Name --a=b`."),
              string("owner", "Administrator as whom it runs."), TIME_ZONE, *SCHEDULE),
             result=ID, source="2.8 [docs], result [inferred]", since="9.5", built=True),
    Function("RenameJob", "Give a job another name.", (JOB, string("name", "Name from now on.")),
             source="2.8 [wrapper]", since="9.5", built=True),
    Function("SetJobEnabled", "Switch a job on or off.", (JOB, flag("enabled", "Whether it runs.")),
             source="2.8 [wrapper]", since="9.5", built=True),
    Function("SetJobSchedule", "Change when a job runs.", (JOB, TIME_ZONE, *SCHEDULE),
             source="2.8 [wrapper]", since="9.5", built=True),
    Function("DeleteJob", "Delete a job.", (JOB,), source="2.8 [wrapper]", since="9.5", built=True),
    Function("RunJobAsync", "Start a job and return at once; look at GetJobResults later.", (JOB,),
             source="2.8 [wrapper]", since="9.5", built=True),
    Function("CancelJobAsync", "Ask a running job to stop and return at once.", (JOB,),
             source="2.8 [wrapper]", since="9.5", built=True),
    Function("GetJobResults", "Runs of jobs in a period.",
             (*PERIOD, TIME_ZONE, number("jobId", "Only runs of this job.", required=False, minimum=1)),
             result=_many(shapes.JobResult, samples.JOB_RESULT), source="2.8, 4.17 [docs]", since="9.5", built=True),
)  # fmt: skip

QUERY = string("query", "What to look for, in the query language of the search.", max_length=1 << 16)
OURS: dict[str, Any] = {"source": "Postroom", "since": "Postroom 0.1", "built": True, "ours": True}
LIMIT = number("limit", "At most so many rows.", required=False, default=100, minimum=1, maximum=1000)
AFTER = string("after", "Where to go on: `next` of the answer before.", required=False)

POSTROOM = (
    Function("SearchMessages", "Search all open stores.",
             (QUERY, string("folder", "Only in this folder and below.", required=False),
              string("order", "Newest first, or best first.", required=False, values=values.SEARCH_ORDERS,
                     default="date"), LIMIT, AFTER),
             result=Result(shapes.SearchPage, samples.SEARCH_PAGE), users=True, **OURS),
    Function("GetMessage", "One message: folders, headers, envelopes, text, attachments, checksum.", (MESSAGE_ID,),
             result=Result(shapes.Message, samples.MESSAGE), users=True, **OURS),
    Function("ExportMessages", "Write messages, their checksums and proofs into a place on the server.",
             (string("path", "Folder or file to write."),
              string("format", "Form of the export.", values=values.EXPORT_FORMATS),
              QUERY.optional(), string("folder", "Only from this folder and below.", required=False),
              names("ids", "Only these messages.", required=False)),
             slow=True, result=Result(shapes.Exported, samples.EXPORTED), users=True, **OURS),
    Function("ImportMessages", "Archive the messages of a file or folder on the server.",
             (string("path", "File or folder to read."), string("archive", "Archive that receives.", max_length=256),
              string("kind", "Form of the source.", required=False, values=values.IMPORT_KINDS, default="auto")),
             slow=True, result=Result(shapes.Imported, samples.IMPORTED), **OURS),
    Function("GetAuditLog", "What happened, newest first.",
             (PERIOD[0].optional(), PERIOD[1].optional(), USER.optional(),
              string("event", "Only events of this name.", required=False, max_length=64), LIMIT, AFTER),
             result=Result(shapes.Page[shapes.AuditEvent], samples.AUDIT_PAGE), **OURS),
    Function("GetIntegrityProof", "Proof that a message is in the ledger unchanged; it can be checked offline.",
             (MESSAGE_ID,), result=Result(dict[str, Any], samples.PROOF), users=True, **OURS),
)  # fmt: skip

OWN_PROFILES = (
    Function("SetProfile", "Change a profile; what is not given stays, and so does a secret that is null.",
             (PROFILE, document("properties", "What changes: `name`, `owner`, `details` (only the keys that change), "
                                "`serverSideExecution`; with `version` only if it is still that.")),
             secret=True, **OURS),
    Function("GetProfileProblems", "Items that a profile could not archive yet; each run asks for them again.",
             (PROFILE,), result=_many(shapes.Owed, samples.OWED), **OURS),
    Function("CheckProfile", "Compare what the source of a profile has with the archive, per mailbox and day.",
             (PROFILE, string("timeZoneID", "Zone of the days; `$Local` is the server's own.", default="$Local",
                              required=False)),
             slow=True, result=Result(shapes.Completeness, samples.COMPLETENESS), **OURS),
)  # fmt: skip

HOLD_REASON = string("reason", "Why; goes to the audit log.", max_length=1000)
HOLDS = (
    Function("GetHolds", "The legal holds, in the order they were set.",
             (flag("includeEnded", "Those that were ended too.", required=False, default=True),),
             result=_many(shapes.Hold, samples.HOLD), **OURS),
    Function("CreateHold", "Set a legal hold: what its query matches, now or later, is deleted by nobody.",
             (string("name", "Name of the hold.", max_length=256), QUERY, HOLD_REASON), result=ID, **OURS),
    Function("EndHold", "End a legal hold. It stays in the list.",
             (number("id", "Number of the hold, from GetHolds.", minimum=1), HOLD_REASON), **OURS),
    Function("ApproveRetentionRun",
             "Approve the next ProcessRetentionPolicies of another administrator, with the policies and holds of now.",
             **OURS),
)  # fmt: skip

APP_PASSWORDS = (
    Function("CreateAppPassword",
             "A new password for a program that cannot be asked for a second factor. It is shown this once.",
             (USER, string("name", "What it is for, such as the program or device.", max_length=100)),
             result=Result(str, "k3fm-w9xp-2cvh-t7nq-5bze-8ray-4ugj-6dsi"), secret=True, **OURS),
    Function("GetAppPasswords", "The app passwords of a user by their names; times are UTC.", (USER,),
             result=_many(shapes.AppPassword, samples.APP_PASSWORD), **OURS),
    Function("DeleteAppPassword", "Delete one app password of a user.",
             (USER, number("id", "Its number, from GetAppPasswords.", minimum=1)), **OURS),
)  # fmt: skip

INDEXING = (
    Function("GetIndexConfiguration", "Which attachments are read for the search indexes.",
             result=Result(shapes.IndexConfiguration, samples.INDEX_CONFIGURATION), **OURS),
    Function("SetIndexConfiguration",
             "Change which attachments are read; plain text, HTML and mail always are.",
             (document("config", "The extensions, as a list or as one text. RebuildSelectedStoreIndexes then reads "
                       "what is archived already.", shapes.IndexConfiguration),), **OURS),
)  # fmt: skip

GROUPS: tuple[tuple[str, tuple[Function, ...]], ...] = (
    ("Server and sessions", SERVER_INFO),
    ("Users and privileges", USERS),
    ("Directory services", DIRECTORY),
    ("Compliance and retention", COMPLIANCE),
    ("Mail settings", SMTP),
    ("Credentials", CREDENTIALS),
    ("Stores", STORES),
    ("Search indexes", INDEXES),
    ("Folders and messages", FOLDERS),
    ("Profiles", PROFILES),
    ("Jobs", JOBS),
    ("Search, export, import, proof (Postroom only)", POSTROOM),
    ("Profiles (Postroom only)", OWN_PROFILES),
    ("Legal holds (Postroom only)", HOLDS),
    ("App passwords (Postroom only)", APP_PASSWORDS),
    ("What is indexed (Postroom only; the Service Provider Edition has it too)", INDEXING),
)
SERVER = table(*(function for _, group in GROUPS for function in group))
