"""The SQL databases that Postfix, Dovecot and amavisd read: tables, connections, making and comparing them."""
