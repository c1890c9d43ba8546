"""The profiles of a domain and of a user: names, quotas, services, where mail goes; then what the server has."""

from __future__ import annotations

from examples.iredadmin.connection import connect, parser


def main(arguments: list[str] | None = None) -> None:
    options = parser(__doc__).parse_args(arguments)
    domain, anna = options.domain, f"anna@{options.domain}"
    with connect(options) as client:
        client.domains.update(domain, name="Example and Sons", max_user_quota=4096, catchall=[anna])
        client.users.update(anna, name="Anna Maria Example", quota=3072, employeeid="17")
        # The own address among them keeps a copy here; an empty list would end the forwarding.
        client.users.update(anna, forwarding=[anna, "anna@example.org"], recipient_bcc=f"archive@{domain}")
        client.users.update(anna, remove_service=["pop3", "pop3secured"])

        profile = client.domains.get(domain)
        print(f"{domain}: {profile['description']}, catch-all {', '.join(profile['catchall'])}")
        user = client.users.get(anna)
        print(f"{anna}: {user['name']}, {user['quota']} MB, to {', '.join(sorted(user['forwardings']))}")


if __name__ == "__main__":
    main()
