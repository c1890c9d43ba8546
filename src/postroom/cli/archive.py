"""`postroom archive …`: import, find, export, check and repair mail on this machine, while no server runs.

Most commands are a function of the Administration API, run in this process: `--json` prints its result, and when a
server holds the home the error shows the same call as `postroom call` makes it.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from postroom.cli import archive_directory, archive_profiles, archive_sign_in, show
from postroom.cli import call as functions
from postroom.cli.shell import FAILED, Shell, command, share_before
from postroom.errors import NotFound
from postroom.logs import visible
from postroom.work.command_text import of_words

if TYPE_CHECKING:
    from postroom.archive.archive import Archive

OPEN = ("current", "normal")
"""States of stores that take changes."""

MessageArgument = Annotated[str, typer.Argument(metavar="ID", help="A message's id, like 1:4711.", show_default=False)]
StoreArgument = Annotated[int, typer.Argument(metavar="STORE", help="A store's id; see `stores`.", show_default=False)]
AnyStore = Annotated[
    int | None, typer.Argument(metavar="[STORE]", help="A store's id; all when left out.", show_default=False)
]
PathArgument = Annotated[Path, typer.Argument(metavar="PATH", show_default=False)]
UserOption = Annotated[
    str | None, typer.Option("--user", help="Only what this user may read; else everything.", show_default=False)
]
FolderOption = Annotated[
    str | None, typer.Option("--folder", help="Only in this folder and below it.", show_default=False)
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help=(__doc__ or "").partition("\n")[0].partition(": ")[2].capitalize(), no_args_is_help=True)
    share_before(group)
    app.add_typer(group, name="archive")
    command(group, "import")(import_)
    command(group, "show")(show_)
    command(group, "call", context_settings=functions.WORDS_LAST)(call_)
    for function in (
        search, export, stores, archives, verify, compact, recover, backup, restore, proof, verify_file,
    ):  # fmt: skip
        command(group)(function)
    archive_directory.register(group)
    archive_profiles.register(group)
    archive_sign_in.register(group)


def _run(shell: Shell, function: str, user: str | None = None, *, indexed: bool = False, **arguments: object) -> Any:
    """One function of the API, on the home itself; with `indexed`, after everything can be found."""
    # Imported late: it loads the whole engine, which --help does without.
    from postroom.cli import inside

    asked = inside.command(function, **arguments)
    with inside.opened(shell, asked) as here:
        if indexed:
            here.wait_indexed()
        return here.call(asked, user)


# Mail in and out


def import_(
    shell: Shell,
    path: Annotated[
        str, typer.Argument(metavar="PATH", help="An mbox, Maildir, folder of EML, zip, tar, or -.", show_default=False)
    ],
    archive: Annotated[str, typer.Option(help="The archive that receives, usually a user's name.", show_default=False)],
    kind: Annotated[str, typer.Option(help="auto, or what PATH is: mbox, maildir, eml, zip, tar, …")] = "auto",
) -> None:
    """Archive what is new in a file or folder, and wait until it can be found. Exit code 1 if some cannot be read."""
    from postroom.cli import inside
    from postroom.cli.progress import Display

    # Meant for this machine's shell: the server sees paths from its own working directory.
    path = path if path == "-" else str(Path(path).expanduser().absolute())
    asked = inside.command("ImportMessages", path=path, archive=archive, kind=kind)
    with inside.opened(shell, asked) as here:
        with Display(shell.json) as display:
            result = here.archive.import_mail(
                path,
                archive,
                inside.actor(),
                kind=kind,
                progress=lambda found, done, total: display.at(
                    f"{found.seen} messages read", 100 * done / total if total else None
                ),
            )
        here.wait_indexed()
    document = {
        "messages": result.seen,
        "stored": result.stored,
        "known": result.known,
        "failed": result.failed,
        "bytes": result.size,
        "problems": [{"item": problem.native_id, "reason": problem.reason} for problem in result.problems],
    }
    shell.show(document, *show.imported(document, archive))
    if result.failed:
        raise typer.Exit(FAILED)


def search(
    shell: Shell,
    query: Annotated[
        str, typer.Argument(metavar="QUERY", help="Words, and what docs/guides/searching.md tells.", show_default=False)
    ],
    user: UserOption = None,
    folder: FolderOption = None,
    limit: Annotated[int, typer.Option(help="Most messages to show, up to 1000.")] = 20,
    order: Annotated[str, typer.Option(help="date (newest first) or relevance.")] = "date",
    after: Annotated[
        str | None, typer.Option(help="Go on: the value shown with the page before.", show_default=False)
    ] = None,
) -> None:
    """Search all open stores. Exit code 1 when not all could be searched."""
    page = _run(
        shell, "SearchMessages", user, indexed=True, query=query, folder=folder, order=order, limit=limit, after=after
    )
    shell.show(page, *show.page(page))
    if not page["complete"]:
        raise typer.Exit(FAILED)


def show_(
    shell: Shell,
    message: MessageArgument,
    raw: Annotated[bool, typer.Option("--raw", help="The exact bytes that were archived, and nothing else.")] = False,
) -> None:
    """Show a message: folders, headers, text, attachments."""
    if not raw:
        found = _run(shell, "GetMessage", id=message)
        shell.show(found, *show.message(found))
        return
    from postroom.archive.instance import events
    from postroom.archive.messages import MessageId
    from postroom.cli import inside

    with inside.opened(shell) as here:
        here.archive.instance.audit.record(events.MESSAGE_VIEW, inside.actor(), target=message)
        for piece in here.archive.messages.chunks(MessageId.parse(message)):
            sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def export(
    shell: Shell,
    to: Annotated[Path, typer.Option("--to", metavar="PATH", help="Folder, or file of a zip.", show_default=False)],
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Only these messages.", show_default=False)
    ] = None,
    query: Annotated[str | None, typer.Option(help="Only what this query finds.", show_default=False)] = None,
    folder: FolderOption = None,
    form: Annotated[str, typer.Option("--format", help="eml, mbox or zip.")] = "eml",
    user: UserOption = None,
) -> None:
    """Write messages with checksums and proofs. Stopped, it goes on when called again in the same way."""
    target = str(to.expanduser().absolute())
    result = _run(
        shell,
        "ExportMessages",
        user,
        indexed=query is not None,
        path=target,
        format=form,
        query=query,
        folder=folder,
        ids=ids or None,
    )
    shell.show(result, f"{result['messages']} messages, {show.size(result['bytes'])}, are in {result['path']}.")


# What is there


def stores(shell: Shell) -> None:
    """List the stores."""
    rows = _run(shell, "GetStores", includeSize=True)
    shell.show(rows, show.stores(rows))


def archives(shell: Shell) -> None:
    """List the archives with the number and size of their messages. Exit code 1 when not all could be counted."""
    from postroom.cli import inside

    asked = inside.command("GetFolderStatistics")
    with inside.opened(shell, asked) as here:
        rows, left_out, faulty = here.call(asked), here.archive.stores.not_counted(), here.archive.stores.faulty()
    shell.show(rows, show.archives(rows))
    if shell.json:  # else it was said with the rest of the log
        for sentence in left_out:
            typer.echo(visible(sentence), err=True)
    if faulty:
        raise typer.Exit(FAILED)


def proof(
    shell: Shell,
    message: MessageArgument,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Write it to a file.", show_default=False)
    ] = None,
) -> None:
    """Proof that a message is in the ledger unchanged, as JSON; docs/guides/proving.md tells how to check it."""
    document = json.dumps(_run(shell, "GetIntegrityProof", id=message), ensure_ascii=False)
    if to is None:
        typer.echo(document)
        return
    to.write_text(document + "\n", "utf-8")
    shell.show({"file": str(to)}, f"The proof of message {message} is in {to}.")


def verify_file(
    shell: Shell,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Messages, one per file.", show_default=False)],
) -> None:
    """Tell whether files are, byte for byte, messages of the archive with a valid proof. Exit code 1 if one is not."""
    from postroom.cli import inside

    with inside.opened(shell) as here:
        rows = [_file(here.archive, file) for file in files]
    shell.show(rows, *map(show.verified, rows))
    if not all(row["messages"] for row in rows):
        raise typer.Exit(FAILED)


def _file(archive: Archive, file: Path) -> dict[str, Any]:
    from postroom.archive.storage import ledger

    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").digest()
    found = []
    for mount in archive.stores.open_mounts():
        rows = mount.store.catalogue.rows(
            "SELECT m.number FROM message m JOIN content c ON c.id = m.content"
            " WHERE c.sha256 = ? AND m.deleted_ms IS NULL ORDER BY m.number",
            (digest,),
        )
        for (number,) in list(rows):
            proof = mount.store.proof(number)
            ledger.verify(proof, digest)
            found.append({"id": f"{mount.row.id}:{number}", "archivedMs": json.loads(proof.meta)["t"]})
    return {"file": str(file), "sha256": digest.hex(), "messages": found}


# Care


def verify(
    shell: Shell,
    store: AnyStore = None,
    indexes: Annotated[bool, typer.Option(help="Also compare the search index with the store.")] = True,
) -> None:
    """Read everything back and compare it with its checksums, the ledger and the index. Exit code 1 on any fault."""
    if store is None:
        _run(shell, "VerifyStores", indexed=indexes, includeIndexes=indexes)
    else:
        _run(shell, "VerifyStore", indexed=indexes, id=store, includeIndexes=indexes)
    shell.show({"faults": 0}, "No faults were found.")


def compact(shell: Shell, store: AnyStore = None) -> None:
    """Give back the space of deleted messages."""
    from postroom.cli import inside

    with inside.opened(shell, inside.command("CompactStore", id=1 if store is None else store)) as here:
        numbers = [row["id"] for row in here.call(inside.command("GetStores")) if row["requestedState"] in OPEN]
        for number in numbers if store is None else [store]:
            here.call(inside.command("CompactStore", id=number))
    shell.show({"compacted": numbers if store is None else [store]}, "Done.")


def recover(
    shell: Shell,
    store: StoreArgument,
    deleted: Annotated[bool, typer.Option("--deleted", help="Also bring deleted messages back.")] = False,
) -> None:
    """Make a store's catalogue again from its packs, then open it; the old one is kept as catalog.db.old."""
    from postroom.cli import inside

    asked = inside.command("RecoverStore", id=store, recoverDeletedMessages=deleted or None)
    with inside.opened(shell, asked) as here:
        mount = here.archive.stores.get(store)
        before = mount.row.requested_state
        # Nobody else uses the store: what the API asks its caller to do first is done here.
        if not mount.error and before != "disabled":
            here.archive.stores.set_state(store, "disabled", inside.actor())
        try:
            here.call(asked)
        finally:
            here.archive.stores.set_state(store, "normal" if before == "disabled" else before, inside.actor())
        messages = sum(row.messages for row in mount.store.catalogue.totals())
        here.wait_indexed()
    shell.show({"store": store, "messages": messages}, f"Store {store} is open again with {messages} messages.")


