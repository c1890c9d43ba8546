"""The iRedAdmin-Pro RESTful API as a table: the server's dispatch and checks, the client's methods, docs, OpenAPI.

`ROUTES` holds every call of all published versions, and Postroom's additions, by `resource.action`.
"""

from iredadmin.contract.accounts import ADMINS, ALIAS_ACCOUNTS, DOMAINS, MAIL_LISTS, SUBSCRIBABLE_LISTS, USERS
from iredadmin.contract.model import ACCOUNT, PLACES, Param, Place, Route, table
from iredadmin.contract.policies import DRY_RUN, GREYLISTING, LDIF, LOG, SESSION, SPAM, THROTTLES, WBLISTS

GROUPS: dict[str, tuple[Route, ...]] = {
    "Sign-in": SESSION,
    "Domains": DOMAINS,
    "Standalone admins": ADMINS,
    "Users": USERS,
    "Aliases": ALIAS_ACCOUNTS,
    "Mailing lists (LDAP)": MAIL_LISTS,
    "Subscribable mailing lists (mlmmj)": SUBSCRIBABLE_LISTS,
    "Spam policies": SPAM,
    "Throttles": THROTTLES,
    "White- and blacklists": WBLISTS,
    "Greylisting": GREYLISTING,
    "LDIF": LDIF,
    "Admin log": LOG,
}
ROUTES: dict[str, Route] = table(*(route for group in GROUPS.values() for route in group))

__all__ = ["ACCOUNT", "DRY_RUN", "GROUPS", "PLACES", "ROUTES", "Param", "Place", "Route"]
