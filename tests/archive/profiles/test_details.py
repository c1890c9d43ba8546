"""The details of a profile against the table of a connector."""

from __future__ import annotations

import pytest

from postroom.archive.profiles.details import Key, checked
from postroom.errors import Invalid

KEYS = (
    Key("host", "Name of the server.", required=True, also=("server", "hostname")),
    Key("protocol", "How to speak.", values=("IMAP", "IMAP-TLS", "IMAP-SSL"), default="IMAP-SSL"),
    Key("password", "Its password.", "secret"),
    Key("timeout", "Seconds, 0 = default.", "number", default=0, maximum=3600),
    Key("excludeUnRead", "Leave unread mail.", "flag", default=False),
    Key("includedFolders", "These alone.", "list"),
)


@pytest.mark.parametrize("flag", [True, "true", "1", 1, "True"])
@pytest.mark.parametrize("number", [30, "30"])
def test_numbers_and_flags_may_come_as_texts(flag: object, number: object) -> None:
    details = checked(KEYS, {"host": "h", "timeout": number, "excludeUnRead": flag})
    assert (details.number("timeout"), details.flag("excludeUnRead")) == (30, True)


def test_what_is_absent_or_null_has_its_default() -> None:
    details = checked(KEYS, {"host": "h", "password": None})
    assert dict(details) == {
        "host": "h", "protocol": "IMAP-SSL", "password": None, "timeout": 0, "excludeUnRead": False,
        "includedFolders": (),
    }  # fmt: skip


def test_other_names_and_any_case_will_do() -> None:
    assert checked(KEYS, {"Server": "h", "PROTOCOL": "imap-tls"}).text("protocol") == "IMAP-TLS"


@pytest.mark.parametrize(
    ("given", "field", "expected"),
    [
        ([], "details", "an object"),
        ({}, "details.host", "a text"),
        ({"host": "h", "exludeUnread": 1}, "details.exludeUnread", "excludeUnRead"),
        ({"host": "h", "protocol": "FTP"}, "details.protocol", "one of IMAP, IMAP-TLS, IMAP-SSL"),
        ({"host": "h", "timeout": 3601}, "details.timeout", "from 0 to 3600"),
        ({"host": "h", "timeout": -1}, "details.timeout", "from 0 to 3600"),
        ({"host": "h", "timeout": True}, "details.timeout", "from 0 to 3600"),
        ({"host": "h", "excludeUnRead": 2}, "details.excludeUnRead", "true or false"),
        ({"host": "a\nb"}, "details.host", "without line ends"),
        ({"host": "h", "includedFolders": [1.5]}, "details.includedFolders", "a list"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_key(given: object, field: str, expected: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(KEYS, given)
    assert refused.value.field == field
    assert expected in refused.value.expected


def test_secrets_are_not_shown() -> None:
    assert "hush" not in repr(checked(KEYS, {"host": "h", "password": "hush"}))
