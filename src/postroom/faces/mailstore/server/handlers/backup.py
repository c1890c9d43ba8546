"""CreateBackup (Administration API, server)."""

from __future__ import annotations

from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.dispatch import implements


@implements("CreateBackup")
def create_backup(call: Call, path: str, excludeSearchIndexes: bool | None = None) -> None:
    target, process = call.archive.check_path(path), call.process

    def progress(done: int, total: int) -> None:
        process.check_cancelled()
        process.progress(done, total)

    def waiting(others: str) -> None:
        process.check_cancelled()
        process.say(f"Waiting for a store: {others}.")

    process.log(f"Writing the backup to {target}...")
    size = call.archive.backup(
        target, call.by, with_indexes=not excludeSearchIndexes, progress=progress, waiting=waiting
    )
    process.log(f"Finished. The backup has {size} bytes.")
