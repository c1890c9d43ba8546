"""A user is disabled, then deleted; then the whole domain. Mailboxes stay on the disk for a month and a half."""

from __future__ import annotations

from examples.iredadmin.connection import connect, parser

from iredadmin.errors import NotFound

KEEP_DAYS = 45


def main(arguments: list[str] | None = None) -> None:
    options = parser(__doc__).parse_args(arguments)
    anna = f"anna@{options.domain}"
    with connect(options) as client:
        client.users.update(anna, account_status="disabled")
        disabled = client.users.list(options.domain, email_only=True, disabled_only=True)
        print(f"Disabled: {', '.join(disabled)}")
        client.users.delete_keeping(anna, KEEP_DAYS)
        client.domains.delete_keeping(options.domain, KEEP_DAYS)
        try:
            client.domains.get(options.domain)
        except NotFound:
            print(f"{options.domain} is gone.")


if __name__ == "__main__":
    main()
