"""Database `amavisd`: spam policies, white- and blacklists, and what amavisd itself writes about mail.

Addresses are bytes in PostgreSQL and MariaDB; here they are text everywhere.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, UniqueConstraint

from postroom.accounts.database.tables.columns import (
    BIG,
    BLOB,
    NAMES,
    Octets,
    big,
    indexes,
    line,
    number,
    octets,
    optional_big,
    optional_float,
    optional_line,
    serial,
    table,
)

METADATA: Final = MetaData(naming_convention=NAMES)

NO_POLICY: Final = 0
"""`users.policy_id` of an account without spam policy."""


def _optional_lines(length: int, *names: str) -> tuple[Column[str], ...]:
    return tuple(optional_line(name, length) for name in names)


def _partition() -> Column[int]:
    return Column("partition_tag", Integer(), primary_key=True, autoincrement=False, nullable=False, default=0)


# Accounts of ours.
users = table(
    METADATA,
    "users",
    serial(),
    number("priority", 7),
    big("policy_id", 1),
    octets("email"),
    line("fullname"),
    UniqueConstraint("email"),
)

# Addresses of others.
mailaddr = table(
    METADATA,
    "mailaddr",
    serial(),
    number("priority", 7),
    octets("email"),
    UniqueConstraint("email"),
)

# Mail to us: rid is of `users`, sid of `mailaddr`.
wblist = table(
    METADATA,
    "wblist",
    Column("rid", BIG, primary_key=True, autoincrement=False),
    Column("sid", BIG, primary_key=True, autoincrement=False),
    line("wb", 10),
)

# Mail from us: rid is of `mailaddr`, sid of `users`.
outbound_wblist = table(
    METADATA,
    "outbound_wblist",
    Column("rid", BIG, primary_key=True, autoincrement=False),
    Column("sid", BIG, primary_key=True, autoincrement=False),
    line("wb", 10),
)

policy = table(
    METADATA,
    "policy",
    serial(),
    line("policy_name"),
    *_optional_lines(
        1, "virus_lover", "spam_lover", "unchecked_lover", "banned_files_lover", "bad_header_lover",
        "bypass_virus_checks", "bypass_spam_checks", "bypass_banned_checks", "bypass_header_checks",
    ),
    *_optional_lines(
        64, "virus_quarantine_to", "spam_quarantine_to", "banned_quarantine_to", "unchecked_quarantine_to",
        "bad_header_quarantine_to", "clean_quarantine_to", "archive_quarantine_to",
    ),
    *(
        optional_float(f"spam_{level}_level")
        for level in ("tag", "tag2", "tag3", "kill", "dsn_cutoff", "quarantine_cutoff")
    ),
    *_optional_lines(
        64, "addr_extension_virus", "addr_extension_spam", "addr_extension_banned", "addr_extension_bad_header",
    ),
    *_optional_lines(1, "warnvirusrecip", "warnbannedrecip", "warnbadhrecip"),
    *_optional_lines(64, "newvirus_admin", "virus_admin", "banned_admin", "bad_header_admin", "spam_admin"),
    *_optional_lines(64, "spam_subject_tag", "spam_subject_tag2", "spam_subject_tag3"),
    Column("message_size_limit", Integer(), nullable=True),
    *_optional_lines(
        64, "banned_rulenames", "disclaimer_options", "forward_method", "sa_userconf", "sa_username",
    ),
    UniqueConstraint("policy_name"),
)  # fmt: skip

maddr = table(
    METADATA,
    "maddr",
    Column("partition_tag", Integer(), nullable=False, default=0, server_default="0"),
    serial(),
    octets("email"),
    octets("email_raw"),  # without extension
    line("domain"),  # labels in reverse order
    UniqueConstraint("partition_tag", "email"),
    Index("idx_maddr_email_raw", "email_raw"),
    Index("idx_maddr_domain", "domain"),
)

msgs = table(
    METADATA,
    "msgs",
    _partition(),
    octets("mail_id", 16, key=True),
    Column("secret_id", Octets(16), nullable=True),
    line("am_id", 20),
    big("time_num"),
    line("time_iso", 16),
    optional_big("sid"),  # of `maddr`
    line("policy"),
    line("client_addr"),
    big("size"),
    line("originating", 1, " "),
    Column("content", String(1), nullable=True),  # NULL while in progress
    Column("quar_type", String(1), nullable=True),
    line("quar_loc"),
    Column("dsn_sent", String(1), nullable=True),
    optional_float("spam_level"),
    line("message_id"),
    line("from_addr"),
    line("subject"),
    line("host"),
    *indexes("msgs", "mail_id", "sid", "time_num", "content", "quar_type"),
)

msgrcpt = table(
    METADATA,
    "msgrcpt",
    _partition(),
    octets("mail_id", 16, key=True),
    Column("rseqnum", Integer(), primary_key=True, autoincrement=False, nullable=False, default=0),
    Column("rid", BigInteger(), nullable=True),  # of `maddr`
    line("is_local", 1, " "),
    line("content", 1, " "),
    optional_line("ds", 1),
    optional_line("rs", 1),
    optional_line("bl", 1),
    optional_line("wl", 1),
    optional_float("bspam_level"),
    line("smtp_resp"),
    *indexes("msgrcpt", "mail_id", "rid"),
)

quarantine = table(
    METADATA,
    "quarantine",
    _partition(),
    octets("mail_id", 16, key=True),
    Column("chunk_ind", Integer(), primary_key=True, autoincrement=False, nullable=False),
    Column("mail_text", BLOB, nullable=False),
)
