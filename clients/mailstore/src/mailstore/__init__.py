"""MailStore management API clients."""
