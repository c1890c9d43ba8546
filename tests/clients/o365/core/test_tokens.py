"""Token backends: what is kept where, by whom it can be read, and two processes with one file."""

from __future__ import annotations

import base64
import datetime as dt
import json
import multiprocessing
import os
import stat
import sys
import time
from multiprocessing.synchronize import Event
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from tests.clients.o365.core.conftest import Make
from tests.clients.o365.core.fake import Server

from O365 import Account
from O365 import _token_files as files
from O365.utils import token as backends
from O365.utils.token import BaseTokenBackend, EnvTokenBackend, FileSystemTokenBackend, MemoryTokenBackend

HOME = "oid.tid"


def cache(expires_on: int = 4_000_000_000, **more: Any) -> dict[str, Any]:
    """A cache as msal writes it."""
    entry = {"home_account_id": HOME, "environment": "login.test", "client_id": "c", "realm": "t"}
    return {
        "AccessToken": {"a": {**entry, "secret": "AT", "target": "Mail.Read User.Read", "expires_on": str(expires_on)}},
        "RefreshToken": {"r": {**entry, "secret": "RT", "target": "Mail.Read openid profile offline_access"}},
        "IdToken": {"i": {**entry, "secret": "IT"}},
        "Account": {"u": {**entry, "username": "Ada@acme.test"}},
        **more,
    }


def filled(backend: BaseTokenBackend, **options: Any) -> Any:
    backend.token = cache(**options)
    backend._has_state_changed = True
    return backend


# What is in the cache.


def test_tokens_are_found_by_user_in_any_case() -> None:
    backend = filled(MemoryTokenBackend())
    for name in (None, "Ada@acme.test", "ada@ACME.test"):
        assert backend.get_access_token(username=name)["secret"] == "AT"
        assert backend.get_refresh_token(username=name)["secret"] == "RT"
        assert backend.get_id_token(username=name)["secret"] == "IT"
    assert backend.get_access_token(username="bob@acme.test") is None
    assert backend.get_account(home_account_id=HOME) == backend.get_all_accounts()[0]
    with pytest.raises(ValueError, match="both"):
        backend.get_account(username="x", home_account_id="y")


def test_scopes_are_those_of_the_refresh_token() -> None:
    backend = filled(MemoryTokenBackend())
    assert backend.get_token_scopes() == ["Mail.Read", "openid", "profile", "offline_access"]
    assert backend.get_token_scopes(remove_reserved=True) == ["Mail.Read"]
    backend.token.pop("RefreshToken")
    assert backend.get_token_scopes() == ["Mail.Read", "User.Read"]
    assert MemoryTokenBackend().get_token_scopes() is None


def test_an_expired_token_is_expired_and_still_names_its_scopes() -> None:
    backend = filled(MemoryTokenBackend(), expires_on=1)
    backend.token.pop("RefreshToken")
    assert backend.token_is_expired()
    assert not backend.token_is_long_lived()
    assert backend.get_token_scopes() == ["Mail.Read", "User.Read"]
    assert backend.token_expiration_datetime() == dt.datetime.fromtimestamp(1)
    assert MemoryTokenBackend().token_is_expired()
    assert MemoryTokenBackend().token_expiration_datetime() is None


def test_of_several_access_tokens_the_one_that_lives_longest_counts() -> None:
    backend = filled(MemoryTokenBackend())
    backend.token["AccessToken"]["b"] = {"home_account_id": HOME, "secret": "later", "expires_on": "4000000001"}
    assert backend.get_access_token()["secret"] == "later"


def test_a_user_is_removed_with_all_tokens() -> None:
    backend = filled(MemoryTokenBackend())
    assert not backend.remove_data(username="bob@acme.test")
    assert backend.remove_data(username="ada@acme.test")
    assert backend.get_all_accounts() == []
    assert backend.get_access_token() is None


def test_the_text_is_that_of_the_original() -> None:
    backend = filled(MemoryTokenBackend())
    text = backend.serialize()
    assert text == json.dumps(cache(), indent=4)
    assert backend.deserialize(text) == cache()
    assert backend.deserialize("") == {}


# Where it is kept.


