"""Domains and addresses as they are stored: lower case, the domain in ASCII (`xn--`), checked once at the edge.

An address is RFC 5321's dot-string at a domain of at least two labels. Quoted local parts and address literals are
left out: the maps of Postfix and Dovecot do not match them. Local parts beyond ASCII (RFC 6531) are refused, since
nothing promises that a server which does not offer SMTPUTF8 can deliver to them.

Throttles, greylisting, white- and blacklists name whom they are about in further forms: `account_form`. The more
specific form wins, which their tables say with a number: `priority` on the scale of the iredapd tables,
`amavisd_priority` on that of the amavisd ones. Both follow from the form: they are computed, never read back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Final

import idna

from postroom.errors import Invalid

MAX_ADDRESS_CHARS: Final = 254
"""RFC 5321 §4.5.3.1.3: a path has 256 octets, two of them angle brackets."""
MAX_LOCAL_CHARS: Final = 64
MAX_DOMAIN_CHARS: Final = 253
"""RFC 1035: 255 octets on the wire, which count one length byte and the root."""

_ATOM: Final = r"[a-z0-9!#$%&'*+\-/=?^_`{|}~]+"  # atext, RFC 5322 §3.2.3
_LOCAL: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_NAME: Final = r"[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?"
_LABEL: Final = re.compile(_NAME)
_DOMAIN: Final = re.compile(rf"(?:{_NAME}\.)+{_NAME}")

EVERYBODY: Final = "@."
EVERY_IP: Final = "@ip"


class Form(Enum):
    """(priority, amavisd priority, example), the most specific first."""

    ADDRESS = (100, 10, "anna@example.com")
    LOCAL_PART = (90, 7, "anna@*")
    IP = (80, 9, "192.0.2.1")
    WILDCARD_IP = (70, 8, "192.0.2.*")
    NETWORK = (70, 7, "192.0.2.0/24")
    DOMAIN = (60, 5, "@example.com")
    SUBDOMAINS = (50, 3, "@.example.com")
    TOP_LEVEL = (40, 2, "@.com")
    # No source gives its place on the first scale; the second puts it between its neighbours here.
    EVERY_IP = (30, 1, EVERY_IP)
    EVERYBODY = (0, 0, EVERYBODY)


@dataclass(frozen=True, slots=True)
class AccountForm:
    """Whom a policy is about; `text` as the tables hold it."""

    text: str
    form: Form

    @property
    def priority(self) -> int:
        return self.form.value[0]

    @property
    def amavisd_priority(self) -> int:
        return self.form.value[1]


WHITE_AND_BLACKLIST: Final = frozenset(
    {Form.ADDRESS, Form.IP, Form.NETWORK, Form.DOMAIN, Form.SUBDOMAINS, Form.TOP_LEVEL, Form.EVERYBODY}
)
"""What the API takes in white- and blacklists."""
GREYLISTING_SENDERS: Final = WHITE_AND_BLACKLIST - {Form.EVERYBODY}
"""What the API takes in the whitelists of greylisting."""

# An asterisk for the third or the fourth number; no reader asks for others.
_NUMBER: Final = r"(?:0|[1-9][0-9]{0,2})"
_WILDCARD_IP: Final = re.compile(rf"{_NUMBER}\.{_NUMBER}\.(?:{_NUMBER}\.\*|\*\.{_NUMBER})")
_FIXED: Final = {EVERYBODY: Form.EVERYBODY, EVERY_IP: Form.EVERY_IP}


def domain(text: str, field: str = "domain") -> str:
    """The domain's one spelling. Raises Invalid(field)."""
    return _checked_domain(text.strip(), field)


def address(text: str, field: str = "mail") -> str:
    """The address's one spelling. Raises Invalid(field)."""
    local, _, name = text.strip().rpartition("@")
    local, ascii_name = local_part(local, field), _domain(name)
    if ascii_name is None:
        raise _not_an_address(field)
    if len(local) + 1 + len(ascii_name) > MAX_ADDRESS_CHARS:
        raise Invalid(field, f"an address of at most {MAX_ADDRESS_CHARS} characters")
    return f"{local}@{ascii_name}"


def addresses(texts: str | Iterable[str]) -> tuple[str, ...]:
    """Those of a list, or of a text with commas, that are addresses: each once, in the order given."""
    found: dict[str, None] = {}
    for text in _each(texts):
        try:
            found[address(text)] = None
        except Invalid:  # the API drops what is none; see "Lists" in its transport rules
            continue
    return tuple(found)


