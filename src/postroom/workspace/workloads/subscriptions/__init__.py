"""Subscriptions: who is told about changes."""
