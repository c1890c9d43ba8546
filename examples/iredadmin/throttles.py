"""Limits of how much mail goes out: for everybody, for a domain, for one user; the narrowest that is set holds."""

from __future__ import annotations

from examples.iredadmin.connection import connect, parser

HOUR_S = 3600
MB = 1024 * 1024


def main(arguments: list[str] | None = None) -> None:
    options = parser(__doc__).parse_args(arguments)
    anna = f"anna@{options.domain}"
    with connect(options) as client:
        client.throttle.set("global", "outbound", period=HOUR_S, max_msgs=100, msg_size=25 * MB)
        client.throttle.set(options.domain, "outbound", period=HOUR_S, max_msgs=500, max_quota=1000 * MB)
        client.throttle.set(anna, "outbound", period=60, max_msgs=20)
        client.throttle.set("global", "inbound", period=HOUR_S, msg_size=50 * MB)
        for account in ("global", options.domain, anna):
            limit = client.throttle.get(account, "outbound")
            print(f"{account}: {limit['max_msgs']} messages in {limit['period']} s")


if __name__ == "__main__":
    main()