class Fernet:
    """Not a secret, but not JSON either."""

    def encrypt(self, data: bytes | str) -> bytes:
        return base64.b64encode(data.encode() if isinstance(data, str) else data)

    def decrypt(self, data: bytes | str) -> bytes:
        return base64.b64decode(data)


class Document:
    def __init__(self) -> None:
        self.fields: dict[str, Any] | None = None

    def get(self) -> Any:
        fields = self.fields or {}
        return SimpleNamespace(exists=self.fields is not None, get=fields.get)

    def set(self, fields: dict[str, Any]) -> None:
        self.fields = fields

    def delete(self) -> None:
        self.fields = None


class Aws:
    """S3 and Secrets Manager with one thing in them."""

    def __init__(self) -> None:
        self.kept: Any = None

    def get_object(self, Bucket: str, Key: str) -> Any:  # noqa: N803
        content = self._there()
        return {"Body": SimpleNamespace(read=lambda: content)}

    def put_object(self, Bucket: str, Key: str, Body: bytes) -> None:  # noqa: N803
        self.kept = Body

    def delete_object(self, Bucket: str, Key: str) -> None:  # noqa: N803
        self.kept = None

    def head_object(self, Bucket: str, Key: str) -> None:  # noqa: N803
        self._there()

    def get_secret_value(self, SecretId: str) -> Any:  # noqa: N803
        return {"SecretString": self._there()}

    def create_secret(self, Name: str, SecretString: str) -> None:  # noqa: N803
        assert self.kept is None
        self.kept = SecretString

    def update_secret(self, SecretId: str, SecretString: str) -> None:  # noqa: N803
        assert self.kept is not None
        self.kept = SecretString

    def delete_secret(self, SecretId: str, ForceDeleteWithoutRecovery: bool) -> None:  # noqa: N803
        assert ForceDeleteWithoutRecovery
        self.kept = None

    def describe_secret(self, SecretId: str) -> None:  # noqa: N803
        self._there()

    def _there(self) -> Any:
        if self.kept is None:
            raise LookupError("NoSuchKey")
        return self.kept


class Rows:
    """The manager of a Django model."""

    def __init__(self) -> None:
        self.rows: list[Any] = []

    def order_by(self, name: str) -> Rows:
        assert name == "created_at"
        return self

    def last(self) -> Any:
        return self.rows[-1] if self.rows else None

    def create(self, token: str) -> None:
        self.rows.append(SimpleNamespace(token=token))

    def all(self) -> Rows:
        return self

    def exists(self) -> bool:
        return bool(self.rows)

    def delete(self) -> None:
        self.rows.clear()


KINDS = ["file", "env", "firestore", "s3", "secrets", "django"]


