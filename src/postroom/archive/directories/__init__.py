"""Directory services: who is a user, and whose password is right, as an LDAP server or another directory tells."""
