"""The JSON objects of the API as types. The wire's spelling is the API's; times are `YYYY-MM-DDTHH:MM:SS`."""

# ruff: noqa: N815  # ruff sees the base From only, not that the class is a TypedDict
from __future__ import annotations

from typing import Any, Generic, NotRequired, TypedDict, TypeVar

T = TypeVar("T")


From = TypedDict("From", {"from": str | None})  # a word of Python, so it cannot stand in a class body


class Error(TypedDict):
    """Why a call failed; `details` is technical."""

    message: str
    details: str


class Status(TypedDict):
    """The envelope of every answer: a simple call's outcome, or how far a process is."""

    error: Error | None
    token: str | None
    statusVersion: int | None
    statusCode: str | None
    percentProgress: int | None
    statusText: str | None
    result: Any
    logOutput: str | None
    antiXsrfToken: NotRequired[str]
    """In a session by cookie only: what the next request must carry."""


class Page(TypedDict, Generic[T]):
    """One page of a list; hand `next` back as `after` for the following one."""

    items: list[T]
    next: str | None


class ServerInfo(TypedDict):
    version: str
    machineName: str


class Session(TypedDict):
    """Somebody signed in just now."""

    userName: str
    client: str
    clientAddress: str | None
    machineName: str | None
    loginTime: str
    lastActivity: str


class Certificate(TypedDict):
    thumbprint: str


class Listener(TypedDict):
    name: str
    enabled: NotRequired[bool]
    ipAddress: NotRequired[str]
    port: int


class ServiceConfiguration(TypedDict):
    baseDirectory: str
    debugLog: bool
    auditLogLocation: str
    serverCertificate: Certificate
    vssWriterEnabled: NotRequired[bool]
    listeners: NotRequired[list[Listener]]


class License(TypedDict):
    licensedTo: str
    productVersion: str
    maxNamedUsers: int
    namedUsers: int
    validFrom: str | None
    validTo: str | None
    supportExpirationDate: str | None
    licenseType: str


class TimeZone(TypedDict):
    id: str
    displayName: str


class UserRow(TypedDict):
    userName: str
    fullName: str | None
    distinguishedName: str | None
    mfaStatus: NotRequired[str]


class FolderPrivileges(TypedDict):
    folder: str
    privileges: list[str]


class User(UserRow):
    authentication: str
    emailAddresses: list[str]
    pop3UserNames: list[str]
    privileges: list[str]
    privilegesOnFolders: list[FolderPrivileges]
    loginPrivileges: NotRequired[list[str]]


class Secret(TypedDict):
    """What an authenticator app needs; `uri` is the otpauth form."""

    secret: str
    uri: str


class AppPassword(TypedDict):
    """`lastUsed` null: it opened nothing yet."""

    id: int
    name: str
    created: str
    lastUsed: str | None


class Compliance(TypedDict, total=False):
    """Keys left out when setting keep their value."""

    globalRetentionTimeYears: int
    adminEmailPreviewEnabled: bool
    legalHoldEnabled: bool
    logSuccessfulUserActivities: list[str]


class SearchCriteria(From):
    """All that is given must match. `fields`: where the words of `query` are looked for; null or left out: anywhere."""

    query: str | None
    fields: NotRequired[list[str] | None]
    to: str | None
    excludedArchives: NotRequired[list[str]]


class RetentionPolicy(TypedDict):
    """`periodInterval`: day, month, year. `delete`: messages go by themselves when the period is over. `id`: left out
    or null for a new one. `fromEndOfYear` (Postroom only): the period begins when the year of the date ends."""

    id: NotRequired[int | None]
    name: str
    enabled: bool
    period: int
    periodInterval: str
    referenceDateType: str
    delete: bool
    searchCriteria: SearchCriteria | None
    fromEndOfYear: NotRequired[bool]


class DueByPolicy(TypedDict):
    name: str
    due: int


class RetentionRun(TypedDict):
    """`due`: messages that are to go; `left` of them are still there. `held`: due but for a hold. `waiting`: not
    indexed yet, so not judged. `problems`: stores that were left out, and why."""

    dryRun: bool
    messages: int
    due: int
    removed: int
    left: int
    held: int
    waiting: int
    policies: list[DueByPolicy]
    problems: list[str]


class Hold(TypedDict):
    """`endedTime` null: in force. `query` is as the server understood it, with absolute dates."""

    id: int
    name: str
    query: str
    reason: str
    setBy: str
    setTime: str
    endedBy: str | None
    endedTime: str | None


