"""`postroom graph …`: apps, what they may do, and the variables of clients."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from tests.cli.conftest import Ended, Run
from tests.workspace.signin.known import Known
from tests.workspace.signin.test_apps import certificate

from postroom import configuration
from postroom.accounts.accounts import Accounts
from postroom.home import Home
from postroom.people import AccountsPeople
from postroom.workspace.signin.clients import Proof
from postroom.workspace.signin.errors import BadSecret, NoConsent
from postroom.workspace.signin.scopes import parse
from postroom.workspace.signin.signin import Signin

ANNA = "anna@example.com"


@pytest.fixture
def graph(run: Run, home: Home, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`postroom graph …` on a home with a user."""
    monkeypatch.setenv("ACCOUNT_PASSWORD", "Correct-Horse-7")
    assert run("account", "domain", "create", "example.com").code == 0
    assert run("account", "user", "create", ANNA, "--name", "Anna Berg").code == 0

    def call(*arguments: str) -> Ended:
        return run("graph", *arguments)

    return call


@contextmanager
def engine(home: Home) -> Iterator[Signin]:
    """What a server has open meanwhile."""
    with Signin(home.workspace, Known()) as signin:
        yield signin


def test_a_created_app_works_with_the_secret_that_was_shown(graph: Run, home: Home) -> None:
    made = graph("app", "create", "Mailer", "--role", "mail.send", "--json").json
    assert "Secret:" in graph("app", "create", "Other").out
    with engine(home) as signin:
        assert made["tenant_id"] == signin.tenant
        assert signin.clients.identify(Proof(made["client_id"], secret=made["secret"])).app.roles == ("Mail.Send",)
    assert made["secret"] not in graph("app", "show", "Mailer").out
    assert "nativeclient" in graph("app", "show", made["client_id"]).out
    assert [row["name"] for row in graph("app", "list", "--json").json] == ["Mailer", "Other"]


def test_a_public_app_has_no_secret_and_listens_on_this_machine(graph: Run) -> None:
    assert graph("app", "create", "Desk", "--public", "--json").json["secret"] is None
    shown = graph("app", "show", "Desk", "--json").json
    assert shown["public"] is True
    assert "http://localhost" in shown["redirects"]


def test_an_app_without_a_user_is_told_that_there_is_none(graph: Run) -> None:
    assert graph("app", "list").out == "There is none.\n"
    ended = graph("app", "show", "Nothing")
    assert (ended.code, ended.err) == (1, "Error: There is no app 'Nothing'.\n")


def test_a_secret_is_added_and_removed(graph: Run, home: Home) -> None:
    made = graph("app", "create", "Mailer", "--json").json
    more = graph("app", "secret", "Mailer", "--days", "3", "--json").json
    with engine(home) as signin:
        assert signin.clients.identify(Proof(made["client_id"], secret=more["secret"])).proof == "1"
        assert graph("app", "secret", "Mailer", "--remove", str(more["id"])).code == 0
        with pytest.raises(BadSecret):
            signin.clients.identify(Proof(made["client_id"], secret=more["secret"]))


def test_redirects_and_certificates_come_and_go(graph: Run, tmp_path: Path) -> None:
    graph("app", "create", "Mailer")
    assert graph("app", "redirect", "Mailer", "https://site.test/back").code == 0
    pem = tmp_path / "app.pem"
    pem.write_bytes(certificate(rsa.generate_private_key(65537, 2048), datetime.now(UTC)).public_bytes(Encoding.PEM))
    thumbprint = graph("app", "certificate", "Mailer", str(pem), "--json").json["thumbprint"]
    shown = graph("app", "show", "Mailer").out
    assert "https://site.test/back" in shown
    assert thumbprint in shown
    assert graph("app", "redirect", "Mailer", "https://site.test/back", "--remove").code == 0
    assert graph("app", "certificate", "Mailer", thumbprint, "--remove").code == 0
    shown = graph("app", "show", "Mailer").out
    assert "site.test" not in shown
    assert thumbprint not in shown
    assert graph("app", "redirect", "Mailer", "javascript:alert(1)").code == 2


