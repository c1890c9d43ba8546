"""Workbooks of drives: open in processes that may be killed, saved as versions of their files."""
