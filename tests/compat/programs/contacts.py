"""What the README of the original shows of address books, with words of ours. Runs on either O365."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def run(account: Any, given: dict[str, Any], _folder: Path) -> dict[str, Any]:
    book = account.address_book()
    seen: dict[str, Any] = {}

    contact = book.new_contact()
    contact.name = "Dora"
    contact.surname = "Dunn"
    contact.job_title = "Roofer"
    contact.emails.add(given["friend"])
    contact.mobile_phone = "+49 30 1"
    contact.business_phones = ["2", "3"]
    contact.home_address = {"street": "S 1", "city": "Berlin"}
    contact.categories = ["Red"]
    seen["saved"] = contact.save()
    seen["has"] = (bool(contact.object_id), contact.created is not None)

    found = next(iter(book.get_contacts(query="surname eq 'Dunn'")))
    seen["full name"] = found.full_name
    seen["shown"] = (found.display_name, found.job_title, found.main_email, found.business_phones)
    # With Outlook REST, which has another name for it, the original loses it.
    seen["mobile"] = given.get("api") == "outlook" or found.mobile_phone == "+49 30 1"
    seen["address"] = {name.lower(): value for name, value in found.home_address.items()}["city"]
    seen["filed"] = found.fileAs

    found.name = "Dorothea"
    found.job_title = "Mason"
    found.personal_notes = "Likes rain"
    seen["changed"] = found.save()
    seen["after"] = [(one.job_title, one.personal_notes) for one in book.get_contacts()]

    # Every folder of the original takes itself for the address book: it makes and finds them, and no more.
    made = [book.create_child_folder(name) for name in ("Roofers", "Masons")]
    seen["made"] = [one.name for one in made]
    seen["folders"] = sorted(one.name for one in book.get_folders())
    seen["by name"] = book.get_folder(folder_name="Roofers").folder_id == made[0].folder_id
    seen["by id"] = book.get_folder(folder_id=made[1].folder_id).name

    seen["picture before"] = found.get_profile_photo() is None
    seen["picture kept"] = found.update_profile_photo(PICTURE)
    seen["picture"] = found.get_profile_photo() == found.get_profile_photo("48x48") == PICTURE

    for name in ("Ada", "Bea", "Cora"):
        one = book.new_contact()
        one.name = name
        one.emails.add(f"{name.lower()}@x.test")
        one.save()
    query = "emailAddresses/any(a:a/address eq 'bea@x.test')"
    seen["by address"] = [one.name for one in book.get_contacts(query=query)]
    seen["all"] = [one.display_name for one in book.get_contacts(limit=None, order_by="displayName")]
    letter = found.new_message()
    seen["letter"] = [to.address for to in letter.to]
    seen["deleted"] = found.delete()
    seen["left"] = len(list(book.get_contacts()))
    return seen


def expected(given: dict[str, Any]) -> dict[str, Any]:
    """What every O365 must have seen."""
    return {
        "saved": True,
        "has": (True, True),
        "full name": "Dora Dunn",
        "shown": ("Dora Dunn", "Roofer", given["friend"], ["2", "3"]),
        "mobile": True,
        "address": "Berlin",
        "filed": "Dunn, Dora",
        "changed": True,
        "after": [("Mason", "Likes rain")],
        "made": ["Roofers", "Masons"],
        "folders": ["Masons", "Roofers"],
        "by name": True,
        "by id": "Masons",
        "picture before": True,
        "picture kept": True,
        "picture": True,
        "by address": ["Bea"],
        "all": ["Ada", "Bea", "Cora", "Dorothea Dunn"],
        "letter": [given["friend"]],
        "deleted": True,
        "left": 3,
    }
