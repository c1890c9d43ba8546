"""The policy service that Postfix asks about each recipient and each message (SMTPD_POLICY_README)."""
