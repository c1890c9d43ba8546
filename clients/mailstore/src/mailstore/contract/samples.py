"""A sample of each result, for the reference page, the OpenAPI document and tests. People and hosts are made up."""

from __future__ import annotations

from typing import Any

Sample = dict[str, Any]

SERVER_INFO: Sample = {"version": "25.3.0.1", "machineName": "ARCHIVE01"}
SESSION: Sample = {
    "userName": "anna", "client": "web", "clientAddress": "192.0.2.10", "machineName": None,
    "loginTime": "2026-03-02T08:00:00", "lastActivity": "2026-03-02T08:40:11",
}  # fmt: skip
CERTIFICATE: Sample = {"thumbprint": "3F6B0C9D1E2A48577B90AC1D2E3F405162738495"}
SERVICE_CONFIGURATION: Sample = {
    "baseDirectory": "/srv/archive", "debugLog": False, "auditLogLocation": "integrated",
    "serverCertificate": CERTIFICATE, "vssWriterEnabled": False,
    "listeners": [{"name": "AdministrationApi", "enabled": True, "ipAddress": "127.0.0.1", "port": 8463}],
}  # fmt: skip
LICENSE: Sample = {
    "licensedTo": "Elm Street Office", "productVersion": "25.3.0.1", "maxNamedUsers": 2147483647, "namedUsers": 31,
    "validFrom": None, "validTo": None, "supportExpirationDate": None, "licenseType": "open",
}  # fmt: skip
TIME_ZONE: Sample = {"id": "Europe/Berlin", "displayName": "(UTC+01:00) Europe/Berlin"}

USER_ROW: Sample = {"userName": "anna", "fullName": "Anna Fox", "distinguishedName": None}
USER: Sample = {
    **USER_ROW, "authentication": "integrated", "emailAddresses": ["anna@example.com", "a.fox@example.com"],
    "pop3UserNames": [], "privileges": ["login", "archive"],
    "privilegesOnFolders": [{"folder": "anna", "privileges": ["read"]}], "loginPrivileges": ["windows", "web", "imap"],
    "mfaStatus": "disabled",
}  # fmt: skip
SECRET: Sample = {"secret": "KRSXG5A", "uri": "otpauth://totp/anna?secret=KRSXG5A"}
APP_PASSWORD: Sample = {
    "id": 1, "name": "Backup script", "created": "2026-03-01T10:00:00", "lastUsed": "2026-03-02T02:00:00",
}  # fmt: skip

COMPLIANCE: Sample = {
    "globalRetentionTimeYears": 10, "adminEmailPreviewEnabled": False, "legalHoldEnabled": False,
    "logSuccessfulUserActivities": ["UserLogin", "MessageDelete"],
}  # fmt: skip
DIRECTORY_SERVICES: Sample = {
    "type": "ldapGeneric", "deleteUsersAutomatically": False, "defaultPrivileges": ["login"],
    "userNameFormat": "userName", "serverName": "ldap.example.com", "port": 636, "encryption": "ssl",
    "ignoreSSLPolicyErrors": False, "baseDN": "dc=example,dc=com", "userName": "cn=reader,dc=example,dc=com",
    "password": None, "userFilter": "(objectClass=inetOrgPerson)", "groupDNs": [], "onlyExchangeUsers": False,
    "userNameAttribute": "uid", "fullNameAttribute": "cn", "emailAttributes": ["mail"], "authenticationHost": None,
}  # fmt: skip
SYNC_RESULT: Sample = {
    "dryRun": True, "created": ["anna"], "updated": [{"userName": "bob", "changes": ["emailAddresses"]}],
    "renamed": [{"userName": "mary.low", "newUserName": "mary.hill"}], "deleted": [],
    "ignored": [{"userName": "printer", "reason": "no address"}],
}  # fmt: skip
RETENTION_POLICY: Sample = {
    "id": 1, "name": "Applications", "enabled": True, "period": 180, "periodInterval": "day",
    "referenceDateType": "MessageDate", "delete": True,
    "searchCriteria": {
        "query": "CV", "fields": ["subject", "body"], "from": None, "to": "jobs@example.com",
        "excludedArchives": ["legal"],
    },
    "fromEndOfYear": False,
}  # fmt: skip
RETENTION_RUN: Sample = {
    "dryRun": False, "messages": 48210, "due": 131, "removed": 131, "left": 0, "held": 2, "waiting": 0,
    "policies": [{"name": "Applications", "due": 131}], "problems": [],
}  # fmt: skip
HOLD: Sample = {
    "id": 1, "name": "Roof case", "query": '"roof" from:"bob@example.org"', "reason": "Court of Elmshire, 7 C 12/26",
    "setBy": "admin", "setTime": "2026-03-02T08:00:00", "endedBy": None, "endedTime": None,
}  # fmt: skip
SMTP: Sample = {
    "hostname": "smtp.example.com", "port": 587, "protocol": "SMTP-TLS", "ignoreSslPolicyErrors": False,
    "authenticationRequired": True, "username": "archive", "password": None, "fromDisplayName": "Archive",
    "fromEmailAddress": "archive@example.com", "recipientEmailAddress": "admin@example.com",
}  # fmt: skip
CREDENTIAL: Sample = {
    "id": 3, "name": "Archive app", "type": "microsoft365", "createdBy": "admin",
    "settings": {"tenant": "example.onmicrosoft.com", "applicationId": "5f0c0e0a-0000-4000-8000-000000000001"},
}  # fmt: skip

