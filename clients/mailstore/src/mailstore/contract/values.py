"""The values that enumerations of the API allow (reference: shared enumerations of section 2)."""

from __future__ import annotations

PRIVILEGES = (
    "none", "admin", "login", "changePassword", "archive", "modifyArchiveProfiles", "export", "modifyExportProfiles",
    "delete",
)  # fmt: skip
"""Global; `none` and `admin` stand alone."""

LOGIN_PRIVILEGES = ("none", "windows", "web", "outlook", "windowsCmd", "imap", "api")
FOLDER_PRIVILEGES = ("none", "read", "write", "delete")
AUTHENTICATION = ("integrated", "directoryServices")
CREDENTIAL_TYPES = ("microsoft365", "google", "imap")

STORE_TYPES = (
    "FileSystemInternal", "SQLServer", "PostgreSQL",
    "FileSystemStandard", "FileSystemAdvanced", "FileSystemFlat",
)  # fmt: skip
"""The last three are names of old versions for the first."""

REQUESTED_STATES = ("current", "normal", "writeProtected", "disabled")
STORE_STATES = (*REQUESTED_STATES, "error", "locked")
AUTO_CREATE_INTERVALS = ("none", "monthly", "quarterly", "yearly")

TIMESPANS = ("today", "yesterday", "thisweek", "lastweek", "thismonth", "lastmonth")
JOB_INTERVALS = (5, 10, 15, 20, 30, 60, 120, 180, 240, 260, 360, 720)
"""Minutes. 260 is a misprint of 240 in old pages; a server takes it as 240."""
DAYS_OF_WEEK = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
DAYS_OF_MONTH = (*(str(day) for day in range(1, 32)), "Last")

ROLES = ("InstanceHost", "ClientAccessServer")

SEARCH_ORDERS = ("date", "relevance")
EXPORT_FORMATS = ("eml", "mbox", "zip")
IMPORT_KINDS = ("auto", "mbox", "mboxo", "mboxrd", "mboxcl", "mboxcl2", "maildir", "folder", "eml", "zip", "tar")
