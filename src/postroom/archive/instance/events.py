"""What the audit log can tell: every kind of event, once.

`always`: logged whether selected or not, because it changes who may see what or what exists, or takes mail out.
Failures are always logged, of every kind. `default`: among the successes selected in a new instance.
"""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of event; `name` stands in the log and in the compliance configuration."""

    name: str
    help: str
    always: bool = False
    default: bool = True


EVENTS: dict[str, Kind] = {}


def _kind(name: str, text: str, *, always: bool = False, default: bool = True) -> Kind:
    return EVENTS.setdefault(name, Kind(name, text, always, default))


USER_LOGIN = _kind("UserLogin", "Somebody signed in, or failed to.")
USER_CREATE = _kind("UserCreate", "A user was created.", always=True)
USER_DELETE = _kind("UserDelete", "A user was deleted; the archive stays.", always=True)
USER_RENAME = _kind("UserRename", "A user got another name.", always=True)
USER_UPDATE = _kind("UserUpdate", "Full name, distinguished name, addresses or POP3 names of a user changed.")
USER_SET_AUTHENTICATION = _kind("UserSetAuthentication", "Who checks a user's password changed.", always=True)
USER_SET_PASSWORD = _kind("UserSetPassword", "A user's password was set.", always=True)
USER_SET_SECOND_FACTOR = _kind(
    "UserSetSecondFactor", "A second factor was set up, confirmed or switched off.", always=True
)
USER_APP_PASSWORD_CREATE = _kind("UserAppPasswordCreate", "An app password was made.", always=True)
USER_APP_PASSWORD_DELETE = _kind("UserAppPasswordDelete", "App passwords were deleted.", always=True)
ONE_TIME_LOGIN_CREATE = _kind("OneTimeLoginCreate", "A link was made that signs a user in once.", always=True)
CREDENTIAL_CREATE = _kind("CredentialCreate", "A credential was stored.", always=True)
CREDENTIAL_UPDATE = _kind("CredentialUpdate", "The settings of a credential changed.", always=True)
CREDENTIAL_DELETE = _kind("CredentialDelete", "A credential was deleted.", always=True)
CERTIFICATE_UPDATE = _kind("CertificateUpdate", "The certificate of the services was chosen.", always=True)
STORE_TRANSFER = _kind("StoreTransfer", "An archive store was handed to another instance.", always=True)
USER_SET_PRIVILEGES = _kind("UserSetPrivileges", "A user's global privileges changed.", always=True)
USER_SET_LOGIN_PRIVILEGES = _kind("UserSetLoginPrivileges", "How a user may sign in changed.", always=True)
USER_SET_FOLDER_PRIVILEGES = _kind(
    "UserSetPrivilegesOnFolder", "What a user may do in an archive changed.", always=True
)
MESSAGE_SEARCH = _kind("MessageSearch", "Messages were searched.", default=False)
MESSAGE_VIEW = _kind("MessageView", "A message was read.", default=False)
MESSAGE_IMPORT = _kind("MessageImport", "Messages were archived from a file or folder.")
MESSAGE_EXPORT = _kind("MessageExport", "Messages were exported.", always=True)
MESSAGE_DELETE = _kind("MessageDelete", "A message was deleted from an archive.", always=True)
FOLDER_MOVE = _kind("FolderMove", "A folder was moved or renamed.", always=True)
FOLDER_DELETE = _kind("FolderDelete", "Empty folders were removed.")
STORE_CREATE = _kind("StoreCreate", "An archive store was created.", always=True)
STORE_ATTACH = _kind("StoreAttach", "An archive store was attached.", always=True)
STORE_DETACH = _kind("StoreDetach", "An archive store was detached.", always=True)
STORE_UPDATE = _kind("StoreUpdate", "A store's name, place or requested state changed.")
STORE_COMPACT = _kind("StoreCompact", "The space of deleted messages was given back.", always=True)
STORE_MERGE = _kind("StoreMerge", "The messages of one store were copied into another.", always=True)
STORE_RECOVER = _kind("StoreRecover", "A store's catalogue was made again from its packs.", always=True)
STORE_VERIFY = _kind("StoreVerify", "A store was read back and compared.", always=True)
STORE_MAINTAIN = _kind("StoreMaintain", "A database was repaired, written anew or counted anew, or a store upgraded.")
INDEX_REBUILD = _kind("IndexRebuild", "A search index was rebuilt.")
COMPLIANCE_UPDATE = _kind("ComplianceUpdate", "The compliance configuration changed.", always=True)
RETENTION_UPDATE = _kind("RetentionUpdate", "The retention policies were replaced.", always=True)
RETENTION_DELETE = _kind("RetentionDelete", "Messages were removed by a retention policy.", always=True)
RETENTION_PROCESS = _kind("RetentionProcess", "The retention policies were processed.", always=True)
RETENTION_APPROVE = _kind("RetentionApprove", "A second administrator approved a retention run.", always=True)
HOLD_CREATE = _kind("HoldCreate", "A legal hold was set.", always=True)
HOLD_END = _kind("HoldEnd", "A legal hold was ended.", always=True)
JOB_CREATE = _kind("JobCreate", "A job was created.", always=True)
JOB_UPDATE = _kind("JobUpdate", "Name or schedule of a job changed, or it was switched on or off.", always=True)
JOB_DELETE = _kind("JobDelete", "A job was deleted.", always=True)
JOB_CANCEL = _kind("JobCancel", "A running job was asked to stop.")
JOB_RUN = _kind("JobRun", "A job ran, or could not.")
DIRECTORY_SYNC = _kind("DirectorySync", "Users were brought in line with a directory, or could not be.", always=True)
PROFILE_CREATE = _kind("ProfileCreate", "A profile was created.", always=True)
PROFILE_UPDATE = _kind("ProfileUpdate", "A profile was changed, or when the server runs it.", always=True)
PROFILE_DELETE = _kind("ProfileDelete", "A profile was deleted; results of its runs stay.", always=True)
PROFILE_CHECK = _kind("ProfileCheck", "What the source of a profile has was compared with the archive.")
PROFILE_RUN = _kind("ProfileRun", "A profile ran, or could not.")
CONFIGURATION_UPDATE = _kind("ConfigurationUpdate", "Another setting of the instance changed.")
SMTP_TEST = _kind("SmtpTest", "A test mail was sent, or could not be.", always=True)
STATUS_REPORT = _kind("StatusReportSend", "A status report was mailed, or could not be.", always=True)
AUDIT_VERIFY = _kind("AuditVerify", "The audit log was checked.", always=True)
BACKUP_CREATE = _kind("BackupCreate", "A backup was written.", always=True)
SERVER_START = _kind("ServerStart", "The server started.")
SERVER_CREATE = _kind("ServerCreate", "An instance host or client access server was made known.", always=True)
SERVER_UPDATE = _kind("ServerUpdate", "The record of an instance host or client access server changed.", always=True)
SERVER_DELETE = _kind("ServerDelete", "An instance host or client access server was forgotten.", always=True)
INSTANCE_CREATE = _kind("InstanceCreate", "An instance was created.", always=True)
INSTANCE_UPDATE = _kind("InstanceUpdate", "The configuration of an instance changed.", always=True)
INSTANCE_DELETE = _kind("InstanceDelete", "An instance was deleted; its files stay.", always=True)
INSTANCE_STATE = _kind(
    "InstanceState", "An instance was started, stopped, frozen or thawed, or could not be.", always=True
)
SERVICE_PROVIDER_ACCESS = _kind(
    "ServiceProviderAccess", "The service provider was let into an instance, or not any more.", always=True
)
API_CALL = _kind("ApiCall", "A function of the API was called.", default=False)

DEFAULT_SELECTION = frozenset(kind.name for kind in EVENTS.values() if kind.default)
