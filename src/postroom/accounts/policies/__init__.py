"""Settings about the mail of accounts, in the databases iredapd and amavisd; always SQL, whatever keeps the accounts.

An account is `@.` (everybody), `@example.com` (a domain) or an address. Each function works in the unit it is given.
"""

from postroom.accounts.policies.accounts import forget, rename

__all__ = ["forget", "rename"]
