"""A question of Postfix, with its values brought into one spelling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final, Self

from postroom.accounts import addresses
from postroom.errors import Invalid

RCPT: Final = "RCPT"
"""Asked for each recipient; Postfix does not know the size and the number of recipients yet."""
END_OF_MESSAGE: Final = "END-OF-MESSAGE"
"""Asked once for each message that arrived whole."""

MOST_CHARS: Final = 255
"""The width of every column that holds an account: what is longer is cut, so that nobody counts as nobody."""
_MOST_NUMBER: Final = 2**53


@dataclass(frozen=True, slots=True)
class Request:
    """Addresses are lower case and their domains ASCII; what Postfix did not say is empty or 0.

    Source: Postfix, SMTPD_POLICY_README, "Protocol description".
    """

    state: str = ""
    instance: str = ""
    """The same for all questions about one message."""
    sender: str = ""
    recipient: str = ""
    """Empty at END-OF-MESSAGE when the message has more than one."""
    sasl_username: str = ""
    client_address: str = ""
    client_name: str = ""
    reverse_client_name: str = ""
    helo_name: str = ""
    size: int = 0
    """Bytes; before END-OF-MESSAGE only what the client announced."""
    recipient_count: int = 0
    """0 before the message is sent."""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Self:
        """The request with these attributes; those that nobody uses are left out."""
        return cls(
            state=given.get("protocol_state", ""),
            instance=given.get("instance", "")[:MOST_CHARS],
            sender=mail(given.get("sender", "")),
            recipient=mail(given.get("recipient", "")),
            sasl_username=mail(given.get("sasl_username", "")),
            client_address=client(given.get("client_address", "")),
            client_name=_cut(given.get("client_name", "")),
            reverse_client_name=_cut(given.get("reverse_client_name", "")),
            helo_name=_cut(given.get("helo_name", "")),
            size=_number(given.get("size", "")),
            recipient_count=_number(given.get("recipient_count", "")),
        )

    @property
    def authenticated(self) -> bool:
        return bool(self.sasl_username)


def mail(text: str) -> str:
    """An address as tables hold it; what is none (quoted parts, a login without domain) is only made lower case."""
    text = _cut(text.strip())
    if text.isascii():
        return text
    local, at, domain = text.rpartition("@")
    try:
        return _cut(f"{local}{at}{addresses.domain(domain)}")
    except Invalid:
        return text


def domain_of(mail: str) -> str:
    """The domain of an address; empty for a name without one, which is no domain itself."""
    return mail.rpartition("@")[2] if "@" in mail else ""


def client(text: str) -> str:
    """An IP address in its one spelling; empty for what is none, such as `unknown`."""
    try:
        ip = ip_address(text.strip())
    except ValueError:
        return ""
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or ip)
    return str(ip)


def _cut(text: str) -> str:
    # Lower case may be longer than what it is made of.
    return text[:MOST_CHARS].lower()[:MOST_CHARS]


def _number(text: str) -> int:
    # isdigit() alone takes digits that int() does not; a number of a million digits would take its time.
    return min(int(text), _MOST_NUMBER) if text.isascii() and text.isdigit() and len(text) < len(str(2**63)) else 0
