"""Put a file into the drive, share it by a link, list what is there and fetch it again, saying how far that is."""

from __future__ import annotations

import sys
from pathlib import Path

from examples.o365.connection import connect, parser


def tell(done: int, total: int | None) -> None:
    """How far it is, on one line of the screen."""
    print(f"\r{done:>12,} of {total or 0:,} bytes", end="" if done != total else "\n", file=sys.stderr)


def main(arguments: list[str] | None = None) -> None:
    made = parser(__doc__)
    made.add_argument("file", type=Path)
    made.add_argument("--into", default="Letters", help="the folder of the drive, which is made if need be")
    made.add_argument("--fetch-to", type=Path, help="an existing folder")
    options = made.parse_args(arguments)
    drive = connect(options, "onedrive_all").storage().get_default_drive()
    root = drive.get_root_folder()
    if root is None:
        raise SystemExit("There is no drive.")
    there = [one for one in root.get_child_folders() if one.name == options.into]
    folder = there[0] if there else root.create_child_folder(options.into)
    if folder is None:
        raise SystemExit(f"{options.into} could not be made.")
    # With a session file, an upload that is interrupted goes on when the program runs again.
    note = options.file.with_suffix(".upload")
    folder.upload_file(options.file, conflict_handling="replace", progress=tell, session_file=note)
    for item in folder.get_items():
        print(f"{item.size:>12,} {item.name}")
        if item.name != options.file.name:
            continue
        link = item.share_with_link("view", "organization")
        print(f"{'':>12} {link.share_link if link is not None else 'not shared'}")
        if options.fetch_to is not None and hasattr(item, "download"):
            item.download(options.fetch_to, progress=tell)


if __name__ == "__main__":
    main()
