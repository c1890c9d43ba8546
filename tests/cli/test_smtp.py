"""Receiving mail is switched on and off like an API."""

from __future__ import annotations

from typing import Any

from tests.cli.conftest import Run

from postroom.home import Home


def smtp(run: Run) -> Any:
    (found,) = [api for api in run("status", "--json").json["apis"] if api["name"] == "smtp"]
    return found


def test_smtp_is_enabled_and_disabled(run: Run, home: Home) -> None:
    assert smtp(run)["enabled"] is False
    assert run("enable", "smtp").code == 0
    assert (smtp(run)["enabled"], smtp(run)["address"]) == (True, "127.0.0.1:2424")
    assert "lmtp_port" in run("--set", "smtp.lmtp_port=99999", "status").err
    assert run("disable", "smtp").code == 0
    assert smtp(run)["enabled"] is False
