"""Users and groups as Graph sees them."""