@pytest.fixture
def kept(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes backends of one kind, all on the same place."""
    aws, document, rows = Aws(), Document(), Rows()
    boto3 = ModuleType("boto3")
    monkeypatch.setattr(boto3, "client", lambda *_, **__: aws, raising=False)
    monkeypatch.setitem(sys.modules, "boto3", boto3)
    monkeypatch.delenv("TOKEN_TEST", raising=False)
    client = SimpleNamespace(collection=lambda name: SimpleNamespace(document=lambda key: document))
    made = {
        "file": lambda: FileSystemTokenBackend(tmp_path / "deep" / "down", "token.txt"),
        "env": lambda: EnvTokenBackend("TOKEN_TEST"),
        "firestore": lambda: backends.FirestoreTokenBackend(client, "tokens", "one"),
        "s3": lambda: backends.AWSS3Backend("bucket", "token.txt"),
        "secrets": lambda: backends.AWSSecretsBackend("secret", "eu-central-1"),
        "django": lambda: backends.DjangoTokenBackend(SimpleNamespace(objects=rows)),
    }
    return made[request.param]


@pytest.mark.parametrize("kept", KINDS, indirect=True)
def test_what_is_saved_is_loaded(kept: Any) -> None:
    backend = kept()
    assert (backend.load_token(), backend.check_token(), backend.save_token()) == (False, False, False)
    assert filled(backend).save_token()
    second = kept()
    assert second.check_token()
    assert second.load_token()
    assert second.token == cache()
    filled(second, expires_on=5)
    assert second.save_token()
    backend.load_token()
    assert backend.token == cache(5)
    assert repr(backend)


@pytest.mark.parametrize("kept", KINDS, indirect=True)
def test_what_is_deleted_is_gone(kept: Any) -> None:
    filled(kept()).save_token()
    assert kept().delete_token()
    assert not kept().check_token()
    assert not kept().load_token()


@pytest.mark.parametrize("kept", KINDS, indirect=True)
def test_what_did_not_change_is_not_written_unless_forced(kept: Any) -> None:
    backend = filled(kept())
    backend.save_token()
    backend.delete_token()
    assert backend.save_token()
    assert not kept().check_token()
    assert backend.save_token(force=True)
    assert kept().check_token()


@pytest.mark.parametrize("kept", KINDS, indirect=True)
def test_tokens_are_encrypted_with_a_cryptography_manager(kept: Any) -> None:
    backend = kept()
    backend.cryptography_manager = Fernet()
    filled(backend).save_token()
    with pytest.raises(ValueError):
        kept().load_token()
    second = kept()
    second.cryptography_manager = Fernet()
    assert second.load_token()
    assert second.token == cache()


def test_bitwarden_needs_the_secret_before_it_saves(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = SimpleNamespace(id="s", key="k", note="n", organization_id="o", project_id="p", value="")
    updates: list[dict[str, Any]] = []
    secrets = SimpleNamespace(
        get=lambda key: SimpleNamespace(data=secret), update=lambda **given: updates.append(given)
    )
    logins: list[str] = []
    auth = SimpleNamespace(login_access_token=logins.append)
    sdk = ModuleType("bitwarden_sdk")
    sdk.BitwardenClient = lambda: SimpleNamespace(auth=lambda: auth, secrets=lambda: secrets)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "bitwarden_sdk", sdk)
    backend = backends.BitwardenSecretsManagerBackend("token", "s")
    with pytest.raises(ValueError, match="not loaded"):
        filled(backend).save_token()
    assert not backend.load_token()
    assert filled(backend).save_token()
    assert json.loads(updates[0].pop("value")) == cache()
    assert updates == [{"id": "s", "key": "k", "note": "n", "organization_id": "o", "project_ids": ["p"]}]
    assert logins == ["token"]
    assert backend.load_token()


def test_a_backend_names_the_package_that_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(ImportError, match="AWSS3Backend needs the package boto3"):
        backends.AWSS3Backend("bucket", "file")


def test_django_needs_a_model() -> None:
    with pytest.raises(ValueError, match="token_model"):
        backends.DjangoTokenBackend()


def test_a_backend_of_a_program_need_not_do_more_than_load_and_save() -> None:
    class Mine(BaseTokenBackend):
        def load_token(self) -> Any:
            return cache()

        def save_token(self, force: bool = False) -> bool:
            return True

    account = Account(("id", "secret"), token_backend=Mine())
    assert account.is_authenticated
    assert account.username == "Ada@acme.test"
    with pytest.raises(NotImplementedError):
        account.con.token_backend.check_token()


# The file.


def test_the_default_is_a_file_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    backend = Account(("id", "secret")).con.token_backend
    assert filled(backend).save_token()
    assert (tmp_path / "o365_token.txt").exists()
    assert FileSystemTokenBackend(tmp_path / "o365_token.txt").load_token()
    assert Account(("id", "secret"), token_path=str(tmp_path)).is_authenticated


def test_only_the_owner_reads_the_file_also_when_others_could_before(tmp_path: Path) -> None:
    file = tmp_path / "token.txt"
    file.write_text("{}")
    file.chmod(0o644)
    filled(FileSystemTokenBackend(file)).save_token()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["token.txt"]


def test_a_failed_write_leaves_the_old_file_and_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = filled(FileSystemTokenBackend(tmp_path, "token.txt"))
    backend.save_token()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        filled(backend, expires_on=7).save_token()
    monkeypatch.undo()
    assert json.loads((tmp_path / "token.txt").read_text()) == cache()
    assert [path.name for path in tmp_path.iterdir()] == ["token.txt"]


def test_a_link_to_a_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "link.txt"
    link.symlink_to(tmp_path / "real" / "token.txt")
    filled(FileSystemTokenBackend(tmp_path, "link.txt")).save_token()
    assert link.is_symlink()
    assert json.loads((tmp_path / "real" / "token.txt").read_text()) == cache()


def test_tokens_of_versions_before_2_1_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "token.txt").write_text('{"access_token": "x", "refresh_token": "y"}')
    with pytest.raises(ValueError, match=r"before 2\.1"):
        FileSystemTokenBackend(tmp_path, "token.txt").load_token()


def test_without_the_right_to_write_a_lock_tokens_are_renewed_anyway(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    with files.locked(tmp_path / "file" / "lock"):
        pass
    assert "without a lock" in caplog.text


def test_a_lock_that_is_never_given_back_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(files, "LOCK_PATIENCE_S", 0.0)
    with files.locked(tmp_path / "lock"), files.locked(tmp_path / "lock"):
        assert "going on without it" in caplog.text


def _renewing(options: dict[str, Any], directory: str, ready: Event, go: Event, done: Any) -> None:
    """A process that meets a refused token."""
    account = Account(("id", "secret"), token_backend=FileSystemTokenBackend(directory, "o365_token.txt"), **options)
    assert account.is_authenticated
    account.con.session = account.con.get_session()
    ready.set()
    go.wait(60)
    done.put(account.con.get(f"{options['base_url']}me").status_code)


def test_two_processes_that_meet_a_refused_token_renew_it_once(
    make: Make, server: Server, ca_file: str, token_file: Path
) -> None:
    first = make(("id", "secret"))
    assert first.authenticate(scopes=["basic"], handle_consent=server.consent)
    options = {"authority": server.authority, "base_url": server.base_url, "verify_ssl": ca_file}
    context = multiprocessing.get_context("spawn")
    go, done, ready = context.Event(), context.Queue(), [context.Event() for _ in range(3)]
    arguments = [(options, str(token_file.parent), each, go, done) for each in ready]
    processes = [context.Process(target=_renewing, args=given) for given in arguments]
    for process in processes:
        process.start()
    assert all(each.wait(60) for each in ready)
    server.valid.clear()
    go.set()
    assert [done.get(timeout=60) for _ in processes] == [200] * 3
    for process in processes:
        process.join(60)
    assert [form["grant_type"] for form in server.token_calls] == ["authorization_code", "refresh_token"]


def test_a_backend_may_renew_by_itself_or_say_that_somebody_did(account: Account, server: Server) -> None:
    asked: list[Any] = []

    class Deciding(MemoryTokenBackend):
        answer: bool | None = True

        def load_token(self) -> bool:
            for entry in self.token["AccessToken"].values():
                entry["secret"] = "elsewhere"
            return True

        def should_refresh_token(self, con: Any = None, *, username: str | None = None) -> bool | None:
            asked.append((con, username))
            if self.answer is None:
                con.update_session_auth_header("by itself")
            return self.answer

    backend = Deciding()
    backend.token = account.con.token_backend.token
    account.con.token_backend = backend
    account.con.session = account.con.get_session()
    server.valid.update({"elsewhere", "by itself"})
    for answer, token in ((False, "elsewhere"), (None, "by itself")):
        backend.answer = answer
        server.valid.discard(account.con._bearer() or "")
        account.con.get(f"{server.base_url}me")
        assert server.calls()[-1].token == token
    assert asked == [(account.con, "ada@acme.test")] * 2
    assert len(server.token_calls) == 1


def test_tokens_are_not_kept_longer_than_wanted(make: Make, server: Server, token_file: Path) -> None:
    account = make()
    url, flow = account.con.get_authorization_url(["User.Read"])
    assert account.con.request_token(server.consent(url), flow=flow, store_token=False)
    assert account.is_authenticated
    assert not token_file.exists()
    server.valid.clear()
    assert account.con.get(f"{server.base_url}me").ok


def test_a_sign_in_that_nobody_finishes_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    from O365 import _waiting

    flows: dict[str, Any] = {}
    _waiting.put_flow(flows, {"state": "old"})
    later = time.time() + _waiting.FLOW_LIFETIME_S + 1
    monkeypatch.setattr("O365._waiting.time.time", lambda: later)
    assert _waiting.take_flow(dict(flows), "old") is None
    _waiting.put_flow(flows, {"state": "new"})
    assert list(flows) == ["new"]
