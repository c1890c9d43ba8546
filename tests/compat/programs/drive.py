"""What the README of the original shows of drives, with words of ours. Runs on either O365."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SMALL = 70_000
LARGE = 5_500_000


def names(items: Any) -> list[str]:
    return sorted(item.name for item in items)


def run(account: Any, given: dict[str, Any], folder: Path) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    storage = account.storage()
    seen["drives"] = [drive.drive_type for drive in storage.get_drives()]
    drive = storage.get_default_drive(request_drive=True)
    seen["drive"] = (drive.name, drive.drive_type, drive.owner.display_name)
    root = drive.get_root_folder()
    seen["root"] = (root.name, root.is_folder)

    reports = root.create_child_folder("Reports 2024")
    yearly = reports.create_child_folder("Yearly")
    seen["made"] = (reports.name, reports.is_folder, yearly.parent_id == reports.object_id)

    small = folder / "small.txt"
    small.write_bytes(b"tea and biscuits " * (SMALL // 17))
    large = folder / "large file.bin"
    large.write_bytes(bytes(range(251)) * (LARGE // 251))
    one = reports.upload_file(item=str(small))
    two = reports.upload_file(item=str(large))
    three = reports.upload_file(item=str(small), item_name="other name.txt")
    seen["uploaded"] = [(item.name, item.size) for item in (one, two, three)]
    seen["hash"] = len(one.hashes["quickXorHash"])

    target = folder / "down"
    target.mkdir()
    seen["downloaded"] = [item.download(to_path=str(target)) for item in (one, two)]
    seen["whole"] = [
        (target / name).read_bytes() == (folder / name).read_bytes() for name in ("small.txt", "large file.bin")
    ]

    seen["items"] = names(reports.get_items())
    seen["folders"] = names(reports.get_child_folders())
    seen["limited"] = len(list(reports.get_items(limit=2)))
    seen["by path"] = drive.get_item_by_path("/Reports 2024/small.txt").object_id == one.object_id
    seen["by id"] = drive.get_item(two.object_id).name
    documents = drive.get_special_folder("documents")
    seen["special"] = (documents.name, documents.special_folder)

    seen["moved"] = three.move(yearly)
    seen["in yearly"] = names(yearly.get_items())
    seen["renamed"] = three.update(name="renamed.txt", description="of the year")
    again = drive.get_item(three.object_id)
    seen["again"] = (again.name, again.description, again.parent_id == yearly.object_id)

    operation = one.copy(target=yearly, name="copied.txt")
    for _ in operation.check_status(delay=0.05):
        pass
    copied = operation.get_item()
    seen["copied"] = (copied.name, copied.size, copied.parent_id == yearly.object_id)

    seen["found"] = names(reports.search("renamed"))
    seen["found in drive"] = names(drive.search("copied"))
    seen["recent"] = "small.txt" in names(drive.get_recent())

    link = one.share_with_link(share_type="view", share_scope="anonymous")
    seen["link"] = (link.permission_type, link.share_type, link.share_scope, bool(link.share_link))
    one.share_with_invite([given["friend"]], send_email=False, share_type="edit")
    invited = [each for each in one.get_permissions() if each.permission_type == "invitation"]
    seen["invited"] = [(each.share_email, each.roles) for each in invited]
    seen["roles changed"] = invited[0].update_roles("view")
    seen["kinds"] = sorted(each.permission_type for each in one.get_permissions())
    seen["taken back"] = invited[0].delete()
    seen["left"] = sorted(each.permission_type for each in one.get_permissions())

    small.write_bytes(b"coffee and cake")
    reports.upload_file(item=str(small))
    versions = list(one.get_versions())
    seen["versions"] = [(version.name, version.size) for version in versions]
    seen["version"] = versions[1].download(to_path=str(target), name="before.txt")
    seen["before"] = (target / "before.txt").read_bytes()[:3].decode()
    seen["restored"] = versions[1].restore()
    seen["size restored"] = drive.get_item(one.object_id).size

    seen["deleted"] = two.delete()
    seen["left in reports"] = names(reports.get_items())
    return seen


def expected(given: dict[str, Any]) -> dict[str, Any]:
    """What every O365 must have seen."""
    small, large = SMALL // 17 * 17, LARGE // 251 * 251
    return {
        "drives": ["business"],
        "drive": ["OneDrive", "business", "Anna"],
        "root": ["root", True],
        "made": ["Reports 2024", True, True],
        "uploaded": [["small.txt", small], ["large file.bin", large], ["other name.txt", small]],
        "hash": 28,
        "downloaded": [True, True],
        "whole": [True, True],
        "items": ["Yearly", "large file.bin", "other name.txt", "small.txt"],
        "folders": ["Yearly"],
        "limited": 2,
        "by path": True,
        "by id": "large file.bin",
        "special": ["Documents", "documents"],
        "moved": True,
        "in yearly": ["other name.txt"],
        "renamed": True,
        "again": ["renamed.txt", "of the year", True],
        "copied": ["copied.txt", small, True],
        "found": ["renamed.txt"],
        "found in drive": ["copied.txt"],
        "recent": True,
        "link": ["link", "view", "anonymous", True],
        "invited": [[given["friend"], ["write"]]],
        "roles changed": True,
        "kinds": ["invitation", "link", "owner"],
        "taken back": True,
        "left": ["link", "owner"],
        "versions": [["2.0", 15], ["1.0", small]],
        "version": True,
        "before": "tea",
        "restored": True,
        "size restored": small,
        "deleted": True,
        "left in reports": ["Yearly", "small.txt"],
    }
