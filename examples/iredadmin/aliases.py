"""An alias with members, who may write to it, and another address for it."""

from __future__ import annotations

from examples.iredadmin.connection import connect, parser


def main(arguments: list[str] | None = None) -> None:
    options = parser(__doc__).parse_args(arguments)
    domain = options.domain
    sales, shop, anna = (f"{name}@{domain}" for name in ("sales", "shop", "anna"))
    with connect(options) as client:
        client.aliases.create(sales, name="Sales", access_policy="domain", members=[anna, "partner@example.org"])
        client.aliases.update(sales, add_member="second@example.org", remove_member="partner@example.org")
        client.aliases.change_email(sales, shop)
        alias = client.aliases.get(shop)
        print(f"{shop} ({alias['name']}): {', '.join(sorted(alias['members']))}")
        print(f"Aliases of {domain}: {', '.join(client.aliases.list(domain, email_only=True))}")
        client.aliases.delete(shop)


if __name__ == "__main__":
    main()
