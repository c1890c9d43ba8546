"""The Management API of the Service Provider Edition: one management server, many instances."""
