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
    cores: int = setting(0, "Most processor cores of the server; 0 for all. 1 suits one of accounts alone.", minimum=0)
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
    legacy: bool = setting(False, "Whether the Management API of versions 6 and 7 answers too, on the same port.")
    null_token_at_end: bool = setting(False, "Give a null token in the last status of a long-running call.")


@dataclass(frozen=True, slots=True)
class Console:
    """The web console of the archive."""

    enabled: bool = setting(False, "Whether the console answers; `postroom enable console` switches it on.")
    port: int = port(8462, "Port of the console.")


@dataclass(frozen=True, slots=True)
class Spe:
    """The MailStore Service Provider Edition: many instances, and its Management API."""

    enabled: bool = setting(False, "Whether the API answers; `postroom enable spe` switches it on.")
    port: int = port(8474, "Port of the API, for the password with each request.")
    session_port: int = setting(
        8470, "Port of the API, for a session by cookie; 0 takes a free one, -1 is none.", minimum=-1, maximum=65535
    )
    session_idle_s: float = setting(1800.0, "A session ends so long after its last request.", minimum=1)
    open: int = setting(100, "Most instances that are open at once; of the idle ones the oldest is closed.", minimum=1)
    idle_s: float = setting(300.0, "How long an instance that nobody uses stays open.", minimum=0.1)


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
    profile_overdue_s: int = setting(
        3600, "How late a run of a profile by the server may be before it is an alarm.", minimum=0
    )
    results_days: int = setting(365, "How long results of jobs and profiles are kept.", minimum=1)
    retention_most: int = setting(10_000, "Most messages that one run of the retention policies removes.", minimum=0)
    retention_four_eyes: bool = setting(
        False, "Whether a run of the retention policies needs the approval of a second administrator."
    )
    directory_timeout_s: float = setting(10.0, "How long a directory may take to check a password.", minimum=0.1)
    directory_delete_percent: int = setting(
        10,
        "Most users of the directory that one synchronisation deletes, in percent, and one at least; when more are "
        "missing it deletes none.",
        minimum=0,
        maximum=100,
    )


