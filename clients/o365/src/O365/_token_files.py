"""Tokens in a file that several processes may share: replaced as a whole, readable by its owner only, locked."""

from __future__ import annotations

import json
import logging
import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from O365._tokens import BaseTokenBackend
from O365._waiting import put_flow, take_flow

log = logging.getLogger("O365")

LOCK_PATIENCE_S = 60.0
"""How long to wait for another process that renews the token; then both do, which is only a waste."""
LOCK_POLL_S = 0.05


class FileSystemTokenBackend(BaseTokenBackend):
    """Tokens in a text file, `o365_token.txt` in the working directory unless told otherwise.

    `token_path` is a folder, or the file itself when that exists. Beside it lie `….lock`, and `….flows` while a sign-in
    is under way.
    """

    def __init__(self, token_path: str | Path | None = None, token_filename: str | Path | None = None) -> None:
        super().__init__()
        path = Path(token_path or "")
        self.token_path = path if path.is_file() else path / (token_filename or "o365_token.txt")
        self._depth = 0

    def __repr__(self) -> str:
        return str(self.token_path)

    def load_token(self) -> bool:
        try:
            text = self.token_path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return False
        return self._adopt(text)

    def save_token(self, force: bool = False) -> bool:
        worth = self._worth_saving(force)
        if not worth:
            return worth is None
        replace_file(self.token_path, self.serialize())
        return True

    def delete_token(self) -> bool:
        if not self.token_path.exists():
            return False
        self.token_path.unlink()
        return True

    def check_token(self) -> bool:
        return self.token_path.exists()

    @contextmanager
    def _exclusively(self) -> Iterator[None]:
        with self._turn:
            self._depth += 1
            try:
                if self._depth > 1:
                    yield
                else:
                    with locked(self._beside(".lock")):
                        yield
            finally:
                self._depth -= 1

    def _reload(self) -> bool:
        # What is in memory only (nobody wanted it saved) would be lost.
        return not self._has_state_changed and self.load_token()

    def _keep_flow(self, flow: Any) -> None:
        with self._exclusively():
            flows = self._flows()
            put_flow(flows, flow)
            replace_file(self._beside(".flows"), json.dumps(flows))

    def _take_flow(self, state: str) -> dict[str, Any] | None:
        with self._exclusively():
            flows = self._flows()
            found = take_flow(flows, state)
            if flows:
                replace_file(self._beside(".flows"), json.dumps(flows))
            else:
                self._beside(".flows").unlink(missing_ok=True)
        return found

    def _flows(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(self._beside(".flows").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return found

    def _beside(self, suffix: str) -> Path:
        return self.token_path.with_name(self.token_path.name + suffix)


def replace_file(path: Path, data: bytes | str) -> None:
    """Write a file so that readers see the old content or the new one, never a part; only its owner may read it."""
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(6)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock that ends with the process, however that ends. Without the right to make the file there is none."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        log.warning("Tokens are renewed without a lock: %s", error)
        yield
        return
    try:
        _wait(descriptor, path)
        yield
    finally:
        os.close(descriptor)


def _wait(descriptor: int, path: Path) -> None:
    end = time.monotonic() + LOCK_PATIENCE_S
    while not _take(descriptor):
        if time.monotonic() > end:
            log.warning("%s is locked for %d s already; going on without it", path, LOCK_PATIENCE_S)
            return
        time.sleep(LOCK_POLL_S)


if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
