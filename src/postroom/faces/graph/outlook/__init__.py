"""Outlook REST v2.0: the same mail under other names, for older programs."""