@dataclass(frozen=True, slots=True)
class Accounts:
    """The directory of domains, users and aliases that Postfix and Dovecot read."""

    backend: str = setting("sqlite", "Where accounts are kept.", values=("sqlite", "postgresql", "mariadb", "ldap"))
    sqlite_file: Path | None = setting(
        None,
        "With sqlite: the file of all tables, for Postfix and Dovecot to read; empty is `accounts.db` of the home.",
    )
    vmail_url: str = setting(
        "", "Database `vmail` as `postgresql://user:password@host/vmail` or `mysql://…`; not used with sqlite and ldap."
    )
    iredapd_url: str = setting("", "Database `iredapd`: throttles and greylisting; empty leaves these out.")
    amavisd_url: str = setting("", "Database `amavisd`: spam policies, white- and blacklists; empty leaves these out.")
    iredadmin_url: str = setting("", "Database `iredadmin`: sessions, log, stored settings.")
    mail_server_url: str = setting(
        "", "`vmail_url` (with ldap `iredadmin_url`) with the user as whom Postfix and Dovecot connect; empty is ours."
    )
    ldap_uri: str = setting("ldap://127.0.0.1:389", "With ldap: the server, `ldap://` or `ldaps://`.")
    ldap_suffix: str = setting("dc=example,dc=com", "With ldap: the suffix; domains are below `o=domains,<suffix>`.")
    ldap_bind_dn: str = setting("", "With ldap: who writes; empty is `cn=vmailadmin,<suffix>`.")
    ldap_bind_password: str = setting("", "With ldap: the password of `ldap_bind_dn`.")
    ldap_reader_dn: str = setting("", "With ldap: who Postfix and Dovecot are; empty is `cn=vmail,<suffix>`.")
    ldap_reader_password: str = setting(
        "", "With ldap: the password of `ldap_reader_dn`; empty lets Postfix and Dovecot bind as we do."
    )
    ldap_starttls: bool = setting(False, "With ldap: begin TLS on a plain connection.")
    ldap_ca_file: Path | None = setting(None, "With ldap: authority that signed the server's certificate.")
    connections: int = setting(10, "Most connections to each database at once.", minimum=1)
    connect_timeout_s: float = setting(5.0, "How long to wait for a database or directory to answer.", minimum=0.1)
    mta_transport: str = setting("dovecot", "Transport of new domains (`default_mta_transport`).")
    language: str = setting("en_US", "Preferred language of new accounts that name none.")
    password_scheme: str = setting(
        "SSHA512",
        "Scheme of new passwords (`DEFAULT_PASSWORD_SCHEME`).",
        values=("SSHA", "SSHA512", "PBKDF2", "BCRYPT", "ARGON2ID", "CRYPT"),
    )
    password_min_length: int = setting(8, "Shortest password (`min_passwd_length`).", minimum=1)
    password_max_length: int = setting(0, "Longest password (`max_passwd_length`); 0 is no limit.", minimum=0)
    password_has_letter: bool = setting(True, "A password needs a letter.")
    password_has_uppercase: bool = setting(True, "A password needs a capital letter.")
    password_has_number: bool = setting(True, "A password needs a digit.")
    password_has_special_char: bool = setting(True, "A password needs a special character.")
    password_special_characters: str = setting(
        "#$%&'\"*+-,.:;!=<>?@[]/\\(){}^_`~|", "What counts as special (`PASSWORD_SPECIAL_CHARACTERS`)."
    )
    storage_base_directory: str = setting(
        "/var/vmail/vmail1", "Where mailboxes are; the last component is the storage node."
    )
    mailbox_format: str = setting("maildir", "Format of new mailboxes.")
    mailbox_folder: str = setting("Maildir", "Folder of the mailbox below the home of a user.")
    maildir_hashed: bool = setting(True, "Three one-letter folders before the user's (`MAILDIR_HASHED`).")
    maildir_prepend_domain: bool = setting(True, "A folder per domain first (`MAILDIR_PREPEND_DOMAIN`).")
    maildir_append_timestamp: bool = setting(True, "The time of creation behind the name (`MAILDIR_APPEND_TIMESTAMP`).")
    maildir_domain_hashed: bool = setting(
        False, "Two folders from the domain's name before it (`MAILDIR_DOMAIN_HASHED`)."
    )
    keep_mailbox_days_most: int = setting(
        365,
        "Longest time for which a domain admin may keep a deleted mailbox (`DAYS_TO_KEEP_REMOVED_MAILBOX`).",
        minimum=1,
    )
    user_alias_cross_domains: bool = setting(
        False, "Whether a user's alias may be in another hosted domain (`USER_ALIAS_CROSS_ALL_DOMAINS`)."
    )
    verify_domain_ownership: bool = setting(
        True,
        "Whether domains added by a normal admin stay off until verified (`REQUIRE_DOMAIN_OWNERSHIP_VERIFICATION`).",
    )
    verify_domain_days: int = setting(30, "How long such a domain may wait.", minimum=1)
    recipient_delimiters: str = setting("+", "What separates an extension from a local part (`RECIPIENT_DELIMITERS`).")
    spam_subject_prefix: str = setting("[SPAM] ", "Put before the subject of spam (`AMAVISD_SPAM_SUBJECT_PREFIX`).")
    services_on: tuple[str, ...] = setting((), "Further services of new users (`ADDITIONAL_ENABLED_USER_SERVICES`).")
    services_off: tuple[str, ...] = setting((), "Services off for new users (`ADDITIONAL_DISABLED_USER_SERVICES`).")


