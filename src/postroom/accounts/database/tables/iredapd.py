"""Database `iredapd`: throttles, greylisting and what else a policy service keeps."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, MetaData, Table, UniqueConstraint

from postroom.accounts.database.tables.columns import (
    BIG,
    NAMES,
    big,
    flag,
    indexes,
    line,
    moment,
    number,
    serial,
    table,
)

METADATA: Final = MetaData(naming_convention=NAMES)

MOST_TRACKED_MESSAGES: Final = 16_777_215
MOST_TRACKED_BYTES: Final = 4_294_967_295
"""What `cur_msgs` and `cur_quota` hold in a MariaDB that iRedMail made; in tables that we make there is room."""


throttle = table(
    METADATA,
    "throttle",
    serial(),
    line("account"),
    line("kind", 10, "outbound"),  # `outbound`, `inbound`, `external`
    number("priority"),
    number("period"),  # seconds
    big("msg_size", -1),  # bytes; of each limit -1 asks the next row and 0 is unlimited
    big("max_msgs", -1),
    big("max_quota", -1),  # bytes
    big("max_rcpts", -1),
    UniqueConstraint("account", "kind"),
)

# A setting is deleted after its counters: the key has no ON DELETE.
throttle_tracking = table(
    METADATA,
    "throttle_tracking",
    serial(),
    Column("tid", BIG, ForeignKey("throttle.id"), nullable=False),
    line("account"),
    number("period"),
    big("cur_msgs"),
    big("cur_quota"),
    big("init_time"),
    big("last_time"),
    big("last_notify_time"),
    UniqueConstraint("tid", "account"),
    *indexes("throttle_tracking", "account"),
)

greylisting = table(
    METADATA,
    "greylisting",
    serial(),
    line("account"),
    number("priority"),
    line("sender"),
    number("sender_priority"),
    line("comment"),
    flag("active", 1),
    UniqueConstraint("account", "sender"),
)


def _whitelist(name: str) -> Table:
    return table(
        METADATA,
        name,
        serial(),
        line("account"),
        line("sender"),
        line("comment"),
        UniqueConstraint("account", "sender"),
    )


greylisting_whitelists = _whitelist("greylisting_whitelists")
greylisting_whitelist_domain_spf = _whitelist("greylisting_whitelist_domain_spf")

greylisting_whitelist_domains = table(
    METADATA,
    "greylisting_whitelist_domains",
    serial(),
    line("domain"),
    UniqueConstraint("domain"),
)

greylisting_tracking = table(
    METADATA,
    "greylisting_tracking",
    serial(),
    line("sender"),
    line("recipient"),
    line("client_address", 40),
    line("sender_domain"),
    line("rcpt_domain"),
    big("init_time"),
    big("block_expired"),
    big("record_expired"),
    big("blocked_count"),
    flag("passed"),
    UniqueConstraint("sender", "recipient", "client_address"),
    Index("idx_greylisting_tracking_client_address_passed", "client_address", "passed"),
    *indexes("greylisting_tracking", "recipient", "sender_domain", "rcpt_domain", "record_expired"),
)

wblist_rdns = table(
    METADATA,
    "wblist_rdns",
    serial(),
    line("rdns"),
    line("wb", 10, "B"),
    UniqueConstraint("rdns"),
    *indexes("wblist_rdns", "wb"),
)

srs_exclude_domains = table(
    METADATA,
    "srs_exclude_domains",
    serial(),
    line("domain"),
    UniqueConstraint("domain"),
)

senderscore_cache = table(
    METADATA,
    "senderscore_cache",
    line("client_address", 40, key=True),
    number("score"),
    big("time"),
    *indexes("senderscore_cache", "score", "time"),
)

smtp_sessions = table(
    METADATA,
    "smtp_sessions",
    serial(),
    moment("time"),
    big("time_num"),
    line("action", 20),
    line("reason"),
    line("instance", 40),
    line("client_address", 40),
    line("client_name"),
    line("reverse_client_name"),
    line("helo_name"),
    line("sender"),
    line("sender_domain"),
    line("sasl_username"),
    line("sasl_domain"),
    line("recipient"),
    line("recipient_domain"),
    line("encryption_protocol", 20),
    line("encryption_cipher", 50),
    line("server_address", 40),
    line("server_port", 10),
    *indexes(
        "smtp_sessions", "time", "time_num", "action", "instance", "client_address", "sender", "sender_domain",
        "sasl_username", "sasl_domain", "recipient", "recipient_domain",
    ),
)  # fmt: skip
