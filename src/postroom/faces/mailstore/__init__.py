"""The MailStore family of management APIs."""