def backup(
    shell: Shell,
    path: PathArgument,
    indexes: Annotated[bool, typer.Option(help="Also copy the search indexes; they can be made again.")] = False,
) -> None:
    """Write a backup into a folder, or bring the one there up to date."""
    target = str(path.expanduser().absolute())
    _run(shell, "CreateBackup", path=target, excludeSearchIndexes=not indexes)
    shell.show(
        {"path": target}, f"The backup is in {target}.", f"To use it: postroom archive restore {target} --home DIR"
    )


def restore(shell: Shell, path: PathArgument) -> None:
    """Make the archive of a new home from a backup; every file is compared with its checksum."""
    from postroom.archive.backup import restore_backup
    from postroom.cli.prepare import make
    from postroom.cli.progress import Display

    source = path.expanduser().absolute()
    if not (source / "backup.json").is_file():
        raise NotFound("backup in the folder", str(source))
    make(shell.home)
    with shell.home.lock(), Display(shell.json) as display:
        size = restore_backup(
            source, shell.home.archive, lambda done, total: display.at("copying", 100 * done / (total or 1))
        )
    shell.show(
        {"home": str(shell.home.path), "bytes": size},
        f"{show.size(size)} were restored into {shell.home.path}.",
        f"Check it: postroom archive verify --home {shell.home.path}",
    )


def call_(shell: Shell, words: functions.Words) -> None:
    """Run any function of the Administration API on the home itself: no server, no password. See `postroom call`."""
    from postroom.cli import inside

    if functions.asks_for_help(words):
        functions.explain(shell, words[0])
        return
    asked = functions.checked(of_words(words))
    with inside.opened(shell, asked) as here:
        functions.print_result(shell, here.call(asked))
