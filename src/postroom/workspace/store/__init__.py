"""Where items lie: a SQLite database, and files beside it for what is large."""