def test_consent_for_all_lets_everybody_in_without_being_asked_until_it_is_withdrawn(graph: Run, home: Home) -> None:
    made = graph("app", "create", "Mailer", "--json").json
    assert graph("app", "consent", "Mailer", "Mail.Read", "offline_access", "--role", "Mail.Read").code == 0
    assert "everybody" in graph("app", "show", "Mailer").out
    asked = parse("Mail.Read offline_access")
    with Accounts(configuration.load(home.settings_file, {}, ()), home.path) as accounts:
        people = AccountsPeople(accounts)
        person = people.authenticate(ANNA, "Correct-Horse-7")
        assert person is not None
        with Signin(home.workspace, people) as signin:
            client = signin.clients.identify(Proof(made["client_id"], secret=made["secret"]))
            issued = signin.grants.password(client, person, asked, "issuer")
            assert signin.tokens.verify(issued.access_token).user_id == person.id
            assert graph("app", "consent", "Mailer", "Mail.Read", "--withdraw").code == 0
            with pytest.raises(NoConsent):
                signin.grants.password(client, person, asked, "issuer")
            assert signin.signins.list() == ()


def test_consent_for_one_user_is_theirs(graph: Run) -> None:
    graph("app", "create", "Mailer")
    assert graph("app", "consent", "Mailer", "Mail.Read", "--user", ANNA).code == 0
    assert f"consent of {ANNA}" in graph("app", "show", "Mailer").out
    assert graph("app", "consent", "Mailer", "Mail.Read", "--user", "nobody@example.com").code == 1
    assert graph("app", "consent", "Mailer", "Mail.Fly").code != 0
    assert graph("app", "consent", "Mailer").code == 2


def test_a_deleted_app_is_gone(graph: Run) -> None:
    graph("app", "create", "Mailer")
    assert graph("app", "delete", "Mailer", "--yes").code == 0
    assert graph("app", "show", "Mailer").code == 1


def test_a_user_is_signed_out_everywhere(graph: Run, home: Home) -> None:
    with Accounts(configuration.load(home.settings_file, {}, ()), home.path) as accounts:
        person = AccountsPeople(accounts).find(ANNA)
        assert person is not None
        with engine(home) as signin:
            session = signin.sessions.create(person.id)
            app = signin.apps.create("Web")
            signin.signins.begin(app.id, person.id)
            assert graph("sign-out", ANNA, "--yes", "--json").json == {"user": ANNA, "ended": 1}
            assert signin.sessions.find(session) is None
            assert signin.signins.list() == ()


def test_sites_come_and_go(graph: Run) -> None:
    assert graph("site", "create", "sites/yard", "--name", "The Yard").out == "Made the site The Yard at sites/yard.\n"
    assert graph("site", "create", "sites/yard/plans", "--name", "Plans").code == 0
    assert [row["path"] for row in graph("site", "list", "--json").json] == ["", "sites/yard", "sites/yard/plans"]
    assert "exists already" in graph("site", "create", "Sites/Yard", "--name", "Other").err
    assert "There is no group" in graph("site", "create", "sites/other", "--name", "x", "--group", "smiths").err
    assert "without subsites" in graph("site", "delete", "sites/yard", "--yes").err
    for path in ("sites/yard/plans", "sites/yard"):
        assert graph("site", "delete", path, "--yes").code == 0
    assert [row["path"] for row in graph("site", "list", "--json").json] == [""]


def test_the_variables_of_clients_can_be_given_to_a_shell(run: Run, home: Home) -> None:
    ended = run("graph", "env")
    assert (ended.code, "serve --graph-proxy" in ended.err) == (1, True)
    (home.tls / "ca.pem").write_text("x")
    lines = run("graph", "env", "--set", "graph.proxy_port=1234").out.splitlines()
    assert lines[0] == "export HTTPS_PROXY=http://127.0.0.1:1234"
    assert lines[1] == "export NO_PROXY=localhost,127.0.0.1,::1"
    assert {line.partition("=")[0] for line in lines[2:]} == {
        "export REQUESTS_CA_BUNDLE", "export SSL_CERT_FILE", "export NODE_EXTRA_CA_CERTS",
    }  # fmt: skip
    assert all(line.endswith(str(home.tls / "ca.pem")) for line in lines[2:])


def test_contacts_go_in_and_out_as_vcards(graph: Run, tmp_path: Path) -> None:
    source, target = tmp_path / "in.vcf", tmp_path / "out.vcf"
    source.write_text("BEGIN:VCARD\nVERSION:3.0\nUID:1\nFN:Dora Dunn\nN:Dunn;Dora\nEND:VCARD\n", "utf-8")
    taken = graph("contacts", "import", ANNA, str(source), "--folder", "Friends", "--json")
    assert (taken.code, taken.json) == (0, {"added": 1, "changed": 0, "same": 0, "failed": []})
    assert graph("contacts", "import", ANNA, str(source), "--folder", "Friends", "--json").json["same"] == 1
    assert graph("contacts", "export", ANNA, str(target)).code == 0
    assert "FN:Dora Dunn\r\n" in target.read_bytes().decode()
    assert graph("contacts", "export", "nobody@example.com", str(target)).code == 1
