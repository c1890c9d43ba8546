"""Accounts in OpenLDAP, in the tree that iRedMail's Postfix and Dovecot read."""

import warnings

with warnings.catch_warnings():
    # ldap3 2.9.1, the newest there is, uses names that pyasn1 0.6 calls deprecated while it is imported.
    warnings.simplefilter("ignore", DeprecationWarning)
    import ldap3  # noqa: F401
