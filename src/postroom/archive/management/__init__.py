"""Many instances on one server: who administers them, which there are, which run (docs/instances.md)."""
