"""Checking and reading a store or an export without Postroom: files that stand alone."""