STORE: Sample = {
    "id": 1, "name": "2026-01", "type": "FileSystemInternal", "requestedState": "current", "state": "current",
    "error": None, "needsUpgrade": False, "searchIndexesNeedRebuild": False, "databasePath": "/srv/archive/stores/1",
    "contentPath": "/srv/archive/stores/1/packs", "indexPath": "/srv/archive/stores/1/index",
    "statisticsCount": 48210, "statisticsSize": 3221225472,
}  # fmt: skip
AUTO_CREATE: Sample = {
    "enabled": True, "interval": "none", "sizeThreshold": None, "numberOfMessagesThreshold": 500000,
    "baseDirectory": None,
}  # fmt: skip
STORE_INDEX: Sample = {
    "folder": "anna", "needsRebuild": False, "selectedForRebuild": False, "documents": 12034, "error": None,
}  # fmt: skip

FOLDER: Sample = {
    "name": "anna", "folder": "anna", "childFolders": [{"name": "Inbox", "folder": "anna/Inbox", "childFolders": []}],
}  # fmt: skip
FOLDER_STATISTICS: Sample = {"folder": "anna", "count": 12034, "size": 734003200}
MESSAGE_ROW: Sample = {
    "id": "1:4711", "subject": "Offer for the new roof", "from": "Bob Hill <bob@example.org>",
    "to": "anna@example.com", "date": "2026-03-01T10:00:00", "archiveDate": "2026-03-01T10:05:00", "size": 20480,
}  # fmt: skip

PROFILE: Sample = {
    "id": 7, "version": 3, "name": "anna@example.com via IMAP", "owner": "admin", "type": "I", "connector": "IMAP",
    "details": {"host": "imap.example.com", "protocol": "IMAP-SSL", "userName": "anna@example.com", "password": None,
                "emailAddress": "anna@example.com", "targetUserFolder": "anna", "deleteInMailbox": "never"},
    "serverSideExecution": {"automatic": True, "automaticPauseBetweenExecutions": 300,
                            "automaticMaintenanceWindows": None},
}  # fmt: skip
WORKER_RESULT: Sample = {
    "id": 311, "startTime": "2026-03-02T02:00:00", "completeTime": "2026-03-02T02:04:10",
    "endTime": "2026-03-02T02:04:10", "timeZoneID": "$Local", "userName": "admin", "profileID": 7,
    "profileName": "anna@example.com via IMAP", "machineName": "ARCHIVE01", "result": "succeeded", "itemsArchived": 42,
    "itemsFailed": 0, "itemsSkipped": 1204, "itemsRemoved": 0,
}  # fmt: skip
WORKER_REPORT: Sample = {"id": 311, "report": "42 messages archived.\r\n"}
COMPLETENESS: Sample = {
    "complete": False,
    "days": [{"mailbox": "anna", "day": "2026-03-01", "source": 24, "archived": 23, "indexed": 23, "missing": 1,
              "reasons": [{"item": "letter.eml|0|1767225600000000000", "folder": "Inbox", "reason": "empty file"}]}],
    "unread": [{"mailbox": "bob", "reason": "The server does not answer."}],
}  # fmt: skip
OWED: Sample = {
    "source": "folder:/srv/mail/anna|archive|anna", "item": "letter.eml|0|1767225600000000000", "folder": "Inbox",
    "reason": "empty file", "firstTime": "2026-03-01T10:05:00", "lastTime": "2026-03-02T02:00:10", "attempts": 3,
}  # fmt: skip
JOB: Sample = {
    "id": 2, "name": "Weekly verification", "action": "VerifyStores --includeIndexes=false", "owner": "admin",
    "enabled": True, "timeZoneId": "$Local", "nextRun": "2026-03-08T02:30:00",
    "schedule": {"date": None, "interval": None, "time": "02:30", "dayOfWeek": "Sunday", "dayOfMonth": None},
}  # fmt: skip
JOB_RESULT: Sample = {
    "id": 55, "jobId": 2, "jobName": "Weekly verification", "startTime": "2026-03-08T02:30:00",
    "endTime": "2026-03-08T02:41:00", "completeTime": "2026-03-08T02:41:00", "result": "succeeded",
    "output": "Finished. No errors have been found.\r\n",
}  # fmt: skip

