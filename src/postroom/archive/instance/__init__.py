"""One instance: its database, users, privileges, settings and audit log."""
