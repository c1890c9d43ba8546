"""Every setting of the server, in one table.

A section is a frozen dataclass, a row one field made by `setting(default, help)`. From the table come the file
`<home>/postroom.toml`, the variables `POSTROOM_<SECTION>_<NAME>`, `--set section.name=value` and
`docs/settings.md`. The command line beats the environment, the environment the file, the file the default.
Units stand in the names: `_s` seconds, `_bytes` bytes.

To add a setting add a row. Only what code reads belongs here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, get_type_hints

from postroom.errors import Invalid

T = TypeVar("T")
KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30


def setting(
    default: T,
    help: str,  # noqa: A002  the word of the table
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    values: tuple[str, ...] = (),
) -> T:
    """One row: a dataclass field that carries its help, its limits (both inclusive) and its allowed values."""
    limits = {"help": help, "minimum": minimum, "maximum": maximum, "values": values}
    return field(default=default, metadata=limits)


def port(default: int, help: str) -> int:  # noqa: A002
    """A row for a TCP port; 0 takes a free one."""
    return setting(default, help, minimum=0, maximum=65535)


@dataclass(frozen=True, slots=True)
class Web:
    """The HTTP shell that all faces share."""

    host: str = setting("127.0.0.1", "Address to listen on; 0.0.0.0 or :: for all.")
    names: tuple[str, ...] = setting((), "Further host names and addresses for the certificate made at first start.")
    tls_certificate: Path | None = setting(None, "PEM file with your own certificate chain; empty makes one.")
    tls_key: Path | None = setting(None, "PEM file with the key of `tls_certificate`.")
    body_bytes: int = setting(64 * MIB, "Largest request body.", minimum=KIB)
    header_bytes: int = setting(64 * KIB, "Largest request line and headers together.", minimum=KIB)
    request_timeout_s: float = setting(30.0, "Time a client has to send one request.", minimum=0.1)
    keep_alive_s: int = setting(75, "How long an idle connection stays open.", minimum=1)
    connections: int = setting(500, "Most connections at once.", minimum=1)
    threads: int = setting(16, "Most quick calls that run at once.", minimum=1)
    stop_timeout_s: float = setting(20.0, "How long a stopping server waits for running requests.", minimum=0)
    metrics_remote: bool = setting(False, "Whether /metrics answers others than this machine.")
    login_free_failures: int = setting(3, "Failed logins of one user and address that cost no delay.", minimum=0)
    login_delay_s: float = setting(0.5, "First delay after those; doubled by each further failure.", minimum=0)
    login_delay_most_s: float = setting(60.0, "Longest delay after failed logins.", minimum=0)
    login_entries: int = setting(10_000, "How many users and addresses the delays remember.", minimum=1)

    def __post_init__(self) -> None:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise Invalid("web.tls_key", "both web.tls_certificate and web.tls_key, or neither")


@dataclass(frozen=True, slots=True)
class Work:
    """Long-running calls."""

    threads: int = setting(4, "Most long-running calls that run at once; others wait.", minimum=1)
    keep_s: int = setting(86_400, "How long an ended call can be asked for when nobody read its end.", minimum=1)
    keep_read_s: int = setting(600, "How long it can be asked for after its end was read.", minimum=1)
    log_lines: int = setting(10_000, "Most log lines kept per call; more are counted, not kept.", minimum=10)


@dataclass(frozen=True, slots=True)
class Mailstore:
    """The MailStore Server Administration API."""

    enabled: bool = setting(False, "Whether the API answers; `postroom enable mailstore` switches it on.")
    port: int = port(8463, "Port of the API.")
    byte_order_mark: bool = setting(True, "Begin each answer with a byte order mark, as the original does.")
    strict_parameters: bool = setting(False, "Refuse parameters that the function does not have.")
    null_token_at_end: bool = setting(False, "Give a null token in the last status of a long-running call.")


@dataclass(frozen=True, slots=True)
class Archive:
    """The archive engine."""

    commit_messages: int = setting(1000, "Most messages made durable by one commit.", minimum=1)
    pack_bytes: int = setting(128 * MIB, "Size at which a pack file is sealed.", minimum=64 * KIB)
    max_message_bytes: int = setting(2 * GIB, "Larger messages are refused and reported.", minimum=KIB)
    allowed_paths: tuple[str, ...] = setting(
        (), "Directories that API calls may read from and write to, beside `archive/default` of the home."
    )
    extract_workers: int = setting(0, "Processes that read text out of messages; 0 is one per core.", minimum=0)
    extract_timeout_s: float = setting(20.0, "Time for the text of one message.", minimum=0.1)
    extract_memory_bytes: int = setting(512 * MIB, "Memory of one such process.", minimum=128 * MIB)


@dataclass(frozen=True, slots=True)
class Passwords:
    """How users' passwords are hashed (Argon2id, RFC 9106). Hashes of other costs are renewed at the next login."""

    time_cost: int = setting(2, "Passes over the memory.", minimum=1, maximum=100)
    memory_kib: int = setting(19 * 1024, "Memory one verification takes, in KiB.", minimum=1024)
    parallelism: int = setting(1, "Threads one verification uses.", minimum=1, maximum=64)
    remember_s: float = setting(300.0, "How long a verified password is not hashed again; 0 is always.", minimum=0)