class SmtpSettings(TypedDict):
    """`password` is null in answers; null when setting keeps it."""

    hostname: str
    port: int
    protocol: str
    ignoreSslPolicyErrors: bool
    authenticationRequired: bool
    username: str | None
    password: str | None
    fromDisplayName: str
    fromEmailAddress: str
    recipientEmailAddress: str


class Credential(TypedDict):
    id: int
    name: str
    type: str
    createdBy: str
    settings: dict[str, Any]


class UserChange(TypedDict):
    userName: str
    changes: list[str]


class IgnoredUser(TypedDict):
    userName: str
    reason: str


class RenamedUser(TypedDict):
    userName: str
    newUserName: str


class SyncResult(TypedDict):
    dryRun: bool
    created: list[str]
    updated: list[UserChange]
    renamed: list[RenamedUser]
    deleted: list[str]
    ignored: list[IgnoredUser]


class Store(TypedDict):
    """`statisticsSize` is in bytes, null when the sizes were not asked for."""

    id: int
    name: str
    type: NotRequired[str]
    requestedState: str
    state: NotRequired[str]
    error: str | None
    needsUpgrade: bool
    searchIndexesNeedRebuild: bool
    databasePath: str | None
    contentPath: NotRequired[str | None]
    indexPath: NotRequired[str | None]
    databaseName: NotRequired[str | None]
    serverName: NotRequired[str | None]
    userName: NotRequired[str | None]
    unlockNeeded: NotRequired[bool]
    version: NotRequired[int]
    statisticsCount: int | None
    statisticsSize: int | None


class StoreAutoCreate(TypedDict, total=False):
    """`sizeThreshold` in MB. Keys left out when setting keep their value."""

    enabled: bool
    interval: str
    sizeThreshold: int | None
    numberOfMessagesThreshold: int | None
    baseDirectory: str | None


class StoreIndex(TypedDict):
    folder: str
    needsRebuild: bool
    selectedForRebuild: bool
    documents: int
    error: str | None


class Folder(TypedDict):
    """`folder` is the full name, parts joined by `/`."""

    name: str
    folder: str
    childFolders: list[Folder]


class FolderStatistics(TypedDict):
    """`size` in bytes."""

    folder: str
    count: int
    size: int


class MessageRow(From):
    """`id` is `<store>:<number>`, `size` in bytes, times in UTC."""

    id: str
    subject: str
    to: str
    date: str | None
    archiveDate: str
    size: int


class Profile(TypedDict):
    id: NotRequired[int]
    version: NotRequired[int]
    name: str
    owner: str
    type: str
    connector: str
    details: dict[str, Any]
    serverSideExecution: NotRequired[dict[str, Any]]


class WorkerResult(TypedDict):
    id: int
    startTime: str
    completeTime: str
    endTime: str
    timeZoneID: str
    userName: str
    profileID: int
    profileName: str
    machineName: str
    result: str
    itemsArchived: int
    itemsFailed: int
    itemsSkipped: int
    itemsRemoved: int
    """Removed from the source, after they were read back."""


class WorkerReport(TypedDict):
    id: int
    report: str


class MissingItem(TypedDict):
    item: str
    folder: str
    reason: str


class CompletenessDay(TypedDict):
    """`day` null: nobody can say. `source` is `archived` and `missing` together; `indexed` are found by search."""

    mailbox: str
    day: str | None
    source: int
    archived: int
    indexed: int
    missing: int
    reasons: list[MissingItem]


class UnreadMailbox(TypedDict):
    mailbox: str
    reason: str


class Completeness(TypedDict):
    complete: bool
    days: list[CompletenessDay]
    unread: list[UnreadMailbox]


class Owed(TypedDict):
    """An item of a source that did not arrive yet; each run asks for it again. Times in UTC."""

    source: str
    item: str
    folder: str
    reason: str
    firstTime: str
    lastTime: str
    attempts: int


class Schedule(TypedDict):
    date: str | None
    interval: int | None
    time: str | None
    dayOfWeek: str | None
    dayOfMonth: str | None


class Job(TypedDict):
    id: int
    name: str
    action: str
    owner: str
    enabled: bool
    timeZoneId: str
    schedule: Schedule
    nextRun: str | None


class JobResult(TypedDict):
    id: int
    jobId: int
    jobName: str
    startTime: str
    endTime: str | None
    completeTime: str | None
    result: str
    output: str


class MessageHit(MessageRow):
    """`folder` starts with the archive; `snippet` is plain text around the first hit."""

    folder: str
    snippet: str
    attachments: int