SEARCH_PAGE: Sample = {
    "messages": [{**MESSAGE_ROW, "folder": "anna/Inbox", "snippet": "the roof will cost", "attachments": 1}],
    "total": 1, "next": None, "complete": True, "pending": 0,
}  # fmt: skip
MESSAGE: Sample = {
    **MESSAGE_ROW, "folders": ["anna/Inbox"], "headers": [{"name": "Subject", "value": "Offer for the new roof"}],
    "envelopes": [{"sender": "bob@example.com", "recipients": ["anna@example.com"], "others": [], "problem": None}],
    "text": "The roof will cost less than we thought.\r\n",
    "attachments": [{"name": "offer.pdf", "type": "application/pdf", "size": 18211}],
    "sha256": "b4" * 32, "url": "/api/message/1:4711",
}  # fmt: skip
EXPORTED: Sample = {"messages": 12034, "bytes": 734003200, "path": "/srv/export/anna"}
IMPORTED: Sample = {"messages": 490, "stored": 478, "known": 12, "failed": 0, "bytes": 2310144}
AUDIT_PAGE: Sample = {
    "items": [{
        "number": 91, "time": "2026-03-02T08:00:00", "event": "UserLogin", "ok": True, "userName": "anna",
        "client": "api", "address": "192.0.2.10", "target": None, "details": {},
    }],
    "next": None,
}  # fmt: skip
PROOF: Sample = {
    "store": "7f1c52f8-0000-4000-8000-000000000001",
    "batch": {"batch": 4, "t": 1772445600000, "leaves": 2, "root": "a1" * 32, "prev": "b2" * 32, "chain": "c3" * 32},
    "index": 1, "digest": "b4" * 32, "meta": "{}", "path": ["d5" * 32],
}  # fmt: skip

ENVIRONMENT: Sample = {
    "version": "25.3.0.1", "copyright": "The Postroom developers", "licenseeName": "Elm Street Office",
    "licenseeID": 1, "serverName": "mgmt.example.com", "userName": "admin",
    "systemProperties": {"operatingSystem": "Linux", "processors": ["x86-64"], "totalPhysicalMemory": 8589934592},
}  # fmt: skip
SERVICE_STATUS: Sample = {
    "environmentInfo": ENVIRONMENT,
    "messages": [{"type": "warning", "text": "Instance elm needs an index rebuild.", "tag": "elm"}],
}  # fmt: skip
INSTANCE_HOST: Sample = {
    "serverName": "host1.example.com", "port": 8472, "serverCertificate": CERTIFICATE,
    "baseDirectory": "/srv/instances",
}  # fmt: skip
CLIENT_ACCESS_SERVER: Sample = {
    "serverName": "mail.example.com", "port": 8473, "serverCertificate": CERTIFICATE,
    "serviceStatus": {"state": "online", "version": "25.3.0.1", "error": None},
}  # fmt: skip
INSTANCE_ROW: Sample = {
    "instanceID": "elm", "alias": "elm-mail", "displayName": "Elm Street Office", "instanceHost": "host1.example.com",
    "status": "running", "startStopError": None, "processID": 4120,
}  # fmt: skip
INSTANCE: Sample = {
    "instanceID": "elm", "alias": "elm-mail", "displayName": "Elm Street Office", "instanceHost": "host1.example.com",
    "startMode": "automatic", "baseDirectory": "/srv/instances/elm", "debugLogEnabled": False,
    "imapServerConnectionLogEnabled": False, "vssWriterEnabled": False, "vssWriterExcludeIndexes": False,
}  # fmt: skip
INSTANCE_STATISTICS: Sample = {
    "numberOfMessages": 48210, "totalSizeMB": 3072, "databaseSizeMB": 210, "contentSizeMB": 2400, "indexSizeMB": 462,
}  # fmt: skip
PROCESS_STATISTICS: Sample = {
    "processID": 4120, "cpuUsagePercent": 3.5, "workingSetMB": 412, "privateMemoryMB": 388, "threads": 41,
    "handles": 900, "uptimeSeconds": 86000, "activeSessions": 3, "runningProfiles": 1,
}  # fmt: skip
INDEX_CONFIGURATION: Sample = {"extensions": ["txt", "htm", "html", "pdf", "docx", "xlsx"]}
SYSTEM_ADMINISTRATOR: Sample = {
    "userName": "bob", "fullName": "Bob Hill", "emailAddress": "bob@example.com", "mfaStatus": "disabled",
}  # fmt: skip
DIRECTORY: Sample = {"name": "instances", "path": "/srv/instances"}
