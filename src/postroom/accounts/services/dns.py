"""What DNS says of a domain; asked only to see whether a code was put there."""

from __future__ import annotations

from typing import Final

import dns.exception
import dns.resolver

from postroom.errors import Unavailable

TIMEOUT_S: Final = 10.0


def txt_records(name: str) -> list[str]:
    """The texts of the TXT records of a name; none when there are none. Raises Unavailable when nobody answers."""
    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=TIMEOUT_S)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise Unavailable(f"DNS does not tell the TXT records of {name} just now. Repeat later.") from error
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
