"""Client for Microsoft Graph; its modules come with the workspace engine."""
