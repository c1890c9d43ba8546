"""Mail: folders, messages, attachments, MIME in and out, sending, rules, replies, settings."""
