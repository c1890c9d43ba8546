"""Token backends: where an account's tokens are kept."""

from __future__ import annotations

import logging
import os
from typing import Any

from O365._names import RESERVED_SCOPES as RESERVED_SCOPES
from O365._token_files import FileSystemTokenBackend as FileSystemTokenBackend
from O365._tokens import BaseTokenBackend as BaseTokenBackend
from O365._tokens import CryptographyManagerType as CryptographyManagerType

log = logging.getLogger(__name__)


class MemoryTokenBackend(BaseTokenBackend):
    """Tokens that end with the program."""

    def __repr__(self) -> str:
        return "MemoryTokenBackend"

    def load_token(self) -> bool:
        return True

    def save_token(self, force: bool = False) -> bool:  # noqa: ARG002 - there is nowhere to save to
        return True

    def _keep_flow(self, flow: Any) -> None:
        """The connections of this process know their sign-ins anyway."""


class EnvTokenBackend(BaseTokenBackend):
    """Tokens in a variable of this process's environment, `O365TOKEN` unless told otherwise."""

    def __init__(self, token_env_name: str | None = None) -> None:
        super().__init__()
        self.token_env_name = token_env_name or "O365TOKEN"

    def __repr__(self) -> str:
        return self.token_env_name

    def load_token(self) -> bool:
        return self.token_env_name in os.environ and self._adopt(os.environ[self.token_env_name])

    def save_token(self, force: bool = False) -> bool:
        worth = self._worth_saving(force)
        if not worth:
            return worth is None
        os.environ[self.token_env_name] = text_of(self.serialize())
        return True

    def delete_token(self) -> bool:
        return os.environ.pop(self.token_env_name, None) is not None

    def check_token(self) -> bool:
        return self.token_env_name in os.environ


class FirestoreBackend(BaseTokenBackend):
    """Tokens in a field of a document of Google Firestore."""

    def __init__(self, client: Any, collection: str, doc_id: str, field_name: str = "token") -> None:
        super().__init__()
        self.client = client
        self.collection = collection
        self.doc_id = doc_id
        self.doc_ref = client.collection(collection).document(doc_id)
        self.field_name = field_name

    def __repr__(self) -> str:
        return f"Collection: {self.collection}. Doc Id: {self.doc_id}"

    def load_token(self) -> bool:
        document = self.doc_ref.get()
        if not document.exists:
            return False
        text = document.get(self.field_name)
        return bool(text) and self._adopt(text)

    def save_token(self, force: bool = False) -> bool:
        worth = self._worth_saving(force)
        if not worth:
            return worth is None
        return _done("saved", lambda: self.doc_ref.set({self.field_name: self.serialize()}), self)

    def delete_token(self) -> bool:
        return _done("deleted", self.doc_ref.delete, self)

    def check_token(self) -> bool:
        return bool(self.doc_ref.get().exists)


FirestoreTokenBackend = FirestoreBackend
"""The name that earlier versions documented."""


class AWSS3Backend(BaseTokenBackend):
    """Tokens in an object of an S3 bucket."""

    def __init__(self, bucket_name: str, filename: str) -> None:
        boto3 = _needed("boto3", "AWSS3Backend")
        super().__init__()
        self.bucket_name = bucket_name
        self.filename = filename
        self._client = boto3.client("s3")

    def __repr__(self) -> str:
        return f"AWSS3Backend('{self.bucket_name}', '{self.filename}')"

    @property
    def _place(self) -> dict[str, str]:
        return {"Bucket": self.bucket_name, "Key": self.filename}

    def load_token(self) -> bool:
        found: list[Any] = []
        if not _done("read", lambda: found.append(self._client.get_object(**self._place)), self):
            return False
        return self._adopt(found[0]["Body"].read())

    def save_token(self, force: bool = False) -> bool:
        worth = self._worth_saving(force)
        if not worth:
            return worth is None
        body = text_of(self.serialize()).encode()
        return _done("saved", lambda: self._client.put_object(**self._place, Body=body), self)

    def delete_token(self) -> bool:
        return _done("deleted", lambda: self._client.delete_object(**self._place), self)

    def check_token(self) -> bool:
        return _done("found", lambda: self._client.head_object(**self._place), self)


