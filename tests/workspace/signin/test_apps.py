"""Registered apps, and how they prove who they are."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import RSAKey
from tests.workspace.signin.conftest import House
from tests.workspace.signin.forging import signed_with_password

from postroom.errors import AlreadyExists, Invalid, NotFound
from postroom.workspace.signin.apps import App, checked_uri
from postroom.workspace.signin.clients import Proof
from postroom.workspace.signin.errors import BadAssertion, BadSecret, ExpiredSecret, NeedsSecret, UnknownApp


def test_a_secret_lets_its_app_in_and_no_other_text_does(house: House) -> None:
    assert house.client().proof == "1"
    for wrong in (house.secret[:-1], house.secret + "x", "x", "x" * 5000):
        with pytest.raises(BadSecret):
            house.signin.clients.identify(Proof(house.web.id, secret=wrong))


def test_a_secret_is_in_no_file(house: House, tmp_path: Path) -> None:
    files = [file for file in (tmp_path / "workspace").iterdir() if file.is_file()]
    assert files
    assert not [file for file in files if house.secret.encode() in file.read_bytes()]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_the_secret_of_one_app_is_none_of_another(house: House) -> None:
    with pytest.raises(BadSecret):
        house.signin.clients.identify(Proof(house.desk.id, secret=house.secret))


def test_a_secret_ends_when_its_time_is_over_or_it_is_removed(house: House) -> None:
    known, text = house.signin.apps.add_secret(house.web.id, timedelta(days=1))
    house.clock.on(days=1)
    with pytest.raises(ExpiredSecret):
        house.signin.clients.identify(Proof(house.web.id, secret=text))
    house.signin.apps.remove_secret(house.web.id, known.id)
    with pytest.raises(BadSecret):
        house.signin.clients.identify(Proof(house.web.id, secret=text))
    with pytest.raises(NotFound):
        house.signin.apps.remove_secret(house.web.id, known.id)


def test_without_a_secret_only_public_apps_go_on(house: House) -> None:
    assert house.public().proof == "0"
    with pytest.raises(NeedsSecret):
        house.signin.clients.identify(Proof(house.web.id))
    with pytest.raises(UnknownApp):
        house.signin.clients.identify(Proof("nobody"))


def test_names_of_apps_are_given_once_and_find_them(house: House) -> None:
    with pytest.raises(AlreadyExists):
        house.signin.apps.create("Web")
    assert house.signin.apps.get("Web") == house.signin.apps.get(house.web.id.upper()) == house.web
    assert [app.name for app in house.signin.apps.list()] == ["Desk", "Web"]
    house.signin.apps.delete(house.web.id)
    with pytest.raises(NotFound):
        house.signin.apps.get("Web")


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 121])
def test_names_are_short_and_printable(house: House, name: str) -> None:
    with pytest.raises(Invalid, match="name"):
        house.signin.apps.create(name)


def test_an_app_that_cannot_be_made_leaves_nothing(house: House) -> None:
    with pytest.raises(Invalid):
        house.signin.apps.create("Third", redirects=["https://ok.test/", "javascript:alert(1)"])
    with pytest.raises(Invalid):
        house.signin.apps.create("Third", roles=["Mail.Fly"])
    assert len(house.signin.apps.list()) == 2


@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://example.com/", "https://a.test/#x",
        "https://a.test/#", "//a.test/", "/callback", "https:///x", "https://a.test/ x", "https://a.test:x/", "",
        "https://a.test/\n", "https://ä.test/", "http://localhost.evil.test/", "https://a.test/" + "x" * 2048,
    ],
)  # fmt: skip
def test_a_redirect_uri_that_could_do_harm_is_refused(house: House, uri: str) -> None:
    with pytest.raises(Invalid, match="redirect"):
        house.signin.apps.add_redirect(house.web.id, uri)


@pytest.mark.parametrize("uri", ["https://a.test/x?y=1", "http://localhost:8000/", "http://[::1]/", "msal1://auth"])
def test_a_redirect_uri_of_a_site_a_program_or_this_machine_is_taken(house: House, uri: str) -> None:
    house.signin.apps.add_redirect(house.web.id, uri)
    assert house.signin.apps.get(house.web.id).answers_to(uri)
    house.signin.apps.remove_redirect(house.web.id, uri)
    assert not house.signin.apps.get(house.web.id).answers_to(uri)


@given(st.text(max_size=60))
def test_checking_a_redirect_uri_raises_nothing_but_invalid(uri: str) -> None:
    with suppress(Invalid):
        assert checked_uri(uri) == uri


@pytest.mark.parametrize(
    ("uri", "matches"),
    [
        ("http://localhost:51234", True), ("http://localhost:51234/", True), ("http://127.0.0.1:1/x", True),
        ("http://localhost:51234/other", False), ("http://localhost@evil.test:80/", False),
        ("http://x@localhost:1/", False), ("https://localhost:51234/", False), ("http://127.0.0.1:1/x?y", False),
        ("http://localhost:51234/#x", False), ("http://localhost:port/", False), ("http://127.0.0.1/", False),
    ],
)  # fmt: skip
def test_a_public_app_may_listen_on_any_port_of_this_machine(house: House, uri: str, matches: bool) -> None:
    assert house.desk.answers_to(uri) is matches
    assert not App("x", "x", False, 0, house.desk.redirects).answers_to(uri)


# Certificates


def certificate(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "app")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=9))
    return builder.sign(key, hashes.SHA256())


def thumbprint(made: x509.Certificate, kind: hashes.HashAlgorithm) -> str:
    return base64.urlsafe_b64encode(made.fingerprint(kind)).decode().rstrip("=")


class Signed:
    """An app with a certificate, and assertions that it signs."""

    def __init__(self, house: House) -> None:
        self.house, private = house, rsa.generate_private_key(65537, 2048)
        self.made, self.key = certificate(private, house.clock()), RSAKey.import_key(private)
        house.signin.apps.add_certificate(house.web.id, self.made.public_bytes(Encoding.PEM))
        now_s = int(house.clock().timestamp())
        audience = f"https://login.test/{house.signin.tenant}/oauth2/v2.0/token"
        app_id = house.web.id
        self.claims = {"aud": audience, "iss": app_id, "sub": app_id, "exp": now_s + 600, "nbf": now_s, "jti": "1"}
        self.header = {"alg": "RS256", "x5t": thumbprint(self.made, hashes.SHA1())}

    def assertion(self, header: Mapping[str, object] | None = None, /, **claims: object) -> Proof:
        signed = jwt.encode(
            {**self.header, **(header or {})}, {**self.claims, **claims}, self.key, algorithms=["RS256", "PS256"]
        )
        return Proof(self.house.web.id, assertion=signed, hosts={"login.test"})


@pytest.fixture(scope="session")
def other_key() -> RSAKey:
    return RSAKey.generate_key(2048)


def test_an_app_proves_itself_by_what_its_certificate_signed(house: House) -> None:
    signed = Signed(house)
    assert house.signin.clients.identify(signed.assertion()).proof == "2"
    newer: dict[str, object] = {"alg": "PS256", "x5t": None, "x5t#S256": thumbprint(signed.made, hashes.SHA256())}
    newer = {name: value for name, value in newer.items() if value}
    signed.header.pop("x5t")
    assert house.signin.clients.identify(signed.assertion(newer)).proof == "2"


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://elsewhere.test/common/oauth2/v2.0/token"}, {"aud": "https://login.test/other/oauth2/token"},
        {"aud": "http://login.test/common/oauth2/token"}, {"aud": None}, {"aud": 3}, {"iss": "x"}, {"sub": "x"},
        {"exp": 0}, {"exp": "x"}, {"exp": None}, {"nbf": 1e12}, {"nbf": "x"},
    ],
)  # fmt: skip
def test_an_assertion_for_others_or_of_another_time_is_refused(house: House, claims: dict[str, object]) -> None:
    with pytest.raises(BadAssertion):
        house.signin.clients.identify(Signed(house).assertion(None, **claims))


def test_an_assertion_that_another_key_signed_is_refused(house: House, other_key: RSAKey) -> None:
    signed = Signed(house)
    forged = jwt.encode(signed.header, signed.claims, other_key, algorithms=["RS256"])
    with pytest.raises(BadAssertion):
        house.signin.clients.identify(Proof(house.web.id, assertion=forged, hosts={"login.test"}))


def test_an_assertion_signed_with_the_public_key_as_a_password_is_refused(house: House) -> None:
    signed = Signed(house)
    forged = signed_with_password(signed.header, signed.claims, signed.key.as_pem(private=False))
    with pytest.raises(BadAssertion):
        house.signin.clients.identify(Proof(house.web.id, assertion=forged, hosts={"login.test"}))


def test_a_certificate_of_another_app_proves_nothing(house: House) -> None:
    signed = Signed(house)
    house.signin.apps.remove_certificate(house.web.id, signed.made.fingerprint(hashes.SHA256()).hex())
    with pytest.raises(BadAssertion):
        house.signin.clients.identify(signed.assertion())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=80))
def test_whatever_comes_as_an_assertion_is_refused_in_order(house: House, text: str) -> None:
    with pytest.raises(BadAssertion):
        house.signin.clients.identify(Proof(house.web.id, assertion=text))


def test_only_certificates_with_rsa_keys_are_taken(house: House) -> None:
    elliptic = certificate(ec.generate_private_key(ec.SECP256R1()), house.clock()).public_bytes(Encoding.PEM)
    for pem in (b"no certificate", elliptic):
        with pytest.raises(Invalid, match="certificate"):
            house.signin.apps.add_certificate(house.web.id, pem)
