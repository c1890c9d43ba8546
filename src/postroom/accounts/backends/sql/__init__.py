"""Accounts in the database `vmail` on SQLite, PostgreSQL or MariaDB: the tables that Postfix and Dovecot read.

What holds for the rows after each unit of work:
- A user has at least one row in `forwardings` that says where mail goes, the own address unless it is forwarded
  without a copy: without one the catch-all of the domain would take the mail. See `forwardings`.
- A row of `forwardings` works (`active`) unless the account at either end is disabled.
- `mailbox.isadmin` says that the user has rows in `domain_admins`, `isglobaladmin` that `ALL` is among them. See
  `managers`.
- A column `domain` or `dest_domain` is the domain of the address beside it.
- Nothing names an account that was deleted or renamed. See `remove` and `rename`.
"""