class AWSSecretsBackend(BaseTokenBackend):
    """Tokens in a secret of AWS Secrets Manager."""

    def __init__(self, secret_name: str, region_name: str) -> None:
        boto3 = _needed("boto3", "AWSSecretsBackend")
        super().__init__()
        self.secret_name = secret_name
        self.region_name = region_name
        self._client = boto3.client("secretsmanager", region_name=region_name)

    def __repr__(self) -> str:
        return f"AWSSecretsBackend('{self.secret_name}', '{self.region_name}')"

    def load_token(self) -> bool:
        found: list[Any] = []
        if not _done("read", lambda: found.append(self._client.get_secret_value(SecretId=self.secret_name)), self):
            return False
        return self._adopt(found[0]["SecretString"])

    def save_token(self, force: bool = False) -> bool:
        worth = self._worth_saving(force)
        if not worth:
            return worth is None
        known, text = self.check_token(), text_of(self.serialize())
        if known:
            return _done(
                "saved", lambda: self._client.update_secret(SecretId=self.secret_name, SecretString=text), self
            )
        return _done("saved", lambda: self._client.create_secret(Name=self.secret_name, SecretString=text), self)

    def delete_token(self) -> bool:
        name = self.secret_name
        return _done(
            "deleted", lambda: self._client.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True), self
        )

    def check_token(self) -> bool:
        return _done("found", lambda: self._client.describe_secret(SecretId=self.secret_name), self)


class BitwardenSecretsManagerBackend(BaseTokenBackend):
    """Tokens in a secret, which must exist, of Bitwarden Secrets Manager."""

    def __init__(self, access_token: str, secret_id: str) -> None:
        sdk = _needed("bitwarden_sdk", "BitwardenSecretsManagerBackend")
        super().__init__()
        self.client = sdk.BitwardenClient()
        self.client.auth().login_access_token(access_token)
        self.secret_id = secret_id
        self.secret: Any = None

    def __repr__(self) -> str:
        return f"BitwardenSecretsManagerBackend('{self.secret_id}')"

    def load_token(self) -> bool:
        found: list[Any] = []
        if not _done("read", lambda: found.append(self.client.secrets().get(self.secret_id)), self):
            return False
        self.secret = found[0].data
        return bool(self.secret.value) and self._adopt(self.secret.value)

    def save_token(self, force: bool = False) -> bool:
        if self.secret is None:
            raise ValueError(f"The secret {self.secret_id} was not loaded yet; load_token comes before save_token.")
        worth = self._worth_saving(force)
        if not worth:
            return worth is None
        self.secret.value = text_of(self.serialize())
        self.client.secrets().update(
            id=self.secret.id,
            key=self.secret.key,
            note=self.secret.note,
            organization_id=self.secret.organization_id,
            value=self.secret.value,
            project_ids=[self.secret.project_id] if self.secret.project_id else None,
        )
        return True


class DjangoTokenBackend(BaseTokenBackend):
    """Tokens in the rows of a Django model with the fields `token` and `created_at`; the newest row counts."""

    def __init__(self, token_model: Any = None) -> None:
        super().__init__()
        if token_model is None:
            raise ValueError("token_model: give the Django model (with token and created_at) to keep tokens in.")
        self.token_model = token_model

    def __repr__(self) -> str:
        return "DjangoTokenBackend"

    def load_token(self) -> bool:
        row = self.token_model.objects.order_by("created_at").last()
        return row is not None and self._adopt(row.token)

    def save_token(self, force: bool = False) -> bool:
        worth = self._worth_saving(force)
        if not worth:
            return worth is None
        self.token_model.objects.create(token=text_of(self.serialize()))
        return True

    def delete_token(self) -> bool:
        rows = self.token_model.objects.all()
        found = bool(rows.exists())
        rows.delete()
        return found

    def check_token(self) -> bool:
        return bool(self.token_model.objects.exists())


def text_of(data: bytes | str) -> str:
    """What stores of text keep: an encrypted cache is ASCII."""
    return data if isinstance(data, str) else data.decode()


def _needed(module: str, backend: str) -> Any:
    from importlib import import_module

    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise ImportError(f"{backend} needs the package {module.replace('_', '-')}.") from error


def _done(what: str, work: Any, backend: BaseTokenBackend) -> bool:
    """Whether a cloud did as asked. Its own errors, a class per service, are logged: backends answer with a bool."""
    try:
        work()
    except Exception as error:
        log.exception("The token was not %s (%r): %s", what, backend, error)  # noqa: TRY401 - handlers may drop traces
        return False
    return True
