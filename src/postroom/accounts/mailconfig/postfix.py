"""Files of Postfix: a table for each question it asks, and lines for main.cf and master.cf that use them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from postroom.accounts.mailconfig import templates
from postroom.accounts.mailconfig.places import ConfigFile, Places
from postroom.accounts.mailconfig.sources import Database, Directory, Source
from postroom.settings import Policy, Settings

SQL_TABLES: Final[dict[str, tuple[str, ...]]] = {
    "transport": ("transport-user", "transport-list", "transport-domain"),
    "relayhost": ("relayhost",),
    "sender-login": ("sender-login", "sender-login-alias", "sender-login-alias-domain"),
    "virtual-domains": ("virtual-domains",),
    "relay-domains": ("relay-domains",),
    "virtual-mailboxes": ("virtual-mailboxes",),
    "aliases": ("aliases", "aliases-alias-domain", "aliases-catchall", "aliases-catchall-alias-domain"),
    "sender-bcc": ("sender-bcc-user", "sender-bcc-domain"),
    "recipient-bcc": ("recipient-bcc-user", "recipient-bcc-domain"),
}
"""Hole of main.cf → the tables that fill it, in the order in which Postfix asks them."""
LDAP_TABLES: Final[dict[str, tuple[str, ...]]] = {
    **SQL_TABLES,
    "transport": ("transport-user", "transport-domain"),
    "relayhost": ("relayhost-user", "relayhost-domain"),
    "sender-login": ("sender-login",),
    "aliases": ("aliases", "aliases-members", "aliases-self", "aliases-catchall"),
}


def files(source: Source, settings: Settings, places: Places) -> Iterator[ConfigFile]:
    """Those of one back end."""
    owner = f"root:{places.postfix_group}"
    tables = LDAP_TABLES if isinstance(source, Directory) else SQL_TABLES
    texts = _searches(source) if isinstance(source, Directory) else _queries(source)
    yield ConfigFile("postfix/postroom/main.cf", _main(source, tables, settings, places), 0o644, "root:root")
    yield ConfigFile("postfix/postroom/master.cf", _master(places), 0o644, "root:root")
    for name in (name for names in tables.values() for name in names):
        yield ConfigFile(f"postfix/postroom/{name}.cf", texts[name], 0o640, owner)


def _queries(database: Database) -> dict[str, str]:
    head = _sqlite(database) if database.dialect == "sqlite" else _server(database)
    found = templates.queries("postfix.sql", database.dialect)
    return {name: _table(query.help, [*head, "query =", *_indented(query.lines)]) for name, query in found.items()}


def _sqlite(database: Database) -> list[str]:
    return [f"dbpath = {database.name}"]


def _server(database: Database) -> list[str]:
    place = f"unix:{database.host}" if database.host.startswith("/") else f"inet:{database.host}:{database.port}"
    return [
        f"hosts = {place}",
        f"user = {database.user}",
        f"password = {database.password}",
        f"dbname = {database.name}",
    ]


def _searches(directory: Directory) -> dict[str, str]:
    found = templates.searches("postfix.ldap", {"domains": directory.domains})
    working = found.pop("working").filter
    return {name: _search(directory, working, search) for name, search in found.items()}


def _search(directory: Directory, working: Sequence[str], search: templates.Search) -> str:
    asked = ["query_filter = (&", *_indented([*working, *search.filter]), "  )"]
    what = [f"search_base = {search.base}", f"scope = {search.scope}", f"result_attribute = {search.result}"]
    return _table(search.help, [*_bind(directory), *what, *asked])


def _bind(directory: Directory) -> list[str]:
    ca_file = [f"tls_ca_cert_file = {directory.ca_file}"] if directory.ca_file else []
    tls = ["start_tls = yes"] if directory.starttls else []
    secure = ["tls_require_cert = yes"] if directory.starttls or directory.uri.startswith("ldaps:") else []
    who = ["bind = yes", f"bind_dn = {directory.dn}", f"bind_pw = {directory.password}"]
    return [f"server_host = {directory.uri}", "version = 3", *tls, *secure, *ca_file, *who]


def _table(told: Sequence[str], lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in (*(f"# {line}" for line in told), *lines))


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _main(source: Source, tables: dict[str, tuple[str, ...]], settings: Settings, places: Places) -> str:
    kind = "ldap" if isinstance(source, Directory) else source.dialect
    lists = {hole: [_asked(kind, name, places) for name in names] for hole, names in tables.items()}
    policy = settings.policy
    service = _policy_service(policy) if policy.enabled else ""
    values = {
        **{hole: "".join(f"\n    {table}" for table in tables).lstrip() for hole, tables in lists.items()},
        "etc": str(places.etc),
        "delimiters": settings.accounts.recipient_delimiters,
        "quota_port": str(places.quota_port),
        "recipient-policy": f"    {service}" if service else "",
        "end-of-data": f"smtpd_end_of_data_restrictions = {service}" if service else "",
    }
    return templates.filled(templates.text("main.cf"), values)


def _asked(kind: str, name: str, places: Places) -> str:
    return f"proxy:{kind}:{places.etc}/postfix/postroom/{name}.cf"


def _policy_service(policy: Policy) -> str:
    host = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "[::1]"}.get(policy.host, policy.host)  # noqa: S104
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    # As policy.fail_open says for a database that does not answer.
    otherwise = ", default_action=DUNNO" if policy.fail_open else ""
    return f"check_policy_service {{ inet:{host}:{policy.port}{otherwise} }}"


def _master(places: Places) -> str:
    values = {
        "etc": str(places.etc),
        "mail_user": places.mail_user,
        "mail_group": places.mail_group,
        "lda": str(places.lda),
        "lda_options": f"{places.lda_options} " if places.lda_options else "",
    }
    return templates.filled(templates.text("master.cf"), values)