class SearchPage(TypedDict):
    """`total` counts all hits; `complete` is false while `pending` messages still wait for their index, and when a
    store cannot be searched: the log names it."""

    messages: list[MessageHit]
    total: int
    next: str | None
    complete: bool
    pending: int


class Header(TypedDict):
    name: str
    value: str


class Attachment(TypedDict):
    """`size` is of the decoded content, in bytes."""

    name: str | None
    type: str
    size: int


class Envelope(TypedDict):
    """What the mail system told the journal, as far as this archive may know; `sender` is empty for the null sender.

    `others` are named with them: lists, who forwarded it, on whose behalf it was sent. `problem` is about the report.
    """

    sender: str
    recipients: list[str]
    others: list[str]
    problem: str | None


class Message(MessageRow):
    """`url` is where the message can be downloaded byte for byte; `sha256` is of these bytes, in hex. Only mail that
    was journaled has `envelopes`."""

    folders: list[str]
    headers: list[Header]
    envelopes: list[Envelope]
    text: str
    attachments: list[Attachment]
    sha256: str
    url: str


class Exported(TypedDict):
    messages: int
    bytes: int
    path: str


class Imported(TypedDict):
    """`messages` were read; of these `stored` were new, `known` were there already and `failed` could not be read."""

    messages: int
    stored: int
    known: int
    failed: int
    bytes: int


class AuditEvent(TypedDict):
    """`time` in UTC, `ok` false when what was tried failed; `details` depend on the event."""

    number: int
    time: str
    event: str
    ok: bool
    userName: str
    client: str
    address: str | None
    target: str | None
    details: dict[str, Any]


class Directory(TypedDict):
    name: str
    path: str


class SystemProperties(TypedDict):
    operatingSystem: str
    processors: list[str]
    totalPhysicalMemory: int


class EnvironmentInfo(TypedDict):
    """`totalPhysicalMemory` in bytes."""

    version: str
    webClientVersion: NotRequired[str]
    copyright: str
    licenseeName: str
    licenseeID: int
    serverName: str
    userName: str
    username: NotRequired[str]
    systemProperties: SystemProperties


class ServiceMessage(TypedDict):
    """`type`: information, warning, error."""

    type: str
    text: str
    tag: str | None


class RoleState(TypedDict):
    state: str
    version: str
    error: str | None


class RoleStatus(RoleState):
    serverName: str


class ServiceStatus(TypedDict):
    environmentInfo: EnvironmentInfo
    messages: list[ServiceMessage]
    managementServer: NotRequired[RoleStatus]
    instanceHosts: NotRequired[list[RoleStatus]]
    clientAccessServers: NotRequired[list[RoleStatus]]


class InstanceHost(TypedDict):
    serverName: str
    port: int
    serverCertificate: Certificate
    baseDirectory: str | None


class ClientAccessServer(TypedDict):
    serverName: str
    port: int
    serverCertificate: Certificate
    serviceStatus: NotRequired[RoleState]


class InstanceRow(TypedDict):
    instanceID: str
    alias: NotRequired[str | None]
    displayName: NotRequired[str | None]
    instanceHost: str
    status: str
    startStopError: str | None
    processID: int | None


class Instance(TypedDict):
    """The configuration of an instance. `maxMessages`, `maxBytes` (Postroom only): its quota, null for none."""

    instanceID: str
    alias: str | None
    displayName: str | None
    instanceHost: str
    startMode: str
    baseDirectory: str
    debugLogEnabled: bool
    imapServerConnectionLogEnabled: NotRequired[bool]
    vssWriterEnabled: bool
    vssWriterExcludeIndexes: NotRequired[bool]
    maxMessages: NotRequired[int | None]
    maxBytes: NotRequired[int | None]


class InstanceStatistics(TypedDict):
    numberOfMessages: int
    totalSizeMB: int
    databaseSizeMB: NotRequired[int]
    contentSizeMB: NotRequired[int]
    indexSizeMB: NotRequired[int]


class ProcessStatistics(TypedDict):
    processID: int
    cpuUsagePercent: float
    workingSetMB: int
    privateMemoryMB: int
    threads: int
    handles: int
    uptimeSeconds: int
    activeSessions: int
    runningProfiles: int
    runningCalls: NotRequired[int]


class IndexConfiguration(TypedDict):
    """File name extensions of attachments to index, lower case, without dot."""

    extensions: list[str]


class SystemAdministrator(TypedDict):
    userName: str
    fullName: NotRequired[str | None]
    emailAddress: NotRequired[str | None]
    mfaStatus: NotRequired[str]
