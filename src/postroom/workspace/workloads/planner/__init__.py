"""Planner: plans of groups, their buckets and tasks."""
