"""Words that parameters allow."""

from __future__ import annotations

from typing import Final

MB: Final = {"minimum": 0, "maximum": (1 << 43) - 1}
"""Bounds of a quota: mail servers, and LDAP, count it in bytes, for which they have 63 bits."""

LDAP_DOMAIN_SERVICES: Final = ("mail", "domainalias", "senderbcc", "recipientbcc")
DOMAIN_SERVICES: Final = ("self-service", *LDAP_DOMAIN_SERVICES)

DOMAIN_PROFILES: Final = (
    "bcc", "relay", "catchall", "aliases", "throttle", "greylisting", "wblist", "spampolicy", "backupmx",
    "password_policies", "advanced",
)  # fmt: skip
USER_PROFILES: Final = ("bcc", "forwarding", "relay", "aliases", "throttle", "greylisting", "wblist", "spampolicy")
USER_PREFERENCES: Final = ("personal_info", "forwarding", "wblist", "quarantine", "rcvd_mails", "spampolicy")

QUOTA_UNITS: Final = ("TB", "GB", "MB")

ALIAS_POLICIES: Final = (
    "public", "domain", "subdomain", "membersonly", "moderatorsonly", "membersandmoderatorsonly", "allowedonly",
)  # fmt: skip
"""`allowedonly` is an old word for `moderatorsonly`."""

GREYLISTING_STATES: Final = ("enable", "disable")
