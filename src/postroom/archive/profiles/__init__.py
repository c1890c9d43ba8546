"""Profiles: where mail comes from or goes to, how often, and what each run did."""
