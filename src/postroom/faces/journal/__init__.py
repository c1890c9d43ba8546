"""Mail that servers send to be archived: SMTP and LMTP for known senders. Nothing is relayed or delivered."""