@dataclass(frozen=True, slots=True)
class Log:
    """The server's own log, JSON lines in `<home>/log`."""

    level: str = setting("info", "Least level that is written.", values=("debug", "info", "warning", "error"))
    file_bytes: int = setting(32 * MIB, "Size at which a new log file is begun.", minimum=KIB)
    files: int = setting(8, "How many older log files are kept.", minimum=1)


@dataclass(frozen=True, slots=True)
class Settings:
    """All sections. `Settings()` is all defaults."""

    web: Web = field(default_factory=Web)
    work: Work = field(default_factory=Work)
    mailstore: Mailstore = field(default_factory=Mailstore)
    archive: Archive = field(default_factory=Archive)
    passwords: Passwords = field(default_factory=Passwords)
    log: Log = field(default_factory=Log)


SECTIONS: Mapping[str, type[Any]] = MappingProxyType(get_type_hints(Settings))


@dataclass(frozen=True, slots=True)
class Row:
    """One setting as data, for the loader, the template file and the docs."""

    section: str
    name: str
    type: object
    default: object
    help: str
    minimum: float | None
    maximum: float | None
    values: tuple[str, ...]

    @property
    def key(self) -> str:
        return f"{self.section}.{self.name}"

    @property
    def variable(self) -> str:
        return f"POSTROOM_{self.section}_{self.name}".upper()

    @property
    def default_toml(self) -> str:
        """The default as TOML writes it; an absent path is an empty text."""
        return _toml(self.default)

    @property
    def expected(self) -> str:
        """What a value must be, in words."""
        if self.values:
            return "one of " + ", ".join(self.values)
        words = _WORDS[self.type]
        if self.minimum is not None and self.maximum is not None:
            return f"{words} from {self.minimum} to {self.maximum}"
        return words if self.minimum is None else f"{words}, at least {self.minimum}"


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case tuple():
            return "[" + ", ".join(map(_toml, value)) + "]"
        # JSON's escapes are a subset of those of a TOML basic string.
        case _:
            return json.dumps("" if value is None else str(value), ensure_ascii=False)


_WORDS: Mapping[object, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    tuple[str, ...]: "a list of texts",
    Path | None: "a path",
}


def rows() -> Iterator[Row]:
    """All settings in the order of the table."""
    for section, cls in SECTIONS.items():
        types = get_type_hints(cls)
        for row in fields(cls):
            yield Row(section, row.name, types[row.name], row.default, **row.metadata)
