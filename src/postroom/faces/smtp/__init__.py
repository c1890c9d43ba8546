"""Mail that is received: LMTP from a mail server, SMTP from anybody. Only for addresses of ours."""
