"""The archive engine: exact, single-instance, provable storage of mail, and how to find it again."""
