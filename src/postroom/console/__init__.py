"""The web console. Its pages come later; the port is reserved in the settings."""
