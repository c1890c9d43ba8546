"""The workspace engine: what users own. Its code comes with the Microsoft Graph face."""