def local_part(text: str, field: str = "mail") -> str:
    """What stands before the `@`, checked and in lower case. Raises Invalid(field)."""
    # Checked before lower(): the Kelvin sign becomes an ASCII k.
    if not text.isascii():
        raise Invalid(field, "an address whose part before the @ is ASCII")
    local = text.lower()
    if len(local) > MAX_LOCAL_CHARS or not _LOCAL.fullmatch(local):
        raise _not_an_address(field)
    return local


def domain_of(mail: str) -> str:
    """The part behind the last `@`."""
    return mail.rpartition("@")[2]


def local_of(mail: str) -> str:
    """The part before the last `@`."""
    return mail.rpartition("@")[0]


def without_extension(mail: str, delimiters: str) -> str:
    """`anna+news@example.com` as `anna@example.com`: cut at the first of the delimiters that is not the first
    character, which is where Postfix cuts."""
    local, at, name = mail.rpartition("@")
    cut = min((place for mark in delimiters if (place := local.find(mark, 1)) > 0), default=len(local))
    return f"{local[:cut]}{at}{name}"


def account_form(text: str, field: str = "account") -> AccountForm:
    """Checks and normalises: names in lower case and ASCII, networks without host bits. Raises Invalid(field)."""
    text = text.strip()
    if text.lower() in _FIXED:
        return AccountForm(text.lower(), _FIXED[text.lower()])
    # It would read as everybody of a domain and match nobody.
    if text.startswith("*@"):
        raise _not_an_account(field)
    if text.startswith("@."):
        return _below(text[2:], field)
    if text.startswith("@"):
        return AccountForm(f"@{_checked_domain(text[1:], field)}", Form.DOMAIN)
    if text.endswith("@*"):
        return AccountForm(f"{local_part(text[:-2], field)}@*", Form.LOCAL_PART)
    if "@" in text:
        return AccountForm(address(text, field), Form.ADDRESS)
    return _client(text, field)


def account_forms(texts: str | Iterable[str], allowed: frozenset[Form] = frozenset(Form)) -> tuple[AccountForm, ...]:
    """Those of a list, or of a text with commas, that are of the `allowed` forms: each once, in the order given."""
    found: dict[AccountForm, None] = {}
    for text in _each(texts):
        try:
            found[account_form(text)] = None
        except Invalid:  # the API drops what is none
            continue
    return tuple(form for form in found if form.form in allowed)


def _each(texts: str | Iterable[str]) -> Iterator[str]:
    return iter(texts.split(",") if isinstance(texts, str) else texts)


def _below(text: str, field: str) -> AccountForm:
    name = _ascii_name(text) or ""
    if _LABEL.fullmatch(name) and not name.isdigit():
        return AccountForm(f"@.{name}", Form.TOP_LEVEL)
    return AccountForm(f"@.{_checked_domain(name, field)}", Form.SUBDOMAINS)


def _client(text: str, field: str) -> AccountForm:
    if "%" in text:  # a scope id means something on one machine only
        raise _not_an_account(field)
    try:
        if "/" in text:
            return AccountForm(str(ip_network(text, strict=False)), Form.NETWORK)
        if _WILDCARD_IP.fullmatch(text):
            ip_address(text.replace("*", "0"))
            return AccountForm(text, Form.WILDCARD_IP)
        return AccountForm(_ip(text), Form.IP)
    except ValueError as error:
        raise _not_an_account(field) from error


def _ip(text: str) -> str:
    ip = ip_address(text)
    # An IPv4 client on an IPv6 socket; Postfix says its IPv4 address.
    return str(ip if isinstance(ip, IPv4Address) else ip.ipv4_mapped or ip)


def _checked_domain(text: str, field: str) -> str:
    name = _domain(text)
    if name is None:
        raise Invalid(field, "a domain such as example.com")
    return name


def _domain(text: str) -> str | None:
    """The ASCII form, None when it is no domain."""
    name = _ascii_name(text)
    if name is None or len(name) > MAX_DOMAIN_CHARS or not _DOMAIN.fullmatch(name):
        return None
    # All digits at the end is an IPv4 address, never a name (RFC 3696 §2).
    return None if name.rpartition(".")[2].isdigit() else name


def _ascii_name(text: str) -> str | None:
    if text.isascii():
        return text.lower()
    if len(text) > MAX_DOMAIN_CHARS:  # the conversion of a long text is slow, and no ASCII form of it fits
        return None
    try:
        return idna.encode(text, uts46=True, std3_rules=True).decode("ascii")
    except UnicodeError:  # idna.IDNAError is one
        return None


def _not_an_address(field: str) -> Invalid:
    return Invalid(field, "an address such as anna@example.com")


def _not_an_account(field: str) -> Invalid:
    return Invalid(field, "an address, @domain, @.domain, @., an IP address or a network")
