"""The configuration with which Postfix and Dovecot read what the accounts engine writes, as text to install."""
