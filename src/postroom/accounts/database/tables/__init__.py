"""Tables as Postfix, Dovecot, iRedAPD and amavisd know them: a module for each database, one source for each engine.

A module-level name is the table of that name; column keys are the column names.
"""
