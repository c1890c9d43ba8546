"""One module per group of calls. Importing this registers them all."""

from postroom.faces.iredadmin.handlers import admins, aliases, domains, ldif, log, policies, users

__all__ = ["admins", "aliases", "domains", "ldif", "log", "policies", "users"]
