"""Functions on messages: lists, search, one message, deletion, and mail in and out (reference shape: message list;
search, export, import and proofs are our own)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

from postroom.archive.export.export import FormName
from postroom.archive.ingest import ImportResult
from postroom.archive.messages import Listed
from postroom.archive.search.search import Row
from postroom.archive.storage.entries import Envelope
from postroom.archive.view import ListedHit
from postroom.errors import Damaged
from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.dispatch import implements

NO_REASON = "No reason was given."
"""For scripts of the time when DeleteMessage had no `reason`."""


@implements("GetMessages")
def get_messages(call: Call, folder: str | None = None, limit: int | None = None, after: str | None = None) -> Any:
    """The messages in a folder, not below it; the root (no folder) has none. With `limit` a page."""
    if not folder:
        rows = []
    else:
        wanted = None if limit is None else limit + 1
        rows = call.archive.list_messages(folder, call.account, after=after or None, limit=wanted)
    if limit is None:
        return [_row(listed) for listed in rows]
    return {
        "items": [_row(listed) for listed in rows[:limit]],
        "next": str(rows[limit - 1].id) if len(rows) > limit else None,
    }


def _row(listed: Listed, date_s: int | None = None) -> dict[str, Any]:
    return {
        "id": str(listed.id),
        "subject": listed.subject,
        "from": listed.sender,
        "to": listed.recipients,
        "date": _time(listed.date_s if date_s is None else date_s),
        "archiveDate": _time(listed.archived_ms / 1000),
        "size": listed.size,
    }


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


@implements("DeleteMessage")
def delete_message(call: Call, id: str, reason: str | None = None) -> None:
    call.archive.delete_message(id, reason or NO_REASON, call.account, call.by)


@implements("SearchMessages")
def search_messages(
    call: Call,
    query: str,
    folder: str | None = None,
    order: str | None = None,
    limit: int | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    found = call.archive.search(
        query, call.account, call.by, folder=folder or None, limit=limit or 100, after=after or "",
        by_score=order == "relevance",
    )  # fmt: skip
    for problem in found.problems:
        call.process.log(problem)
    return {
        "messages": [_hit(row) for row in found.rows],
        "total": found.total,
        "next": found.after or None,
        "complete": found.complete,
        "pending": found.pending,
    }


def _hit(row: Row) -> dict[str, Any]:
    shown = cast(ListedHit, row.shown)
    return {
        **_row(shown.listed, row.date_s),
        "folder": shown.folder,
        "snippet": row.snippet.text if row.snippet else "",
        "attachments": shown.listed.attachments,
    }


@implements("GetMessage")
def get_message(call: Call, id: str) -> dict[str, Any]:
    detail = call.archive.message_detail(id, call.account, call.by)
    attachments = [
        {"name": part.filename or None, "type": part.media_type, "size": part.size} for part in detail.words.attachments
    ]
    return {
        **_row(detail.listed),
        "folders": list(detail.folders),
        "headers": [{"name": name, "value": value} for name, value in detail.headers],
        "envelopes": [_envelope(envelope) for envelope in detail.envelopes],
        "text": detail.words.body,
        "attachments": attachments,
        "sha256": detail.sha256.hex(),
        "url": f"{call.messages_url}/{detail.listed.id}",
    }


def _envelope(envelope: Envelope) -> dict[str, Any]:
    return {
        "sender": envelope.f,
        "recipients": list(envelope.t),
        "others": list(envelope.o),
        "problem": envelope.p or None,
    }


@implements("GetIntegrityProof")
def get_integrity_proof(call: Call, id: str) -> dict[str, Any]:
    proof, _ = call.archive.proof(id, call.account, call.by)
    return proof.document()


@implements("ExportMessages")
def export_messages(
    call: Call,
    path: str,
    format: str,
    query: str | None = None,
    folder: str | None = None,
    ids: tuple[str, ...] | None = None,
) -> dict[str, Any]:
    """Messages that cannot be read are named in the manifest; then the call ends as failed."""
    target = call.archive.check_path(path)

    def progress(done: int, total: int) -> None:
        call.process.check_cancelled()
        call.process.say(None if total else "Looking for the messages...")
        call.process.progress(done, total)

    done = call.archive.export_mail(
        target, cast(FormName, format), call.account, call.by, query=query, folder=folder or None, ids=ids,
        progress=progress,
    )  # fmt: skip
    call.process.log(f"{done.messages} messages, {done.size_bytes} bytes, in {target}.")
    if done.failed:
        raise Damaged(f"{done.failed} messages cannot be read; the manifest in {target} names them. Verify the stores.")
    return {"messages": done.messages, "bytes": done.size_bytes, "path": str(target)}


@implements("ImportMessages")
def import_messages(call: Call, path: str, archive: str, kind: str | None = None) -> dict[str, Any]:
    """What cannot be read is a line of the log each, and counted; it does not end the call."""
    source = call.archive.check_path(path)

    def progress(result: ImportResult, done: int, total: int) -> None:
        call.process.check_cancelled()
        call.process.say(f"{result.seen} messages read")
        call.process.progress(done, total)

    result = call.archive.import_mail(str(source), archive, call.by, kind=kind or "auto", progress=progress)
    for problem in result.problems:
        call.process.log(f"{problem.folder} {problem.native_id}: {problem.reason}")
    call.process.log(f"{result.seen} messages read, {result.stored} of them new, {result.failed} not readable.")
    return {
        "messages": result.seen,
        "stored": result.stored,
        "known": result.known,
        "failed": result.failed,
        "bytes": result.size,
    }
