"""A smarthost as providers have it: STARTTLS with a certificate of its own authority, and a login."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from tests.ports import free_port

from postroom.settings import Outgoing
from postroom.web.tls import Certificate
from postroom.workspace.delivery.smarthost import Smarthost

CARL = "carl@elsewhere.test"
LOGIN = LoginPassword(b"anna", b"Secret-1")


class Sink:
    def __init__(self) -> None:
        self.got: list[tuple[bool, bool, Any]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.got.append((session.ssl is not None, bool(session.authenticated), envelope.content))
        return "250 OK"


def login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    # `handled` would say that the answer was sent: the client would wait for one that never comes.
    return AuthResult(success=data == LOGIN, handled=data == LOGIN)


@contextmanager
def sink(certificate: Certificate) -> Iterator[tuple[Sink, int]]:
    handler = Sink()
    controller = Controller(
        handler,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=certificate.context,
        require_starttls=True,
        auth_required=True,
        authenticator=login,
    )
    controller.start()
    try:
        yield handler, controller.port
    finally:
        controller.stop()


@pytest.fixture
def settings(tmp_path: Path) -> Outgoing:
    return Outgoing("localhost", user="anna", password="Secret-1", ca_file=tmp_path / "tls" / "ca.pem", timeout_s=30)


def test_it_is_reached_by_starttls_and_login(tmp_path: Path, settings: Outgoing) -> None:
    with sink(Certificate(tmp_path / "tls", ("localhost",))) as (handler, port):
        told = replace(settings, smarthost="127.0.0.1", port=port)
        assert Smarthost(told).send("anna@example.org", [CARL], b"Subject: x\r\n\r\ny\r\n") == {}
    assert handler.got == [(True, True, b"Subject: x\r\n\r\ny\r\n")]


@pytest.mark.parametrize("wrong", [{"password": "no"}, {"ca_file": None}, {"security": "none"}, {"user": ""}])
def test_nothing_leaves_by_another_way_and_what_admins_can_mend_is_tried_again(
    tmp_path: Path, settings: Outgoing, wrong: dict[str, Any]
) -> None:
    with sink(Certificate(tmp_path / "tls", ("localhost",))) as (handler, port):
        told = replace(settings, smarthost="127.0.0.1", port=port, **wrong)
        refused = Smarthost(told).send("anna@example.org", [CARL], b"Subject: x\r\n\r\n")
    assert handler.got == []
    assert not refused[CARL].final or set(wrong) <= {"security", "user"}