@dataclass(frozen=True, slots=True)
class Iredadmin:
    """The iRedAdmin-Pro RESTful API."""

    enabled: bool = setting(False, "Whether the API answers (`ENABLE_RESTFUL_API`).")
    port: int = port(8464, "Port of the API.")
    prefixes: tuple[str, ...] = setting(
        ("/iredadmin", ""), "What stands before `/api` in URLs; an empty text is nothing."
    )
    restrict_access: bool = setting(False, "Whether only `clients` may call (`RESTRICT_API_ACCESS`).")
    clients: tuple[str, ...] = setting((), "Addresses and networks that may call (`RESTFUL_API_CLIENTS`).")
    global_admin_ips: tuple[str, ...] = setting(
        (), "Where global admins may sign in from (`GLOBAL_ADMIN_IP_LIST`); empty is anywhere."
    )
    admin_ips: tuple[str, ...] = setting(
        (), "Where admins may sign in from (`ADMIN_LOGIN_IP_LIST`); empty is anywhere."
    )
    hidden_admin_profiles: tuple[str, ...] = setting(
        ("password", "userPassword"), "What answers about admins leave out (`API_HIDDEN_ADMIN_PROFILES`)."
    )
    hidden_user_profiles: tuple[str, ...] = setting(
        ("password", "userPassword"), "What answers about users leave out (`API_HIDDEN_USER_PROFILES`)."
    )
    session_timeout_s: int = setting(1800, "A session ends so long after its last use (`SESSION_TIMEOUT`).", minimum=10)
    session_ignore_change_ip: bool = setting(
        False, "Whether a session may go on from another address (`SESSION_IGNORE_CHANGE_IP`)."
    )
    strict: bool = setting(
        False,
        "Real HTTP codes for failures; else 200. A request may ask for them with `Prefer: handling=strict`.",
    )
    json_bodies: bool = setting(True, "Take JSON bodies beside forms.")
    tokens: bool = setting(False, "Take bearer tokens made by `postroom account token`.")


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy service that Postfix asks: throttles, who may write to aliases and lists."""

    enabled: bool = setting(False, "Whether it answers; `postroom enable policy` switches it on.")
    host: str = setting("127.0.0.1", "Address to listen on.")
    port: int = port(7777, "Port to listen on.")
    connections: int = setting(1000, "Most connections at once.", minimum=1)
    request_bytes: int = setting(64 * KIB, "Largest request.", minimum=KIB)
    idle_timeout_s: float = setting(600.0, "How long an idle connection stays open.", minimum=1)
    skip_same_domain: bool = setting(True, "No throttling when sender and recipient are of one domain.")
    skip_networks: bool = setting(False, "No throttling for clients in `networks`.")
    networks: tuple[str, ...] = setting(("127.0.0.0/8", "::1"), "Trusted clients.")
    skip_inbound_authenticated: bool = setting(True, "No inbound throttling for authenticated senders.")
    fail_open: bool = setting(True, "Let mail pass when the database does not answer; else it is deferred.")


@dataclass(frozen=True, slots=True)
class Graph:
    """Microsoft Graph: mailboxes for programs, and the sign-in of their users."""

    enabled: bool = setting(False, "Whether it answers; `postroom enable graph` switches it on.")
    port: int = port(8443, "Port of the API and of its sign-in pages.")
    base_url: str = setting("", "Scheme and host of links in answers; empty takes what the client asked.")
    tenant: str = setting("", "Id of the tenant, a UUID; empty makes one at the first start.")
    admins: tuple[str, ...] = setting((), "Addresses of those who may allow apps something for everybody.")
    proxy: bool = setting(
        False, "Whether a proxy answers through which unchanged Microsoft clients come here (`HTTPS_PROXY`)."
    )
    proxy_port: int = setting(
        8444, "Port of the proxy, on 127.0.0.1 only; 0 takes a free one.", minimum=0, maximum=65535
    )
    json_bytes: int = setting(4 * MIB, "Largest JSON body without attachments.", minimum=KIB)
    message_json_bytes: int = setting(
        6 * MIB, "Largest JSON body with attachments: 4 MiB of them, a third longer in base64.", minimum=KIB
    )
    content_bytes: int = setting(60 * MIB, "Largest other body: a photo, a message, a range of an upload.", minimum=KIB)
    upload_bytes: int = setting(
        250 * MIB, "Largest file that comes in one request, and largest range of one that does not.", minimum=KIB
    )
    file_bytes: int = setting(250 * GIB, "Largest file.", minimum=1)
    drive_bytes: int = setting(1024 * GIB, "What a drive may hold, its versions and recycle bin included.", minimum=1)
    versions: int = setting(500, "How many earlier versions of a file are kept.", minimum=0)
    recycle_days: float = setting(93.0, "How long what was deleted from a drive can be restored.", minimum=0)
    download_s: float = setting(3600.0, "How long the URL of a download can be used.", minimum=1)
    workbooks: int = setting(8, "How many workbooks are open at once, each in a process of its own.", minimum=1)
    workbook_memory_bytes: int = setting(GIB, "Most memory of such a process.", minimum=128 * MIB)
    workbook_unpacked_bytes: int = setting(256 * MIB, "Largest workbook when it is unpacked.", minimum=KIB)
    workbook_cells: int = setting(1_000_000, "Most cells of a workbook.", minimum=1)
    workbook_range_cells: int = setting(200_000, "Most cells that are read or written at once.", minimum=1)
    workbook_request_s: float = setting(30.0, "How long a workbook may take for one request.", minimum=0.1)
    workbook_session_s: float = setting(480.0, "How long a session of a workbook lasts after its last use.", minimum=1)
    batch_requests: int = setting(20, "Most requests in one batch.", minimum=1)
    batch_answer_bytes: int = setting(
        32 * MIB, "Largest answer of a batch; what is read beyond it is told to ask again.", minimum=KIB
    )
    page_rows: int = setting(100, "Rows of a page of the directory when the request names no number.", minimum=1)
    page_rows_most: int = setting(999, "Most rows of a page of the directory.", minimum=1)
    changes_days: float = setting(
        30.0, "How long changes are remembered; delta links and tokens that are older begin anew.", minimum=0.01
    )
    strict_queries: bool = setting(False, "Refuse the queries that the original refuses as too complex.")
    limit_requests: int = setting(
        0,
        "Most requests of one app to one mailbox in `limit_window_s`; more are told to wait. 0 is no limit.",
        minimum=0,
    )
    limit_window_s: float = setting(600.0, "Time in which `limit_requests` counts.", minimum=0.1)
    limit_concurrent: int = setting(0, "Most requests of one app to one mailbox at once; 0 is no limit.", minimum=0)
    device_codes_address: int = setting(
        50, "Most device codes of one address that wait for somebody to sign in; 0 is no limit.", minimum=0
    )
    device_codes_app: int = setting(1000, "The same of one app.", minimum=0)
    webhooks_inside: bool = setting(
        False, "Whether notifications may go to this machine, private networks and http:// URLs. For tests."
    )
    webhook_ca_file: Path | None = setting(
        None, "Authority that signed the certificates of web servers that get notifications; empty is the system's."
    )
    webhook_answer_s: float = setting(3.0, "How long such a web server may take for its answer.", minimum=0.1)
    webhook_retry_first_s: float = setting(
        5.0, "First wait after a notification was not taken; doubled by each further failure.", minimum=0.05
    )
    webhook_retry_most_s: float = setting(900.0, "Longest wait between two tries.", minimum=0.05)
    webhook_expire_s: float = setting(14_400.0, "After this time a notification is given up.", minimum=1)
    webhook_warn_s: float = setting(
        900.0, "How long before its end a subscription asks to be renewed, at its lifecycle URL.", minimum=0
    )
    calendar_occurrences: int = setting(
        100_000,
        "Most occurrences in one window of a calendar, and most of a series that has a number of them.",
        minimum=1,
    )
    online_meeting_url: str = setting(
        "", "Where online meetings are held; each gets an address of its own below it. Empty: they have none."
    )
    subscriptions: int = setting(1000, "Most subscriptions of one app.", minimum=0)
    subscription_mail_minutes: int = setting(4230, "Longest life of a subscription to mail.", minimum=1)
    subscription_data_minutes: int = setting(1440, "The same, where the data are sent along.", minimum=1)
    subscription_directory_minutes: int = setting(41_760, "Longest life of one to users or groups.", minimum=1)
    faults_file: Path | None = setting(
        None, "TOML file with rules that make paths fail, to test programs against; read again when it changes."
    )


@dataclass(frozen=True, slots=True)
class Smtp:
    """Mail that is received: LMTP from a mail server, SMTP from anybody. Only for addresses of ours."""

    enabled: bool = setting(False, "Whether mail is received; `postroom enable smtp` switches it on.")
    host: str = setting("127.0.0.1", "Address to listen on.")
    lmtp_port: int = setting(2424, "Port of LMTP; 0 takes a free one, -1 is none.", minimum=-1, maximum=65535)
    lmtp_socket: Path | None = setting(None, "Unix socket of LMTP; empty is none.")
    smtp_port: int = setting(-1, "Port of SMTP; 0 takes a free one, -1 is none.", minimum=-1, maximum=65535)
    host_name: str = setting("", "Name in the greeting; empty asks the system.")
    message_bytes: int = setting(50 * MIB, "Largest message, received or sent.", minimum=KIB)
    recipients: int = setting(1000, "Most recipients of one message.", minimum=1)
    connections: int = setting(100, "Most connections at once.", minimum=1)
    idle_timeout_s: float = setting(300.0, "How long an idle connection stays open.", minimum=1)
    tls: bool = setting(True, "Offer STARTTLS with the certificate of the server.")


@dataclass(frozen=True, slots=True)
class Journal:
    """Mail that servers send to be archived, by SMTP or LMTP. Nothing is relayed: it goes into archives alone."""

    enabled: bool = setting(False, "Whether mail is taken; `postroom enable journal` switches it on.")
    host: str = setting("127.0.0.1", "Address to listen on.")
    smtp_port: int = setting(2525, "Port of SMTP; 0 takes a free one, -1 is none.", minimum=-1, maximum=65535)
    lmtp_port: int = setting(-1, "Port of LMTP; 0 takes a free one, -1 is none.", minimum=-1, maximum=65535)
    lmtp_socket: Path | None = setting(None, "Unix socket of LMTP; empty is none.")
    host_name: str = setting("", "Name in the greeting; empty asks the system.")
    clients: tuple[str, ...] = setting(
        ("127.0.0.0/8", "::1/128"), "Addresses and networks of the mail servers that may send."
    )
    user: str = setting("", "User as whom mail servers must sign in; empty asks for no login.")
    password: str = setting("", "Password of `user`.")
    tls: bool = setting(True, "Offer STARTTLS on the SMTP port, with the certificate of the server.")
    tls_required: bool = setting(False, "Take mail after STARTTLS alone.")
    message_bytes: int = setting(150 * MIB, "Largest message; `archive.max_message_bytes` holds too.", minimum=KIB)
    recipients: int = setting(10_000, "Most recipients of one message.", minimum=1, maximum=19_000)
    connections: int = setting(100, "Most connections at once.", minimum=1)
    idle_timeout_s: float = setting(
        300.0, "How long an idle connection stays open, and how long one MiB of a message may take.", minimum=1
    )
    copies: tuple[str, ...] = setting(
        (), "Addresses to which mail servers send a copy of each message; they are no recipients."
    )
    reports: tuple[str, ...] = setting((), "Addresses to which Exchange or Microsoft 365 send journal reports.")
    unassigned: str = setting(
        "@catchall/Unknown E-mail Addresses", "Folder for what belongs to nobody; empty refuses it."
    )


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Mail to others: it goes to one mail server, the smarthost."""

    smarthost: str = setting("", "Host that takes all mail to others; empty: such mail comes back at once.")
    port: int = setting(25, "Port of the smarthost.", minimum=1, maximum=65535)
    security: str = setting("starttls", "How the connection is secured.", values=("none", "starttls", "tls"))
    ca_file: Path | None = setting(None, "Authority that signed the smarthost's certificate; empty is the system's.")
    user: str = setting("", "User to sign in as; empty does not sign in.")
    password: str = setting("", "Password of `user`.")
    host_name: str = setting("", "Name that we give ourselves; empty is the domain of the sender.")
    timeout_s: float = setting(60.0, "How long the smarthost may take for one answer.", minimum=0.1)
    retry_first_s: float = setting(60.0, "First wait after a failure; doubled by each further one.", minimum=0.1)
    retry_most_s: float = setting(7200.0, "Longest wait between two tries.", minimum=0.1)
    expire_s: float = setting(432_000.0, "After this time the sender is told that it failed.", minimum=1)


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
    console: Console = field(default_factory=Console)
    spe: Spe = field(default_factory=Spe)
    archive: Archive = field(default_factory=Archive)
    accounts: Accounts = field(default_factory=Accounts)
    iredadmin: Iredadmin = field(default_factory=Iredadmin)
    policy: Policy = field(default_factory=Policy)
    graph: Graph = field(default_factory=Graph)
    smtp: Smtp = field(default_factory=Smtp)
    journal: Journal = field(default_factory=Journal)
    outgoing: Outgoing = field(default_factory=Outgoing)
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
