"""The accounts engine: the directory that Postfix and Dovecot read. Its code comes with the iRedAdmin API."""
